//! Carrying out commands, and leaving the session as it was found.

mod apart;
mod digest;
mod limits;
mod orphans;
mod touches;
mod triggers;
mod watch;

use std::borrow::BorrowMut;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::{Command, Foreign, Interrupted, Result};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};

pub(crate) use apart::Apart;
pub(crate) use limits::Own;
pub(crate) use triggers::Broken;

use crate::error::database_error;
use crate::journal;
use crate::lock::{self, Seen, microseconds};
use crate::session::Sqlite;

impl<C: BorrowMut<Connection> + Send> Sqlite<C> {
    /// Carries out commands in order and stops at the first that fails.
    pub(crate) fn run_all(
        &mut self,
        commands: &[Command<'_>],
    ) -> std::result::Result<Vec<i64>, Interrupted> {
        let mut clock = Vec::new();
        for (done, command) in commands.iter().enumerate() {
            if let Err(error) = self.carry_out(command, &mut clock) {
                return Err(Interrupted { done, clock, error });
            }
        }
        Ok(clock)
    }

    fn carry_out(&mut self, command: &Command<'_>, clock: &mut Vec<i64>) -> Result<()> {
        match command {
            Command::Begin(foreign) => return self.begin(*foreign),
            Command::Commit => return self.commit(),
            Command::Rollback => return self.roll_back(),
            Command::Savepoint(number) => self.execute(&format!("SAVEPOINT limosa_{number}")),
            Command::Release(number) => self.execute(&format!("RELEASE limosa_{number}")),
            Command::RollbackTo(number) => self.execute(&format!("ROLLBACK TO limosa_{number}")),
            Command::Limit(limits) => return self.limit(*limits),
            Command::Execute(sql) => {
                self.look_before(sql)?;
                self.execute_heeding_triggers(sql)
            }
            Command::CreateJournal => self.create_journal(),
            Command::Record(rows) => {
                let table = std::mem::take(&mut self.table);
                journal::record(self.connection(), rows, table)
            }
            Command::Forget(version) => journal::forget(self.connection(), version),
            Command::Unlock => {
                self.parting = true;
                return Ok(());
            }
            Command::Clock => {
                clock.push(microseconds());
                return Ok(());
            }
        }?;
        self.after_autocommit()
    }

    fn create_journal(&mut self) -> Result<()> {
        let table = journal::create(self.connection())?;
        // Outside a transaction others may write to it before this session does.
        if !self.connection().is_autocommit() {
            self.table = table;
        }
        Ok(())
    }

    fn begin(&mut self, foreign: Foreign) -> Result<()> {
        if !self.connection().is_autocommit() {
            return Err(DatabaseError::new(
                Kind::Other,
                "the connection is in a transaction already",
            ));
        }
        // BEGIN IMMEDIATE itself succeeds on a read-only file, and only reads.
        lock::writable(self.connection())?;
        if foreign == Foreign::Off {
            self.apart = Some(Apart::enter(self.connection())?);
        }
        let begun = self.begin_writing();
        if begun.is_err() {
            self.restore();
        }
        begun
    }

    /// Takes the write lock first: what is read behind it stays true until the commit.
    fn begin_writing(&mut self) -> Result<()> {
        self.broken = Broken::default();
        self.execute("BEGIN IMMEDIATE")?;
        let unchanged = match &self.seen {
            Some(seen) => seen.still_holds(self.connection()),
            None => Ok(()),
        };
        let ready = unchanged.and_then(|()| self.look_around());
        if ready.is_err() {
            self.execute("ROLLBACK")?;
        }
        ready
    }

    fn look_around(&mut self) -> Result<()> {
        let Some(mut apart) = self.apart.take() else {
            return Ok(());
        };
        let looked = apart.look(self.connection());
        self.apart = Some(apart);
        looked
    }

    fn look_before(&mut self, sql: &str) -> Result<()> {
        let Some(mut apart) = self.apart.take() else {
            return Ok(());
        };
        let looked = apart.about_to(self.connection(), sql);
        self.apart = Some(apart);
        looked
    }

    fn commit(&mut self) -> Result<()> {
        if self.connection().is_autocommit() {
            return Err(rolled_back());
        }
        if let Some(apart) = &self.apart {
            apart.check(self.connection())?;
        }
        self.broken.check(self.connection())?;
        // With the last transaction nothing is to come that it would be compared for.
        let seen = if self.held.is_some() && !self.parting {
            Some(Seen::now(self.connection())?)
        } else {
            self.seen.clone()
        };
        self.execute("COMMIT")?;
        self.seen = seen;
        self.restore();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        if !self.connection().is_autocommit() {
            self.execute("ROLLBACK")?;
        }
        self.restore();
        Ok(())
    }

    /// Executes one statement to its end. Text behind it is refused before anything is done.
    fn execute(&self, sql: &str) -> Result<()> {
        let connection = self.connection();
        let inside = !connection.is_autocommit();
        let mut batch = Batch::new(connection, sql);
        let Some(mut statement) = batch.next().map_err(database_error)? else {
            return Ok(());
        };
        if !matches!(batch.next(), Ok(None)) {
            return Err(DatabaseError::new(
                Kind::Other,
                "the text holds more than one statement",
            ));
        }
        let ends = is_end(sql);
        let mut rows = statement.query([]).map_err(database_error)?;
        while rows.next().map_err(database_error)?.is_some() {}
        if inside && !ends && connection.is_autocommit() {
            return Err(DatabaseError::new(
                Kind::Other,
                "the statement ended the transaction that it was run in",
            ));
        }
        Ok(())
    }

    /// Outside a transaction each command is a change of its own.
    fn after_autocommit(&mut self) -> Result<()> {
        if self.held.is_some() && self.connection().is_autocommit() {
            self.seen = Some(Seen::now(self.connection())?);
        }
        Ok(())
    }
}

/// Whether this is one of the session's own ways to end a transaction.
fn is_end(sql: &str) -> bool {
    matches!(sql, "COMMIT" | "ROLLBACK")
}

/// Some errors (a full disk, an interrupted write) end the whole transaction, whatever savepoints
/// there are ("Transaction", section 3).
fn rolled_back() -> DatabaseError {
    DatabaseError::new(
        Kind::Other,
        "there is no transaction to commit: an error has rolled it back",
    )
}
