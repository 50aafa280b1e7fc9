//! The contract of a driver: one live session with one database.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::datatype::DataType;
use crate::dialect::Dialect;
use crate::error::DatabaseError;
use crate::journal::{self, Entry, Journal, Recorded};
use crate::name::ObjectName;
use crate::progress::Watcher;
use crate::schema::{Constraint, Identity, Key, Schema, Table};

/// A result of a driver.
pub type Result<T, E = DatabaseError> = std::result::Result<T, E>;

/// One live session.
///
/// A driver does what only a driver can do. Order, checksums, grouping, retries, resumption,
/// verification and events are the engine's ([`crate::engine`]), written once for all databases.
///
/// Every method MAY be called in any order. After an error the session MUST be usable again, or
/// report [`DatabaseError::is_connection_lost`] from then on. A dropped future MUST NOT leave an open
/// transaction or a lock behind in a session that its owner goes on using.
#[async_trait]
pub trait Migrator: Send {
    /// The dialect of this session's database. MUST NOT change during the session.
    fn dialect(&self) -> &'static dyn Dialect;

    /// What the session is connected to.
    async fn server(&mut self) -> Result<Server>;

    /// The journal; none if the database has no journal table.
    ///
    /// MUST cost one round trip, MUST NOT write, lock, or need any right but to read the table.
    async fn journal(&mut self) -> Result<Option<Journal>>;

    /// The journal's rows in short; none if the database has no journal table.
    ///
    /// Each start of an application asks for it: it SHOULD cost as little as the database allows. What
    /// binds [`Migrator::journal`] binds it too, and a journal of a newer Limosa MUST be refused.
    async fn recorded(&mut self) -> Result<Option<Vec<Recorded>>> {
        let journal = self.journal().await?;
        Ok(journal.map(|journal| journal.recorded()))
    }

    /// The statements recorded for a migration, for a message that shows what changed.
    async fn recorded_text(&mut self, version: &str) -> Result<Option<String>>;

    /// The schema as the catalog has it, without Limosa's own tables.
    ///
    /// MUST see the session's own uncommitted changes. SHOULD cost one round trip.
    async fn inspect(&mut self, scope: &Scope) -> Result<Schema>;

    /// Tries to become the only runner on this database. MUST return at once.
    ///
    /// The lock MUST end with the session, however that ends.
    async fn try_lock(&mut self) -> Result<Lock>;

    /// Tries to become the only runner, and then reads what a run begins with.
    ///
    /// MUST read behind the lock: all that an earlier holder did is seen. MUST NOT keep the lock if it
    /// fails. SHOULD cost one round trip.
    async fn try_start(&mut self, _scope: &Scope) -> Result<Start> {
        if let Lock::Held(holder) = self.try_lock().await? {
            return Ok(Start::Held(holder));
        }
        match self.journal().await {
            Ok(journal) => Ok(Start::Acquired(Footing {
                journal,
                schema: None,
            })),
            Err(error) => {
                // The first failure is the one to report.
                let _ = self.unlock().await;
                Err(error)
            }
        }
    }

    /// Gives the lock back. MUST succeed if it is not held.
    async fn unlock(&mut self) -> Result<()>;

