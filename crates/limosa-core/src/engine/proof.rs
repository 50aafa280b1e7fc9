//! What is asked about rows around the statements that could lose some.
//!
//! Guards are asked as early as their answer cannot change any more before the step: best when
//! planning, so that nothing at all is done. They are asked again right before the step, in its
//! transaction, unless its statements refuse such rows by themselves.

use super::{Boxed, Runner};
use crate::dialect::{Fate, Guard, Keep};
use crate::migrator::{Migrator, Result};
use crate::name::ObjectName;
use crate::operation::Operation;
use crate::plan::{PlannedMigration, Verdict};
use crate::schema::Schema;

/// Asks the guards of planned steps of which no earlier step touches the tables, and puts the
/// steps that they refuse into conflict.
pub(super) fn ask_ahead<'f>(
    session: &'f mut dyn Migrator,
    planned: &'f mut [PlannedMigration],
    actual: &'f Schema,
) -> Boxed<'f, Result<()>> {
    Box::pin(async move {
        let mut touched = Touched::default();
        for step in planned.iter_mut().flat_map(|one| &mut one.steps) {
            if step.verdict != Verdict::Execute {
                continue;
            }
            let guards = &step.proof.guards;
            let ready = guards.iter().filter(|guard| touched.leaves(guard, actual));
            let ready: Vec<Guard> = ready.cloned().collect();
            let reasons = refusals(session, &ready).await?;
            for operation in step.operations() {
                touched.add(operation);
            }
            if !reasons.is_empty() {
                step.verdict = Verdict::Conflict { reasons };
            }
        }
        Ok(())
    })
}

/// The tables that steps touch.
#[derive(Default)]
struct Touched {
    tables: Vec<ObjectName>,
    /// A statement of unknown effect may touch any.
    any: bool,
}

impl Touched {
    fn add(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable { table, .. } => self.tables.push(table.name.clone()),
            Operation::DropTable { name, .. } => self.tables.push(name.clone()),
            Operation::RenameTable { from, to, .. } => {
                self.tables.push(from.clone());
                self.tables.push(from.sibling(to.clone()));
            }
            Operation::AlterTable { table, .. } => self.tables.push(table.clone()),
            Operation::Insert(insert) => self.tables.push(insert.table.clone()),
            Operation::Update(update) => self.tables.push(update.table.clone()),
            // What refers to the rows, triggers, and statements of unknown effect may change any table.
            Operation::Delete(_) | Operation::CreateTrigger { .. } | Operation::Sql(_) => {
                self.any = true;
            }
            _ => {}
        }
    }

    /// Whether what a guard asks is in the database as it is now.
    fn leaves(&self, guard: &Guard, actual: &Schema) -> bool {
        let is_as_now = |name: &ObjectName| {
            actual.table(name).is_some()
                && !self.tables.iter().any(|own| actual.same_object(own, name))
        };
        !self.any && guard.tables.iter().all(is_as_now)
    }
}

/// Why the rows that are there do not allow the statements, of those whose fate is this one.
pub(super) fn refusals_of<'f>(
    fate: Fate,
    session: &'f mut dyn Migrator,
    guards: &'f [Guard],
) -> Boxed<'f, Result<Vec<String>>> {
    Box::pin(async move {
        let own = guards.iter().filter(|guard| guard.fate == fate);
        refusals(session, &own.cloned().collect::<Vec<_>>()).await
    })
}

/// Why the rows that are there do not allow the statements.
async fn refusals(session: &mut dyn Migrator, guards: &[Guard]) -> Result<Vec<String>> {
    let mut reasons = Vec::new();
    for guard in guards {
        let count = session.query(&guard.count).await?;
        let count = first(&count).unwrap_or_default();
        if count == "0" || count.is_empty() {
            continue;
        }
        let keys = session.query(&guard.sample).await?;
        let keys: Vec<&str> = keys
            .iter()
            .filter_map(|row| row.first()?.as_deref())
            .collect();
        reasons.push(if keys.is_empty() {
            format!("{count} {}", guard.what)
        } else {
            format!("{count} {}: {}", guard.what, keys.join("; "))
        });
    }
    Ok(reasons)
}

/// On which side of the statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    After,
}

/// What the database says about what must stay the same.
pub(super) fn answers<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    keeps: &'f [Keep],
    moment: Moment,
) -> Boxed<'f, Result<Vec<String>>> {
    Box::pin(async move {
        let mut answers = Vec::new();
        for keep in keeps {
            let query = match moment {
                Moment::Before => &keep.before,
                Moment::After => &keep.after,
            };
            runner.doing(format!("looking at {}", keep.what));
            let rows = session.query(query).await?;
            let cells = rows.iter().flatten();
            let cells: Vec<&str> = cells
                .map(|cell| cell.as_deref().unwrap_or("NULL"))
                .collect();
            answers.push(cells.join(", "));
        }
        Ok(answers)
    })
}

/// What is not the same.
pub(super) fn differences(keeps: &[Keep], before: &[String], after: &[String]) -> Vec<String> {
    let pairs = before.iter().zip(after);
    keeps
        .iter()
        .zip(pairs)
        .filter(|(_, (before, after))| before != after)
        .map(|(keep, (before, after))| {
            format!("{}: {before} before, {after} afterwards", keep.what)
        })
        .collect()
}

fn first(rows: &[Vec<Option<String>>]) -> Option<&str> {
    rows.first()?.first()?.as_deref()
}
