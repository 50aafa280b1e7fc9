//! Copying pages, from one snapshot.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, TransactionState};

use super::Progress;
use crate::error::database_error;

/// Pages that are copied between two calls about the progress.
const STEP: i32 = 1000;
const PAUSE: Duration = Duration::from_millis(20);
/// How long a backup waits for a writer to let it read, once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A transaction that reads: as long as it is open, the copy is of one moment. Without it `SQLite`
/// begins the copy again whenever another connection has written ("Online Backup API").
pub(super) struct Snapshot<'c> {
    connection: &'c Connection,
    open: bool,
}

impl<'c> Snapshot<'c> {
    pub(super) fn take(connection: &'c Connection) -> Result<Self> {
        let mut snapshot = Self {
            connection,
            open: false,
        };
        let state = connection.transaction_state(Some(rusqlite::MAIN_DB));
        if state.map_err(database_error)? == TransactionState::Write {
            return Err(writing());
        }
        if connection.is_autocommit() {
            connection.execute_batch("BEGIN").map_err(database_error)?;
            snapshot.open = true;
        }
        // BEGIN alone reads nothing yet.
        connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(database_error)?;
        Ok(snapshot)
    }

    pub(super) fn end(mut self) -> Result<()> {
        self.close().map_err(database_error)
    }

    fn close(&mut self) -> rusqlite::Result<()> {
        if std::mem::take(&mut self.open) {
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // The first failure is the one that is told.
        let _ = self.close();
    }
}

/// Copies a database into an empty file that is nobody else's.
pub(super) fn into_file(
    source: &Connection,
    path: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(path, flags).map_err(database_error)?;
    // A copy that is not finished is thrown away, and one that is goes to the disk as a whole.
    target
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        .map_err(database_error)?;
    into_connection(source, &mut target, PATIENCE, progress)?;
    target.close().map_err(|(_, error)| database_error(error))
}

/// Copies a database over that of a connection, in one transaction.
pub(super) fn into_connection(
    source: &Connection,
    target: &mut Connection,
    patience: Duration,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<()> {
    let backup = Backup::new(source, target).map_err(database_error)?;
    let mut stuck_since = None;
    loop {
        match backup.step(STEP).map_err(database_error)? {
            StepResult::Done => {
                // It is done, whatever the answer is.
                let _ = progress(reached(&backup));
                return Ok(());
            }
            StepResult::More => {
                stuck_since = None;
                if progress(reached(&backup)).is_break() {
                    return Err(broken_off());
                }
            }
            _ => {
                let since = *stuck_since.get_or_insert_with(Instant::now);
                if since.elapsed() > patience {
                    return Err(busy());
                }
                std::thread::sleep(PAUSE);
            }
        }
    }
}

fn reached(backup: &Backup<'_, '_>) -> Progress {
    let state = backup.progress();
    let number = |pages: i32| u64::try_from(pages).unwrap_or_default();
    Progress {
        copied: number(state.pagecount - state.remaining),
        total: number(state.pagecount),
    }
}

fn writing() -> DatabaseError {
    let what = "the connection itself is writing: there is nothing consistent to copy";
    DatabaseError::new(Kind::Other, what)
}

fn broken_off() -> DatabaseError {
    DatabaseError::new(Kind::Other, "the copy was broken off")
}

fn busy() -> DatabaseError {
    DatabaseError::new(
        Kind::LockTimeout,
        "other connections are at work in this database, and did not let go in time",
    )
    .with_hint("stop what uses the database, and try again")
}
