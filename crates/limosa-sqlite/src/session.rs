//! One live session: the driver's side of the engine's contract.
//!
//! Every method does its work when it is polled and never waits, so that a run needs no runtime
//! ([`block_on`](crate::block_on())); on a runtime use [`Background`](crate::Background).

use std::borrow::BorrowMut;
use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::journal::{Journal, Recorded};
use limosa_core::migrator::{
    Command, Footing, Interrupted, Lock, Migrator, Result, Scope, Server, Start,
};
use limosa_core::progress::Watcher;
use limosa_core::schema::Schema;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::batch::{Apart, Broken, Own};
use crate::dialect::{DEFAULT_SCHEMA, SqliteDialect};
use crate::error::database_error;
use crate::journal::Short;
use crate::lock::{Held, Seen};
use crate::{explain, inspect, journal, lock};

/// A session over a connection of its own, or of the caller's (`&mut Connection`).
///
/// When it is dropped, an open transaction of its own is rolled back, the lock is given back, and the
/// connection has the settings that it had before. A busy handler or progress handler of the caller's
/// is replaced if a step has limits of time; a progress handler also if somebody hears how far the copy
/// of a big table gets.
#[derive(Debug)]
pub struct Sqlite<C: BorrowMut<Connection> + Send> {
    pub(crate) connection: C,
    pub(crate) held: Option<Held>,
    pub(crate) seen: Option<Seen>,
    pub(crate) own: Own,
    /// Whether the open transaction is the last one.
    pub(crate) parting: bool,
    /// The journal's table, as far as the open transaction knows.
    pub(crate) table: journal::Table,
    /// While a transaction without foreign keys is open.
    pub(crate) apart: Option<Apart>,
    /// What the open transaction has broken.
    pub(crate) broken: Broken,
    /// Who hears how far copies get.
    pub(crate) watcher: Option<Watcher>,
    /// Whether the caller had a transaction open.
    was_inside: bool,
}

impl<C: BorrowMut<Connection> + Send> Sqlite<C> {
    /// A session over a connection.
    pub fn new(connection: C) -> Self {
        let was_inside = !connection.borrow().is_autocommit();
        Self {
            connection,
            held: None,
            seen: None,
            own: Own::default(),
            parting: false,
            table: journal::Table::default(),
            apart: None,
            broken: Broken::default(),
            watcher: None,
            was_inside,
        }
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        self.connection.borrow()
    }

    /// The connection, to change.
    pub fn connection_mut(&mut self) -> &mut Connection {
        self.connection.borrow_mut()
    }

    /// What the session is connected to.
    fn describe(&self) -> Result<Server> {
        let connection = self.connection();
        let read_only = connection
            .is_readonly(DEFAULT_SCHEMA)
            .map_err(database_error)?;
        let query_only: bool = connection
            .query_row("PRAGMA query_only", [], |row| row.get(0))
            .map_err(database_error)?;
        let writable = !read_only && !query_only;
        let path = connection.path().filter(|path| !path.is_empty());
        Ok(Server {
            product: format!("SQLite {}", rusqlite::version()),
            database: path.unwrap_or(":memory:").to_owned(),
            role: None,
            default_schema: Some(DEFAULT_SCHEMA.to_owned()),
            writable,
            may_create: writable,
        })
    }

    /// What a run begins with: a database without anything has no journal either.
    fn footing(&self) -> Result<Footing> {
        let schema = inspect::nothing(self.connection())?;
        let journal = match schema {
            Some(_) => None,
            None => journal::read(self.connection())?,
        };
        Ok(Footing { journal, schema })
    }

    fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let mut statement = self.connection().prepare(sql).map_err(database_error)?;
        let width = statement.column_count();
        let mut rows = statement.query([]).map_err(database_error)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(database_error)? {
            let cells = (0..width).map(|at| row.get_ref(at).map(text));
            all.push(
                cells
                    .collect::<rusqlite::Result<_>>()
                    .map_err(database_error)?,
            );
        }
        Ok(all)
    }

    /// Leaves the connection as it was found.
    fn clean_up(&mut self) {
        if !self.was_inside && !self.connection().is_autocommit() {
            let _ = self.connection().execute_batch("ROLLBACK");
        }
        self.restore();
        self.let_go();
    }

    fn let_go(&mut self) {
        self.seen = None;
        if let Some(held) = self.held.take() {
            held.release();
        }
    }
}

impl<C: BorrowMut<Connection> + Send> Drop for Sqlite<C> {
    fn drop(&mut self) {
        self.clean_up();
    }
}

/// A value as the other databases' clients show it.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(format!("\\x{}", digits.concat()))
        }
    }
}

#[async_trait]
impl<C: BorrowMut<Connection> + Send> Migrator for Sqlite<C> {
    fn dialect(&self) -> &'static dyn Dialect {
        &SqliteDialect
    }

    async fn server(&mut self) -> Result<Server> {
        self.describe()
    }

    async fn journal(&mut self) -> Result<Option<Journal>> {
        journal::read(self.connection())
    }

    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        match journal::recorded(self.connection())? {
            Short::Rows(recorded) => Ok(Some(recorded)),
            Short::Missing => Ok(None),
            Short::Unclear => {
                let journal = journal::read(self.connection())?;
                Ok(journal.map(|journal| journal.recorded()))
            }
        }
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        journal::text(self.connection(), version)
    }

    async fn inspect(&mut self, _: &Scope) -> Result<Schema> {
        inspect::schema(self.connection())
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        if self.held.is_some() {
            return Ok(Lock::Acquired);
        }
        let (lock, held) = lock::acquire(self.connection())?;
        if let Some(held) = held {
            self.held = Some(held);
            self.seen = Some(Seen::now(self.connection()).inspect_err(|_| self.let_go())?);
        }
        Ok(lock)
    }

    async fn try_start(&mut self, _: &Scope) -> Result<Start> {
        if let Lock::Held(holder) = self.try_lock().await? {
            return Ok(Start::Held(holder));
        }
        let footing = self.footing();
        let footing = footing.inspect_err(|_| self.let_go())?;
        Ok(Start::Acquired(footing))
    }

    async fn unlock(&mut self) -> Result<()> {
        self.let_go();
        Ok(())
    }

    async fn run(
        &mut self,
        commands: &[Command<'_>],
    ) -> std::result::Result<Vec<i64>, Interrupted> {
        self.run_all(commands)
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        self.rows(sql)
    }

    async fn explain(&mut self, sql: &str) -> Result<Vec<String>> {
        explain::indexes(self.connection(), sql)
    }

    fn watch(&mut self, watcher: Option<Watcher>) {
        self.watcher = watcher;
    }

    async fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}
