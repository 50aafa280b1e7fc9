//! What nobody knows: how a column was, that no migration made, before a migration changed it.
//!
//! The catalog shows how it is now, and the migrations say what they made of it. So an inverse is
//! reckoned twice: from what is there now, and from a schema in which all of that is otherwise. If
//! the two differ, the inverse would be made up.

use crate::datatype::DataType;
use crate::expr::Expr;
use crate::schema::{Column, Generated, Identity, Schema};

/// Why there is no inverse then.
pub(super) const UNKNOWN: &str =
    "no migration made what it changes, so that nothing tells how that was before";

/// The schema before a migration: as far as is known, and with everything else otherwise.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) schema: &'a Schema,
    pub(super) otherwise: &'a Schema,
}

/// The schema with whatever a migration could have changed in place being something else.
pub(super) fn otherwise(schema: &Schema) -> Schema {
    let mut other = schema.clone();
    for table in &mut other.tables {
        table.comment = Some(String::new());
        for index in &mut table.indexes {
            index.comment = Some(String::new());
        }
        for column in &mut table.columns {
            change(column);
        }
    }
    other
}

fn change(column: &mut Column) {
    column.data_type = DataType::Other(format!("not {:?}", column.data_type));
    column.nullable = !column.nullable;
    column.default = Some(unknown());
    column.generated = Some(Generated {
        expr: unknown(),
        stored: true,
    });
    column.identity = match column.identity {
        Some(Identity::Always) => Some(Identity::ByDefault),
        _ => Some(Identity::Always),
    };
    column.collation = Some(String::new());
    column.comment = Some(String::new());
}

/// What nobody can have written.
fn unknown() -> Expr {
    Expr::Verbatim {
        dialect: String::new(),
        text: String::new(),
    }
}
