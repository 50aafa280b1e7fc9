//! One live session with a server.
//!
//! Only the simple query protocol is used: a pooler may give each message, or each transaction,
//! another server process, and prepared statements do not survive that.

mod leave;
mod stream;

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::Journal;
use limosa_core::migrator::{Command, Interrupted, Lock, Migrator, Result, Scope, Server};
use limosa_core::schema::Schema;

use crate::PostgresDialect;
use crate::batch::{self, Condition};
use crate::connect::{self, Connection, Link};
use crate::{explain, inspect, journal, lock};

pub(crate) use stream::Rows;

/// A session with a `PostgreSQL` server.
///
/// Dropped in the middle of a run, it rolls an open transaction back, gives its lock back and resets
/// what it set, on a client of the caller's too; an object of a pool is closed rather than used again.
#[derive(Debug)]
pub struct Postgres<L: Link> {
    link: L,
    state: State,
}

/// What the session has left in the server's.
#[derive(Debug, Default)]
struct State {
    condition: Condition,
    /// Whether a message is under way: its future may be dropped at any time.
    under_way: bool,
    held: Option<lock::Held>,
    /// The default schema, once it is known. Migrations may change the search path; the journal stays
    /// where it was.
    schema: Option<String>,
}

impl<L: Link> Postgres<L> {
    /// A session over a client of the caller's.
    pub fn new(link: L) -> Self {
        Self {
            link,
            state: State::default(),
        }
    }

    /// The default schema; asked for once.
    async fn schema(&mut self) -> Result<Option<String>> {
        if self.state.schema.is_none() {
            let rows = self.rows("SELECT pg_catalog.current_schema()").await?;
            self.state.schema = rows.first().and_then(|row| row.get(0)).map(str::to_owned);
        }
        Ok(self.state.schema.clone())
    }

    /// Runs a query on the side that changes settings, and undoes them whatever comes of it.
    async fn aside(&mut self, sql: &str) -> Result<Vec<Rows>> {
        let (begin, end) = if self.state.condition.open {
            let undo = "ROLLBACK TO SAVEPOINT limosa_aside; RELEASE SAVEPOINT limosa_aside";
            ("SAVEPOINT limosa_aside", undo)
        } else {
            ("BEGIN", "ROLLBACK")
        };
        let answer = self.sets(&format!("{begin};\n{sql};\n{end}")).await;
        if let Err(error) = &answer
            && !error.is_connection_lost()
        {
            // The first failure is the one to report.
            let _ = self.sets(end).await;
        }
        answer
    }
}

impl Postgres<Connection> {
    /// Connects by a URL or `key=value` pairs with libpq's parameters; needs a tokio runtime.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self::new(connect::connect(url).await?))
    }
}

#[cfg(feature = "deadpool")]
impl Postgres<connect::Pooled> {
    /// Takes a connection out of a pool for as long as the session lives.
    pub async fn from_pool(pool: &deadpool_postgres::Pool) -> Result<Self> {
        Ok(Self::new(connect::pooled(pool).await?))
    }
}

