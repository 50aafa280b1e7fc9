//! One live session with a server.
//!
//! Only the simple query protocol is used: a pooler may give each message, or each transaction,
//! another server process, and prepared statements do not survive that.

mod lease;
mod leave;
mod limit;
mod run;
mod stream;

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{Journal, Recorded};
use limosa_core::migrator::{
    Blocker, Command, Footing, Interrupted, Lock, Migrator, Result, Scope, Server, Start,
};
use limosa_core::name::ObjectName;
use limosa_core::schema::Schema;

use crate::PostgresDialect;
use crate::batch::{Condition, LockTable};
use crate::connect::{self, Connection, Link};
use crate::lock::Lease;
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
    lease: Option<Lease>,
    /// Whether the journal was looked for in vain: then the lock's table will not be there either.
    fresh: bool,
    /// Whether the lock's table was seen.
    lockable: bool,
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

    /// Whether the server itself answers, rather than a pooler that may give each message another of
    /// its server processes.
    ///
    /// # Errors
    /// The session is lost.
    pub async fn is_direct(&mut self) -> Result<bool> {
        let rows = self.rows("SELECT pg_catalog.pg_backend_pid()").await?;
        let answered = rows.first().and_then(|row| row.get(0)?.parse().ok());
        Ok(answered.is_some() && answered == lock::process(self.link.client()))
    }

    /// The default schema; asked for once.
    async fn schema(&mut self) -> Result<Option<String>> {
        if self.state.schema.is_none() {
            let rows = self.rows("SELECT pg_catalog.current_schema()").await?;
            self.state.schema = rows.first().and_then(|row| row.get(0)).map(str::to_owned);
        }
        Ok(self.state.schema.clone())
    }

    /// Asks where the journal is, and for its rows in the same message; none without a journal.
    async fn read(&mut self, sql: &str) -> Result<Option<Rows>> {
        let (sets, answered) = self.sets_until_failure(sql).await;
        let (place, rows) = journal::found(sets, answered);
        self.state.schema = self.state.schema.take().or(place.schema);
        let rows = rows?;
        self.state.fresh = rows.is_none();
        Ok(rows)
    }

    /// Runs a query on the side that changes settings, and undoes them whatever comes of it.
    async fn aside(&mut self, sql: &str) -> Result<Vec<Rows>> {
        self.settle().await?;
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

    /// Whether a text can be connected by, as far as it can be told without connecting.
    pub fn check_url(url: &str) -> Result<()> {
        connect::check(url)
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
        let rows = self.read(&journal::read_all()).await?;
        rows.as_ref().map(journal::read).transpose()
    }

    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        let Some(rows) = self.read(journal::RECORDED).await? else {
            return Ok(None);
        };
        match journal::recorded(&rows) {
            Some(recorded) => Ok(Some(recorded)),
            None => Ok(self.journal().await?.map(|journal| journal.recorded())),
        }
    }

    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>> {
        let schema = self.schema().await?;
        match self
            .rows(&journal::source(version, schema.as_deref()))
            .await
        {
            Ok(rows) => Ok(rows.first().and_then(|row| row.get(0)).map(str::to_owned)),
            Err(error) => journal::failure(error).map(|()| None),
        }
    }

    async fn inspect(&mut self, scope: &Scope) -> Result<Schema> {
        let sql = inspect::query(scope, self.state.schema.as_deref());
        let sets = self.aside(&sql).await?;
        let (schema, default) = inspect::read(&sets, scope)?;
        self.state.schema = self.state.schema.take().or(default);
        Ok(schema)
    }

    async fn try_lock(&mut self) -> Result<Lock> {
        if self.has_lease() {
            return Ok(Lock::Acquired);
        }
        Ok(self.lock("").await?.0)
    }

    async fn try_start(&mut self, scope: &Scope) -> Result<Start> {
        self.schema().await?;
        if self.has_lease() {
            let (journal, schema) = (self.journal().await?, None);
            return Ok(Start::Acquired(Footing { journal, schema }));
        }
        loop {
            let (lock, rows) = match self.lock(&self.behind(scope)).await {
                Ok(answer) => answer,
                // The journal has gone since it was read.
                Err(error) if !self.state.fresh => {
                    journal::failure(error)?;
                    self.state.fresh = true;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Lock::Held(holder) = lock {
                return Ok(Start::Held(holder));
            }
            let footing = self.footing(&rows).await;
            if footing.is_err() {
                // The first failure is the one to report.
                let _ = self.unlock().await;
            }
            return footing.map(Start::Acquired);
        }
    }

    async fn unlock(&mut self) -> Result<()> {
        let Some(lease) = self.state.lease.clone() else {
            return Ok(());
        };
        if self.state.condition.ahead {
            self.end_ahead(&[Command::Rollback]).await?;
        }
        // Where its table was never made, or not to stay, there is nothing to give back.
        if self.state.condition.table == LockTable::Made {
            match self.rows(&lease.release()).await {
                // A restored database may have no table of the lock yet.
                Err(error) if !lock::is_missing(&error) => return Err(error),
                _ => {}
            }
        }
        self.is_given_back();
        Ok(())
    }

    async fn run(&mut self, commands: &[Command<'_>]) -> Result<Vec<i64>, Interrupted> {
        self.carry_out(commands).await
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

    async fn blockers(&mut self, tables: &[ObjectName]) -> Result<Vec<Blocker>> {
        let rows = self.rows(&limit::blockers(tables)).await?;
        Ok(rows.iter().filter_map(limit::blocker).collect())
    }

    async fn sleep(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

fn no_answer() -> DatabaseError {
    DatabaseError::new(Kind::Other, "the server answered without a row")
}
