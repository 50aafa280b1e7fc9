//! Undoing applied migrations: by their `down.sql`, else by the computed inverse.

mod before;
mod found;

use super::execute::{Executor, JournalTable, Parting, Undone};
use super::inverse::inverse;
use super::run::refuse_conflicts;
use super::{Boxed, Consent, Operate, Runner, lock, proof};
use crate::checksum::Checksum;
use crate::dialect::{Dialect, Transaction};
use crate::diff::Wordings;
use crate::error::Error;
use crate::event::Event;
use crate::journal::{Entry, Journal, State};
use crate::migration::{Accepts, Migration, Migrations, Script, Statement, TransactionMode};
use crate::migrator::Migrator;
use crate::operation::Operation;
use crate::plan::{
    Expected, Options, Pending, Planner, Selection, Undoing, learn, learn_names, losses_of,
    statements, summary, units,
};
use crate::report::{Outcome, Report};
use crate::schema::Schema;
use crate::version::Version;
use before::Before;

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

/// The way back as migrations of its own, the last one first.
struct WayBack {
    migrations: Migrations,
    /// What stays as it is, and why.
    kept: Vec<String>,
    /// What all that is applied has made, with the types that live in the model alone.
    applied: Expected,
    /// What is left of it behind the way back.
    left: Expected,
}

impl WayBack {
    /// The version that is undone last.
    fn last(&self) -> Option<&Version> {
        self.migrations.list().last().map(|one| &one.version)
    }

    fn planner<'a>(
        &'a self,
        session: &dyn Migrator,
        journal: &Journal,
        actual: &Schema,
        options: &'a Options,
    ) -> Result<Planner<'a>, Error> {
        let pending = (0..self.migrations.list().len())
            .map(|index| self.pending(index, journal))
            .collect();
        let selection = Selection {
            pending,
            gone: Vec::new(),
        };
        let mut actual = actual.clone();
        if !session.dialect().facts().enum_types {
            actual.enums.clone_from(&self.applied.schema.enums);
            session.dialect().recognise(&mut actual);
        }
        learn(&mut actual, &self.applied.schema.tables, session.dialect());
        learn_names(&mut actual, &self.applied.schema.tables, session.dialect());
        // The journal's checksums are of the way there.
        let journal = Journal::default();
        Planner::new(
            session.dialect(),
            &self.migrations,
            &journal,
            &actual,
            &selection,
            options,
        )
    }
}

impl WayBack {
    /// A way back that an earlier run began is gone to its end.
    fn pending(&self, index: usize, journal: &Journal) -> Pending {
        let version = &self.migrations.list()[index].version;
        let begun = journal
            .entry(version)
            .filter(|row| row.state == State::RollingBack)
            .cloned();
        Pending {
            index,
            done: begun.as_ref().map_or(0, |row| row.done),
            begun,
        }
    }
}

fn way_back(
    runner: &Runner<'_>,
    session: &dyn Migrator,
    journal: &Journal,
    actual: &Schema,
    extent: &Extent,
) -> Result<WayBack, Error> {
    let id = session.dialect().facts().id;
    let list = runner.migrations.list();
    let known = |version: &Version| {
        journal
            .entry(version)
            .is_some_and(|entry| entry.state != State::RolledBack)
    };
    let applied: Vec<&Migration> = list.iter().filter(|one| known(&one.version)).collect();
    let keep = match extent {
        Extent::Steps(steps) => applied.len().saturating_sub(*steps),
        Extent::To(version) => {
            if !list.iter().any(|one| one.version == *version) {
                return Err(Error::UnknownVersion {
                    version: version.clone(),
                });
            }
            applied
                .iter()
                .take_while(|one| one.version <= *version)
                .count()
        }
    };
    let operations = applied
        .iter()
        .flat_map(|one| statements(one, id))
        .flat_map(Statement::operations);
    let mut expected = Expected::base(operations, actual);
    let mut otherwise = Expected::at(before::otherwise(&expected.schema));
    let (mut undone, mut kept) = (Vec::new(), Vec::new());
    let mut left = None;
    for (place, migration) in applied.iter().enumerate() {
        let reach = Reach::of(journal.entry(&migration.version));
        let before = Before {
            schema: &expected.schema,
            otherwise: &otherwise.schema,
        };
        let back = (place >= keep).then(|| back(migration, session, before, reach, &mut kept));
        if place == keep {
            left = Some(expected.clone());
        }
        for operation in statements(migration, id).flat_map(Statement::operations) {
            expected.apply(operation);
            otherwise.apply(operation);
        }
        undone.extend(back.transpose()?);
    }
    undone.reverse();
    Ok(WayBack {
        migrations: Migrations::in_order(undone),
        kept,
        left: left.unwrap_or_else(|| expected.clone()),
        applied: expected,
    })
}

