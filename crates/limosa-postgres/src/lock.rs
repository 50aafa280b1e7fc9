//! The lock: a lease in a table, which holds behind a pooler too.
//!
//! No state of the server's session is part of it: a pooler gives each transaction another server
//! process. Whoever has the lease proves it in every transaction that writes ([`Lease::fence`]). Why
//! it is so, and what it holds: `docs/decisions/postgres-lock.md`.
//!
//! It is polled. A session that waits inside a statement holds a snapshot, for which a concurrent
//! index build of the lock's holder waits in turn: a deadlock.

mod address;

use std::hash::{BuildHasher, Hasher, RandomState};

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::expr::Render;
use limosa_core::migrator::{Holder, Lock, Scope};
use tokio_postgres::{Client, SimpleQueryRow};

pub(crate) use address::process;

use crate::batch::qualified;
use crate::template::filled;
use crate::{PostgresDialect, inspect};

/// The table's name, in the schema of the journal.
pub(crate) const TABLE: &str = "limosa_lock";

/// Seconds after which a holder behind a pooler that neither began a transaction nor has a statement
/// at work counts as dead. On a direct connection the end of the server process says so at once.
const LEASE: u32 = 15;

/// What a fence answers without a lease, and a table that somebody else is making: `division_by_zero`.
const LOST: &str = "22012";

/// For a transaction of the lock alone: nobody waits until it is on the disk.
const LAZILY: &str = ", pg_catalog.set_config('synchronous_commit', 'off', true)";

/// A lease, or an attempt to get one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    table: String,
    token: String,
    /// The server process that answers on a direct connection; none is known to be it otherwise.
    client: i32,
    /// Whether it was acquired.
    pub(crate) acquired: bool,
}

impl Lease {
    /// An attempt to get the lease of a schema.
    pub(crate) fn attempt(schema: Option<&str>, client: &Client) -> Self {
        // Keys of the operating system's random numbers; two values of one state make 128 bits.
        let state = RandomState::new();
        let half = |number: u64| {
            let mut hasher = state.build_hasher();
            hasher.write_u64(number);
            hasher.finish()
        };
        Self {
            table: qualified(schema, TABLE),
            token: format!("{:016x}{:016x}", half(0), half(1)),
            client: process(client).unwrap_or_default(),
            acquired: false,
        }
    }

    /// The attempt succeeded.
    pub(crate) fn acquired(mut self) -> Self {
        self.acquired = true;
        self
    }

    /// Makes the table, in a transaction that does more, and how many statements that is. Nobody else can
    /// write until it ends. Fails if the table is there, see [`is_there`], or being made, see
    /// [`is_contended`].
    pub(crate) fn create(&self) -> (String, usize) {
        (self.filled(include_str!("lock/create.sql")), 4)
    }

    /// Keeps the lease behind the transaction that makes the table.
    pub(crate) fn claim(&self) -> String {
        self.filled(&include_str!("lock/claim.sql").replace("{lazily}", ""))
    }

    /// Makes the table with this lease in a transaction of its own, for whose end nobody waits.
    pub(crate) fn create_alone(&self) -> String {
        let claim = include_str!("lock/claim.sql").replace("{lazily}", LAZILY);
        format!("{};\n{}", self.create().0, self.filled(&claim))
    }

    /// Asks who is making the table; answered as [`Lease::take`] is.
    pub(crate) fn maker(&self) -> String {
        self.filled(include_str!("lock/maker.sql"))
    }

    /// Gives the table back a row that it has lost.
    pub(crate) fn refill(&self) -> String {
        self.filled(include_str!("lock/refill.sql"))
    }

    /// Tries to get the lease, and says who has it.
    pub(crate) fn take(&self) -> String {
        self.filled(include_str!("lock/try.sql"))
    }

    /// Renews the lease in a transaction that writes, and keeps everybody else from getting it until
    /// that ends. Fails if it was lost: see [`lost`].
    pub(crate) fn fence(&self) -> String {
        self.filled(&include_str!("lock/renew.sql").replace("{outside}", "false"))
    }

    /// Renews the lease before a statement that cannot be in a transaction. Fails likewise.
    pub(crate) fn announce(&self) -> String {
        self.filled(&include_str!("lock/renew.sql").replace("{outside}", "true"))
    }

    /// Gives the lease back, had or not, in a transaction of its own.
    pub(crate) fn release(&self) -> String {
        self.release_for(LAZILY)
    }

    /// Gives the lease back with the open transaction.
    pub(crate) fn give_back(&self) -> String {
        self.release_for("")
    }

