//! Statements that the database may be ahead of.
//!
//! What makes and changes objects can be looked for; whether rows were changed, or what a verbatim statement did,
//! no schema shows. If such a statement stands before changes that the database has, or right behind them, it may
//! have been run with them.

use super::{Item, JournalIs, Place, PlannedMigration, Planner, Standing, Verdict};
use crate::operation::Operation;
use crate::plan::truth::{Truth, truth};
use crate::shared::Shared;

impl Planner<'_> {
    /// Marks the statements of which all operations are among the first `left` open ones, and right
    /// behind them those that no schema can show: of the same migration, or of any if there is no
    /// journal at all. They may have been run with what is there.
    pub(super) fn overtake(&mut self, mut left: usize) {
        let mut last = None;
        for (place, candidate) in self.pending.iter_mut().enumerate() {
            let open = |item: &&mut Item<'_>| item.standing == Standing::Open;
            for item in candidate.items.iter_mut().filter(open) {
                let operations = &item.statement.operations;
                let covered = operations.len() <= left;
                let behind = left == 0
                    && operations.iter().all(|one| one.changes_rows())
                    && last.is_some_and(|last| last == place || self.journal == JournalIs::Empty);
                if !covered && !behind {
                    return;
                }
                left = left.saturating_sub(operations.len());
                item.standing = Standing::Overtaken;
                if !self.dialect.facts().enum_types {
                    // The database shows no type: that it is there is known from what is.
                    let makes = |one: &&Shared<Operation>| {
                        matches!(
                            ***one,
                            Operation::CreateEnum { .. } | Operation::AddEnumLabel { .. }
                        )
                    };
                    for operation in operations.iter().filter(makes) {
                        let _ = self.applied.schema.apply(operation);
                    }
                }
                last = Some(place);
            }
        }
    }

    /// Where the database stands between no two of the operations: marks what no schema can show, if it stands
    /// before a statement of which the database has the changes, or right behind the last one. Returns whether there
    /// was any.
    pub(super) fn overtake_unseen(&mut self, planned: &[PlannedMigration]) -> bool {
        let Some(last) = self.last_ahead(planned) else {
            return false;
        };
        let everywhere = self.journal == JournalIs::Empty;
        let (mut any, mut follows) = (false, true);
        for (place, candidate) in self.pending.iter_mut().enumerate() {
            for item in &mut candidate.items {
                let before = (place, item.number) < last;
                let unseen = is_unseen(item);
                let near = place == last.0 || everywhere;
                if unseen && (before || follows && near) {
                    item.standing = Standing::Overtaken;
                    any = true;
                }
                follows &= before || (place, item.number) == last || unseen;
            }
        }
        any
    }

    /// The last statement that is there already although none before it has made that.
    fn last_ahead(&self, planned: &[PlannedMigration]) -> Option<Place> {
        let mut chain = self.applied.schema.clone();
        let mut last = None;
        for (place, migration) in planned.iter().enumerate() {
            for step in &migration.steps {
                let is_new = |one: &Operation| {
                    !one.changes_rows()
                        && !matches!(truth(one, &chain, self.dialect), Truth::Already(_))
                };
                if matches!(step.verdict, Verdict::Adopt { .. }) && step.operations().any(is_new) {
                    last = Some((place, step.number));
                }
                for operation in step.operations() {
                    // What does not fit the model is about objects that it does not know.
                    let _ = chain.apply(operation);
                }
            }
        }
        last
    }
}

/// Whether nothing that a statement does is to be seen in a schema.
fn is_unseen(item: &Item<'_>) -> bool {
    let operations = &item.statement.operations;
    item.standing == Standing::Open
        && !operations.is_empty()
        && operations.iter().all(|one| one.changes_rows())
}
