//! Errors.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::dialect::{Transaction, Unsupported};
use crate::diff::Difference;
use crate::migrator::Holder;
use crate::plan::{Conflict, Loss};
use crate::report::Report;
use crate::version::Version;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database said no, or could not be reached.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database cannot do what a migration asks for.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// Two migrations have one version.
    #[error("version {version} is used twice: {first} and {second}")]
    DuplicateVersion {
        /// The version.
        version: Version,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// A version that no migration has.
    #[error("there is no migration of version {version}")]
    UnknownVersion {
        /// The version asked for.
        version: Version,
    },
    /// A migration was changed after it was applied.
    #[error(
        "migration {version}_{name} was changed after it was applied: put its statements back as \
         they were, and write the change as a new migration; or, if the database is as they say now, \
         record that with `limosa repair --accept {version}`"
    )]
    Changed {
        /// The version.
        version: Version,
        /// The name.
        name: String,
    },
    /// A migration of a lower version than one that is applied already.
    #[error(
        "migration {version}_{name} is pending, but {highest} is applied already: give it a higher \
         version, or allow it with --out-of-order"
    )]
    OutOfOrder {
        /// The version.
        version: Version,
        /// The name.
        name: String,
        /// The highest version that is applied.
        highest: Version,
    },
    /// Steps that cannot be done as things are. Most are known before anything is changed; those that
    /// only a catalog or rows behind an earlier step show leave what was recorded before them, as the
    /// report says ([`Report::is_untouched`]).
    #[error("{}", conflicts_text(.0))]
    Conflicts(Vec<Conflict>),
    /// A statement failed. Its transaction was rolled back, if it was in one; the migrations before it are
    /// kept.
    #[error("{0}")]
    Step(Box<StepError>),
    /// Rows would not have been the same behind a step that must not change them. Its transaction was
    /// rolled back.
    #[error("rows would have been lost or altered, and it was rolled back:\n{}", lines(.0))]
    NotKept(Vec<Conflict>),
    /// The catalog does not show what was executed. It was rolled back, if it was in a transaction.
    #[error("the catalog does not show what was executed: {}", join(.differences))]
    NotVerified {
        /// What it does not show, or shows otherwise.
        differences: Vec<Difference>,
        /// Whether it was in a transaction, which was rolled back then.
        transaction: Transaction,
    },
    /// Another runner did not finish in time.
    #[error("{}", locked_text(.holder.as_ref(), *.waited))]
    Locked {
        /// Who has the lock, as far as the database tells.
        holder: Option<Holder>,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Nobody has brought the database up to date in time.
    #[error("{}", behind_text(.pending, *.waited))]
    Behind {
        /// What is pending.
        pending: Vec<Version>,
        /// How long it was waited for.
        waited: Duration,
    },
    /// What was to be done before anything is changed could not be done, and nothing was changed behind
    /// it.
    #[error("{0}; what is pending was not begun")]
    Precaution(DatabaseError),
    /// A rollback would lose data, and nobody has agreed to that.
    #[error("this would lose, for good: {}; say --confirm to agree", join(.0))]
    NeedsConsent(Vec<Loss>),
    /// A migration that is applied in part, and whose `down.sql` would change rows that it never touched.
    #[error(
        "migration {version}_{name} is applied in part ({done} of {steps} steps), and its down.sql \
         undoes the whole, rows included: finish it with `limosa migrate` first; or undo it by hand, \
         then `limosa repair --forget {version}`"
    )]
    HalfApplied {
        /// The version.
        version: Version,
        /// The name.
        name: String,
        /// How many of its steps are done.
        done: u32,
        /// How many it has.
        steps: u32,
    },
    /// A row of the journal that cannot be repaired as was asked for.
    #[error("the journal's row of {version}_{name} was not changed: {why}")]
    NotRepairable {
        /// The version.
        version: Version,
        /// The name.
        name: String,
        /// Why not.
        why: String,
    },
    /// A migration without `down.sql` that cannot be undone by a computed inverse.
    #[error(
        "migration {version}_{name} cannot be undone by itself: `{step}`: {why}; write a down.sql"
    )]
    NotInvertible {
        /// The version.
        version: Version,
        /// The name.
        name: String,
        /// The step that has none.
        step: String,
        /// Why it has none.
        why: String,
    },
}

impl Error {
    /// What the database or its driver reported, if that is the reason.
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error) | Self::Precaution(error) => Some(error),
            Self::Step(step) => Some(&step.error),
            _ => None,
        }
    }

    /// Whether the session is gone.
    pub fn is_connection_lost(&self) -> bool {
        self.database()
            .is_some_and(DatabaseError::is_connection_lost)
    }

    /// Whether trying again can help: everything since the last commit was rolled back.
    pub fn is_transient(&self) -> bool {
        self.database()
            .is_some_and(|error| error.kind == Kind::Transient)
    }
}

