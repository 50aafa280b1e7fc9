//! What types columns have by the migrations, and what constraints are called, where the catalog cannot
//! tell.
//!
//! A database that holds a UUID as text shows a text. What is written into the column depends on what
//! it is meant to be, so the migrations' own type is kept beside what is there, and its default.

use crate::datatype::DataType;
use crate::dialect::Dialect;
use crate::diff::Comparison;
use crate::name::ObjectName;
use crate::schema::{Schema, Table};
use crate::shared::Shared;

/// Gives the columns of a schema the types and defaults that tables say, as far as the database holds the same for
/// both.
pub(crate) fn learn(schema: &mut Schema, tables: &[Shared<Table>], dialect: &dyn Dialect) {
    if dialect.facts().enum_types {
        // Its catalog shows types by their names.
        return;
    }
    for told in tables {
        let Some(found) = schema.table(&told.name) else {
            continue;
        };
        let case = schema.case;
        let differ = found.columns.iter().any(|own| {
            told.column(&own.name, case)
                .is_some_and(|other| other.data_type != own.data_type)
        });
        if differ {
            let learnt = learnt(told, found, schema, dialect);
            *schema.table_mut(&told.name).expect("it was found") = learnt;
        }
    }
}

/// A table with the types that another one says.
fn learnt(told: &Table, found: &Table, schema: &Schema, dialect: &dyn Dialect) -> Table {
    let held = dialect.normalise(told, schema);
    let shown = dialect.normalise(found, schema);
    let case = schema.case;
    let mut learnt = found.clone();
    for at in 0..learnt.columns.len() {
        let own = &learnt.columns[at];
        let of = |table: &Table| table.column(&own.name, case).cloned();
        let (Some(told), Some(held), Some(shown)) = (of(told), of(&held), of(&shown)) else {
            continue;
        };
        if held.data_type != shown.data_type {
            continue;
        }
        let was = own.data_type.clone();
        if held.default == shown.default {
            learnt.columns[at].default = told.default;
        }
        match (&was, &told.data_type) {
            (DataType::Enum(own), DataType::Enum(other)) => {
                if labels(own, schema) == labels(other, schema) {
                    learnt.columns[at].data_type = told.data_type;
                }
            }
            // A check that looks like an enum's is one of its own.
            (DataType::Enum(_), _) => {
                let with = dialect.normalise(&learnt, schema).constraints;
                learnt.columns[at].data_type = told.data_type;
                let without = dialect.normalise(&learnt, schema).constraints;
                let own = with.into_iter().filter(|one| !without.contains(one));
                learnt.constraints.extend(own);
            }
            // An enum's check is told from its column by the dialect.
            (_, DataType::Enum(_)) => {}
            _ => learnt.columns[at].data_type = told.data_type,
        }
    }
    learnt
}

fn labels<'s>(name: &ObjectName, schema: &'s Schema) -> Option<&'s [String]> {
    let found = schema.enum_type(name)?;
    Some(&found.labels)
}

/// Tables as the first ones say, with what only the others know of.
pub(super) fn together(first: &[Shared<Table>], others: &Schema) -> Vec<Shared<Table>> {
    let case = others.case;
    let mut all: Vec<Shared<Table>> = first.to_vec();
    for table in &mut all {
        let more = others.table(&table.name).into_iter();
        let more: Vec<_> = more
            .flat_map(|other| &other.columns)
            .filter(|own| table.column(&own.name, case).is_none())
            .cloned()
            .collect();
        if !more.is_empty() {
            table.columns.extend(more);
        }
    }
    let known = |name: &ObjectName| first.iter().any(|own| others.same_object(&own.name, name));
    let more = others.tables.iter().filter(|other| !known(&other.name));
    all.extend(more.cloned());
    all
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