    fn release_for(&self, lazily: &str) -> String {
        self.filled(&include_str!("lock/release.sql").replace("{lazily}", lazily))
    }

    /// What every message begins with: while the server shows it, its sender is at work.
    pub(crate) fn mark(&self) -> String {
        format!("/* limosa:{} */ ", self.token)
    }

    fn filled(&self, sql: &str) -> String {
        // The parts have places of their own: they come first.
        let sql = sql
            .replace("{free}", include_str!("lock/free.sql").trim_end())
            .replace("{renewed}", include_str!("lock/renewed.sql").trim_end())
            .replace("{start}", include_str!("lock/start.sql").trim_end())
            .replace("{expiry}", include_str!("lock/expiry.sql").trim_end());
        let key = key(&self.table);
        filled(
            &sql,
            &[
                ("key", &format!("({key})")),
                ("high", &(key >> 32 & 0xffff_ffff).to_string()),
                ("low", &(key & 0xffff_ffff).to_string()),
                ("lock", &self.table),
                ("token", &PostgresDialect.string(&self.token)),
                ("client", &format!("({})", self.client)),
                ("lease", &LEASE.to_string()),
            ],
        )
    }
}

/// What the transaction that makes a table locks: no table has the name yet.
fn key(table: &str) -> i64 {
    // FNV-1a: the same in all versions.
    let hash = table.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

/// Asks, behind a lock that was taken where no journal was found, whether there is anything at all.
pub(crate) fn footing(schema: Option<&str>, scope: &Scope) -> String {
    let schemas = inspect::numbers(schema, scope);
    filled(include_str!("lock/footing.sql"), &[("schemas", &schemas)])
}

/// Whether there is nothing but the lock's table, as [`footing`] is answered.
pub(crate) fn is_alone(rows: &[SimpleQueryRow]) -> bool {
    let count = |kind| rows.iter().filter(|row| row.get(0) == Some(kind)).count();
    // pg_class and pg_type; of anything else there may be as much as was not cut off.
    (count("1259"), count("1247")) == (1, 0) && rows.len() < 100
}

/// The answer of [`Lease::take`]; none if the table has lost its row.
pub(crate) fn answer(rows: &[SimpleQueryRow]) -> Option<Lock> {
    let row = rows.first()?;
    if row.get(0) == Some("t") {
        return Some(Lock::Acquired);
    }
    let number = |column: usize| row.get(column).and_then(|text| text.parse::<i64>().ok());
    Some(Lock::Held(number(1).map(|process| {
        Holder {
            process: Some(process),
            application: row
                .get(2)
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            since: number(3),
        }
    })))
}

/// Whether another session is making the table, or taking the lease, at this moment.
pub(crate) fn is_contended(error: &DatabaseError) -> bool {
    // Being made, unique_violation, duplicate_table, duplicate_object, serialization_failure,
    // deadlock_detected, lock_not_available.
    let codes = [LOST, "23505", "42P07", "42710", "40001", "40P01", "55P03"];
    codes.iter().any(|code| error.code.as_deref() == Some(code))
}

/// Whether the table to make is there already.
pub(crate) fn is_there(error: &DatabaseError) -> bool {
    error.code.as_deref() == Some("42P07")
}

/// Whether there is no such table.
pub(crate) fn is_missing(error: &DatabaseError) -> bool {
    error.code.as_deref() == Some("42P01")
}

/// The error of a fence in the engine's terms: to be planned anew.
pub(crate) fn lost(error: DatabaseError) -> DatabaseError {
    // Or the table that this transaction was to make is there, or being made.
    let codes = [LOST, "23505", "42P07", "42710"];
    if !codes.iter().any(|code| error.code.as_deref() == Some(code)) {
        return error;
    }
    let message = "another runner has taken the lock over: this one was not heard of for too long";
    DatabaseError::new(Kind::Transient, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_every_place_is_filled() {
        let lease = |token: &str| Lease {
            table: qualified(Some("My schema"), TABLE),
            token: token.to_owned(),
            client: -5,
            acquired: false,
        };
        let one = lease("a1");
        for sql in [
            one.create().0,
            one.create_alone(),
            one.give_back(),
            one.refill(),
            one.take(),
            one.fence(),
            one.announce(),
            one.release(),
        ] {
            assert!(!sql.contains('{'), "{sql}");
            assert!(sql.contains("\"My schema\".\"limosa_lock\""), "{sql}");
        }
        assert_ne!(one.mark(), lease("a2").mark());
    }
}
