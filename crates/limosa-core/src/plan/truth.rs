//! Whether what an operation wants is already so.

mod change;
mod object;
mod view;
mod words;

pub(super) use view::{same_definition, show_definition};

use crate::dialect::Dialect;
use crate::diff::{Comparison, Difference};
use crate::operation::Operation;
use crate::schema::Schema;
use crate::shared::Shared;

/// The answer of a schema to an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Not so yet: it can be done.
    Pending,
    /// It is so; what was found.
    Already(String),
    /// Something else is there in its place.
    Contradicted(Vec<Difference>),
    /// It is there but does not work (an invalid index): do these first, then the operation.
    Broken(String, Vec<Shared<Operation>>),
    /// What it is about is not there.
    Impossible(String),
}

/// Asks a schema about an operation that was [completed](Schema::complete).
pub fn truth(operation: &Operation, schema: &Schema, dialect: &dyn Dialect) -> Truth {
    let asked = Asked {
        schema,
        dialect,
        comparison: Comparison::new(dialect),
    };
    match operation {
        Operation::AlterTable {
            table,
            if_exists,
            change,
        } => change::truth(asked, table, *if_exists, change),
        _ => object::truth(asked, operation),
    }
}

/// What every answer needs.
#[derive(Clone, Copy)]
struct Asked<'a> {
    schema: &'a Schema,
    dialect: &'a dyn Dialect,
    comparison: Comparison<'a>,
}

impl Truth {
    fn of(differences: Vec<Difference>, found: impl FnOnce() -> String) -> Self {
        if differences.is_empty() {
            Self::Already(found())
        } else {
            Self::Contradicted(differences)
        }
    }

    /// The answer to a renaming, from what is called by the old and by the new name.
    fn of_renaming(kind: &str, from: &str, to: &str, found: (Option<&str>, Option<&str>)) -> Self {
        match found {
            (Some(_), None) => Self::Pending,
            (None, Some(_)) => Self::Already(format!("{kind} {to} is there, {from} is not")),
            // Where case does not count, a renaming may be of that alone.
            (Some(old), Some(new)) if old == new => {
                if new == to {
                    Self::Already(format!("{kind} {to} is there"))
                } else {
                    Self::Pending
                }
            }
            (Some(_), Some(_)) => {
                Self::Contradicted(vec![crate::diff::unexpected(&format!("{kind} {from}"))])
            }
            (None, None) => Self::Impossible(format!("there is no {kind} {from}")),
        }
    }

    /// The answer to a removal.
    fn of_removal(kind: &str, name: &str, there: bool) -> Self {
        if there {
            Self::Pending
        } else {
            Self::Already(format!("there is no {kind} {name}"))
        }
    }
}
