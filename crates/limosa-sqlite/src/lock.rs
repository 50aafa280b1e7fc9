//! The lock among runners: an operating system's lock on a file beside the database's.
//!
//! Why a file, and what it does and does not promise: `docs/decisions/sqlite-lock.md`. What the lock
//! cannot keep out (other programs that write) is noticed by [`Seen`].

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::{Holder, Lock, Result};
use rusqlite::Connection;

use crate::error::database_error;
use crate::journal;

/// Appended to the name of the database file, as the library's own `-wal` and `-journal` are.
const SUFFIX: &str = "-limosa-lock";

/// A lock that is held, until it is released or dropped.
#[derive(Debug)]
pub(crate) enum Held {
    /// On the file of this path.
    File(File, PathBuf),
    /// On a database that no other process can reach.
    Session,
}

/// Tries to lock the database of a connection.
pub(crate) fn acquire(connection: &Connection) -> Result<(Lock, Option<Held>)> {
    writable(connection)?;
    let Some(database) = file_of(connection) else {
        return Ok((Lock::Acquired, Some(Held::Session)));
    };
    let mut name = database.into_os_string();
    name.push(SUFFIX);
    let path = PathBuf::from(name);
    match lock_file(&path) {
        Ok(Ok(file)) => Ok((Lock::Acquired, Some(Held::File(file, path)))),
        Ok(Err(holder)) => Ok((Lock::Held(holder), None)),
        Err(error) => Err(unlockable(&path, &error)),
    }
}

/// Refuses a database that cannot be written.
pub(crate) fn writable(connection: &Connection) -> Result<()> {
    if connection.is_readonly("main").map_err(database_error)? {
        return Err(DatabaseError::new(
            Kind::Permission,
            "the database is read-only: its file, or the way it was opened",
        )
        .with_hint(
            "migrating needs the right to write the file and its directory, and no mode=ro or immutable=1",
        ));
    }
    Ok(())
}

/// The database's file with its full path, links resolved; none for a database in memory.
fn file_of(connection: &Connection) -> Option<PathBuf> {
    let path = PathBuf::from(connection.path().filter(|path| !path.is_empty())?);
    path.is_file().then_some(path)
}

/// Whoever can write to a database can create files beside it: the library itself does so for every
/// transaction.
fn unlockable(path: &Path, error: &io::Error) -> DatabaseError {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Kind::Permission,
        _ => Kind::Other,
    };
    DatabaseError::new(kind, format!("cannot lock {}: {error}", path.display()))
        .with_hint("migrating needs the right to create files beside the database's")
}

/// Locks the file, or says who has.
fn lock_file(path: &Path) -> io::Result<std::result::Result<File, Option<Holder>>> {
    loop {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => {
                write_holder(&mut file)?;
                return Ok(Ok(file));
            }
            // Its holder has removed it since it was opened: the lock is on a file without a name.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(read_holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Whether the open file is still the one of that name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Elsewhere the file is never removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Held {
    /// Gives the lock back, and leaves no file behind where that is safe.
    pub(crate) fn release(self) {
        if let Self::File(file, path) = self {
            // Removed while locked, so that nobody else's file of this name can be hit. A file that
            // stays behind (here, or after a kill) is not locked and hinders nobody.
            if cfg!(unix) && is_at(&file, &path) {
                let _ = std::fs::remove_file(&path);
            }
            drop(file);
        }
    }
}

/// Three lines: process id, program, microseconds since 1970.
fn write_holder(file: &mut File) -> io::Result<()> {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(Path::file_name);
    let text = format!(
        "{}\n{}\n{}\n",
        std::process::id(),
        program.unwrap_or_default().display(),
        microseconds()
    );
    // A file that was cut to nothing and written again is flushed when it is closed (ext4's
    // `auto_da_alloc`): a write to the disk for a file that is removed. Whoever reads in between finds
    // the rest of what stood there behind these lines, and reads only them.
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    let (length, own) = (file.metadata()?.len(), text.len() as u64);
    if length > own {
        file.set_len(own)
    } else {
        Ok(())
    }
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    let process = lines.next()?.parse().ok();
    let application = lines.next().filter(|name| !name.is_empty());
    Some(Holder {
        process,
        application: application.map(str::to_owned),
        since: lines.next().and_then(|since| since.parse().ok()),
    })
}

/// Microseconds since 1970-01-01 00:00 UTC. The database runs in this process: its clock is ours.
pub(crate) fn microseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| {
        i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
    })
}

/// The state of the database that a plan is made for.
///
/// Taken when the lock is, and after each of the session's own changes; compared at the beginning of
/// each transaction, once nobody else can write any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Another one as soon as another connection has committed anything at all.
    data: i64,
    schema: i64,
    journal: Option<String>,
}

impl Seen {
    /// The present state.
    pub(crate) fn now(connection: &Connection) -> Result<Self> {
        let (data, schema) = (
            number(connection, "PRAGMA main.data_version")?,
            number(connection, "PRAGMA main.schema_version")?,
        );
        // It counts the changes of the schema: nothing was ever made.
        let journal = match schema {
            0 => None,
            _ => journal::fingerprint(connection)?,
        };
        Ok(Self {
            data,
            schema,
            journal,
        })
    }

    /// Refuses to go on from a state that is not this one.
    pub(crate) fn still_holds(&self, connection: &Connection) -> Result<()> {
        if number(connection, "PRAGMA main.data_version")? == self.data {
            return Ok(());
        }
        let now = Self::now(connection)?;
        if (now.schema, &now.journal) == (self.schema, &self.journal) {
            return Ok(());
        }
        let what = if now.schema == self.schema {
            "journal"
        } else {
            "schema"
        };
        Err(DatabaseError::new(
            Kind::Transient,
            format!("another program changed the {what} of this database meanwhile"),
        )
        .with_hint("this transaction changed nothing; plan again from what is there now"))
    }
}

fn number(connection: &Connection, sql: &str) -> Result<i64> {
    let number = connection.query_row(sql, [], |row| row.get(0));
    number.map_err(database_error)
}
