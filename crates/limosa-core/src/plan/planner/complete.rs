//! Names for what an author left unnamed, when what he asks for may be there already.
//!
//! `ADD UNIQUE (email)` makes `users_email_key`, or `users_email_key1` if that name is taken. Which of
//! them it is follows from the migrations alone, and not from what the database holds: there it may be
//! taken by the very key that is asked for.

use crate::shared::Shared;
use std::borrow::Cow;

use crate::operation::{Operation, TableChange};
use crate::plan::chain::undo;
use crate::schema::Schema;

/// Each operation completed by the chain of what the migrations make; the chain goes on behind them.
/// Types that no migration made are looked up in the schema that is there.
pub(super) fn complete_all(
    operations: &[Shared<Operation>],
    chain: &mut Schema,
    actual: &Schema,
) -> Vec<Shared<Operation>> {
    operations
        .iter()
        .map(|operation| {
            let named = complete(operation, chain);
            let complete = match actual.complete(&named) {
                Cow::Borrowed(_) if matches!(named, Cow::Borrowed(_)) => operation.clone(),
                complete => Shared::new(complete.into_owned()),
            };
            // What does not fit the model is about objects that it does not know.
            let _ = chain.apply(&complete);
            complete
        })
        .collect()
}

/// What is made a second time (`IF NOT EXISTS`) has the names that it had the first time.
fn complete<'o>(operation: &'o Operation, chain: &Schema) -> Cow<'o, Operation> {
    if !is_there(operation, chain) {
        return chain.complete(operation);
    }
    let mut before = chain.clone();
    undo(&mut before, operation);
    before.complete(operation)
}

/// What is made although the migrations before have made it: the database they were written for would
/// refuse that. Two names may also be one where the end of long ones is cut off.
pub(super) fn made_twice<'o>(
    operations: &'o [Shared<Operation>],
    chain: &Schema,
) -> Option<&'o Operation> {
    let is_guarded = |operation: &Operation| match operation {
        Operation::CreateTable { if_not_exists, .. }
        | Operation::CreateIndex { if_not_exists, .. }
        | Operation::AlterTable {
            change: TableChange::AddColumn { if_not_exists, .. },
            ..
        } => *if_not_exists,
        _ => true,
    };
    let mut unguarded = operations
        .iter()
        .map(AsRef::as_ref)
        .filter(|one| !is_guarded(one));
    unguarded.find(|one| is_there(one, chain))
}

fn is_there(operation: &Operation, chain: &Schema) -> bool {
    match operation {
        Operation::CreateIndex { table, index, .. } => {
            chain.index(&table.sibling(index.name.clone())).is_some()
        }
        Operation::CreateTable { table, .. } => chain.table(&table.name).is_some(),
        Operation::AlterTable {
            table,
            change: TableChange::AddColumn { column, .. },
            ..
        } => {
            let found = chain.table(table);
            found.is_some_and(|found| found.column(&column.name, chain.case).is_some())
        }
        _ => false,
    }
}
