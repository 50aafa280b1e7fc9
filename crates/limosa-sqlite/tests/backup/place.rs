//! A file with two tables that always have the same rows, and its backup beside it.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_core::error::DatabaseError;
use limosa_sqlite::backup::{self, Contents, Progress};
use rusqlite::Connection;
use tempfile::TempDir;

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn quiet() -> impl FnMut(Progress) -> ControlFlow<()> {
    |_| ControlFlow::Continue(())
}

/// Twice the same number of rows in two tables, always.
const PAIR: &str = "CREATE TABLE a (n INTEGER PRIMARY KEY, filler BLOB);
    CREATE TABLE b (n INTEGER PRIMARY KEY);";

pub(crate) fn pair(path: &Path, mode: &str, rows: u32) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(PATIENCE).unwrap();
    connection
        .execute_batch(&format!("PRAGMA journal_mode = {mode}; {PAIR}"))
        .unwrap();
    grow(&connection, rows);
    connection
}

pub(crate) fn grow(connection: &Connection, rows: u32) {
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE;
             WITH RECURSIVE i(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i WHERE n < {rows})
             INSERT INTO a (filler) SELECT randomblob(700) FROM i;
             INSERT INTO b SELECT n FROM a WHERE n NOT IN (SELECT n FROM b);
             COMMIT"
        ))
        .unwrap();
}

pub(crate) fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// Of both tables.
pub(crate) fn counts(connection: &Connection) -> (i64, i64) {
    (count(connection, "a"), count(connection, "b"))
}

pub(crate) fn sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let found: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, "ok", "{}", path.display());
}

/// A directory with an application's file and what belongs to it.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) file: PathBuf,
    pub(crate) copy: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            file: directory.path().join("app.db"),
            copy: directory.path().join("copy.db"),
            directory,
        }
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The file, with so many rows in each table.
    pub(crate) fn pair(&self, mode: &str, rows: u32) -> Connection {
        pair(&self.file, mode, rows)
    }

    /// The same, and its backup.
    pub(crate) fn backed_up(&self, mode: &str, rows: u32) -> Connection {
        let connection = self.pair(mode, rows);
        self.back_up(&connection).unwrap();
        connection
    }

    pub(crate) fn back_up(&self, source: &Connection) -> Result<Contents, DatabaseError> {
        backup::create(source, &self.copy, &mut quiet())
    }

    pub(crate) fn restore(&self, target: &mut Connection) -> Result<Contents, DatabaseError> {
        backup::restore(target, &self.copy, PATIENCE, &mut quiet())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let all = std::fs::read_dir(self.directory()).unwrap();
        let mut names: Vec<String> = all
            .map(|one| one.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}