#[async_trait]
impl<L: Link> Migrator for Postgres<L> {
    fn dialect(&self) -> &'static dyn Dialect {
        &PostgresDialect
    }

    async fn server(&mut self) -> Result<Server> {
        let rows = self.rows(include_str!("session/server.sql")).await?;
        let row = rows.first().ok_or_else(no_answer)?;
        let text = |column: usize| row.get(column).map(str::to_owned);
        self.state.schema = self.state.schema.take().or_else(|| text(3));
        Ok(Server {
            product: format!("PostgreSQL {}", text(0).unwrap_or_default()),
            database: text(1).unwrap_or_default(),
            role: text(2),
            default_schema: text(3),
            writable: row.get(4) == Some("t"),
            may_create: row.get(5) == Some("t"),
        })
    }

    async fn journal(&mut self) -> Result<Option<Journal>> {
        let rows = match self.rows(journal::READ).await {
            Ok(rows) => rows,
            Err(error) => return journal::failure(error),
        };
        let reading = journal::read(&rows)?;
        self.state.schema = self.state.schema.take().or(reading.schema);
        Ok(reading.journal)
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        let schema = self.schema().await?;
        match self
            .rows(&journal::source(version, schema.as_deref()))
            .await
        {
            Ok(rows) => Ok(rows.first().and_then(|row| row.get(0)).map(str::to_owned)),
            Err(error) => journal::failure(error).map(|_| None),
        }
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Schema> {
        let sql = inspect::query(scope, self.state.schema.as_deref());
        let sets = self.aside(&sql).await?;
        let (schema, default) = inspect::read(&sets)?;
        self.state.schema = self.state.schema.take().or(default);
        Ok(schema)
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        if self.state.held.is_some() {
            return Ok(Lock::Acquired);
        }
        // Should this future be dropped, the lock may be held without anybody's knowing.
        let rows = self.rows(lock::TRY).await?;
        let attempt = lock::attempt(rows.first().ok_or_else(no_answer)?);
        self.state.held = attempt.held;
        self.state.schema = self.state.schema.take().or(attempt.schema);
        Ok(attempt.lock)
    }

    async fn unlock(&mut self) -> Result<()> {
        let Some(held) = self.state.held else {
            return Ok(());
        };
        for _ in 0..RELEASE_ATTEMPTS {
            let rows = self.rows(&held.release()).await?;
            if rows.first().and_then(|row| row.get(0)) == Some("t") {
                self.state.held = None;
                return Ok(());
            }
            tokio::time::sleep(RELEASE_PAUSE).await;
        }
        let ended = self.rows(&held.end_process()).await?;
        self.state.held = None;
        if ended.is_empty() {
            return Err(left_behind(held));
        }
        Ok(())
    }

    async fn run(&mut self, commands: &[Command<'_>]) -> Result<Vec<i64>, Interrupted> {
        let (mut done, mut clock, mut limit) = (0, Vec::new(), usize::MAX);
        let interrupted = |done, clock, error| Interrupted { done, clock, error };
        if commands.iter().any(names_journal)
            && let Err(error) = self.schema().await
        {
            return Err(interrupted(0, clock, error));
        }
        while done < commands.len() {
            let schema = self.state.schema.as_deref();
            let message = batch::message(&commands[done..], &self.state.condition, schema, limit)
                .map_err(|error| interrupted(done, clock.clone(), error))?;
            limit = usize::MAX;
            match self.send(&message).await {
                stream::Outcome::Done(readings) => {
                    clock.extend(readings);
                    done += message.parts.len();
                }
                stream::Outcome::Unread(at, error) if self.state.condition.open => {
                    // The open transaction is lost: what stands before cannot be run for itself.
                    let error = unread(error, &commands[done + at]);
                    return Err(interrupted(done, clock, error));
                }
                stream::Outcome::Unread(at, _) => limit = at,
                stream::Outcome::Failed(failed) => {
                    clock.extend(failed.clock);
                    return Err(interrupted(done + failed.done, clock, failed.error));
                }
            }
        }
        Ok(clock)
    }

    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        let rows = self.rows(sql).await?;
        let fields = |row: &tokio_postgres::SimpleQueryRow| {
            (0..row.len())
                .map(|column| row.get(column).map(str::to_owned))
                .collect()
        };
        Ok(rows.iter().map(fields).collect())
    }

    async fn explain(&mut self, sql: &str) -> Result<Vec<String>> {
        let sql = format!("SET LOCAL enable_seqscan = off;\nEXPLAIN {sql}\n");
        let sets = self.aside(&sql).await?;
        let lines = sets.iter().flatten().filter_map(|row| row.get(0));
        Ok(explain::indexes(lines))
    }

    async fn sleep(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Behind a pooler the lock may be in another server process than the one that answers; an idle pool
/// mostly gives the same one again.
const RELEASE_ATTEMPTS: u32 = 5;
const RELEASE_PAUSE: Duration = Duration::from_millis(20);

fn names_journal(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::CreateJournal | Command::Record(_) | Command::Forget(_)
    )
}

/// The error of a statement for which nothing of its message was done.
fn unread(error: DatabaseError, command: &Command<'_>) -> DatabaseError {
    let detail = match command {
        Command::Execute(text) => format!("the server could not read this statement: {text}"),
        _ => "the server could not read a statement, and ran none".to_owned(),
    };
    DatabaseError {
        position: None,
        detail: Some(detail),
        ..error
    }
}

fn no_answer() -> DatabaseError {
    DatabaseError::new(Kind::Other, "the server answered without a row")
}

fn left_behind(held: lock::Held) -> DatabaseError {
    let message = format!(
        "the lock stays with the server process {}: a pooler has given this session another one",
        held.process
    );
    DatabaseError::new(Kind::Connection, message)
        .with_hint("end that process, or connect without the pooler or in its session mode")
}
