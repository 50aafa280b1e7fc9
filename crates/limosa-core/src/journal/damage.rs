//! A journal that cannot be believed, and one that cannot be written.
//!
//! A run decides by the journal what not to do again: rows that no Limosa wrote are refused, never
//! interpreted. What is wrong is said here, once for all drivers.

use crate::error::{DatabaseError, Kind};
use crate::order::sort_by;

use super::{Entry, FORMAT, Journal, State};

/// The name of the journal's table, in the default schema.
pub const TABLE: &str = "limosa_journal";

const HINT: &str = "the table limosa_journal belongs to something else, or was changed by hand: rename it, \
                    or put it back as it was";

impl Journal {
    /// The rows of a table as a journal, in the order of versions.
    ///
    /// # Errors
    /// [`Kind::Journal`] if no Limosa, or only a newer one, writes such rows.
    pub fn of(mut entries: Vec<Entry>) -> Result<Self, DatabaseError> {
        entries.iter().try_for_each(plausible)?;
        sort_by(&mut entries, |a, b| a.version.cmp(&b.version));
        match entries
            .windows(2)
            .find(|two| two[0].version == two[1].version)
        {
            Some(two) => Err(foreign(&format!("two rows of version {}", two[0].version))),
            None => Ok(Self { entries }),
        }
    }
}

fn plausible(entry: &Entry) -> Result<(), DatabaseError> {
    // Of a newer journal nothing else can be relied on.
    if entry.format > FORMAT {
        return Err(too_new(&entry.written_by, entry.format));
    }
    let counts = matches!(entry.state, State::Started | State::Applied);
    let wrong = [
        (entry.format < FORMAT, "format"),
        (entry.version.as_str().is_empty(), "version"),
        (
            counts && entry.done > entry.steps,
            "number of steps that are done",
        ),
    ];
    match wrong.iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, what)) => Err(invalid(entry.version.as_str(), what)),
        None => Ok(()),
    }
}

/// A row in the format of a newer Limosa.
pub fn too_new(written_by: &str, format: u32) -> DatabaseError {
    DatabaseError::new(
        Kind::Journal,
        format!(
            "the journal was written by Limosa {written_by}, which is newer than this one: its format is \
             {format}, the highest known here {FORMAT}"
        ),
    )
    .with_hint(format!(
        "use Limosa {written_by} or later; what its journal says is not for this one to change"
    ))
}

/// A field of a row that holds what it cannot.
pub fn invalid(version: &str, field: &str) -> DatabaseError {
    let message = format!("the journal's row of version {version:?} has no valid {field}");
    DatabaseError::new(Kind::Journal, message).with_hint(HINT)
}

/// A table that holds what no journal holds.
pub fn foreign(what: &str) -> DatabaseError {
    let message = format!("the table {TABLE} is no journal of Limosa's: {what}");
    DatabaseError::new(Kind::Journal, message).with_hint(HINT)
}

/// A table that could not be read as a journal, and what the database said.
pub fn unreadable(error: DatabaseError) -> DatabaseError {
    DatabaseError {
        position: None,
        source: error.source,
        code: error.code,
        ..foreign(&error.message)
    }
}

/// A table in which a row could not be written. What has reasons of its own (the session, a right, a
/// lock) stays what it is.
pub(crate) fn unwritable(error: DatabaseError) -> DatabaseError {
    if error.kind != Kind::Other || error.hint.is_some() {
        return error;
    }
    DatabaseError {
        kind: Kind::Journal,
        message: format!("the journal cannot be written: {}", error.message),
        hint: Some(HINT.to_owned()),
        position: None,
        ..error
    }
}
