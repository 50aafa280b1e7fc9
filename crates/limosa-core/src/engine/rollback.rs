//! Undoing applied migrations: by their `down.sql`, else by the computed inverse.

mod back;
mod before;
mod found;
mod way;

use super::execute::{Executor, JournalTable, Parting, Undone};
use super::run::refuse_conflicts;
use super::{Boxed, Consent, Operate, Runner, lock, proof};
use crate::diff::Wordings;
use crate::error::Error;
use crate::event::Event;
use crate::journal::{Entry, Journal, State};
use crate::migrator::Migrator;
use crate::plan::{Options, Undoing, losses_of, units};
use crate::report::{Outcome, Report};
use crate::schema::Schema;
use crate::version::Version;
use way::way_back;

/// How far to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// So many applied migrations.
    Steps(usize),
    /// Everything above this version.
    To(Version),
}

/// Plans without changing anything.
pub(super) async fn plan(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    extent: &Extent,
) -> Result<Undoing, Error> {
    let journal = session.journal().await?.unwrap_or_default();
    let dialect = session.dialect();
    let actual = session.inspect(&runner.scope(dialect.facts().id)).await?;
    let ahead = ahead(runner, session, &journal, &actual, extent).await?;
    Ok(ahead.0)
}

/// What undoing would do, and the schema that is expected behind it.
async fn ahead(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    journal: &Journal,
    actual: &Schema,
    extent: &Extent,
) -> Result<(Undoing, Schema), Error> {
    let undo = way_back(runner, session, journal, actual, extent)?;
    let options = Options::default();
    let mut planner = undo.planner(session, journal, actual, &options)?;
    let (mut migrations, _) = planner.plan(actual);
    proof::ask_ahead(session, &mut migrations, actual).await?;
    found::tell(&mut migrations, journal);
    let undoing = Undoing {
        losses: losses_of(&migrations).into(),
        units: units(&migrations, actual),
        migrations,
    };
    Ok((undoing, planner.schema().clone()))
}

/// What a run will do first: the rest of a way back that was interrupted. The journal and the schema
/// are then as they will be behind it.
pub(super) async fn unfinished(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    journal: &mut Journal,
    actual: &mut Schema,
) -> Result<Option<Undoing>, Error> {
    let Some(version) = half_undone(runner, journal).map(|half| half.version.clone()) else {
        return Ok(None);
    };
    let last = Extent::Steps(1);
    let (undoing, after) = ahead(runner, session, journal, actual, &last).await?;
    *actual = after;
    for entry in &mut journal.entries {
        if entry.version == version {
            entry.state = State::RolledBack;
        }
    }
    Ok(Some(undoing))
}

fn half_undone<'j>(runner: &Runner<'_>, journal: &'j Journal) -> Option<&'j Entry> {
    journal.half_undone().filter(|half| {
        let list = runner.migrations.list();
        list.iter().any(|one| one.version == half.version)
    })
}

/// Goes to its end a way back that an earlier run began, in a session that has the lock. Returns
/// whether there was one.
pub(super) fn finish<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    journal: &'f Journal,
    report: &'f mut Report,
) -> Boxed<'f, Result<Found, Error>> {
    Box::pin(async move {
        let Some(half) = half_undone(runner, journal) else {
            return Ok(Found::Nothing);
        };
        let (version, name) = (&half.version, &half.name);
        let message =
            format!("the rollback of {version}_{name} was interrupted: finishing it first");
        runner.tell(&Event::Warning { message: &message });
        report.warnings.push(message);
        // It is the last one: nothing is applied before it is finished. Whoever began it agreed to it.
        let last = (&Extent::Steps(1), Consent::Given);
        run_locked(runner, session, journal, last, report).await?;
        Ok(Found::Finished)
    })
}

/// What became of a search for an interrupted rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There was none.
    Nothing,
    /// There was one, and it is finished.
    Finished,
}

/// Undoes what is asked for.
pub(super) fn run<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    (extent, consent): (&'f Extent, Consent),
    report: &'f mut Report,
) -> Boxed<'f, Result<(), Error>> {
    Box::pin(async move {
        session.dialect().facts().id.clone_into(&mut report.dialect);
        let scope = runner.scope(session.dialect().facts().id);
        let footing = lock::acquire(runner, session, &scope).await?;
        let result = match &footing.journal {
            Some(journal) => {
                let asked = (extent, consent);
                Box::pin(run_locked(runner, session, journal, asked, report)).await
            }
            None => Ok(()),
        };
        let unlocked = session.unlock().await;
        result?;
        Ok(unlocked?)
    })
}

async fn run_locked(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    journal: &Journal,
    (extent, consent): (&Extent, Consent),
    report: &mut Report,
) -> Result<(), Error> {
    let scope = runner.scope(session.dialect().facts().id);
    let actual = session.inspect(&scope).await?;
    let undo = way_back(runner, session, journal, &actual, extent)?;
    if undo.migrations.list().is_empty() {
        return Ok(());
    }
    let options = Options::default();
    let mut planner = undo.planner(session, journal, &actual, &options)?;
    let (mut planned, drift) = planner.plan(&actual);
    proof::ask_ahead(session, &mut planned, &actual).await?;
    found::tell(&mut planned, journal);
    refuse_conflicts(&planned)?;
    let lost = losses_of(&planned);
    if consent == Consent::Withheld && !lost.is_empty() {
        return Err(Error::NeedsConsent(lost));
    }
    for message in &undo.kept {
        runner.tell(&Event::Warning { message });
    }
    report.warnings.extend(undo.kept.iter().cloned());
    runner.take_precaution(session, &planned).await?;
    runner.tell(&Event::Planned {
        migrations: &planned,
    });
    let actual = planner.with_types(actual);
    let mut executor = Executor {
        runner,
        session,
        planner,
        report,
        operate: Operate::Undo,
        scope,
        journal: JournalTable::There,
        old: actual.clone(),
        actual,
        group: None,
        parting: Parting::Afterwards,
        drift,
        wordings: Wordings::of(journal),
        new_wordings: Vec::new(),
        undone: undo.last().map(|version| Undone {
            last: version,
            applied: &undo.applied,
            left: &undo.left,
        }),
    };
    executor.execute(planned).await?;
    report.outcome = Outcome::Done;
    Ok(())
}
