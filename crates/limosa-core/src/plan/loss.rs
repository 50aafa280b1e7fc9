//! What a step would lose for good.

use serde::{Deserialize, Serialize};

use crate::operation::{Operation, TableChange};

/// Something that cannot be had back without a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// What is lost: `all rows of table users`.
    pub what: String,
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

/// What an operation loses.
pub fn losses(operation: &Operation) -> Vec<Loss> {
    let what = match operation {
        Operation::DropTable { name, .. } => format!("table {name} with all its rows"),
        Operation::AlterTable {
            table,
            change: TableChange::DropColumn { name, .. },
            ..
        } => {
            format!("column {table}.{name} with all its values")
        }
        Operation::Delete(delete) => match &delete.filter {
            None => format!("all rows of table {}", delete.table),
            Some(_) => format!("some rows of table {}", delete.table),
        },
        Operation::DropView {
            name,
            materialized: true,
            ..
        } => {
            format!("the stored rows of view {name}")
        }
        _ => return Vec::new(),
    };
    vec![Loss { what }]
}