    /// Carries out commands in order and stops at the first that fails.
    ///
    /// SHOULD send all of them in one round trip. Returns the readings of [`Command::Clock`] in order.
    /// A failure MUST say how many commands were done, and MUST leave a transaction open if one was:
    /// what becomes of it is the engine's decision.
    async fn run(&mut self, commands: &[Command<'_>]) -> Result<Vec<i64>, Interrupted>;

    /// Rows of a query as text, NULL as none; for tests of applied migrations.
    async fn query(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>>;

    /// The names of the indexes that the database would use for a query if it had to use one.
    async fn explain(&mut self, sql: &str) -> Result<Vec<String>>;

    /// The sessions that hold locks on tables, or on indexes, for a message that says who is in the way;
    /// on any of them if none is named.
    ///
    /// MAY keep the default where sessions do not lock tables, or cannot be told apart.
    async fn blockers(&mut self, _tables: &[ObjectName]) -> Result<Vec<Blocker>> {
        Ok(Vec::new())
    }

    /// From now on tells how far statements get that take long; nobody any more with none.
    ///
    /// SHOULD tell at most some ten times a second, MUST NOT tell of a statement that has ended, and the
    /// telling MUST cost nothing worth mentioning. MAY keep the default where it is not known.
    fn watch(&mut self, _watcher: Option<Watcher>) {}

    /// Waits without using the session.
    async fn sleep(&mut self, time: Duration);
}

/// Something that a session can be opened on: a pool, a client, a connection, a file.
///
/// `D` is the driver's dialect: it lets a driver say this of types that are not its own. The session
/// lives no longer than what it borrows, for `'a`.
#[async_trait]
pub trait Target<'a, D>: Send {
    /// Opens the session.
    async fn open(self) -> Result<Box<dyn Migrator + 'a>>
    where
        Self: Sized;
}

/// Which objects are of interest to an inspection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Schemas besides the default one, each once.
    pub schemas: Vec<String>,
    /// Objects that are of no interest. A driver MAY leave them out where that saves work.
    pub without: Vec<Kind>,
}

/// Kinds of objects, and properties of them, that an inspection can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Indexes that no constraint made.
    Index,
    /// Enum types.
    Enum,
    /// Views.
    View,
    /// Triggers.
    Trigger,
    /// Sequences that no column owns.
    Sequence,
    /// Types that the model does not hold.
    OtherType,
    /// Comments on tables, columns and indexes.
    Comment,
    /// Collations of columns.
    Collation,
    /// Columns whose default reads a sequence of their own.
    Serial,
    /// Which types of columns are enums: without it they are read as types that the model does not know.
    ColumnEnum,
    /// Foreign keys.
    ForeignKey,
    /// Further columns of keys, and whether NULLs are the same.
    KeyOption,
    /// Options of tables.
    TableOption,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Index,
        Self::Enum,
        Self::View,
        Self::Trigger,
        Self::Sequence,
        Self::OtherType,
        Self::Comment,
        Self::Collation,
        Self::Serial,
        Self::ColumnEnum,
        Self::ForeignKey,
        Self::KeyOption,
        Self::TableOption,
    ];

    /// Whether a schema has none of this kind.
    pub fn is_absent(self, schema: &Schema) -> bool {
        match self {
            Self::Index => schema.tables.iter().all(|table| table.indexes.is_empty()),
            Self::Enum => schema.enums.is_empty(),
            Self::View => schema.views.is_empty(),
            Self::Trigger => schema.triggers.is_empty(),
            Self::Sequence => schema.sequences.is_empty(),
            Self::OtherType => schema.other_types.is_empty(),
            _ => schema.tables.iter().all(|table| self.is_absent_in(table)),
        }
    }

    fn is_absent_in(self, table: &Table) -> bool {
        let mut columns = table.columns.iter();
        let mut constraints = table.constraints.iter();
        match self {
            Self::Comment => {
                table.comment.is_none()
                    && columns.all(|column| column.comment.is_none())
                    && table.indexes.iter().all(|index| index.comment.is_none())
            }
            Self::Collation => columns.all(|column| column.collation.is_none()),
            Self::Serial => columns.all(|column| column.identity != Some(Identity::Serial)),
            Self::ColumnEnum => !columns.any(|column| may_be_enum(&column.data_type)),
            Self::ForeignKey => constraints.all(|one| !matches!(one, Constraint::ForeignKey(_))),
            Self::KeyOption => constraints.filter_map(Constraint::key).all(Key::is_plain),
            Self::TableOption => table.storage.options.is_none(),
            Self::Index
            | Self::Enum
            | Self::View
            | Self::Trigger
            | Self::Sequence
            | Self::OtherType => true,
        }
    }
}

/// A type that is not known may be an enum of another schema.
fn may_be_enum(data_type: &DataType) -> bool {
    match data_type {
        DataType::Enum(_) | DataType::Other(_) => true,
        DataType::Array(inner) => may_be_enum(inner),
        _ => false,
    }
}

