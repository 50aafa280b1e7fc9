//! Rebuilds that people write by hand: a new table that takes an old one's name.

use limosa_core::dialect::ByHand;
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::Schema;

use super::super::names;
use super::keep;

/// Finds `CREATE TABLE new`, ..., `DROP TABLE old`, ..., `ALTER TABLE new RENAME TO old`.
///
/// With foreign keys enforced the `DROP` deletes the rows that refer to the old table, or is refused. That is
/// never what is meant, and the pragma that would prevent it does nothing within a transaction.
pub(in super::super) fn by_hand(operations: &[&Operation], before: &Schema) -> Vec<ByHand> {
    let drops = operations
        .iter()
        .enumerate()
        .filter_map(|(at, operation)| match operation {
            Operation::DropTable { name, .. } => Some((at, name)),
            _ => None,
        });
    drops
        .filter_map(|(drop, name)| {
            let (last, new) = renamed_to(&operations[drop..], name)?;
            let first = created(&operations[..drop], new)?;
            Some(ByHand {
                first,
                last: drop + last,
                drop,
                keeps: keep::referring(name, before).unwrap_or_default(),
            })
        })
        .collect()
}

/// Where a table gets this name.
fn renamed_to<'a>(
    operations: &[&'a Operation],
    name: &ObjectName,
) -> Option<(usize, &'a ObjectName)> {
    operations
        .iter()
        .enumerate()
        .find_map(|(at, operation)| match operation {
            Operation::RenameTable { from, to } if names::same(&from.sibling(to.clone()), name) => {
                Some((at, from))
            }
            _ => None,
        })
}

/// Where this table is created.
fn created(operations: &[&Operation], name: &ObjectName) -> Option<usize> {
    operations.iter().position(|operation| {
        matches!(operation, Operation::CreateTable { table, .. } if names::same(&table.name, name))
    })
}
