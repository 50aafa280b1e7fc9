//! The session that a fault happens in.

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{Journal, Recorded};
use limosa_core::migrator::{Command, Interrupted, Lock, Migrator, Result, Scope, Server, Start};
use limosa_core::progress::Watcher;
use limosa_core::schema::Schema;

use super::{Fault, Faults, kill_self};

/// Any driver's session, with faults.
pub struct Faulty<'a> {
    inner: Box<dyn Migrator + 'a>,
    faults: Faults,
    link: Link,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Up,
    Lost,
}

impl<'a> Faulty<'a> {
    /// The session, with these faults.
    pub fn new(inner: Box<dyn Migrator + 'a>, faults: Faults) -> Self {
        Self {
            inner,
            faults,
            link: Link::Up,
        }
    }

    /// Comes to a gap.
    async fn gap(&mut self, before: &str) -> Result<()> {
        self.up()?;
        let here = self.faults.trail.len();
        self.faults.trail.add([format!("before {before}")]);
        if self.faults.at == Some(here) {
            self.strike().await?;
        }
        Ok(())
    }

    async fn strike(&mut self) -> Result<()> {
        match self.faults.fault.clone() {
            Fault::Lose => {
                self.link = Link::Lost;
                self.up()
            }
            Fault::Kill => kill_self(),
            Fault::Panic => panic!("a fault that was asked for"),
            Fault::Act(action) => {
                action().await;
                Ok(())
            }
            Fault::Meddle(statements) => self.meddle(&statements).await,
        }
    }

    async fn meddle(&mut self, statements: &[String]) -> Result<()> {
        let commands: Vec<Command<'_>> = statements
            .iter()
            .map(|text| Command::Execute(text))
            .collect();
        let ran = self.inner.run(&commands).await;
        ran.map(drop).map_err(|interrupted| interrupted.error)
    }

    fn up(&self) -> Result<()> {
        match self.link {
            Link::Up => Ok(()),
            Link::Lost => Err(DatabaseError::new(Kind::Connection, "connection lost")),
        }
    }

    /// Cuts a batch at one of its gaps.
    async fn run_cut(
        &mut self,
        commands: &[Command<'_>],
        cut: usize,
    ) -> std::result::Result<Vec<i64>, Interrupted> {
        let (head, tail) = commands.split_at(cut);
        let mut clock = match head {
            [] => Vec::new(),
            head => self.inner.run(head).await?,
        };
        if let Err(error) = self.strike().await {
            let done = cut;
            return Err(Interrupted { done, clock, error });
        }
        match self.inner.run(tail).await {
            Ok(more) => {
                clock.extend(more);
                Ok(clock)
            }
            Err(failed) => {
                clock.extend(failed.clock);
                Err(Interrupted {
                    done: cut + failed.done,
                    clock,
                    error: failed.error,
                })
            }
        }
    }
}

#[async_trait]
impl Migrator for Faulty<'_> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    async fn server(&mut self) -> Result<Server> {
        self.gap("asking for the server").await?;
        self.inner.server().await
    }

    async fn journal(&mut self) -> Result<Option<Journal>> {
        self.gap("reading the journal").await?;
        self.inner.journal().await
    }

    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        self.gap("reading the journal in short").await?;
        self.inner.recorded().await
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        self.gap("reading a text").await?;
        self.inner.recorded_text(version).await
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Schema> {
        self.gap("inspecting").await?;
        self.inner.inspect(scope).await
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        self.gap("locking").await?;
        self.inner.try_lock().await
    }

    async fn try_start(&mut self, scope: &Scope) -> Result<Start> {
        self.gap("starting").await?;
        self.inner.try_start(scope).await
    }

    async fn unlock(&mut self) -> Result<()> {
        self.gap("unlocking").await?;
        self.inner.unlock().await?;
        self.gap("the end").await
    }

    async fn run(
        &mut self,
        commands: &[Command<'_>],
    ) -> std::result::Result<Vec<i64>, Interrupted> {
        if let Err(error) = self.up() {
            let (done, clock) = (0, Vec::new());
            return Err(Interrupted { done, clock, error });
        }
        let first = self.faults.trail.len();
        self.faults.trail.add(commands.iter().map(name));
        match self.faults.at.and_then(|at| at.checked_sub(first)) {
            Some(cut) if cut < commands.len() => self.run_cut(commands, cut).await,
            _ => self.inner.run(commands).await,
        }
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        self.gap("a query").await?;
        self.inner.query(sql).await
    }

    async fn explain(&mut self, sql: &str) -> Result<Vec<String>> {
        self.gap("explaining").await?;
        self.inner.explain(sql).await
    }

    fn watch(&mut self, watcher: Option<Watcher>) {
        self.inner.watch(watcher);
    }

    async fn sleep(&mut self, time: Duration) {
        self.inner.sleep(time).await;
    }
}

fn name(command: &Command<'_>) -> String {
    match command {
        Command::Execute(text) => {
            let words: Vec<&str> = text.split_whitespace().take(4).collect();
            format!("before execute {}", words.join(" "))
        }
        Command::Record(rows) => {
            let rows: Vec<String> = rows
                .iter()
                .map(|(row, _)| format!("{} {} {}", row.version, row.state.as_str(), row.done))
                .collect();
            format!("before record {}", rows.join(", "))
        }
        other => format!("before {other:?}").to_lowercase(),
    }
}
