//! One live session with a server.
//!
//! Only the simple query protocol is used: a pooler may give each message, or each transaction,
//! another server process, and prepared statements do not survive that.

mod leave;
mod limit;
mod stream;

use std::time::Duration;

use async_trait::async_trait;
use limosa_core::dialect::Dialect;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{Journal, Recorded};
use limosa_core::migrator::{
    Blocker, Command, Footing, Interrupted, Limits, Lock, Migrator, Result, Scope, Server, Start,
};
use limosa_core::name::ObjectName;
use limosa_core::schema::Schema;

use crate::PostgresDialect;
use crate::batch::{self, BEGIN, Condition, LockTable, Place};
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

/// A way to the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// With its table, in a transaction that stays open for what the lock is for.
    Begin,
    /// With its table.
    Create,
    /// In the table that is there.
    Take,
    /// In the table that is there, without a row.
    Refill,
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

    /// The lease is gone, and nothing is known of it any more.
    fn is_given_back(&mut self) {
        self.state.lease = None;
        self.state.condition.given_back = false;
        self.state.condition.table = LockTable::default();
    }

    fn has_lease(&self) -> bool {
        self.state.lease.as_ref().is_some_and(|own| own.acquired)
    }

    /// Tries to become the only runner, and asks something behind the lock.
    async fn lock(&mut self, behind: &str) -> Result<(Lock, Rows)> {
        let schema = self.schema().await?;
        let lease = Lease::attempt(schema.as_deref(), self.link.client());
        // Should this future be dropped, the lease may be had without anybody's knowing.
        self.state.lease = Some(lease.clone());
        let taken = self.take(&lease, behind).await;
        let acquired = matches!(taken, Ok((Lock::Acquired, _)));
        self.state.lease = acquired.then(|| lease.acquired());
        taken
    }

    /// Tries to get the lease, and makes its table if it is not there.
    async fn take(&mut self, lease: &Lease, behind: &str) -> Result<(Lock, Rows)> {
        // Whatever is seen first may be otherwise by now: each way is tried once.
        let mut ways = vec![Way::Refill, Way::Create, Way::Take];
        if self.state.fresh && !self.state.lockable {
            let create = match behind {
                "" => Way::Create,
                _ => Way::Begin,
            };
            ways = vec![Way::Refill, Way::Take, create];
        }
        let held = || Ok((Lock::Held(None), Rows::new()));
        while let Some(way) = ways.pop() {
            let sql = match way {
                Way::Begin => format!("{BEGIN};\n{}", lease.create().0),
                Way::Create => lease.create_alone(),
                Way::Take => lease.take(),
                Way::Refill => format!("{}\n{}", lease.refill(), lease.take()),
            };
            let asked = self.sets(&format!("{sql};\n{behind}")).await;
            if way == Way::Begin {
                self.begun(&asked).await?;
            }
            match asked {
                Ok(mut sets) => {
                    let behind = match behind {
                        "" => Rows::new(),
                        _ => sets.pop().ok_or_else(no_answer)?,
                    };
                    self.state.lockable = true;
                    if let Some(answer) = sets.last().and_then(|rows| lock::answer(rows)) {
                        return Ok((answer, behind));
                    }
                    // The table has lost its row.
                    ways.retain(|way| *way == Way::Refill);
                }
                Err(error) if lock::is_there(&error) && ways.contains(&Way::Take) => {}
                Err(error) if lock::is_missing(&error) && ways.contains(&Way::Create) => {}
                Err(error) if lock::is_contended(&error) => return self.held_by_maker(lease).await,
                Err(error) => return Err(error),
            }
        }
        held()
    }

    /// What the session is in behind a message that begins a transaction with the lock's table.
    async fn begun(&mut self, asked: &Result<Vec<Rows>>) -> Result<()> {
        match asked {
            Ok(_) => {
                let condition = &mut self.state.condition;
                (condition.open, condition.ahead) = (true, true);
                condition.table = LockTable::Making;
            }
            Err(error) if error.is_connection_lost() => {}
            Err(_) => drop(self.sets("ROLLBACK").await?),
        }
        Ok(())
    }

    /// Another session has the lock: it is the one that is making its table, if any is.
    async fn held_by_maker(&mut self, lease: &Lease) -> Result<(Lock, Rows)> {
        let rows = self.rows(&lease.maker()).await?;
        Ok((lock::answer(&rows).unwrap_or(Lock::Held(None)), Rows::new()))
    }

    /// Ends a transaction that was begun with the lock, where the work that comes next is not in it.
    async fn settle(&mut self) -> Result<()> {
        if !self.state.condition.ahead {
            return Ok(());
        }
        self.end_ahead(&[Command::Commit]).await
    }

    /// Ends a transaction that was begun with the lock, in this way.
    async fn end_ahead(&mut self, way: &[Command<'_>; 1]) -> Result<()> {
        let place = Place {
            schema: None,
            lease: self.state.lease.as_ref(),
        };
        let message = batch::message(way, &self.state.condition, place, 1)?;
        match self.send(&message).await {
            stream::Outcome::Done(_) => Ok(()),
            stream::Outcome::Unread(_, error) => Err(error),
            stream::Outcome::Failed(failed) => Err(failed.error),
        }
    }

    /// Where a run begins that has got the lock, given the answer to what was asked behind it.
    async fn footing(&mut self, rows: &Rows) -> Result<Footing> {
        if !self.state.fresh {
            let journal = Some(journal::read(rows)?);
            let schema = None;
            return Ok(Footing { journal, schema });
        }
        if lock::is_alone(rows) {
            let schema = Some(inspect::nothing(self.state.schema.clone()));
            let journal = None;
            return Ok(Footing { journal, schema });
        }
        // What is there is looked at for as long as that takes: not in an open transaction. Somebody else
        // may have made a journal since it was looked for.
        self.settle().await?;
        let (journal, schema) = (self.journal().await?, None);
        Ok(Footing { journal, schema })
    }

    /// What a run asks behind the lock: for the journal, or whether there is anything at all.
    fn behind(&self, scope: &Scope) -> String {
        let schema = self.state.schema.as_deref();
        if self.state.fresh {
            lock::footing(schema, scope)
        } else {
            journal::read_in(schema)
        }
    }

    /// Before a statement outside a transaction: says that it comes, if this session has the lease.
    async fn announce(&mut self, command: &Command<'_>) -> Result<()> {
        let lease = self.state.lease.as_ref().filter(|own| own.acquired);
        if let (Command::Execute(_), false, Some(lease)) =
            (command, self.state.condition.open, lease)
        {
            let (create, announce) = (lease.create_alone(), lease.announce());
            if self.state.condition.table == LockTable::Unmade {
                self.rows(&create).await.map_err(lock::lost)?;
                self.state.condition.table = LockTable::Made;
            }
            self.rows(&announce).await.map_err(lock::lost)?;
        }
        Ok(())
    }

    /// Whether a limit outside a transaction needs no setting. Behind a pooler none can be set: the
    /// statement may reach another server process, and somebody else this one. There the role must
    /// leave the statement time enough.
    async fn is_limited(&mut self, command: &Command<'_>) -> Result<bool> {
        let Command::Limit(limits) = command else {
            return Ok(false);
        };
        if self.state.condition.open || *limits == Limits::default() {
            return Ok(false);
        }
        let rows = self.rows(limit::ASK).await?;
        let client = lock::process(self.link.client());
        let row = rows.first().ok_or_else(no_answer)?;
        limit::remember(row, &mut self.state.condition);
        limit::is_met(row, *limits, client)
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
        let (mut done, mut clock, mut limit) = (0, Vec::new(), usize::MAX);
        let interrupted = |done, clock, error| Interrupted { done, clock, error };
        let goes_on = |command: &Command<'_>| {
            let begun = [Command::Commit, Command::Rollback];
            matches!(command, Command::Begin(_)) || begun.contains(command)
        };
        if !commands.first().is_some_and(goes_on)
            && let Err(error) = self.settle().await
        {
            return Err(interrupted(0, clock, error));
        }
        if commands.iter().any(names_journal)
            && let Err(error) = self.schema().await
        {
            return Err(interrupted(0, clock, error));
        }
        while done < commands.len() {
            if let Err(error) = self.announce(&commands[done]).await {
                return Err(interrupted(done, clock, error));
            }
            match self.is_limited(&commands[done]).await {
                Ok(false) => {}
                Ok(true) => {
                    done += 1;
                    continue;
                }
                Err(error) => return Err(interrupted(done, clock, error)),
            }
            let place = Place {
                schema: self.state.schema.as_deref(),
                lease: self.state.lease.as_ref(),
            };
            let message = batch::message(&commands[done..], &self.state.condition, place, limit)
                .map_err(|error| interrupted(done, clock.clone(), error))?;
            limit = usize::MAX;
            match self.send(&message).await {
                stream::Outcome::Done(readings) => {
                    clock.extend(readings);
                    done += message.parts.len();
                    if self.state.condition.given_back && !self.state.condition.open {
                        self.is_given_back();
                    }
                }
                stream::Outcome::Unread(at, _) if self.state.condition.ahead => {
                    // It begins again, without what cannot be read.
                    if let Err(error) = self.end_ahead(&[Command::Rollback]).await {
                        return Err(interrupted(done, clock, error));
                    }
                    limit = at;
                }
                stream::Outcome::Unread(at, error) if self.state.condition.open => {
                    // The open transaction is lost: what stands before cannot be run for itself.
                    let error = unread(error, &commands[done + at]);
                    return Err(interrupted(done + at, clock, error));
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

    async fn blockers(&mut self, tables: &[ObjectName]) -> Result<Vec<Blocker>> {
        let rows = self.rows(&limit::blockers(tables)).await?;
        Ok(rows.iter().filter_map(limit::blocker).collect())
    }

    async fn sleep(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

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
