//! This database's errors in the engine's terms.

use limosa_core::error::{DatabaseError, Kind};
use rusqlite::ffi;

/// An error of a statement, with its position if the statement could not be read.
pub(crate) fn database_error(error: rusqlite::Error) -> DatabaseError {
    let (code, message, position) = match &error {
        rusqlite::Error::SqlInputError {
            error,
            msg,
            sql,
            offset,
        } => (Some(error), msg.clone(), characters(sql, *offset)),
        rusqlite::Error::SqliteFailure(error, message) => {
            let message = message.clone().unwrap_or_else(|| error.to_string());
            (Some(error), message, None)
        }
        other => (None, other.to_string(), None),
    };
    let hint = code.and_then(|code| hint(code.extended_code));
    DatabaseError {
        kind: code.map_or(Kind::Other, |code| kind(code.extended_code)),
        message,
        code: code.map(|code| format!("SQLite {}", code.extended_code)),
        detail: None,
        hint,
        position,
        source: Some(Box::new(error)),
    }
}

/// Characters before a byte of the statement; none if the library did not say where.
fn characters(sql: &str, offset: i32) -> Option<usize> {
    let offset = usize::try_from(offset).ok()?;
    let before = sql.get(..offset)?;
    Some(before.chars().count())
}

fn kind(extended: i32) -> Kind {
    match extended {
        ffi::SQLITE_BUSY_SNAPSHOT | ffi::SQLITE_SCHEMA => return Kind::Transient,
        _ => {}
    }
    // The primary code is the low byte ("Result and Error Codes", section 2).
    match extended & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Kind::LockTimeout,
        ffi::SQLITE_INTERRUPT => Kind::StatementTimeout,
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM | ffi::SQLITE_AUTH => Kind::Permission,
        ffi::SQLITE_NOTADB | ffi::SQLITE_CANTOPEN => Kind::Connection,
        _ => Kind::Other,
    }
}

fn hint(extended: i32) -> Option<String> {
    let hint = match extended & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
            "another connection is writing to this database, or holds a transaction open"
        }
        ffi::SQLITE_NOTADB => "the file is something else, or it is encrypted",
        ffi::SQLITE_CORRUPT => "restore the file from a backup; PRAGMA integrity_check says more",
        ffi::SQLITE_FULL => {
            "make room: on the disk, in the directory of temporary files, or by a higher max_page_count"
        }
        ffi::SQLITE_IOERR => {
            "the disk, the network drive or a quota failed; see the system's messages"
        }
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM => {
            "the user of this process needs the right to write the file and its directory"
        }
        ffi::SQLITE_CANTOPEN => {
            "the user of this process needs the right to read and write the file and its directory"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
