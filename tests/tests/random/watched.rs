//! A session that counts what is asked of it.

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{Journal, Recorded};
use limosa_core::migrator::{Command, Interrupted, Lock, Migrator, Result, Scope, Server, Start};
use limosa_core::schema::Schema;

/// A session whose calls are remembered, and which can break after so many commands.
pub(crate) struct Watched {
    pub(crate) session: Option<Box<dyn Migrator>>,
    dialect: &'static dyn Dialect,
    /// The names of the methods that were called.
    pub(crate) calls: Vec<&'static str>,
    /// How many commands were carried out.
    pub(crate) commands: usize,
    /// After how many commands the connection breaks.
    pub(crate) breaks_after: usize,
}

impl Watched {
    pub(crate) fn new(session: Box<dyn Migrator>) -> Self {
        Self {
            dialect: session.dialect(),
            session: Some(session),
            calls: Vec::new(),
            commands: 0,
            breaks_after: usize::MAX,
        }
    }

    fn ask(&mut self, name: &'static str) -> Result<&mut Box<dyn Migrator>> {
        self.calls.push(name);
        self.session.as_mut().ok_or_else(broken)
    }
}

fn broken() -> DatabaseError {
    DatabaseError::new(Kind::Connection, "the connection broke")
}

#[async_trait]
impl Migrator for Watched {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    async fn server(&mut self) -> Result<Server> {
        self.ask("server")?.server().await
    }

    async fn journal(&mut self) -> Result<Option<Journal>> {
        self.ask("journal")?.journal().await
    }

    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        self.ask("recorded")?.recorded().await
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        self.ask("recorded_text")?.recorded_text(version).await
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Schema> {
        self.ask("inspect")?.inspect(scope).await
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        self.ask("try_lock")?.try_lock().await
    }

    async fn try_start(&mut self, scope: &Scope) -> Result<Start> {
        self.ask("try_start")?.try_start(scope).await
    }

    async fn unlock(&mut self) -> Result<()> {
        self.ask("unlock")?.unlock().await
    }

    async fn run(&mut self, commands: &[Command<'_>]) -> Result<Vec<i64>, Interrupted> {
        let interrupted = |done, clock| Interrupted {
            done,
            clock,
            error: broken(),
        };
        let left = self.breaks_after - self.commands;
        let breaks = left < commands.len();
        let now = if breaks { &commands[..left] } else { commands };
        self.commands += now.len();
        let session = self.ask("run").map_err(|error| Interrupted {
            done: 0,
            clock: Vec::new(),
            error,
        })?;
        let clock = session.run(now).await?;
        if breaks {
            self.session = None;
            return Err(interrupted(now.len(), clock));
        }
        Ok(clock)
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        self.ask("query")?.query(sql).await
    }

    async fn explain(&mut self, sql: &str) -> Result<Vec<String>> {
        self.ask("explain")?.explain(sql).await
    }

    async fn sleep(&mut self, time: Duration) {
        if let Some(session) = &mut self.session {
            session.sleep(time).await;
        }
    }
}
