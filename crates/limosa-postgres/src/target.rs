//! What a run can be started on.

use async_trait::async_trait;
use limosa_core::migrator::{Migrator, Result, Target};
use tokio_postgres::Client;

use crate::connect::Link;
use crate::{Postgres, PostgresDialect};

/// A connection is taken out of the pool for the run, and goes back unless the run left something
/// behind on it.
#[cfg(feature = "deadpool")]
#[async_trait]
impl<'a> Target<'a, PostgresDialect> for &'a deadpool_postgres::Pool {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(Postgres::from_pool(self).await?))
    }
}

#[async_trait]
impl<'a> Target<'a, PostgresDialect> for Client {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(Postgres::new(self)))
    }
}

#[async_trait]
impl<'a> Target<'a, PostgresDialect> for &'a Client {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(Postgres::new(self)))
    }
}

#[async_trait]
impl<'a, L: Link + 'a> Target<'a, PostgresDialect> for Postgres<L> {
    async fn open(self) -> Result<Box<dyn Migrator + 'a>> {
        Ok(Box::new(self))
    }
}
