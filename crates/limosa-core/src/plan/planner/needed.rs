//! Pending migrations that were applied all the same: a later one that is applied could not have been
//! without them.
//!
//! Their rows are gone from the journal. `1` makes a table, `2` renames it: if `2` is applied and `1` has
//! no row, running `1` would make the table again.

use std::collections::HashSet;

use super::statements;
use crate::journal::Journal;
use crate::migration::{Migration, Statement};
use crate::operation::{Operation, TableChange};
use crate::plan::Pending;

/// A table, or behind a line break a column of one, in lower case.
type Thing = String;

/// The places of pending migrations, unknown to the journal, that made what a later applied one needs
/// and no other applied one made.
pub(super) fn by_later_ones(
    list: &[Migration],
    journal: &Journal,
    pending: &[Pending],
    id: &str,
) -> Vec<usize> {
    let mut needed = Vec::new();
    if journal.entries.is_empty() {
        return needed;
    }
    let recorded = journal.by_version();
    let is_unknown = |one: &&Pending| !recorded.contains_key(&list[one.index].version);
    let unknown = pending.iter().filter(is_unknown);
    let unknown: Vec<usize> = unknown.map(|one| one.index).collect();
    let last = (list.iter()).rposition(|one| journal.is_applied(&one.version));
    // The usual case: everything that is pending comes behind.
    let Some(last) = last.filter(|last| unknown.iter().any(|index| index < last)) else {
        return needed;
    };
    let (mut made, mut waiting) = (HashSet::new(), Vec::new());
    for (index, migration) in list.iter().enumerate().take(last + 1) {
        let operations = || statements(migration, id).flat_map(Statement::operations);
        if unknown.contains(&index) {
            let makes: HashSet<Thing> = operations().filter_map(makes).collect();
            waiting.push((index, makes));
        } else if journal.is_applied(&migration.version) {
            for operation in operations() {
                for thing in needs(operation) {
                    let makers = waiting.iter().filter(|(_, makes)| makes.contains(&thing));
                    if !made.contains(&thing) {
                        needed.extend(makers.map(|(index, _)| *index));
                    }
                }
                made.extend(makes(operation));
            }
        }
    }
    needed
}

fn thing(table: &str, column: Option<&str>) -> Thing {
    match column {
        None => table.to_lowercase(),
        Some(column) => format!("{table}\n{column}").to_lowercase(),
    }
}

fn makes(operation: &Operation) -> Option<Thing> {
    match operation {
        Operation::CreateTable { table, .. } => Some(thing(&table.name.name, None)),
        Operation::RenameTable { to, .. } => Some(thing(to, None)),
        Operation::AlterTable { table, change, .. } => match change {
            TableChange::AddColumn { column, .. } => Some(thing(&table.name, Some(&column.name))),
            TableChange::RenameColumn { to, .. } => Some(thing(&table.name, Some(to))),
            _ => None,
        },
        _ => None,
    }
}

/// What must be there for an operation; nothing if it says `IF EXISTS`.
fn needs(operation: &Operation) -> Vec<Thing> {
    let table = match operation {
        Operation::RenameTable { from: name, .. }
        | Operation::DropTable {
            name,
            if_exists: false,
            ..
        }
        | Operation::CreateIndex { table: name, .. }
        | Operation::AlterTable {
            table: name,
            if_exists: false,
            ..
        } => name,
        Operation::Insert(insert) => &insert.table,
        Operation::Update(update) => &update.table,
        Operation::Delete(delete) => &delete.table,
        _ => return Vec::new(),
    };
    let mut all = vec![thing(&table.name, None)];
    if let Operation::AlterTable { change, .. } = operation {
        all.extend(column_of(change).map(|column| thing(&table.name, Some(column))));
    }
    all
}

fn column_of(change: &TableChange) -> Option<&str> {
    match change {
        TableChange::RenameColumn { from: name, .. }
        | TableChange::DropColumn {
            name,
            if_exists: false,
            ..
        }
        | TableChange::SetType { column: name, .. }
        | TableChange::SetNullable { column: name, .. }
        | TableChange::SetDefault { column: name, .. } => Some(name),
        _ => None,
    }
}
