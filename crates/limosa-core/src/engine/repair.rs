//! Decisions of people about rows of the journal: nothing of a migration is run.

mod words;

use super::{Runner, lock};
use crate::checksum::Checksum;
use crate::error::Error;
use crate::journal::{Acceptance, Entry, Journal, State};
use crate::migration::{Migration, Statement};
use crate::migrator::{Command, Foreign, Migrator};
use crate::plan::{source_text, statements};
use crate::version::Version;

/// What became of a row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// As it was.
    pub before: Entry,
    /// The statements that were recorded with it.
    pub text: Option<String>,
    /// As it is; none if it was forgotten.
    pub after: Option<Entry>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The statements as they are now are what was run, or as good as that.
    Accept,
    /// The row is to go: what it tells is not so any more.
    Forget,
}

/// Records a decision, under the lock.
pub(super) async fn repair(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    version: &Version,
    decision: Decision,
) -> Result<Repaired, Error> {
    let scope = runner.scope(session.dialect().facts().id);
    let footing = lock::acquire(runner, session, &scope).await?;
    let journal = footing.journal.unwrap_or_default();
    let result = Box::pin(repair_locked(
        runner,
        session,
        &journal,
        (version, decision),
    ))
    .await;
    let unlocked = session.unlock().await;
    let repaired = result?;
    unlocked?;
    Ok(repaired)
}

async fn repair_locked(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    journal: &Journal,
    (version, decision): (&Version, Decision),
) -> Result<Repaired, Error> {
    let list = runner.migrations.list();
    let migration = list.iter().find(|one| one.version == *version);
    let before = row(journal, version, migration)?;
    let text = session.recorded_text(before.version.as_str()).await?;
    let after = match decision {
        Decision::Accept => Some(accept(runner, session, (journal, before), migration).await?),
        Decision::Forget => forget(session, before, migration).await.map(|()| None)?,
    };
    Ok(Repaired {
        before: before.clone(),
        text,
        after,
    })
}

fn row<'j>(
    journal: &'j Journal,
    version: &Version,
    migration: Option<&Migration>,
) -> Result<&'j Entry, Error> {
    journal.entry(version).ok_or_else(|| match migration {
        None => Error::UnknownVersion {
            version: version.clone(),
        },
        Some(migration) => Error::NotRepairable {
            version: version.clone(),
            name: migration.name.clone(),
            why: "the journal has no row of it: it was not applied".to_owned(),
        },
    })
}

fn refuse(row: &Entry, why: impl Into<String>) -> Error {
    Error::NotRepairable {
        version: row.version.clone(),
        name: row.name.clone(),
        why: why.into(),
    }
}

/// Writes the checksum of the statements as they are now; if they are as recorded, in what words the
/// catalog has what they made.
async fn accept(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    (journal, row): (&Journal, &Entry),
    migration: Option<&Migration>,
) -> Result<Entry, Error> {
    let migration = migration.ok_or_else(|| refuse(row, "its files are gone"))?;
    let id = session.dialect().facts().id;
    let own: Vec<&Statement> = statements(migration, id).collect();
    let total = u32::try_from(own.len()).unwrap_or(u32::MAX);
    let script = migration.script(id);
    let (checksum, done) = match row.state {
        State::Applied => (script.map_or(Checksum::EMPTY, |one| one.checksum), total),
        State::Started if row.done <= total => (first(session, &own, row.done), row.done),
        State::Started => return Err(refuse(row, fewer(row.done, total))),
        State::RollingBack => return Err(refuse(row, "it is being rolled back")),
        State::RolledBack => return Err(refuse(row, "it was rolled back")),
    };
    let mut wordings = Vec::new();
    if checksum == row.checksum {
        if row.state == State::Applied {
            wordings = words::of(runner, session, journal, migration).await?;
        }
        if wordings.is_empty() {
            return Ok(row.clone());
        }
    }
    let begin = [Command::Begin(Foreign::Enforced), Command::Clock];
    let clock = session.run(&begin).await.map_err(|failed| failed.error)?;
    let at = clock.first().copied().unwrap_or_default();
    let after = Entry {
        checksum,
        steps: total,
        done,
        adopted: row.adopted.min(total),
        accepted: Some(Acceptance {
            at,
            by: String::new(),
        }),
        wordings,
        ..row.clone()
    };
    let text = script.and_then(source_text);
    let commands = [Command::Record(vec![(after, text)]), Command::Commit];
    commit(session, &commands).await?;
    let journal = session.journal().await?.unwrap_or_default();
    let written = journal.entry(&row.version).cloned();
    written.ok_or_else(|| refuse(row, "its row was removed meanwhile"))
}

/// Of one that is only begun, the journal holds the checksum of the statements that are done.
fn first(session: &dyn Migrator, own: &[&Statement], done: u32) -> Checksum {
    let lexicon = &session.dialect().facts().lexicon;
    let done = own.iter().take(done as usize);
    done.fold(Checksum::EMPTY, |sum, one| one.checksum(sum, lexicon))
}

fn fewer(done: u32, total: u32) -> String {
    format!("{done} of its statements are done, and there are only {total} now")
}

/// Forgets a row that says less than what a person knows. Of an applied migration it says all: that one
/// would be run again.
async fn forget(
    session: &mut dyn Migrator,
    row: &Entry,
    migration: Option<&Migration>,
) -> Result<(), Error> {
    if row.state == State::Applied && migration.is_some() {
        let why = "it is applied, and the next run would run it again; `limosa rollback` undoes it";
        return Err(refuse(row, why));
    }
    let commands = [
        Command::Begin(Foreign::Enforced),
        Command::Forget(row.version.as_str()),
        Command::Commit,
    ];
    commit(session, &commands).await
}

/// The last commands of a transaction; it is rolled back if they fail.
async fn commit(session: &mut dyn Migrator, commands: &[Command<'_>]) -> Result<(), Error> {
    let Err(failed) = session.run(commands).await else {
        return Ok(());
    };
    // The connection may be gone; then so is the transaction.
    let _ = session.run(&[Command::Rollback]).await;
    Err(failed.error.into())
}
