//! The databases that a chain is run on.

use std::path::{Path, PathBuf};

use limosa_testkit::postgres::Server;
use limosa_tests::On;
use limosa_tests::tally::cases as soak;

/// Which of the two ways is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbed {
    Up,
    Down,
}

/// A database that the chain can be run on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Postgres,
    /// On a server of its own, which can be stopped.
    Stopped,
    Sqlite,
    SqliteWal,
}

impl Kind {
    pub(crate) async fn with_prelude(self) -> On {
        let on = match self {
            Self::Postgres => On::postgres().await,
            Self::Stopped => {
                // Without fsync: what was written survives the server, if the system lives on. Syncing
                // takes seconds for each database, and as long again for each recovery.
                let server = Server::start().await;
                // It ends with the process.
                On::Postgres(Box::leak(Box::new(server)).database().await)
            }
            Self::Sqlite | Self::SqliteWal => On::sqlite(),
        };
        if let Self::SqliteWal = self {
            on.execute("PRAGMA journal_mode = WAL").await;
        }
        let prelude = cases().join(format!("prelude.{}.sql", on.id()));
        on.execute(&std::fs::read_to_string(prelude).expect("a file"))
            .await;
        on
    }

    /// Every so many gaps in the short form, each of them in the long one.
    pub(crate) fn stride(self, short: usize) -> usize {
        match (soak(), self) {
            (Some(_), _) => 1,
            // Making a database takes longer than migrating it.
            (None, Self::Postgres) => short * 4,
            (None, Self::Stopped | Self::Sqlite | Self::SqliteWal) => short,
        }
    }

    /// Versions between which each migration has an exact way back.
    pub(crate) fn reversible(self) -> (&'static str, &'static str) {
        match self {
            Self::Postgres | Self::Stopped => ("02", "13"),
            Self::Sqlite | Self::SqliteWal => ("04", "10"),
        }
    }
}

pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kill")
}
