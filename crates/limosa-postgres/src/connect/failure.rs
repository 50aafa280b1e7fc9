//! Why a connection did not come up, and what to do about it.

use std::error::Error as _;
use std::io;

use limosa_core::error::{DatabaseError, Kind};
use tokio_postgres::config::Host;
use tokio_postgres::error::Error;

use super::url::Settings;
use crate::error;

/// The session never came up.
pub(super) fn unreachable(message: String) -> DatabaseError {
    DatabaseError::new(Kind::Connection, message)
}

/// What to connect to, or how, cannot be read.
pub(super) fn misnamed(message: impl Into<String>) -> DatabaseError {
    DatabaseError::new(Kind::Address, message)
}

/// What a failed attempt to connect means.
pub(super) fn of(cause: Error, settings: Option<&Settings>) -> DatabaseError {
    let hint = match cause.as_db_error() {
        Some(server) => server
            .hint()
            .or_else(|| hint_for_code(server.code().code()))
            .map(str::to_owned),
        None => Some(hint_for_io(&cause).to_owned()),
    };
    let mut told = error::from(cause);
    told.kind = Kind::Connection;
    if told.code.is_none()
        && let Some(place) = settings.map(place)
    {
        told.message = format!("no connection to {place}: {}", told.message);
    }
    told.hint = hint;
    told
}

fn hint_for_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "28P01" => "the password is wrong, or there is no such role",
        "28000" => "pg_hba.conf does not let this role in from here, or there is no such role",
        "3D000" => "create the database first, or name another one in the URL",
        "53300" => "the server has no connection left; wait, or raise max_connections",
        "57P03" => "the server is starting up or shutting down; try again in a moment",
        _ => return None,
    })
}

/// What a cause says, and what to do about it.
const CAUSES: [(&str, &str); 6] = [
    (
        "lookup address",
        "the host name is not known; check its spelling",
    ),
    (
        "password missing",
        "the server asks for a password: put it into the URL, PGPASSWORD or a password file",
    ),
    (
        "does not support TLS",
        "say sslmode=prefer or sslmode=disable",
    ),
    (
        "UnknownIssuer",
        "no authority that is trusted here has signed it; name a file of authorities with sslrootcert=",
    ),
    (
        "not valid for name",
        "connect by a name that it is for; sslmode=verify-ca does not look at the name",
    ),
    (
        "certificate expired",
        "renew the server's certificate; or this machine's clock is wrong",
    ),
];

fn hint_for_io(cause: &Error) -> &'static str {
    const STRANGE: &str =
        "whatever answers there is no PostgreSQL server, or it broke the connection off";
    let Some(source) = cause.source() else {
        return STRANGE;
    };
    let text = source.to_string();
    if let Some((_, hint)) = CAUSES.iter().find(|(cause, _)| text.contains(cause)) {
        return hint;
    }
    let kind = source.downcast_ref::<io::Error>().map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => {
            "no server listens there; is it running, on this port?"
        }
        Some(io::ErrorKind::NotFound) => {
            "there is no such socket; is the server running, on this port?"
        }
        Some(io::ErrorKind::TimedOut) => "the host does not answer; is it the right one?",
        _ => STRANGE,
    }
}

/// The host and the port, for people.
fn place(settings: &Settings) -> String {
    let config = &settings.config;
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => format!("{host}:{port}"),
        #[cfg(unix)]
        Some(Host::Unix(path)) => format!("{}, port {port}", path.display()),
        None => format!("port {port}"),
    }
}
