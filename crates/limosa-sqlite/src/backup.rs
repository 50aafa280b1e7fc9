//! Backups: a consistent copy while others work, and the way back.
//!
//! A copy is made through the library's own backup interface, page by page, from one snapshot. It
//! counts only once it is verified and lies on the disk under its name: until then it has another
//! one. Nothing here decides when a backup is made, or where it goes.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use limosa_sqlite::{Location, Mode, backup, open};
//!
//! # fn main() -> Result<(), limosa_core::error::DatabaseError> {
//! # let directory = std::env::temp_dir().join(format!("limosa-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory).expect("a directory");
//! let connection = open(&Location::Memory, Mode::Create)?;
//! connection.execute_batch("CREATE TABLE a (b); INSERT INTO a VALUES (1)").expect("a table");
//! let path = directory.join("before.db");
//! let contents = backup::create(&connection, &path, &mut |progress| {
//!     println!("{} of {} pages", progress.copied, progress.total);
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(contents.rows(), 1);
//! # std::fs::remove_dir_all(&directory).expect("a directory");
//! # Ok(())
//! # }
//! ```

mod contents;
mod copy;
mod file;
mod replace;

use std::ops::ControlFlow;
use std::path::Path;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;
use rusqlite::Connection;

use crate::error::database_error;
use copy::Snapshot;
use file::Unfinished;

pub use contents::{Contents, TableRows, verify};
pub use replace::replace;

/// How far a copy is, in pages of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many are copied.
    pub copied: u64,
    /// How many there are.
    pub total: u64,
}

/// Copies the database of a connection into a new file.
///
/// The copy is of one moment, the log of a database in WAL mode included. There nobody waits for it;
/// in the other journal modes writers wait until it is made, within their busy timeouts. The file can
/// be read by its owner alone. It appears under its name once it is complete, verified
/// ([`verify`], and the number of rows of each table as in the snapshot) and written to the disk.
///
/// # Errors
/// There is a file of that name; the disk is full, or the file cannot be written; the connection is in
/// a transaction that writes; the copy is not sound; `progress` breaks off. No file is left behind.
pub fn create(
    source: &Connection,
    to: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Contents> {
    let unfinished = Unfinished::beside(to)?;
    let snapshot = Snapshot::take(source)?;
    let expected = contents::rows(source)?;
    copy::into_file(source, unfinished.path(), progress)?;
    snapshot.end()?;
    unfinished.sync()?;
    let contents = verify(unfinished.path())?;
    if contents.tables != expected {
        let what = "the copy has not the rows that the database had";
        return Err(DatabaseError::new(Kind::Other, what));
    }
    unfinished.finish(to)?;
    Ok(contents)
}

/// Brings the database of a connection back to where a backup was made.
///
/// One transaction of `SQLite`: other connections see the one state or the other, and so does who
/// comes after a kill. In WAL mode readers go on with what they read; in the other journal modes it
/// waits for them, for up to `patience`.
///
/// # Errors
/// As [`verify`], before anything is changed; the connection is in a transaction; other connections do
/// not let go in time; a database in WAL mode with pages of another size than the backup's;
/// `progress` breaks off. Nothing was changed then.
pub fn restore(
    target: &mut Connection,
    from: &Path,
    patience: std::time::Duration,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Contents> {
    let expected = verify(from)?;
    crate::lock::writable(target)?;
    if !target.is_autocommit() {
        let what = "the connection is in a transaction: nothing can be restored into it";
        return Err(DatabaseError::new(Kind::Other, what));
    }
    let source = contents::open(from)?;
    same_page_size(&source, target)?;
    // What was restored must outlast a loss of power, whatever the connection puts up with else.
    let before: i64 = pragma(target, "synchronous")?;
    set(target, "synchronous", before.max(2))?;
    let others: i64 = pragma(target, "data_version")?;
    let copied = copy::into_connection(&source, target, patience, progress);
    set(target, "synchronous", before)?;
    copied?;
    let found = contents::rows(target)?;
    // Who was waiting may have written since; the library's transaction was one all the same.
    let alone = pragma::<i64>(target, "data_version")? == others;
    if found != expected.tables && alone {
        let what = "what was restored has not the rows that the backup has";
        return Err(DatabaseError::new(Kind::Other, what));
    }
    Ok(expected)
}

/// `SQLite` cannot change the size of pages in WAL mode ("Online Backup API", `sqlite3_backup_step`).
fn same_page_size(source: &Connection, target: &Connection) -> Result<()> {
    let mode: String = pragma(target, "journal_mode")?;
    let size = |connection| pragma::<i64>(connection, "page_size");
    if mode != "wal" || size(source)? == size(target)? {
        return Ok(());
    }
    Err(DatabaseError::new(
        Kind::Other,
        "the backup has pages of another size, and a database in WAL mode keeps its own",
    )
    .with_hint("say PRAGMA journal_mode = DELETE on the database, and restore again"))
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> Result<T> {
    connection
        .query_row(&format!("PRAGMA main.{name}"), [], |row| row.get(0))
        .map_err(database_error)
}

fn set(connection: &Connection, name: &str, value: i64) -> Result<()> {
    connection
        .execute_batch(&format!("PRAGMA main.{name} = {value}"))
        .map_err(database_error)
}