/// How much of a migration is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All of it.
    Whole,
    /// So many of its statements, and the next one if the run may have died behind it.
    Done(u32),
    /// As much as makes this number of steps: an earlier run has begun with them.
    Begun(u32),
}

impl Reach {
    fn of(row: Option<&Entry>) -> Self {
        match row.map(|row| (row.state, row)) {
            Some((State::Started, row)) => Self::Done(row.done),
            Some((State::RollingBack, row)) => Self::Begun(row.steps),
            _ => Self::Whole,
        }
    }
}

/// One migration's way back as a migration of the same version and name.
fn back(
    migration: &Migration,
    session: &dyn Migrator,
    before: Before<'_>,
    reach: Reach,
    kept: &mut Vec<String>,
) -> Result<Migration, Error> {
    let id = session.dialect().facts().id;
    let script = migration.script(id);
    let (path, up) = match script.and_then(|script| script.down.as_ref()) {
        Some(down) => {
            if let Reach::Done(done) = reach {
                suits_a_part(migration, &down.statements, done, id)?;
            }
            (down.path.clone(), down.statements.clone())
        }
        None => (
            None,
            inverse_statements(migration, session, before, reach, kept)?,
        ),
    };
    let script = Script {
        only: script.and_then(|script| script.only.clone()),
        path,
        up,
        down: None,
        transaction: script.map_or(TransactionMode::WherePossible, |script| script.transaction),
        checksum: script.map_or(Checksum::EMPTY, |script| script.checksum),
    };
    Ok(Migration {
        scripts: vec![script],
        ..migration.clone()
    })
}

/// A `down.sql` undoes the whole. What it does to the schema is skipped where it is so already; what
/// it does to rows would be done to rows that the migration never touched.
fn suits_a_part(
    migration: &Migration,
    down: &[Statement],
    done: u32,
    id: &str,
) -> Result<(), Error> {
    let own = down.iter().filter(|one| one.is_for(id));
    if !own
        .flat_map(Statement::operations)
        .any(Operation::changes_rows)
    {
        return Ok(());
    }
    Err(Error::HalfApplied {
        version: migration.version.clone(),
        name: migration.name.clone(),
        done,
        steps: u32::try_from(statements(migration, id).count()).unwrap_or(u32::MAX),
    })
}

fn inverse_statements(
    migration: &Migration,
    session: &dyn Migrator,
    before: Before<'_>,
    reach: Reach,
    kept: &mut Vec<String>,
) -> Result<Vec<Statement>, Error> {
    let dialect = session.dialect();
    let (mut schema, mut otherwise) = (before.schema.clone(), before.otherwise.clone());
    let mut back: Vec<Vec<Statement>> = Vec::new();
    for (statement, number) in statements(migration, dialect.facts().id).zip(1_u32..) {
        let steps = back.iter().map(Vec::len).sum::<usize>();
        let is_reached = match reach {
            Reach::Whole => true,
            Reach::Done(done) => {
                number <= done || (number == done + 1 && is_outside(migration, statement, dialect))
            }
            Reach::Begun(begun) => steps < begun as usize,
        };
        if !is_reached {
            break;
        }
        for operation in statement.operations() {
            let refuse = |why: &str| Error::NotInvertible {
                version: migration.version.clone(),
                name: migration.name.clone(),
                step: summary(&schema.complete(operation), dialect),
                why: why.to_owned(),
            };
            let undo = inverse(operation, &schema).ok_or_else(|| refuse("it has no inverse"))?;
            let is_known = inverse(operation, &otherwise).as_ref() == Some(&undo);
            if !is_known && !matches!(operation, Operation::Comment { .. }) {
                return Err(refuse(before::UNKNOWN));
            }
            // One that stays does no harm.
            if !is_known && dialect.facts().comments {
                let (version, name) = (&migration.version, &migration.name);
                let what = summary(operation, dialect);
                kept.push(format!(
                    "{version}_{name}: {what} stays: {}",
                    before::UNKNOWN
                ));
            }
            back.push(undo.into_iter().map(given_back).collect());
            // What does not fit the model was about objects that it does not know.
            let _ = schema.apply(operation);
            let _ = otherwise.apply(operation);
        }
    }
    Ok(back.into_iter().rev().flatten().collect())
}

/// What was there before was kept as this database keeps it.
fn given_back(operation: Operation) -> Statement {
    Statement {
        accepts: Accepts::Loss,
        ..Statement::unrecorded(operation)
    }
}

/// Whether a statement runs outside transactions, so that it may have been run without being recorded.
fn is_outside(migration: &Migration, statement: &Statement, dialect: &dyn Dialect) -> bool {
    let script = migration.script(dialect.facts().id);
    let never = script.is_some_and(|script| script.transaction == TransactionMode::Never);
    statement.operations().any(|operation| {
        dialect.transaction(operation) == Transaction::Outside
            || (never && matches!(operation, Operation::Sql(_)))
    })
}
