//! Which tables an operation locks against other sessions' reads or writes.
//!
//! Facts from the manual, section 13.3.1 "Table-Level Locks" and the notes of each statement: all
//! that takes more than SHARE UPDATE EXCLUSIVE.

use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::Constraint;

/// The tables, each once. For `DROP INDEX` it is the index itself: the statement does not say whose
/// it is.
pub(super) fn of(operation: &Operation) -> Vec<ObjectName> {
    let mut all = match operation {
        Operation::CreateTable { table, .. } => {
            let mut all = referenced(&table.constraints);
            all.retain(|name| *name != table.name);
            all
        }
        Operation::DropTable { name, .. }
        | Operation::DropIndex {
            name,
            concurrently: false,
            ..
        } => vec![name.clone()],
        Operation::RenameTable { from, .. } => vec![from.clone()],
        Operation::AlterTable { table, change, .. } => altered(table, change),
        Operation::CreateIndex {
            table,
            concurrently: false,
            ..
        } => vec![table.clone()],
        Operation::CreateTrigger { trigger, .. } => vec![trigger.table.clone()],
        Operation::DropTrigger { table, .. } => table.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let mut seen = Vec::new();
    all.retain(|name| {
        let first = !seen.contains(name);
        seen.push(name.clone());
        first
    });
    all
}

fn altered(table: &ObjectName, change: &TableChange) -> Vec<ObjectName> {
    let mut all = vec![table.clone()];
    match change {
        // SHARE UPDATE EXCLUSIVE, and ROW SHARE on the table referred to.
        TableChange::ValidateConstraint { .. } => return Vec::new(),
        TableChange::AddColumn { constraints, .. } => all.extend(referenced(constraints)),
        TableChange::AddConstraint { constraint, .. } => {
            all.extend(referenced(std::slice::from_ref(constraint)));
        }
        _ => {}
    }
    all
}

fn referenced(constraints: &[Constraint]) -> Vec<ObjectName> {
    constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::ForeignKey(key) => Some(key.table.clone()),
            _ => None,
        })
        .collect()
}
