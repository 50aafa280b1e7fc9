//! How long statements may wait for locks.
//!
//! Whoever waits for a strong lock makes everybody wait who comes after, readers too. So a statement
//! that locks a table of before the run waits for the budget at most, then its transaction is rolled
//! back and tried again later; so does one that is carried verbatim and may lock anything. A concurrent index build or a validation hinders nobody while it waits;
//! giving it up early is what does harm.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use super::Boxed;
use crate::dialect::Transaction;
use crate::error::{Error, Kind, StepError};
use crate::migrator::{Limits, Migrator};
use crate::operation::{Operation, TableChange};
use crate::plan::{PlannedMigration, Step};
use crate::schema::Schema;

/// How long a statement may wait for a strong lock, unless the runner is told otherwise.
pub const LOCK_BUDGET: Duration = Duration::from_secs(1);

/// How often a strong lock is tried for.
const ATTEMPTS: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long an index build or a validation may wait for locks; the statement itself has no limit.
const BUILD: Limits = Limits {
    lock: Some(Duration::from_secs(3600)),
    statement: Some(Duration::MAX),
};

/// The limits of a step; none where the session's own are left alone, or those of the migration: it may
/// set `lock_timeout` itself.
pub(super) fn limits(
    migration: &PlannedMigration,
    step: &Step,
    old: &Schema,
    budget: Duration,
) -> Option<Limits> {
    let is_old = |name| old.table(name).is_some() || old.index(name).is_some();
    let any = |is: fn(&Operation) -> bool| step.operations().any(is);
    if step.transaction == Transaction::Outside {
        return any(is_concurrent).then_some(BUILD);
    }
    let strong = step.locks.iter().any(is_old) || step.may_lock;
    if strong && !sets_its_own(migration) {
        let statement = any(is_build).then_some(BUILD.statement).flatten();
        return Some(Limits {
            lock: Some(budget),
            statement,
        });
    }
    any(is_validation).then_some(BUILD)
}

/// Whether the migration says how long to wait for locks.
fn sets_its_own(migration: &PlannedMigration) -> bool {
    let statements = migration.steps.iter().flat_map(|step| &step.statements);
    statements
        .into_iter()
        .any(|text| text.to_ascii_lowercase().contains("lock_timeout"))
}

fn is_build(operation: &Operation) -> bool {
    matches!(operation, Operation::CreateIndex { .. })
}

fn is_validation(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::AlterTable {
            change: TableChange::ValidateConstraint { .. },
            ..
        }
    )
}

fn is_concurrent(operation: &Operation) -> bool {
    match operation {
        Operation::CreateIndex { concurrently, .. } | Operation::DropIndex { concurrently, .. } => {
            *concurrently
        }
        Operation::Sql(sql) => sql.text.to_ascii_uppercase().contains("CONCURRENTLY"),
        _ => false,
    }
}

/// The step that did not get its lock in time, if that is why a run failed.
fn waiting(error: &mut Error) -> Option<&mut StepError> {
    match error {
        Error::Step(step) if step.error.kind == Kind::LockTimeout => Some(step),
        _ => None,
    }
}

/// After a failure: says who is in the way if it was for a lock, and how long to wait before the next
/// attempt, if there is one.
pub(super) fn pause<'f>(
    session: &'f mut dyn Migrator,
    error: &'f mut Error,
    attempt: u32,
) -> Boxed<'f, Option<Duration>> {
    Box::pin(async move {
        let step = waiting(error)?;
        // Who that is helps, but is not worth another error.
        let blockers = session.blockers(&step.locks).await.unwrap_or_default();
        let lines: Vec<String> = blockers.iter().map(ToString::to_string).collect();
        if !lines.is_empty() {
            step.error.detail = Some(format!("in the way: {}", lines.join("; ")));
        }
        let budget = step.budget?;
        if attempt >= ATTEMPTS {
            step.error.hint = Some(format!(
                "tried {ATTEMPTS} times for {} ms each; end those sessions, or try again when they are \
             done, or wait longer at a time (--lock-budget)",
                budget.as_millis()
            ));
            return None;
        }
        let pause = (budget / 2 * attempt).min(LONGEST_PAUSE);
        Some(pause + pause.mul_f64(chance()))
    })
}

/// A number from 0 to 1, so that runners that met once do not meet again.
fn chance() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(number >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
