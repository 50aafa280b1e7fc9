//! What the tests of this crate share.
#![allow(dead_code, reason = "each test file uses a part")]

use limosa_core::checksum::Checksum;
use limosa_core::error::DatabaseError;
use limosa_core::journal::{Entry, FORMAT, State};
use limosa_core::migrator::{Command, Migrator};
use limosa_core::version::Version;
use limosa_sqlite::{Mode, Sqlite, block_on};
use rusqlite::Connection;
use std::path::Path;

/// A session on a file, which is created.
pub(crate) fn open(path: &Path) -> Sqlite<Connection> {
    Sqlite::open(path.to_str().unwrap(), Mode::Create).unwrap()
}

/// Runs commands.
pub(crate) fn run(
    session: &mut impl Migrator,
    commands: &[Command<'_>],
) -> Result<Vec<i64>, DatabaseError> {
    block_on(session.run(commands)).map_err(|interrupted| interrupted.error)
}

/// Executes statements one by one, outside a transaction.
#[track_caller]
pub(crate) fn execute(session: &mut impl Migrator, statements: &[&str]) {
    for statement in statements {
        run(session, &[Command::Execute(statement)]).unwrap_or_else(|error| {
            panic!("{statement}: {error}");
        });
    }
}

/// The only value of a query.
#[track_caller]
pub(crate) fn value(session: &mut impl Migrator, sql: &str) -> String {
    let rows = block_on(session.query(sql)).unwrap();
    rows[0][0].clone().unwrap_or_default()
}

/// The row of an applied migration.
pub(crate) fn entry(version: &str) -> Entry {
    Entry {
        version: Version::from(version),
        name: "seed".into(),
        checksum: Checksum::EMPTY,
        state: State::Applied,
        steps: 1,
        done: 1,
        adopted: 0,
        started_at: 1,
        finished_at: Some(2),
        applied_by: "me".into(),
        written_by: "0.1.0".into(),
        format: FORMAT,
        accepted: None,
        wordings: Vec::new(),
    }
}
