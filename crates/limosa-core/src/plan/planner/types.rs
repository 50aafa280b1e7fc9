//! What types columns have by the migrations, and what constraints are called, where the catalog cannot
//! tell.
//!
//! A database that holds a UUID as text shows a text. What is written into the column depends on what
//! it is meant to be, so the migrations' own type is kept beside what is there, and its default.

use crate::datatype::DataType;
use crate::dialect::Dialect;
use crate::diff::Comparison;
use crate::schema::{Schema, Table};
use crate::shared::Shared;

/// Gives the columns of a schema the types and defaults that tables say, as far as the database holds the same for
/// both.
pub(super) fn learn(schema: &mut Schema, tables: &[Shared<Table>], dialect: &dyn Dialect) {
    if dialect.facts().enum_types {
        // Its catalog shows types by their names.
        return;
    }
    for told in tables {
        let Some(found) = schema.table(&told.name) else {
            continue;
        };
        let differ = found.columns.iter().any(|own| {
            told.column(&own.name, schema.case)
                .is_some_and(|other| other.data_type != own.data_type)
        });
        if differ {
            let held = dialect.normalise(told, schema);
            let shown = dialect.normalise(found, schema);
            let case = schema.case;
            for own in &mut schema.table_mut(&told.name).expect("it was found").columns {
                let name = own.name.clone();
                let of = |table: &Table| table.column(&name, case).cloned();
                if let (Some(told), Some(held), Some(shown)) = (of(told), of(&held), of(&shown))
                    && held.data_type == shown.data_type
                {
                    if held.default == shown.default {
                        own.default = told.default;
                    }
                    // An enum's check is told from its column by the dialect.
                    if !matches!(told.data_type, DataType::Enum(_)) {
                        own.data_type = told.data_type;
                    }
                }
            }
        }
    }
}

/// Gives the constraints of a schema the names that those of tables have which say the same.
pub(crate) fn learn_names(schema: &mut Schema, tables: &[Shared<Table>], dialect: &dyn Dialect) {
    if dialect.facts().constraint_names {
        return;
    }
    let comparison = Comparison::new(dialect);
    for told in tables {
        let Some(found) = schema.table(&told.name) else {
            continue;
        };
        let names = comparison.names(told, found, schema);
        if names.is_empty() {
            continue;
        }
        let found = schema.table_mut(&told.name).expect("it was found");
        for (at, name) in names {
            *found.constraints[at].name_mut() = Some(name);
        }
    }
}