/// A failed run, with the report of what was done all the same.
#[derive(thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What was done.
    pub report: Box<Report>,
    /// Why it stopped.
    #[source]
    pub error: Error,
}

/// For people too: what `expect`, and a `main` that returns it, print.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// A statement that failed.
#[derive(Debug)]
pub struct StepError {
    /// The migration's version.
    pub version: Version,
    /// The migration's name.
    pub name: String,
    /// The file.
    pub path: Option<String>,
    /// The line on which the statement begins, from 1; 0 if there is none.
    pub line: u32,
    /// What the step does.
    pub step: String,
    /// The statement that was executed.
    pub statement: String,
    /// The tables that it locks against others.
    pub locks: Vec<crate::name::ObjectName>,
    /// How long it might wait for a lock, if that was limited and is worth another attempt.
    pub budget: Option<Duration>,
    /// Whether it was in a transaction, which was rolled back then.
    pub transaction: Transaction,
    /// What the database said; its position is within `statement`.
    pub error: DatabaseError,
}

impl StepError {
    /// The line of the file that the database points to, if it does.
    pub fn exact_line(&self) -> u32 {
        let before = self
            .statement
            .chars()
            .take(self.error.position.unwrap_or_default());
        let lines = before.filter(|c| *c == '\n').count();
        self.line + u32::try_from(lines).unwrap_or_default()
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}:{}: ", self.exact_line())?,
            None => write!(f, "{}_{}: ", self.version, self.name)?,
        }
        write!(f, "{}: {}", self.step, self.error)?;
        for (label, text) in [("detail", &self.error.detail), ("hint", &self.error.hint)] {
            if let Some(text) = text {
                write!(f, "\n  {label}: {text}")?;
            }
        }
        Ok(())
    }
}

fn join<T: fmt::Display>(items: &[T]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn conflicts_text(conflicts: &[Conflict]) -> String {
    format!(
        "the database and the migrations do not fit:\n{}",
        lines(conflicts)
    )
}

fn behind_text(pending: &[Version], waited: Duration) -> String {
    let (first, last) = match pending {
        [] => return "nothing is pending".to_owned(),
        [only] => (only, None),
        [first, .., last] => (first, Some(last)),
    };
    let seconds = waited.as_secs();
    match last {
        None => format!("migration {first} is pending still; it was waited for {seconds} s"),
        Some(last) => format!(
            "{} migrations are pending still, {first} to {last}; they were waited for {seconds} s",
            pending.len()
        ),
    }
}

fn lines(conflicts: &[Conflict]) -> String {
    let all: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
    all.join("\n")
}

fn locked_text(holder: Option<&Holder>, waited: Duration) -> String {
    let mut text = format!("another runner has been at work for {} s", waited.as_secs());
    if let Some(holder) = holder {
        if let Some(process) = holder.process {
            text = format!("{text}: process {process}");
        }
        if let Some(application) = &holder.application {
            text = format!("{text} ({application})");
        }
    }
    text
}

/// What a database or its driver reported.
#[derive(Debug)]
pub struct DatabaseError {
    /// What kind of failure it is.
    pub kind: Kind,
    /// The message, without any password.
    pub message: String,
    /// The database's own code: an SQLSTATE, an extended result code.
    pub code: Option<String>,
    /// Further detail that the database gave.
    pub detail: Option<String>,
    /// What the database, or the driver, suggests.
    pub hint: Option<String>,
    /// Where in the failed statement, in characters from 0.
    pub position: Option<usize>,
    /// The driver's error.
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Kinds of failures that the engine or a caller treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The session is gone, or never came up.
    Connection,
    /// What to connect to cannot be read, or is not said: nothing was tried.
    Address,
    /// The role may not do this, or the session is read-only.
    Permission,
    /// A lock was not to be had in time.
    LockTimeout,
    /// A statement took too long or was cancelled.
    StatementTimeout,
    /// Serialization failure or deadlock: trying again can help.
    Transient,
    /// The journal was written by a newer Limosa, or is not a journal.
    Journal,
    /// Anything else.
    Other,
}

impl DatabaseError {
    /// An error with a message alone.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self::plain(kind, message.into())
    }

    #[cold]
    #[inline(never)]
    fn plain(kind: Kind, message: String) -> Self {
        Self {
            kind,
            message,
            code: None,
            detail: None,
            hint: None,
            position: None,
            source: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether the session is gone.
    pub fn is_connection_lost(&self) -> bool {
        self.kind == Kind::Connection
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        Ok(())
    }
}

impl StdError for DatabaseError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
