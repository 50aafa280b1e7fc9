//! `SQLite`: copies by the library's own backup interface. The driver does the work.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use limosa_core::error::DatabaseError;
use limosa_core::migrator::Server;
use limosa_sqlite::backup::{self, Contents};
use limosa_sqlite::{Location, Mode};

use super::cancel::{Wanted, blocking};
use super::name::DIRECTORY;
use super::{Home, Job, Keeper, Kept, Progress, Table, recorded};
use crate::args::backup::DumpFormat;
use crate::config::Backups;

/// Copies of files.
pub(crate) struct Copies;

#[async_trait]
impl Keeper for Copies {
    fn home(&self, server: &Server) -> Option<Home> {
        let path = PathBuf::from(&server.database);
        let name = path.file_stem().filter(|_| path.is_file())?;
        let directory = path.parent().unwrap_or(Path::new("")).join(DIRECTORY);
        Some(Home::new(super::shown(&directory), &name.to_string_lossy()))
    }

    fn ending(&self, _: DumpFormat) -> &'static str {
        ".db"
    }

    async fn unable(&self, _: &mut Job<'_>) -> Result<Option<DatabaseError>, DatabaseError> {
        Ok(None)
    }

    async fn make(
        &self,
        job: &mut Job<'_>,
        to: &Path,
        _: DumpFormat,
    ) -> Result<Kept, DatabaseError> {
        let (location, path) = (Location::parse(job.url), to.to_owned());
        let say = job.progress.clone();
        let made = blocking(move |wanted| {
            // A connection of its own: the session's goes on with its lock.
            let connection = limosa_sqlite::open(&location, Mode::Existing)?;
            backup::create(&connection, &path, &mut tell("backing up", &say, &wanted))
        });
        Ok(kept(to, made.await?))
    }

    async fn look(&self, _: &mut Job<'_>, from: &Path) -> Result<Kept, DatabaseError> {
        let path = from.to_owned();
        let found = blocking(move |_| backup::verify(&path)).await?;
        Ok(kept(from, found))
    }

    async fn restore(&self, job: &mut Job<'_>, from: &Path, _: &Kept) -> Result<(), DatabaseError> {
        let (location, path) = (Location::parse(job.url), from.to_owned());
        let (say, patience) = (job.progress.clone(), job.patience);
        blocking(move |wanted| {
            let mut connection = limosa_sqlite::open(&location, Mode::Create)?;
            let mut tell = tell("restoring", &say, &wanted);
            backup::restore(&mut connection, &path, patience, &mut tell).map(drop)
        })
        .await
    }

    async fn replace(&self, url: &str, from: &Path, aside: &Path) -> Result<Kept, DatabaseError> {
        let Location::File(path) = Location::parse(url) else {
            return Err(super::failed("only a file can be replaced"));
        };
        let (source, aside) = (from.to_owned(), aside.to_owned());
        let put = blocking(move |_| backup::replace(&path, &source, &aside)).await?;
        Ok(kept(from, put))
    }
}

/// Where a file is kept that cannot be opened any more.
pub(crate) fn damaged_home(path: &Path, settings: &Backups) -> Home {
    let directory = settings.directory.clone().unwrap_or_else(|| {
        let parent = path.parent().unwrap_or(Path::new(""));
        parent.join(DIRECTORY)
    });
    let name = path.file_stem().unwrap_or_default();
    Home::new(directory, &name.to_string_lossy())
}

fn tell<'a>(
    what: &'a str,
    say: &'a Progress,
    wanted: &'a Wanted,
) -> impl FnMut(backup::Progress) -> ControlFlow<()> + 'a {
    move |progress| {
        let percent = progress.copied * 100 / progress.total.max(1);
        say(format!("{what}: {percent} %"));
        if wanted.is_wanted() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

fn kept(path: &Path, contents: Contents) -> Kept {
    let table = |table: backup::TableRows| Table {
        name: table.name,
        rows: table.rows,
    };
    Kept {
        path: path.to_owned(),
        format: "sqlite",
        bytes: contents.bytes,
        journal: contents.journal.as_ref().map(recorded),
        tables: contents.tables.into_iter().map(table).collect(),
    }
}
