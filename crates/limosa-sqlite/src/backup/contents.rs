//! What a backup holds, and whether it is sound.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::Journal;
use limosa_core::migrator::Result;
use rusqlite::{Connection, OpenFlags};

use crate::error::database_error;
use crate::journal;

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The size in bytes.
    pub bytes: u64,
    /// The tables by name, Limosa's own and those behind virtual tables included.
    pub tables: Vec<TableRows>,
    /// Limosa's journal, if there is one.
    pub journal: Option<Journal>,
}

/// A table, and how many rows it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRows {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
}

impl Contents {
    /// The rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Proves that a file is a sound backup, and says what it holds: `PRAGMA integrity_check` finds
/// nothing, and every row can be counted. Nothing is written, not even beside it.
///
/// # Errors
/// There is no such file, or it is no database; it is damaged; it is in use as a database, so that
/// more belongs to it than the one file.
pub fn verify(path: &Path) -> Result<Contents> {
    let connection = open(path)?;
    sound(&connection).map_err(|error| at(error, path))?;
    Ok(Contents {
        bytes: size(path)?,
        tables: rows(&connection).map_err(|error| at(error, path))?,
        journal: journal::read(&connection).map_err(|error| at(error, path))?,
    })
}

/// Opens a backup as it lies there: no log is made beside it, and no lock is taken.
pub(super) fn open(path: &Path) -> Result<Connection> {
    size(path)?;
    for suffix in ["-wal", "-journal"] {
        let beside = beside(path, suffix);
        if std::fs::metadata(&beside).is_ok_and(|found| found.len() > 0) {
            let message = format!(
                "{} is a database in use, not a backup: {} belongs to it",
                path.display(),
                beside.display()
            );
            return Err(DatabaseError::new(Kind::Other, message)
                .with_hint("make a backup of it with `limosa backup`, and restore that"));
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(path)?, flags);
    connection.map_err(|error| at(database_error(error), path))
}

/// The name of a file that `SQLite` keeps beside a database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn size(path: &Path) -> Result<u64> {
    let refuse = |why: String| DatabaseError::new(Kind::Other, why);
    let found = std::fs::metadata(path)
        .map_err(|error| refuse(format!("cannot read {}: {error}", path.display())))?;
    if found.is_file() {
        Ok(found.len())
    } else {
        Err(refuse(format!("{} is not a file", path.display())))
    }
}

/// Nothing is locked and nothing looked for beside the file ("Uniform Resource Identifiers", section
/// 3.3: `immutable`).
fn uri(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| {
        let message = format!("the name of {} is not Unicode", path.display());
        DatabaseError::new(Kind::Other, message)
    })?;
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '%' | '?' | '#' => escaped.push_str(&format!("%{:02x}", u32::from(c))),
            _ => escaped.push(c),
        }
    }
    // Two slashes would name a host.
    let root = if escaped.starts_with("//") { "//" } else { "" };
    Ok(format!("file:{root}{escaped}?immutable=1"))
}

fn sound(connection: &Connection) -> Result<()> {
    let mut statement = connection
        .prepare("PRAGMA main.integrity_check(3)")
        .map_err(database_error)?;
    let found = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(database_error)?;
    if found == ["ok"] {
        return Ok(());
    }
    let mut error = DatabaseError::new(Kind::Other, "it is damaged");
    error.code = Some(format!("SQLite {}", rusqlite::ffi::SQLITE_CORRUPT));
    error.detail = Some(found.join("\n"));
    Err(error)
}

/// How many rows each table has. A virtual table's rows are those of the tables behind it.
pub(super) fn rows(connection: &Connection) -> Result<Vec<TableRows>> {
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'view' \
               AND type <> 'virtual' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
    let mut statement = connection.prepare(sql).map_err(database_error)?;
    let names = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(database_error)?;
    let counted = names.into_iter().map(|name| {
        let sql = format!(
            "SELECT count(*) FROM main.\"{}\"",
            name.replace('"', "\"\"")
        );
        let counted = connection.query_row(&sql, [], |row| row.get::<_, i64>(0));
        let rows = u64::try_from(counted.map_err(database_error)?).unwrap_or_default();
        Ok(TableRows { name, rows })
    });
    counted.collect()
}

fn at(mut error: DatabaseError, path: &Path) -> DatabaseError {
    error.message = format!("{} is no sound backup: {}", path.display(), error.message);
    // What helps with a database in use does not help here.
    error.hint = None;
    error.kind = Kind::Other;
    error
}
