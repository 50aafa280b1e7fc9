//! The lock: a session's advisory lock, which the server releases when the session ends.
//!
//! It is polled. A session that waits inside a statement holds a snapshot, for which a concurrent
//! index build of the lock's holder waits in turn: a deadlock.

use limosa_core::migrator::{Holder, Lock};
use tokio_postgres::SimpleQueryRow;

/// Tries to lock, and says who holds the lock otherwise.
pub(crate) const TRY: &str = include_str!("lock/try.sql");

/// Gives the lock back, held or not: for a session that was left while it tried to lock.
pub(crate) const RELEASE: &str = include_str!("lock/release.sql");

/// A lock that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The advisory lock's key.
    pub(crate) key: i64,
    /// The server process that it was taken in.
    pub(crate) process: i64,
}

/// What an attempt to lock found.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The answer.
    pub(crate) lock: Lock,
    /// The lock, if it was acquired.
    pub(crate) held: Option<Held>,
    /// The default schema.
    pub(crate) schema: Option<String>,
}

/// The row of [`TRY`].
pub(crate) fn attempt(row: &SimpleQueryRow) -> Attempt {
    let number = |column: usize| row.get(column).and_then(|text| text.parse::<i64>().ok());
    let acquired = row.get(0) == Some("t");
    let schema = row.get(3).map(str::to_owned);
    let held = match (acquired, number(1), number(2)) {
        (true, Some(key), Some(process)) => Some(Held { key, process }),
        _ => None,
    };
    let lock = if acquired {
        Lock::Acquired
    } else {
        Lock::Held(number(4).map(|process| {
            Holder {
                process: Some(process),
                application: row
                    .get(5)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
                since: number(6),
            }
        }))
    };
    Attempt { lock, held, schema }
}

impl Held {
    /// Gives the lock back; true if this server process had it.
    pub(crate) fn release(self) -> String {
        format!("SELECT pg_catalog.pg_advisory_unlock({})", self.key)
    }

    /// Ends the server process that has the lock, if it idles: the last resort behind a pooler that
    /// gave this session another process since.
    pub(crate) fn end_process(self) -> String {
        include_str!("lock/end.sql")
            .replace("{key}", &self.key.to_string())
            .replace("{process}", &self.process.to_string())
    }
}
