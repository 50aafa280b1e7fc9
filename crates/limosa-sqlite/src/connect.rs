//! Opening a database file, with errors that say what is wrong with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;
use rusqlite::{Connection, OpenFlags};

use crate::error::database_error;
use crate::session::Sqlite;

/// How long a statement waits for another connection's write, unless a step says otherwise.
const BUSY: Duration = Duration::from_secs(5);

/// What to do about a file that is not there, and whether to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Creates the file if it is not there.
    #[default]
    Create,
    /// Opens only a file that is there.
    Existing,
    /// Opens only a file that is there, and never writes.
    ReadOnly,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In memory, and gone when the session ends.
    Memory,
    /// In a file.
    File(PathBuf),
    /// Where a `file:` URI says, with its parameters.
    Uri(String),
}

impl Location {
    /// Reads `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:`, `file:...?...` or a bare path.
    pub fn parse(text: &str) -> Self {
        let rest = text.strip_prefix("sqlite:").unwrap_or(text);
        if rest == ":memory:" || rest == "//:memory:" {
            return Self::Memory;
        }
        if rest.starts_with("file:") {
            return Self::Uri(rest.to_owned());
        }
        let is_url = rest.len() < text.len();
        let path = rest.strip_prefix("//").filter(|_| is_url).unwrap_or(rest);
        match path.split_once('?') {
            Some((path, parameters)) if is_url => {
                Self::Uri(format!("file:{}?{parameters}", path.replace('#', "%23")))
            }
            _ => Self::File(PathBuf::from(path)),
        }
    }
}

impl Sqlite<Connection> {
    /// Opens the database at a URL or path, see [`Location::parse`].
    ///
    /// # Errors
    /// [`Kind::Connection`], with what is wrong with the file.
    pub fn open(location: &str, mode: Mode) -> Result<Self> {
        open(&Location::parse(location), mode).map(Self::new)
    }

    /// Opens a new database in memory.
    ///
    /// # Errors
    /// The library could not be started.
    pub fn in_memory() -> Result<Self> {
        open(&Location::Memory, Mode::Create).map(Self::new)
    }
}

/// A connection that waits for writers and enforces foreign keys.
///
/// # Errors
/// [`Kind::Connection`], with what is wrong with the file.
pub fn open(location: &Location, mode: Mode) -> Result<Connection> {
    if let Location::File(path) = location {
        inspect_path(path, mode)?;
    }
    let name = match location {
        Location::Memory => PathBuf::from(":memory:"),
        Location::File(path) => path.clone(),
        Location::Uri(uri) => PathBuf::from(uri),
    };
    let failed = |error| at_file(database_error(error), &name);
    let connection = Connection::open_with_flags(&name, flags(location, mode)).map_err(failed)?;
    prepare(&connection).map_err(failed)?;
    Ok(connection)
}

fn flags(location: &Location, mode: Mode) -> OpenFlags {
    let access = match mode {
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Mode::Existing => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    // A path is taken literally, even one that begins with `file:`.
    match location {
        Location::Uri(_) => access | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        _ => access | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    }
}

/// Sets the session up, and reads the file's header: opening alone reads nothing.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))
}

/// Says what is wrong with a path in better words than "unable to open database file".
///
/// The file itself is not opened: closing it would drop the locks of this process' other
/// connections ("How To Corrupt An SQLite Database File", section 2.2).
fn inspect_path(path: &Path, mode: Mode) -> Result<()> {
    let refuse = |why: String| {
        let error = DatabaseError::new(Kind::Connection, why);
        Err(error
            .with_hint("write sqlite:PATH, with the path of a file in a directory that is there"))
    };
    let shown = path.display();
    if path.as_os_str().is_empty() {
        let why = "no database file is named";
        return Err(DatabaseError::new(Kind::Address, why).with_hint("write sqlite:PATH"));
    }
    if path.is_dir() {
        return refuse(format!("{shown} is a directory, not a database file"));
    }
    let exists = path.try_exists().unwrap_or(true);
    if !exists && mode != Mode::Create {
        return refuse(format!("there is no file {shown}"));
    }
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() && !parent.exists() => refuse(format!(
            "the directory {} of the database file does not exist",
            parent.display()
        )),
        Some(parent) if parent.is_file() => refuse(format!(
            "{} is a file, not a directory for a database file",
            parent.display()
        )),
        _ => Ok(()),
    }
}

/// Without the parameters of a URI: a key may be one of them, and the library's own message has it too.
fn at_file(mut error: DatabaseError, path: &Path) -> DatabaseError {
    let full = path.display().to_string();
    let shown = match full
        .strip_prefix("file:")
        .and_then(|uri| uri.split_once('?'))
    {
        Some((place, _)) => {
            error.source = None;
            format!("file:{place}")
        }
        None => full.clone(),
    };
    let said = error.message.replace(&full, &shown);
    error.message = format!("cannot open {shown}: {said}");
    // Whatever failed, the session never came up.
    error.kind = Kind::Connection;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Location) {
        assert_eq!(Location::parse(text), *expected);
    }

    #[test]
    fn reads_locations() {
        let file = |path: &str| Location::File(path.into());
        check("sqlite::memory:", &Location::Memory);
        check(":memory:", &Location::Memory);
        check("sqlite:a.db", &file("a.db"));
        check("sqlite:/a/b.db", &file("/a/b.db"));
        check("sqlite:///a/b.db", &file("/a/b.db"));
        check("sqlite://b.db", &file("b.db"));
        check("a?b.db", &file("a?b.db"));
        check(
            "sqlite:a.db?mode=ro",
            &Location::Uri("file:a.db?mode=ro".into()),
        );
        check(
            "file:x?vfs=memdb",
            &Location::Uri("file:x?vfs=memdb".into()),
        );
    }
}
