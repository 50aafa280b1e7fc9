//! Errors.

use std::error::Error as StdError;
use std::fmt;

use crate::dialect::Unsupported;
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
         they were, and write the change as a new migration"
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
        Self {
            kind,
            message: message.into(),
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
