//! Telling how far the copy of a table has got.
//!
//! The library counts the instructions that it carries out, and lets somebody look at the clock every
//! thousand of them: that costs nothing. How many of them a row takes is in the program of the statement
//! (`EXPLAIN`). So on the way the number of rows is an estimate, a low one if the program has branches;
//! the numbers at both ends are exact.

use std::any::Any;
use std::borrow::BorrowMut;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use limosa_core::expr::{Lexicon, tokens};
use limosa_core::migrator::Result;
use limosa_core::progress::{Rows, Watcher};
use rusqlite::Connection;

use super::limits::LOOK_EVERY;
use crate::dialect::quoted;
use crate::session::Sqlite;

/// Of fewer rows the copy is done in a moment, and the caller's progress handler is left alone.
const MANY: u64 = 50_000;
/// Between two tellings.
const PAUSE: Duration = Duration::from_millis(100);

/// A statement that copies the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Copying {
    what: String,
    /// How many rows the table has.
    total: u64,
    /// How many instructions the library needs for each.
    instructions: u64,
}

/// What a watcher panicked with.
type Panic = Arc<Mutex<Option<Box<dyn Any + Send>>>>;

impl<C: BorrowMut<Connection> + Send> Sqlite<C> {
    /// Executes one statement, and tells how far it is if it is a part of a rebuild that takes long.
    pub(super) fn execute_watched(&mut self, sql: &str) -> Result<()> {
        let watcher = self.watcher.clone().filter(|_| self.apart.is_some());
        let Some(watcher) = watcher else {
            return self.execute(sql);
        };
        if let Some(index) = index_of(sql) {
            watcher.tell(format!("building {index}"), None);
        }
        match Copying::of(self.connection(), sql) {
            Some(copying) => self.copy(sql, &copying, &watcher),
            None => self.execute(sql),
        }
    }

    fn copy(&mut self, sql: &str, copying: &Copying, watcher: &Watcher) -> Result<()> {
        copying.tell(watcher, 0);
        let panic = Panic::default();
        if copying.total >= MANY {
            let looks = look(
                copying.clone(),
                watcher.clone(),
                panic.clone(),
                self.own.deadline,
            );
            // Without it nothing is told on the way.
            let _ = self.handle(looks);
        }
        let copied = self.execute(sql);
        let _ = self.hold_to_deadline();
        let thrown = panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thrown) = thrown {
            resume_unwind(thrown);
        }
        copied?;
        copying.tell(watcher, self.connection().changes());
        Ok(())
    }
}

/// Tells every now and then, and interrupts the statement at its deadline, or if the watcher panics:
/// that must not go through the library.
fn look(
    copying: Copying,
    watcher: Watcher,
    panic: Panic,
    deadline: Option<Instant>,
) -> impl FnMut() -> bool + Send + 'static {
    let mut instructions = 0;
    let mut told = Instant::now();
    move || {
        instructions += u64::from(LOOK_EVERY.unsigned_abs());
        let now = Instant::now();
        if deadline.is_some_and(|end| now > end) {
            return true;
        }
        if now - told < PAUSE {
            return false;
        }
        told = now;
        let done = instructions / copying.instructions;
        let tell = || copying.tell(&watcher, done);
        let Err(thrown) = catch_unwind(AssertUnwindSafe(tell)) else {
            return false;
        };
        *panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(thrown);
        true
    }
}

impl Copying {
    /// What a statement copies, if it reads each row of one table once and writes it.
    fn of(connection: &Connection, sql: &str) -> Option<Self> {
        if !words(sql).first()?.eq_ignore_ascii_case("INSERT") {
            return None;
        }
        let program = Program::of(connection, sql).ok()?;
        let (root, instructions) = program.scan()?;
        let name = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage = ?1";
        let table: String = connection.query_row(name, [root], |row| row.get(0)).ok()?;
        let count = format!("SELECT count(*) FROM main.{}", quoted(&table));
        let total: i64 = connection.query_row(&count, [], |row| row.get(0)).ok()?;
        Some(Self {
            what: format!("copying {table}"),
            total: total.unsigned_abs(),
            instructions,
        })
    }

    fn tell(&self, watcher: &Watcher, done: u64) {
        let rows = Rows {
            done: done.min(self.total),
            total: self.total,
        };
        watcher.tell(self.what.as_str(), Some(rows));
    }
}

/// The name of the index that a statement builds.
fn index_of(sql: &str) -> Option<String> {
    let words = words(sql);
    let mut words = words.iter().map(String::as_str);
    let is =
        |word: Option<&str>, own: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(own));
    if !is(words.next(), "CREATE") {
        return None;
    }
    let next = words.next();
    let next = if is(next, "UNIQUE") {
        words.next()
    } else {
        next
    };
    if !is(next, "INDEX") {
        return None;
    }
    let name = words.next()?;
    let name = if is(Some(name), "IF") {
        words.nth(2)?
    } else {
        name
    };
    Some(name.to_owned())
}

/// The words and names that a statement begins with.
fn words(sql: &str) -> Vec<String> {
    let all = tokens(sql, &Lexicon::SQLITE).into_iter();
    let all = all.filter(|token| !token.is_trivia());
    all.map_while(|token| token.identifier(&Lexicon::SQLITE))
        .take(7)
        .collect()
}

/// The instructions that the library makes of a statement ("The SQLite Bytecode Engine").
struct Program(Vec<Instruction>);

struct Instruction {
    name: String,
    at: [i64; 3],
}

impl Program {
    fn of(connection: &Connection, sql: &str) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(&format!("EXPLAIN {sql}"))?;
        let rows = statement.query_map([], |row| {
            Ok(Instruction {
                name: row.get(1)?,
                at: [row.get(2)?, row.get(3)?, row.get(4)?],
            })
        })?;
        Ok(Self(rows.collect::<rusqlite::Result<_>>()?))
    }

    /// The root page of the one table whose rows are gone through, and how many instructions each row
    /// takes: of the loop that reads, and of the one that takes its rows and writes them.
    fn scan(&self) -> Option<(i64, u64)> {
        let mut loops = self.back("Next", |_| true);
        let (reading, cursor) = loops.next()?;
        if loops.next().is_some() {
            return None;
        }
        let is_it = |own: &&Instruction| own.name == "OpenRead" && own.at[0] == cursor;
        // The third says in which database: 0 is main.
        let [_, root, 0] = self.0.iter().find(is_it)?.at else {
            return None;
        };
        let takes = |own: &Instruction| own.name == "Yield";
        let writing = self.back("Goto", takes).map(|(length, _)| length);
        Some((root, reading + writing.sum::<u64>()))
    }

    /// The jumps back by such an instruction: how far, and what cursor it has.
    fn back(
        &self,
        name: &'static str,
        goes_to: impl Fn(&Instruction) -> bool,
    ) -> impl Iterator<Item = (u64, i64)> {
        let all = self.0.iter().enumerate();
        all.filter(move |(_, own)| own.name == name)
            .filter_map(move |(place, own)| {
                let to = usize::try_from(own.at[1]).ok()?;
                let length = place.checked_sub(to)? + 1;
                goes_to(self.0.get(to)?).then_some((length as u64, own.at[0]))
            })
    }
}

#[cfg(test)]
mod tests;
