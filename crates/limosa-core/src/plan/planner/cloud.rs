//! What a statement of unknown effect may take out of the way of those behind it.
//!
//! A `DO` block drops a view of another definition if it is there, and the next statement makes the view.
//! Whether that fits is known as soon as the block was run and the catalog is read again: until then what is
//! in the way is no conflict. Only what a block names that drops, alters or renames anything is in doubt: all
//! else is known to be in the way before anything is run.

use super::{Planner, Step, Verdict};
use crate::name::ObjectName;
use crate::operation::{Operation, TableChange};
use crate::plan::words::words;
use crate::schema::Schema;

/// The words without which nothing is cleared away.
const CLEARING: [&str; 3] = ["drop", "alter", "rename"];

impl Planner<'_> {
    /// Remembers of what a step will speak whose effect nobody knows before.
    pub(super) fn cloud(&mut self, step: &Step) {
        if step.verdict != Verdict::Execute {
            return;
        }
        for operation in step.operations() {
            let Operation::Sql(sql) = operation else {
                continue;
            };
            if !operation.has_unknown_effect() {
                continue;
            }
            let words: Vec<String> = words(&sql.text).collect();
            if words.iter().any(|word| CLEARING.contains(&word.as_str())) {
                self.clouds.extend(words);
            }
        }
    }

    /// Whether a pending statement may do what the model does not know, so that what the migrations
    /// would have made is uncertain.
    pub(super) fn is_clouded(&self) -> bool {
        let items = self.pending.iter().flat_map(|one| &one.items);
        let operations = items.flat_map(|item| item.statement.operations());
        operations.into_iter().any(Operation::has_unknown_effect)
    }

    /// Whether a statement that will be run before this one may change what is in its way.
    pub(super) fn may_be_cleared(&self, operation: &Operation) -> bool {
        let names = about(operation);
        let mut all = names.iter();
        !names.is_empty() && all.all(|name| self.clouds.contains(&name.to_lowercase()))
    }
}

/// The names that somebody would say who makes way for an operation.
fn about(operation: &Operation) -> Vec<&str> {
    match operation {
        Operation::CreateTable { table, .. } => vec![&table.name.name],
        Operation::CreateView { view, .. } => vec![&view.name.name],
        Operation::CreateEnum { enum_type, .. } => vec![&enum_type.name.name],
        Operation::CreateIndex { index, .. } => vec![&index.name],
        Operation::CreateTrigger { trigger, .. } => vec![&trigger.name],
        Operation::RenameTable { to, .. } => vec![to],
        Operation::AlterTable { table, change, .. } => match change {
            TableChange::AddColumn { column, .. } => vec![&table.name, &column.name],
            TableChange::AddConstraint { constraint, .. } => constraint
                .name()
                .into_iter()
                .chain([&*table.name])
                .collect(),
            _ => vec![&table.name],
        },
        _ => Vec::new(),
    }
}

/// Lets the statement that may clear the way have done so, for those that are judged behind it.
pub(super) fn make_way(schema: &mut Schema, operation: &Operation) {
    let name: &ObjectName = match operation {
        Operation::CreateTable { table, .. } => &table.name,
        Operation::CreateView { view, .. } => &view.name,
        _ => return,
    };
    let own: Vec<_> = (schema.tables.iter().map(|own| &own.name))
        .chain(schema.views.iter().map(|own| &own.name))
        .filter(|own| schema.same_object(own, name))
        .cloned()
        .collect();
    schema.tables.retain(|table| !own.contains(&table.name));
    schema.views.retain(|view| !own.contains(&view.name));
}
