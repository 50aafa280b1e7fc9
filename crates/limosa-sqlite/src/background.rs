//! Sessions of asynchronous programs: the blocking work is done on a thread for such work.

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{Entry, Journal, Recorded};
use limosa_core::migrator::{
    Command, Foreign, Interrupted, Limits, Lock, Migrator, Result, Scope, Server, Start,
};
use limosa_core::progress::Watcher;
use limosa_core::schema::Schema;
use rusqlite::Connection;

use crate::block_on::block_on;
use crate::connect::Mode;
use crate::dialect::SqliteDialect;
use crate::session::Sqlite;

/// A session that never holds up its executor. Needs a runtime of tokio.
///
/// A call whose future is dropped goes on to its end; then the session is closed, which rolls back
/// and unlocks, and later calls report a lost connection.
#[derive(Debug)]
pub struct Background {
    session: Option<Sqlite<Connection>>,
}

impl Background {
    /// Opens the database at a URL or path, as [`Sqlite::open`] does.
    ///
    /// # Errors
    /// [`Kind::Connection`], with what is wrong with the file.
    pub async fn open(location: &str, mode: Mode) -> Result<Self> {
        let location = location.to_owned();
        let opened = tokio::task::spawn_blocking(move || Sqlite::open(&location, mode)).await;
        opened.map_err(|_| lost())?.map(Self::new)
    }

    /// Goes on with a session in the background.
    pub fn new(session: Sqlite<Connection>) -> Self {
        Self {
            session: Some(session),
        }
    }

    /// The session, to go on without a runtime; none if a call was dropped.
    pub fn into_inner(self) -> Option<Sqlite<Connection>> {
        self.session
    }

    async fn call<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Sqlite<Connection>) -> T + Send + 'static,
    ) -> Result<T> {
        let mut session = self.session.take().ok_or_else(lost)?;
        let done = tokio::task::spawn_blocking(move || {
            let output = work(&mut session);
            (session, output)
        });
        let (session, output) = done.await.map_err(|_| lost())?;
        self.session = Some(session);
        Ok(output)
    }
}

pub(crate) fn lost() -> DatabaseError {
    DatabaseError::new(
        Kind::Connection,
        "the session was closed, since a call of it was dropped or panicked",
    )
}

/// A command that owns its text.
enum Owned {
    Begin(Foreign),
    Commit,
    Rollback,
    Savepoint(u32),
    Release(u32),
    RollbackTo(u32),
    Limit(Limits),
    Execute(String),
    CreateJournal,
    Record(Vec<(Entry, Option<String>)>),
    Forget(String),
    Unlock,
    Clock,
}

impl From<&Command<'_>> for Owned {
    fn from(command: &Command<'_>) -> Self {
        match command {
            Command::Begin(foreign) => Self::Begin(*foreign),
            Command::Commit => Self::Commit,
            Command::Rollback => Self::Rollback,
            Command::Savepoint(number) => Self::Savepoint(*number),
            Command::Release(number) => Self::Release(*number),
            Command::RollbackTo(number) => Self::RollbackTo(*number),
            Command::Limit(limits) => Self::Limit(*limits),
            Command::Execute(sql) => Self::Execute((*sql).to_owned()),
            Command::CreateJournal => Self::CreateJournal,
            Command::Record(rows) => Self::Record(rows.clone()),
            Command::Forget(version) => Self::Forget((*version).to_owned()),
            Command::Unlock => Self::Unlock,
            Command::Clock => Self::Clock,
        }
    }
}

impl Owned {
    fn borrowed(&self) -> Command<'_> {
        match self {
            Self::Begin(foreign) => Command::Begin(*foreign),
            Self::Commit => Command::Commit,
            Self::Rollback => Command::Rollback,
            Self::Savepoint(number) => Command::Savepoint(*number),
            Self::Release(number) => Command::Release(*number),
            Self::RollbackTo(number) => Command::RollbackTo(*number),
            Self::Limit(limits) => Command::Limit(*limits),
            Self::Execute(sql) => Command::Execute(sql),
            Self::CreateJournal => Command::CreateJournal,
            Self::Record(rows) => Command::Record(rows.clone()),
            Self::Forget(version) => Command::Forget(version),
            Self::Unlock => Command::Unlock,
            Self::Clock => Command::Clock,
        }
    }
}

#[async_trait]
impl Migrator for Background {
    fn dialect(&self) -> &'static dyn Dialect {
        &SqliteDialect
    }

    async fn server(&mut self) -> Result<Server> {
        self.call(|session| block_on(session.server())).await?
    }

    async fn journal(&mut self) -> Result<Option<Journal>> {
        self.call(|session| block_on(session.journal())).await?
    }

    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        self.call(|session| block_on(session.recorded())).await?
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        let version = version.to_owned();
        self.call(move |session| block_on(session.recorded_text(&version)))
            .await?
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Schema> {
        let scope = scope.clone();
        self.call(move |session| block_on(session.inspect(&scope)))
            .await?
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        self.call(|session| block_on(session.try_lock())).await?
    }

    async fn try_start(&mut self, scope: &Scope) -> Result<Start> {
        let scope = scope.clone();
        self.call(move |session| block_on(session.try_start(&scope)))
            .await?
    }

    async fn unlock(&mut self) -> Result<()> {
        // Without a session nothing is locked any more.
        if self.session.is_none() {
            return Ok(());
        }
        self.call(|session| block_on(session.unlock())).await?
    }

    async fn run(
        &mut self,
        commands: &[Command<'_>],
    ) -> std::result::Result<Vec<i64>, Interrupted> {
        let owned: Vec<Owned> = commands.iter().map(Owned::from).collect();
        let ran = self
            .call(move |session| {
                let commands: Vec<Command<'_>> = owned.iter().map(Owned::borrowed).collect();
                session.run_all(&commands)
            })
            .await;
        ran.unwrap_or_else(|error| {
            Err(Interrupted {
                done: 0,
                clock: Vec::new(),
                error,
            })
        })
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let sql = sql.to_owned();
        self.call(move |session| block_on(session.query(&sql)))
            .await?
    }

    async fn explain(&mut self, sql: &str) -> Result<Vec<String>> {
        let sql = sql.to_owned();
        self.call(move |session| block_on(session.explain(&sql)))
            .await?
    }

    fn watch(&mut self, watcher: Option<Watcher>) {
        // Without a session there is nothing to tell of any more.
        if let Some(session) = &mut self.session {
            session.watch(watcher);
        }
    }

    async fn sleep(&mut self, time: Duration) {
        // The timer of the runtime may not be enabled; a thread for blocking work always is.
        let _ = tokio::task::spawn_blocking(move || std::thread::sleep(time)).await;
    }
}
