//! `PostgreSQL`: dumps by the server's own programs, which are processes of their own. They never get
//! a password on their command line.

use std::path::Path;

use async_trait::async_trait;
use limosa_core::error::DatabaseError;
use limosa_core::migrator::Server;
use limosa_postgres::Postgres;

use super::dump::{self, Programs};
use super::name::DIRECTORY;
use super::{Home, Job, Keeper, Kept, failed};
use crate::args::backup::DumpFormat;

/// Dumps.
pub(crate) struct Dumps;

#[async_trait]
impl Keeper for Dumps {
    fn home(&self, server: &Server) -> Option<Home> {
        Some(Home::new(DIRECTORY.into(), &server.database))
    }

    fn ending(&self, format: DumpFormat) -> &'static str {
        match format {
            DumpFormat::Custom => ".dump",
            DumpFormat::Plain => ".sql",
            DumpFormat::Gzip => ".sql.gz",
        }
    }

    async fn unable(&self, job: &mut Job<'_>) -> Result<Option<DatabaseError>, DatabaseError> {
        if let Err(missing) = Programs::find(job).await {
            return Ok(Some(missing));
        }
        Ok(pooled(job.url).await?.err())
    }

    async fn make(
        &self,
        job: &mut Job<'_>,
        to: &Path,
        format: DumpFormat,
    ) -> Result<Kept, DatabaseError> {
        let programs = Programs::find(job).await?;
        pooled(job.url).await??;
        dump::make(&programs, job, to, format).await
    }

    async fn look(&self, job: &mut Job<'_>, from: &Path) -> Result<Kept, DatabaseError> {
        let programs = Programs::find(job).await?;
        dump::look(&programs, job, from).await
    }

    async fn restore(
        &self,
        job: &mut Job<'_>,
        from: &Path,
        kept: &Kept,
    ) -> Result<(), DatabaseError> {
        let programs = Programs::find(job).await?;
        pooled(job.url).await??;
        dump::restore(&programs, job, from, kept).await
    }

    async fn replace(&self, _: &str, _: &Path, _: &Path) -> Result<Kept, DatabaseError> {
        Err(failed("a server's database cannot be replaced by a file"))
    }
}

/// `pg_dump` and its scripts change settings of the session outside transactions, `search_path` among
/// them. A pooler that gives each transaction another server process would hand these on to others.
async fn pooled(url: &str) -> Result<Result<(), DatabaseError>, DatabaseError> {
    if Postgres::connect(url).await?.is_direct().await? {
        return Ok(Ok(()));
    }
    let error = failed("the database is reached through a pooler, which pg_dump is not made for");
    Ok(Err(error.with_hint(
        "name a URL that leads to the server itself with --direct-url or LIMOSA_DIRECT_URL",
    )))
}
