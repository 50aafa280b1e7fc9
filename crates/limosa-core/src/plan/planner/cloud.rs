//! What a statement of unknown effect may take out of the way of those behind it.
//!
//! A `DO` block drops a view of another definition if it is there, and the next statement makes the view.
//! Whether that fits is known as soon as the block was run and the catalog is read again: until then what is
//! in the way is no conflict. Only what a block speaks of is in doubt, so that nothing else is found later
//! than it could be; one that executes text of its own making may speak of anything.

use super::{Planner, Step, Verdict, suspects};
use crate::name::ObjectName;
use crate::operation::{Operation, TableChange};
use crate::schema::Schema;

/// The word by which a block says that it executes what it makes up.
const DYNAMIC: &str = "execute";

impl Planner<'_> {
    /// Remembers of what a step will speak whose effect nobody knows before.
    pub(super) fn cloud(&mut self, step: &Step) {
        if step.verdict != Verdict::Execute {
            return;
        }
        for operation in step.operations() {
            if let Operation::Sql(sql) = operation
                && operation.has_unknown_effect()
            {
                self.clouds.extend(suspects::words(&sql.text));
            }
        }
    }

    /// Whether a statement that will be run before this one may change what is in its way.
    pub(super) fn may_be_cleared(&self, operation: &Operation) -> bool {
        let names = about(operation);
        !names.is_empty()
            && !self.clouds.is_empty()
            && (self.clouds.contains(DYNAMIC)
                || (names.into_iter()).any(|name| self.clouds.contains(&name.to_lowercase())))
    }
}

/// The names that somebody would say who makes way for an operation.
fn about(operation: &Operation) -> Vec<&str> {
    match operation {
        Operation::CreateTable { table, .. } => vec![&table.name.name],
        Operation::CreateView { view, .. } => vec![&view.name.name],
        Operation::CreateEnum { enum_type, .. } => vec![&enum_type.name.name],
        Operation::CreateIndex { table, index, .. } => vec![&table.name, &index.name],
        Operation::CreateTrigger { trigger, .. } => vec![&trigger.table.name, &trigger.name],
        Operation::RenameTable { from, to, .. } => vec![&from.name, to],
        Operation::AlterTable { table, change, .. } => {
            let mut names = vec![table.name.as_str()];
            names.extend(match change {
                TableChange::AddConstraint { constraint, .. } => constraint.name(),
                _ => None,
            });
            names
        }
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
