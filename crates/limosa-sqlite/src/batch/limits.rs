//! Limits of time, and the session's own settings that come back afterwards.

use std::borrow::BorrowMut;
use std::time::{Duration, Instant};

use limosa_core::migrator::{Limits, Result};
use rusqlite::Connection;

use crate::error::database_error;
use crate::journal::Table;
use crate::session::Sqlite;

/// How many instructions of the library's virtual machine pass between two looks at the clock.
pub(super) const LOOK_EVERY: i32 = 1000;

/// Settings of the session's owner that a transaction has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Own {
    /// How long statements waited for locks.
    busy: Option<Duration>,
    /// When the statements must be done.
    pub(super) deadline: Option<Instant>,
    /// The progress handler is the session's.
    pub(super) handler: bool,
}

impl<C: BorrowMut<Connection> + Send> Sqlite<C> {
    pub(super) fn limit(&mut self, limits: Limits) -> Result<()> {
        self.lift_limits();
        if let Some(time) = limits.lock {
            let own: i64 = self
                .connection()
                .query_row("PRAGMA busy_timeout", [], |row| row.get(0))
                .map_err(database_error)?;
            self.own.busy = Some(Duration::from_millis(own.unsigned_abs()));
            self.connection()
                .busy_timeout(time)
                .map_err(database_error)?;
        }
        if let Some(time) = limits.statement {
            self.own.deadline = Some(Instant::now() + time);
            self.hold_to_deadline().map_err(database_error)?;
        }
        Ok(())
    }

    /// Lets nothing but the deadline interrupt a statement, if there is one.
    pub(super) fn hold_to_deadline(&mut self) -> rusqlite::Result<()> {
        match self.own.deadline {
            Some(end) => self.handle(move || Instant::now() > end),
            None => self.handle_nothing(),
        }
    }

    /// Asks every now and then whether to interrupt the statement.
    pub(super) fn handle(
        &mut self,
        interrupts: impl FnMut() -> bool + Send + 'static,
    ) -> rusqlite::Result<()> {
        self.own.handler = true;
        self.connection_mut()
            .progress_handler(LOOK_EVERY, Some(interrupts))
    }

    fn handle_nothing(&mut self) -> rusqlite::Result<()> {
        if !std::mem::take(&mut self.own.handler) {
            return Ok(());
        }
        self.connection_mut()
            .progress_handler(0, None::<fn() -> bool>)
    }

    fn lift_limits(&mut self) {
        if let Some(own) = self.own.busy.take() {
            let _ = self.connection().busy_timeout(own);
        }
        self.own.deadline = None;
        let _ = self.handle_nothing();
    }

    /// Gives the owner's settings back once no transaction is open.
    pub(crate) fn restore(&mut self) {
        self.lift_limits();
        self.parting = false;
        self.table = Table::default();
        if let Some(apart) = self.apart.take() {
            apart.leave(self.connection());
        }
    }
}
