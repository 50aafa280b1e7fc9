//! What a run can be started on.

use std::borrow::BorrowMut;

use async_trait::async_trait;
use limosa_core::migrator::{Migrator, Result, Target};
use rusqlite::Connection;

use crate::{Sqlite, SqliteDialect};

/// A file, opened for the run on a thread for blocking work. Needs a runtime of tokio.
#[cfg(feature = "tokio")]
#[async_trait]
impl<'a> Target<'a, SqliteDialect> for &'a std::path::Path {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        let session = tokio::task::spawn_blocking({
            let location = crate::Location::File(self.to_owned());
            move || crate::open(&location, crate::Mode::Create).map(Sqlite::new)
        });
        let session = session.await.map_err(|_| crate::background::lost())??;
        Ok(Box::new(crate::Background::new(session)))
    }
}

#[cfg(feature = "tokio")]
#[async_trait]
impl<'a> Target<'a, SqliteDialect> for crate::Background {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(self))
    }
}

/// The caller's connection. Its work blocks the thread: in an asynchronous program, do this where
/// blocking is allowed.
#[async_trait]
impl<'a> Target<'a, SqliteDialect> for &'a mut Connection {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(Sqlite::new(self)))
    }
}

#[async_trait]
impl<'a, C: BorrowMut<Connection> + Send + 'a> Target<'a, SqliteDialect> for Sqlite<C>
where
    Self: Migrator,
{
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(self))
    }
}
