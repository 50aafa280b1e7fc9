//! What a run can be started on.

use async_trait::async_trait;
use limosa_core::migrator::{Migrator, Result, Target};
use rusqlite::Connection;

use crate::connect::{self, Location, Mode};
use crate::session::Sqlite;

/// A database that is opened for the run, and made if it is not there.
#[async_trait]
impl Target for Location {
    async fn open(self) -> Result<Box<dyn Migrator>> {
        Ok(Box::new(Sqlite::new(connect::open(&self, Mode::Create)?)))
    }
}

/// A session of a blocking program.
#[async_trait]
impl Target for Sqlite<Connection> {
    async fn open(self) -> Result<Box<dyn Migrator>> {
        Ok(Box::new(self))
    }
}

/// A session that does not hold up its executor.
#[cfg(feature = "tokio")]
#[async_trait]
impl Target for crate::Background {
    async fn open(self) -> Result<Box<dyn Migrator>> {
        Ok(Box::new(self))
    }
}
