//! `backup`: a copy of the database that is proven to be sound; changes nothing.

use std::path::{Path, PathBuf};

use super::Work;
use crate::answer::Answer;
use crate::args::Global;
use crate::args::backup::{Backup, DumpFormat};
use crate::backend::Purpose;
use crate::backup::{Home, Job, Keeper, Lock, Occasion, home, line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{GOOD, paint};

pub(super) async fn run(global: &Global, args: &Backup) -> Result<Answer, Failure> {
    let mut work = Work::open_without_migrations(global, Purpose::Look).await?;
    let settings = work.backups.clone().with(&args.with);
    let keeper = work.session.keeper;
    if let Some(file) = &work.session.missing {
        return Err(Failure::other(format!("there is no database {file}")));
    }
    let Some(home) = home(keeper, &work.server, &settings) else {
        let message = "the database is in memory: there is nothing to back up";
        return Err(Failure::other(message).at(&work.url));
    };
    let live = work.live();
    let journal = work.session.migrator.journal().await?;
    let format = format(args);
    let to = target(args, &home, keeper.ending(format), journal.as_ref())?;
    let mut job = Job {
        url: &work.url,
        settings: &settings,
        session: work.session.migrator.as_mut(),
        lock: Lock::Free,
        patience: args.lock_timeout,
        progress: live.progress(),
    };
    let made = make(keeper, &mut job, &to, format).await;
    live.end();
    let made = made.map_err(|failure| failure.at(&work.url))?;
    let text = format!("{} {}\n", paint(GOOD, "Backed up."), line(&made));
    Ok(Answer::new(Exit::Done, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("backup", &made))
}

async fn make(
    keeper: &dyn Keeper,
    job: &mut Job<'_>,
    to: &Path,
    format: DumpFormat,
) -> Result<crate::backup::Kept, Failure> {
    if let Some(unable) = keeper.unable(job).await? {
        return Err(Failure::database(unable));
    }
    Ok(keeper.make(job, to, format).await?)
}

/// As it is said; else as the name says that is to be written.
fn format(args: &Backup) -> DumpFormat {
    let name = args.to.as_ref().and_then(|path| path.file_name());
    let name = name.map(|name| name.to_string_lossy().to_lowercase());
    args.format.unwrap_or(match name.as_deref() {
        Some(name) if name.ends_with(".sql.gz") => DumpFormat::Gzip,
        Some(name) if has_ending(name, "sql") => DumpFormat::Plain,
        _ => DumpFormat::Custom,
    })
}

fn has_ending(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == ending)
}

fn target(
    args: &Backup,
    home: &Home,
    ending: &str,
    journal: Option<&limosa_core::journal::Journal>,
) -> Result<PathBuf, Failure> {
    let home = match &args.to {
        Some(path) if path.is_dir() => home.clone().moved(path),
        Some(path) => return Ok(path.clone()),
        None => home.clone(),
    };
    home.prepare().map_err(|error| {
        let directory = home.directory.display();
        Failure::other(format!("cannot make the directory {directory}: {error}"))
    })?;
    Ok(home.name(journal, Occasion::Backup, ending))
}
