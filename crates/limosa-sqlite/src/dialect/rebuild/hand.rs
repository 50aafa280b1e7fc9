//! Rebuilds that people write by hand: a new table that takes an old one's name.

use limosa_core::dialect::{ByHand, Keep, Transaction};
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{Schema, Table};
use limosa_core::shared::List;

use super::super::{names, pragma};
use super::keep;

/// Finds `CREATE TABLE new`, ..., `DROP TABLE old`, ..., `ALTER TABLE new RENAME TO old`.
///
/// With foreign keys enforced the `DROP` deletes the rows that refer to the old table, or is refused. That is
/// never what is meant, and the pragma that would prevent it does nothing within a transaction.
pub(in super::super) fn by_hand(operations: &[&Operation], before: &Schema) -> Vec<ByHand> {
    let drops = operations.iter().enumerate();
    let drops = drops.filter_map(|(at, operation)| match operation {
        Operation::DropTable { name, .. } => Some((at, name)),
        _ => None,
    });
    drops
        .filter_map(|(drop, name)| {
            taken_over(operations, drop, name, before)
                .or_else(|| moved_away(operations, drop, name, before))
        })
        .chain(switched_off(operations))
        .collect()
}

/// The documented order: the new table is renamed.
fn taken_over(
    operations: &[&Operation],
    drop: usize,
    name: &ObjectName,
    before: &Schema,
) -> Option<ByHand> {
    let (last, new) = operations[drop..]
        .iter()
        .enumerate()
        .find_map(|(at, operation)| match operation {
            Operation::RenameTable { from, to, .. }
                if names::same(&from.sibling(to.clone()), name) =>
            {
                Some((at, from))
            }
            _ => None,
        })?;
    Some(ByHand {
        first: created(&operations[..drop], new)?,
        last: drop + last,
        drop,
        keeps: kept(name, &operations[..drop], before).into(),
    })
}

/// The other order: the old table is renamed away first, and those who mention it stay with the name.
fn moved_away(
    operations: &[&Operation],
    drop: usize,
    name: &ObjectName,
    before: &Schema,
) -> Option<ByHand> {
    let (first, old) = operations[..drop]
        .iter()
        .enumerate()
        .find_map(|(at, operation)| match operation {
            Operation::RenameTable { from, to, .. }
                if names::same(&from.sibling(to.clone()), name) =>
            {
                Some((at, from))
            }
            _ => None,
        })?;
    created(&operations[first..drop], old)?;
    Some(ByHand {
        first,
        last: drop,
        drop,
        keeps: kept(old, &operations[..drop], before).into(),
    })
}

/// The rows of referring tables that are still as they were: of one that the same migration has changed before,
/// nobody knows the columns.
fn kept(name: &ObjectName, earlier: &[&Operation], before: &Schema) -> Vec<Keep> {
    let mut schema = before.clone();
    let is_touched = |table: &Table| earlier.iter().any(|one| touches(one, &table.name));
    schema.tables.retain(|table| !is_touched(table));
    keep::referring(name, &schema).unwrap_or_default()
}

fn touches(operation: &Operation, table: &ObjectName) -> bool {
    match operation {
        Operation::CreateTable { table: own, .. } => names::same(&own.name, table),
        Operation::DropTable { name, .. } | Operation::AlterTable { table: name, .. } => {
            names::same(name, table)
        }
        Operation::RenameTable { from, to, .. } => {
            names::same(from, table) || names::same(&from.sibling(to.clone()), table)
        }
        _ => false,
    }
}

/// Where this table is created.
fn created(operations: &[&Operation], name: &ObjectName) -> Option<usize> {
    operations.iter().position(|operation| {
        matches!(operation, Operation::CreateTable { table, .. } if names::same(&table.name, name))
    })
}

/// Pragmas in front of the one that switches foreign keys off are in the same transaction.
fn switched_off(operations: &[&Operation]) -> Option<ByHand> {
    let pragmas = operations.iter().take_while(|one| is_pragma(one)).count();
    let last = operations[..pragmas]
        .iter()
        .position(|one| switches_off(one))?;
    Some(ByHand {
        first: 0,
        last,
        drop: last,
        keeps: List::new(),
    })
}

fn is_pragma(operation: &Operation) -> bool {
    matches!(operation, Operation::Sql(sql) if pragma::is_one(&sql.text))
}

fn switches_off(operation: &Operation) -> bool {
    matches!(operation, Operation::Sql(sql)
        if pragma::transaction(&sql.text) == Transaction::WithoutForeignKeys)
}
