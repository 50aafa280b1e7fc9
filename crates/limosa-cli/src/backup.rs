//! Backups: when one is made, where it goes, and what it holds. How it is made is a [`Keeper`]'s, one
//! for each database.

mod cancel;
mod dump;
mod name;
mod policy;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::Journal;
use limosa_core::migrator::{Migrator, Server};
use serde::Serialize;

use crate::args::backup::DumpFormat;
use crate::config::Backups;

pub(crate) use name::{Home, Occasion, shown};
pub(crate) use policy::{Announced, Policy, home, keep, line, note};
pub(crate) use postgres::Dumps;
pub(crate) use sqlite::{Copies, damaged_home};

/// What a keeper works with.
pub(crate) struct Job<'a> {
    /// The database. Never shown as it is.
    pub(crate) url: &'a str,
    /// What is set.
    pub(crate) settings: &'a Backups,
    /// A session with the database.
    pub(crate) session: &'a mut dyn Migrator,
    /// Whether it has Limosa's lock.
    pub(crate) lock: Lock,
    /// How long to wait for others.
    pub(crate) patience: Duration,
    /// Told how far it is.
    pub(crate) progress: Progress,
}

/// Told in a few words how far something is.
pub(crate) type Progress = Arc<dyn Fn(String) + Send + Sync>;

/// Whether a session has Limosa's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It has, and must be heard of while something else takes long.
    Held,
    /// It has not.
    Free,
}

/// Makes backups of a kind of database, and brings them back.
#[async_trait]
pub(crate) trait Keeper: Sync {
    /// Where backups go unless something else is said; none if there is nothing that could be kept.
    fn home(&self, server: &Server) -> Option<Home>;

    /// How names of files end.
    fn ending(&self, format: DumpFormat) -> &'static str;

    /// Why no backup can be made as things are, before it is tried.
    async fn unable(&self, job: &mut Job<'_>) -> Result<Option<DatabaseError>, DatabaseError>;

    /// Makes one, and proves that it is sound before it has its name. No file is overwritten.
    async fn make(
        &self,
        job: &mut Job<'_>,
        to: &Path,
        format: DumpFormat,
    ) -> Result<Kept, DatabaseError>;

    /// Proves that a file is a sound backup, and says what it holds.
    async fn look(&self, job: &mut Job<'_>, from: &Path) -> Result<Kept, DatabaseError>;

    /// Replaces what is in the database by a backup that was looked at, all of it or nothing.
    async fn restore(
        &self,
        job: &mut Job<'_>,
        from: &Path,
        kept: &Kept,
    ) -> Result<(), DatabaseError>;

    /// Puts a backup in the place of a database that is damaged, which is kept aside.
    async fn replace(&self, url: &str, from: &Path, aside: &Path) -> Result<Kept, DatabaseError>;
}

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    /// Its file.
    pub(crate) path: PathBuf,
    /// How it is written: `sqlite`, `custom`, `plain`, `gzip`.
    pub(crate) format: &'static str,
    /// The file's size.
    pub(crate) bytes: u64,
    /// The tables with how many rows each has.
    pub(crate) tables: Vec<Table>,
    /// The rows of Limosa's journal; none if it has none.
    #[serde(skip)]
    pub(crate) journal: Option<Vec<Recorded>>,
}

/// A table of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Table {
    /// Its name as the database writes it.
    pub(crate) name: String,
    /// Its rows.
    pub(crate) rows: u64,
}

/// A row of the journal, as far as it tells states apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Recorded {
    pub(crate) version: String,
    pub(crate) checksum: String,
    pub(crate) state: String,
}

impl Kept {
    /// All rows.
    pub(crate) fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// The rows of a journal, in order.
pub(crate) fn recorded(journal: &Journal) -> Vec<Recorded> {
    let rows = journal.entries.iter().map(|entry| Recorded {
        version: entry.version.as_str().to_owned(),
        checksum: entry.checksum.to_string(),
        state: entry.state.as_str().to_owned(),
    });
    let mut rows: Vec<Recorded> = rows.collect();
    rows.sort();
    rows
}

fn failed(message: impl Into<String>) -> DatabaseError {
    DatabaseError::new(Kind::Other, message)
}
