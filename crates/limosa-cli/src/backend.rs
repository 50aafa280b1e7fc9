//! The databases that the command knows. A further one is one line in [`BACKENDS`].

mod postgres;
mod sqlite;

use std::future::Future;
use std::pin::Pin;

use limosa_core::error::DatabaseError;
use limosa_core::migrator::Migrator;

use crate::backup::Keeper;
use crate::failure::Failure;

/// All of them.
const BACKENDS: &[Backend] = &[postgres::BACKEND, sqlite::BACKEND];

/// A database that can be connected to.
struct Backend {
    /// How its URLs begin, up to the colon; the first one is for examples.
    schemes: &'static [&'static str],
    /// An example of a URL.
    example: &'static str,
    /// Opens a session.
    open: fn(url: &str, purpose: Purpose) -> Opening<'_>,
    /// Makes its backups.
    keeper: &'static dyn Keeper,
}

type Opening<'a> = Pin<Box<dyn Future<Output = Result<Opened, DatabaseError>> + 'a>>;

/// What a backend opens.
struct Opened {
    migrator: Box<dyn Migrator>,
    missing: Option<String>,
}

/// What a session is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To look: a database that is not there is not made.
    Look,
    /// To change it.
    Change,
}

/// An open session.
pub(crate) struct Session {
    /// The session. It is with an empty database if there is none yet.
    pub(crate) migrator: Box<dyn Migrator>,
    /// The database that is not there yet, and would be made.
    pub(crate) missing: Option<String>,
    /// What makes backups of it.
    pub(crate) keeper: &'static dyn Keeper,
}

/// Opens a session with the database of a URL.
pub(crate) async fn open(url: &str, purpose: Purpose) -> Result<Session, Failure> {
    let backend = find(url)?;
    let opened = (backend.open)(url, purpose).await;
    let opened = opened.map_err(|error| Failure::database(error).at(url))?;
    Ok(Session {
        migrator: opened.migrator,
        missing: opened.missing,
        keeper: backend.keeper,
    })
}

/// What makes backups of the database of a URL.
pub(crate) fn keeper(url: &str) -> Result<&'static dyn Keeper, Failure> {
    find(url).map(|backend| backend.keeper)
}

/// Refuses a direct URL that cannot be that of the same database.
pub(crate) fn are_alike(usual: &str, direct: &str) -> Result<(), Failure> {
    if find(usual)?.schemes == find(direct)?.schemes {
        return Ok(());
    }
    let message = "the direct URL is one of another kind of database than the database URL";
    Err(Failure::usage(message).hint("both lead to one database, the direct one without a pooler"))
}

fn find(url: &str) -> Result<&'static Backend, Failure> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let found = scheme.and_then(|scheme| {
        BACKENDS
            .iter()
            .find(|backend| backend.schemes.contains(&scheme))
    });
    found.ok_or_else(|| {
        let examples: Vec<&str> = BACKENDS.iter().map(|one| one.example).collect();
        let message = match scheme {
            // What stands before the first colon may be anything, a password too.
            Some(scheme) if url.starts_with(&format!("{scheme}://")) => {
                format!("no database is known for URLs that begin with {scheme}://")
            }
            _ => "the database URL begins with no known scheme".to_owned(),
        };
        Failure::usage(&message).hint(format!("write {}", examples.join(" or ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        let found = find(url).ok().map(|backend| backend.schemes[0]);
        assert_eq!(found, expected, "{url}");
    }

    #[test]
    fn finds_backends() {
        check("postgres://h/d", Some("postgres"));
        check("postgresql:///d", Some("postgres"));
        check("sqlite:a.db", Some("sqlite"));
        check("sqlite::memory:", Some("sqlite"));
        check("mysql://h/d", None);
        check("a.db", None);
        check("", None);
    }
}
