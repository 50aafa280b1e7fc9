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
            let named = complete(operation, chain, actual);
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

/// What is made a second time (`IF NOT EXISTS`) is what it was the first time, if it is there; else it has
/// the names that it had.
fn complete<'o>(operation: &'o Operation, chain: &Schema, actual: &Schema) -> Cow<'o, Operation> {
    if !is_there(operation, chain) {
        // The keys of a table that is not there get the names that are free where it will be made.
        let is_made =
            matches!(operation, Operation::CreateTable { .. }) && !is_there(operation, actual);
        return if is_made { actual } else { chain }.complete(operation);
    }
    if is_guarded(operation)
        && is_there(operation, actual)
        && let Some(first) = as_it_is(operation, chain)
    {
        return Cow::Owned(first);
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
    let twice = |one: &Operation, chain: &Schema| !is_guarded(one) && is_there(one, chain);
    if let [only] = operations {
        return Some(only.as_ref()).filter(|only| twice(only, chain));
    }
    // An operation in front may have dropped what this one makes anew.
    let mut chain = chain.clone();
    operations.iter().map(AsRef::as_ref).find(|one| {
        let found = twice(one, &chain);
        let _ = chain.apply(one);
        found
    })
}

/// Whether it does nothing where there is one of that name.
fn is_guarded(operation: &Operation) -> bool {
    match operation {
        Operation::CreateTable { if_not_exists, .. }
        | Operation::CreateIndex { if_not_exists, .. }
        | Operation::AlterTable {
            change:
                TableChange::AddColumn { if_not_exists, .. }
                | TableChange::AddConstraint { if_not_exists, .. },
            ..
        } => *if_not_exists,
        _ => true,
    }
}

/// The operation that would make what is there.
fn as_it_is(operation: &Operation, chain: &Schema) -> Option<Operation> {
    let mut own = operation.clone();
    match &mut own {
        Operation::CreateIndex { table, index, .. } => {
            let (owner, found) = chain.index(&table.sibling(index.name.clone()))?;
            *index = Shared::new(found.clone());
            *table = owner.name.clone();
        }
        Operation::CreateTable { table, .. } => {
            let found = chain.table(&table.name)?;
            table.columns.clone_from(&found.columns);
            table.constraints.clone_from(&found.constraints);
        }
        Operation::AlterTable {
            table,
            change:
                TableChange::AddColumn {
                    column,
                    constraints,
                    ..
                },
            ..
        } => {
            let found = chain.table(table)?.column(&column.name, chain.case)?;
            *column = Shared::new(found.clone());
            constraints.clear();
        }
        Operation::AlterTable {
            table,
            change: TableChange::AddConstraint { constraint, .. },
            ..
        } => {
            let found = chain.table(table)?;
            let found = found.constraint(constraint.name()?, chain.case)?;
            *constraint = Shared::new(found.clone());
        }
        _ => return None,
    }
    Some(own)
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
        // An equal one that nothing guards is adopted like anything else.
        Operation::AlterTable {
            table,
            change:
                TableChange::AddConstraint {
                    constraint,
                    if_not_exists: true,
                    ..
                },
            ..
        } => {
            let called = |name| chain.table(table)?.constraint(name, chain.case);
            constraint.name().and_then(called).is_some()
        }
        _ => false,
    }
}
