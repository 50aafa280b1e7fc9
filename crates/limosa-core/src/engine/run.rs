//! One run: read, lock, read again, plan, execute.

use std::time::Duration;

use super::execute::{Executor, JournalTable, Parting};
use super::rollback::{self, Found};
use super::{Boxed, Operate, Runner, budget, lock, proof};
use crate::diff::Wordings;
use crate::error::Error;
use crate::event::Event;
use crate::migrator::{Footing, Migrator, Scope};
use crate::plan::{PlannedMigration, Planner, conflicts_of};
use crate::report::{Outcome, Report};

/// How often a run begins again after a deadlock, or because another program changed the schema
/// between reading and writing.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// Runs what is pending. With nothing pending it costs the one reading of the journal.
pub(super) fn run<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    report: &'f mut Report,
) -> Boxed<'f, Result<(), Error>> {
    Box::pin(async move {
        let (mut attempt, mut waits) = (1, 1);
        loop {
            let Err(mut error) = attempt_run(runner, session, report).await else {
                return Ok(());
            };
            let pause = if error.is_transient() && attempt < ATTEMPTS {
                attempt += 1;
                PAUSE * (attempt - 1)
            } else if let Some(pause) = budget::pause(session, &mut error, waits).await {
                waits += 1;
                pause
            } else {
                return Err(error);
            };
            let message = format!("beginning again: {error}");
            runner.tell(&Event::Warning { message: &message });
            report.warnings.push(message);
            session.sleep(pause).await;
        }
    })
}

async fn attempt_run(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    report: &mut Report,
) -> Result<(), Error> {
    let id = session.dialect().facts().id;
    id.clone_into(&mut report.dialect);
    let recorded = session.recorded().await?.unwrap_or_default();
    let left = runner.left(id, &recorded)?;
    report.gone = left.gone;
    if left.pending.is_empty() {
        return Ok(());
    }
    let scope = runner.scope(id);
    let footing = lock::acquire(runner, session, &scope).await?;
    let result = Box::pin(run_locked(runner, session, (footing, scope), report)).await;
    let unlocked = session.unlock().await;
    result?;
    Ok(unlocked?)
}

/// What was read behind the lock counts: another runner may have been at work until now.
async fn run_locked(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    (footing, scope): (Footing, Scope),
    report: &mut Report,
) -> Result<(), Error> {
    let dialect = session.dialect();
    let Footing {
        mut journal,
        mut schema,
    } = footing;
    if let Some(read) = &journal
        && rollback::finish(runner, session, read, report).await? == Found::Finished
    {
        (journal, schema) = (session.journal().await?, None);
    }
    let table = if journal.is_some() {
        JournalTable::There
    } else {
        JournalTable::Missing
    };
    let journal = journal.unwrap_or_default();
    let selection = runner.select(dialect.facts().id, &journal)?;
    if selection.pending.is_empty() {
        return Ok(());
    }
    let actual = match schema {
        Some(schema) => schema,
        None => session.inspect(&scope).await?,
    };
    let (migrations, options) = (runner.migrations, &runner.options);
    let mut planner = Planner::new(dialect, migrations, &journal, &actual, &selection, options)?;
    let (mut planned, drift) = planner.plan(&actual);
    proof::ask_ahead(session, &mut planned, &actual).await?;
    refuse_conflicts(&planned)?;
    runner.take_precaution(session, &planned).await?;
    runner.tell(&Event::Planned {
        migrations: &planned,
    });
    report.warnings.extend(
        drift
            .iter()
            .map(|difference| format!("drift: {difference}")),
    );
    let new_wordings = planner.wordings();
    let mut wordings = Wordings::of(&journal);
    wordings.learn(&new_wordings);
    let actual = planner.with_types(actual);
    let mut executor = Executor {
        runner,
        session,
        planner,
        report,
        operate: Operate::Apply,
        scope,
        journal: table,
        old: actual.clone(),
        actual,
        group: None,
        parting: Parting::WithTheLast,
        drift,
        wordings,
        new_wordings,
        undone: None,
    };
    executor.execute(planned).await?;
    report.outcome = Outcome::Done;
    Ok(())
}

/// Nothing is executed if anything is known to be impossible.
pub(super) fn refuse_conflicts(planned: &[PlannedMigration]) -> Result<(), Error> {
    let conflicts = conflicts_of(planned);
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(Error::Conflicts(conflicts))
    }
}
