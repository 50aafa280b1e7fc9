//! Exit statuses.

use std::process::ExitCode;

use limosa_core::error::{DatabaseError, Error, Kind};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The arguments or the configuration are wrong.
    Usage = 2,
    /// Migrations are pending.
    Pending = 10,
    /// The database differs from what the journal and the migrations say.
    Drift = 20,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// The status of what a database or its driver said.
    pub(crate) fn of_database(error: &DatabaseError) -> Self {
        match error.kind {
            Kind::Address => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// The status of an error of the engine.
    pub(crate) fn of(error: &Error) -> Self {
        match error {
            Error::Conflicts(_) | Error::Changed { .. } | Error::OutOfOrder { .. } => Self::Drift,
            Error::Database(error) => Self::of_database(error),
            Error::Behind { .. } => Self::Pending,
            Error::UnknownVersion { .. } => Self::Usage,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
