//! Errors of the server and of the connection in Limosa's terms.

use std::error::Error as _;
use std::io;

use limosa_core::error::{DatabaseError, Kind};
use tokio_postgres::error::{DbError, Error, ErrorPosition};

/// The error of a statement or a session.
pub(crate) fn from(error: Error) -> DatabaseError {
    let mut told = match error.as_db_error() {
        Some(server) => of_server(server),
        None => DatabaseError::new(kind_without_code(&error), chain(&error)),
    };
    if told.hint.is_none() {
        let own = told.code.as_deref().and_then(hint_for_code);
        told.hint = own.or_else(|| hint(told.kind)).map(str::to_owned);
    }
    told.source = Some(Box::new(error));
    told
}

fn hint_for_code(code: &str) -> Option<&'static str> {
    match code {
        "53100" => Some(NO_ROOM),
        "53400" => Some(
            "raise the limit that it names, such as temp_file_limit, for the role that migrates",
        ),
        _ => None,
    }
}

const NO_ROOM: &str = "make room on the server's disk, or raise its quota";

/// What to do where the server has no advice.
fn hint(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Connection => Some(
            "the session is gone; what was committed is kept, the rest is rolled back: run again once \
             the server answers",
        ),
        Kind::StatementTimeout => Some(
            "the statement_timeout of the role or the database ended it, or somebody did; ALTER ROLE ... \
             SET statement_timeout gives it more time",
        ),
        _ => None,
    }
}

fn of_server(error: &DbError) -> DatabaseError {
    let code = error.code().code();
    DatabaseError {
        code: Some(code.to_owned()),
        detail: error.detail().map(str::to_owned),
        hint: error
            .hint()
            .or_else(|| own_hint(code, error.message()))
            .map(str::to_owned),
        position: position(error),
        ..DatabaseError::new(kind(code), error.message())
    }
}

/// Where the server gives no advice.
fn own_hint(code: &str, message: &str) -> Option<&'static str> {
    match code {
        // insufficient_privilege
        "42501" if message.contains("limosa_journal") || message.contains("limosa_lock") => Some(
            "a role that only checks needs GRANT SELECT ON limosa_journal and USAGE on its schema; one \
             that migrates also INSERT, UPDATE and DELETE on limosa_journal, SELECT and UPDATE on \
             limosa_lock, or must own them",
        ),
        "42501" if message.contains("for schema") => Some(
            "GRANT CREATE ON SCHEMA ... TO this role, or migrate with another one, and let this process \
             wait for that (`limosa wait`)",
        ),
        // read_only_sql_transaction
        "25006" => Some(
            "this session is read-only: it is with a standby, or default_transaction_read_only is on; \
             migrate over a URL that leads to the primary, and let this process wait for that \
             (`limosa wait`)",
        ),
        _ => None,
    }
}

/// The server counts characters from 1. A position in a query of the server's own is none of ours.
fn position(error: &DbError) -> Option<usize> {
    match error.position()? {
        ErrorPosition::Original(at) => usize::try_from(*at).ok()?.checked_sub(1),
        ErrorPosition::Internal { .. } => None,
    }
}

/// Manual, appendix A "PostgreSQL Error Codes".
fn kind(code: &str) -> Kind {
    match code {
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" => Kind::Connection,
        "42501" | "25006" => Kind::Permission,
        "55P03" => Kind::LockTimeout,
        "57014" | "25P04" => Kind::StatementTimeout,
        "40001" | "40P01" => Kind::Transient,
        code if code.starts_with("08") || code.starts_with("28") => Kind::Connection,
        _ => Kind::Other,
    }
}

fn kind_without_code(error: &Error) -> Kind {
    // A text that cannot be encoded is an input-output error too, but leaves the session alone.
    let is_broken = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .is_some_and(|cause| cause.kind() != io::ErrorKind::InvalidInput);
    if error.is_closed() || is_broken {
        Kind::Connection
    } else {
        Kind::Other
    }
}

/// The messages of an error and of its causes, each once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}
