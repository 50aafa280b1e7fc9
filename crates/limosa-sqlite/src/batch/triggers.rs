//! Triggers that a dropped column leaves behind broken.
//!
//! `DROP COLUMN` reads views and triggers again, but for the columns that a trigger writes to: the next statement that
//! fires it fails. What no longer works behind it must work again, or be gone, before the commit.

use std::borrow::BorrowMut;

use limosa_core::expr::{Lexicon, tokens};
use limosa_core::migrator::Result;
use rusqlite::Connection;

use super::apart::{Object, alive, attempt, still_works};
use crate::session::Sqlite;

/// What dropped columns have broken in the open transaction.
#[derive(Debug, Default)]
pub(crate) struct Broken(Vec<Object>);

impl Broken {
    /// Refuses what is broken still.
    pub(super) fn check(&self, connection: &Connection) -> Result<()> {
        let mut all = self.0.iter();
        all.try_for_each(|object| still_works(connection, object))
    }
}

impl<C: BorrowMut<Connection> + Send> Sqlite<C> {
    /// Executes one statement, and remembers what it broke for the commit. Outside a transaction it gets one of its own.
    pub(super) fn execute_heeding_triggers(&mut self, sql: &str) -> Result<()> {
        if !drops_column(sql) {
            return self.execute_watched(sql);
        }
        if !self.connection().is_autocommit() {
            return self.drop_column(sql);
        }
        self.execute("BEGIN IMMEDIATE")?;
        self.broken = Broken::default();
        let done = self.drop_column(sql);
        let done = done.and_then(|()| self.broken.check(self.connection()));
        let done = done.and_then(|()| self.execute("COMMIT"));
        if done.is_err() && !self.connection().is_autocommit() {
            self.execute("ROLLBACK")?;
        }
        done
    }

    fn drop_column(&mut self, sql: &str) -> Result<()> {
        let before = alive(self.connection())?;
        self.execute_watched(sql)?;
        let connection = self.connection.borrow();
        let broken = |object: &Object| attempt(connection, object).is_err();
        self.broken.0.extend(before.into_iter().filter(broken));
        Ok(())
    }
}

fn drops_column(sql: &str) -> bool {
    let all = tokens(sql, &Lexicon::SQLITE);
    let mut words = all.iter().filter(|token| !token.is_trivia());
    words.next().is_some_and(|first| first.is_word("alter"))
        && words.any(|word| word.is_word("drop"))
}