/// One thing to do in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Begins a transaction that may write.
    Begin(Foreign),
    /// Commits it.
    Commit,
    /// Rolls it back. MUST succeed if none is open.
    Rollback,
    /// Sets a savepoint of this number.
    Savepoint(u32),
    /// Forgets a savepoint and keeps what was done since.
    Release(u32),
    /// Undoes what was done since a savepoint.
    RollbackTo(u32),
    /// Limits the statements that follow, until the next one of these or the end of the transaction.
    Limit(Limits),
    /// Executes one statement.
    Execute(&'a str),
    /// Creates the journal table unless it is there.
    CreateJournal,
    /// Writes journal rows, replacing rows of the same versions. An empty `applied_by`, or an acceptance by nobody, means the
    /// session's own role, or the user of this process where there are no roles. With each row the text of its
    /// statements; none keeps the text that is there.
    Record(Vec<(Entry, Option<String>)>),
    /// Forgets the journal row of a version.
    Forget(&'a str),
    /// Gives the lock back together with the open transaction: it is the last one of a run. A driver MAY
    /// leave it to [`Migrator::unlock`], which follows. If the transaction is rolled back, the lock is
    /// kept.
    Unlock,
    /// Reads the database's clock: microseconds since 1970-01-01 00:00 UTC.
    Clock,
}

/// Whether a transaction enforces foreign keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Foreign {
    /// As the session does.
    #[default]
    Enforced,
    /// Not at all; the driver restores the session's setting when the transaction ends, in any way.
    Off,
}

/// Limits of the statements of a step. None leaves the session's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// How long a statement may wait for a lock.
    pub lock: Option<Duration>,
    /// How long a statement may take.
    pub statement: Option<Duration>,
}

/// A batch of commands that failed.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Interrupted {
    /// How many commands were done, or stand before the failed one in a transaction that is lost; the next
    /// one failed.
    pub done: usize,
    /// The readings of the clock until then.
    pub clock: Vec<i64>,
    /// Why. Its position is within the failed statement.
    #[source]
    pub error: DatabaseError,
}

impl Interrupted {
    /// The failure of one of these commands; what concerns the journal says so.
    pub(crate) fn at(mut self, commands: &[Command<'_>]) -> Self {
        let of_journal = |command: &Command<'_>| {
            matches!(
                command,
                Command::CreateJournal | Command::Record(_) | Command::Forget(_)
            )
        };
        if commands.get(self.done).is_some_and(of_journal) {
            self.error = journal::unwritable(self.error);
        }
        self
    }
}

/// The answer to an attempt to lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// This session has it.
    Acquired,
    /// Another one has it.
    Held(Option<Holder>),
}

/// The answer to an attempt to start a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// This session has the lock.
    Acquired(Footing),
    /// Another one has it.
    Held(Option<Holder>),
}

/// Where a run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footing {
    /// The journal; none if the database has no journal table.
    pub journal: Option<Journal>,
    /// The schema, where it was told at little cost: an empty one needs no inspection.
    pub schema: Option<Schema>,
}

/// Who holds a lock, as far as the database tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process id in the database server, or of the process on this machine.
    pub process: Option<i64>,
    /// What the session calls itself.
    pub application: Option<String>,
    /// Since when: microseconds since 1970-01-01 00:00 UTC.
    pub since: Option<i64>,
}

/// A session that holds a lock that another one waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// The process id in the database server.
    pub process: i64,
    /// What the session calls itself.
    pub application: Option<String>,
    /// Microseconds since its transaction began.
    pub age: Option<i64>,
    /// Its current or last statement, perhaps cut.
    pub query: Option<String>,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.process)?;
        if let Some(application) = &self.application {
            write!(f, " ({application})")?;
        }
        if let Some(age) = self.age {
            let tenths = age / 100_000;
            write!(
                f,
                ", in a transaction for {}.{} s",
                tenths / 10,
                tenths % 10
            )?;
        }
        match &self.query {
            Some(query) => write!(f, ": {query}"),
            None => Ok(()),
        }
    }
}

/// What a session is connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Product and version: `PostgreSQL 15.18`, `SQLite 3.50.2`.
    pub product: String,
    /// The database's name, or its file.
    pub database: String,
    /// The role; none where there are none.
    pub role: Option<String>,
    /// The schema that unqualified names mean.
    pub default_schema: Option<String>,
    /// Whether this session can write at all (not a standby, not a read-only file or session).
    pub writable: bool,
    /// Whether the role may create tables in the default schema.
    pub may_create: bool,
}
