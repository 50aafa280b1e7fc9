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
    let hint = match cause.code() {
        Some(code) => hint_for_code(code.code()),
        None => hint_for_io(&cause),
    };
    let mut told = error::from(cause);
    told.kind = Kind::Connection;
    if told.code.is_none()
        && let Some(place) = settings.map(place)
    {
        told.message = format!("{} ({place})", told.message);
    }
    if told.hint.is_none() {
        told.hint = hint.map(str::to_owned);
    }
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

fn hint_for_io(cause: &Error) -> Option<&'static str> {
    let source = cause.source()?;
    let text = source.to_string();
    if text.contains("lookup address") {
        return Some("the host name is not known; check its spelling");
    }
    if text.contains("password missing") {
        return Some("the server asks for a password: put it into the URL or into PGPASSWORD");
    }
    if text.contains("does not support TLS") {
        return Some("say sslmode=prefer or sslmode=disable");
    }
    Some(match source.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => "no server listens there; is it running, on this port?",
        io::ErrorKind::NotFound => "there is no such socket; is the server running, on this port?",
        io::ErrorKind::TimedOut => "the host does not answer; is it the right one?",
        _ => return None,
    })
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
