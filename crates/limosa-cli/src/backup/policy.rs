//! Whether a run makes a backup first: the precaution that it takes.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use limosa_core::engine::Precaution;
use limosa_core::error::DatabaseError;
use limosa_core::migrator::Migrator;
use limosa_core::plan::{Hazard, PlannedMigration, hazard};
use serde::Serialize;

use super::{Home, Job, Keeper, Kept, Lock, Occasion, failed, name};
use crate::args::backup::{DumpFormat, When};
use crate::config::{Backups, Wish};
use crate::live::Live;
use crate::render::{FAINT, GOOD, WARN, paint, size};

/// Makes a backup before a run that needs one, once.
pub(crate) struct Policy {
    keeper: &'static dyn Keeper,
    url: String,
    settings: Backups,
    patience: Duration,
    live: Live,
    done: Mutex<Done>,
}

/// What came of it.
#[derive(Default)]
struct Done {
    kept: Option<Kept>,
    warning: Option<String>,
}

impl Policy {
    /// What is set for a database.
    pub(crate) fn new(
        keeper: &'static dyn Keeper,
        url: &str,
        settings: Backups,
        patience: Duration,
        live: &Live,
    ) -> Self {
        Self {
            keeper,
            url: url.to_owned(),
            settings,
            patience,
            live: live.clone(),
            done: Mutex::default(),
        }
    }

    /// The backup that was made.
    pub(crate) fn kept(&self) -> Option<Kept> {
        self.with(|done| done.kept.clone())
    }

    /// Why none was made although one would have been.
    pub(crate) fn warning(&self) -> Option<String> {
        self.with(|done| done.warning.clone())
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Done) -> T) -> T {
        use_it(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn make(
        &self,
        session: &mut dyn Migrator,
        home: Home,
        why: &str,
    ) -> Result<(), DatabaseError> {
        let mut job = Job {
            url: &self.url,
            settings: &self.settings,
            session,
            lock: Lock::Held,
            patience: self.patience,
            progress: self.live.progress(),
        };
        if let Some(unable) = self.keeper.unable(&mut job).await? {
            return self.go_without(why, unable);
        }
        let kept = keep(self.keeper, &mut job, &home, Occasion::Backup).await;
        let kept = kept.map_err(stopped)?;
        let line = format!("{}  {}\n", paint(GOOD, "backup"), line(&kept));
        self.live.print(&line);
        self.with(|done| done.kept = Some(kept));
        Ok(())
    }

    /// Nobody asked for a backup, and none can be made: nothing is wrong with the run.
    fn go_without(&self, why: &str, unable: DatabaseError) -> Result<(), DatabaseError> {
        if self.settings.wish == Wish::Demand {
            return Err(stopped(unable));
        }
        let hint = unable.hint.map(|hint| format!(" ({hint})"));
        let hint = hint.unwrap_or_default();
        let warning = format!("{why}, and no backup was made: {}{hint}", unable.message);
        self.live
            .print(&format!("{} {warning}\n", paint(WARN, "warning:")));
        self.with(|done| done.warning = Some(warning));
        Ok(())
    }
}

#[async_trait]
impl Precaution for Policy {
    async fn take(
        &self,
        session: &mut dyn Migrator,
        planned: &[PlannedMigration],
    ) -> Result<(), DatabaseError> {
        let Some(why) = reason(&self.settings, planned) else {
            return Ok(());
        };
        // A run that begins again has changed nothing that the first one would not have, too.
        if self.with(|done| done.kept.is_some() || done.warning.is_some()) {
            return Ok(());
        }
        let server = session.server().await?;
        match home(self.keeper, &server, &self.settings) {
            Some(home) => self.make(session, home, why).await,
            None => Ok(()),
        }
    }
}

/// Why there is to be a backup; none if there is not.
fn reason(settings: &Backups, planned: &[PlannedMigration]) -> Option<&'static str> {
    let worst = planned
        .iter()
        .flat_map(|one| &one.steps)
        .filter_map(hazard)
        .max();
    match (settings.when, worst) {
        (When::Never, _) | (When::BeforeDestructive, None) => None,
        (_, Some(Hazard::Loses)) => Some("this run may lose rows"),
        (_, Some(Hazard::Rebuilds)) => Some("this run copies a table"),
        (When::Always, None) => Some("a backup is made before every run"),
    }
}

/// A backup that a run would make first.
#[derive(Debug, Serialize)]
pub(crate) struct Announced {
    /// Why.
    why: &'static str,
    /// Where.
    directory: PathBuf,
    /// Why it cannot be made: then the run goes without, unless one was demanded.
    unable: Option<String>,
}

impl Announced {
    /// What a run of a plan would make; none if it would make none.
    pub(crate) async fn of(
        planned: &[PlannedMigration],
        keeper: &dyn Keeper,
        job: &mut Job<'_>,
    ) -> Result<Option<Self>, DatabaseError> {
        let why = reason(job.settings, planned).filter(|_| !planned.is_empty());
        let server = job.session.server().await?;
        let Some((why, home)) = why.zip(home(keeper, &server, job.settings)) else {
            return Ok(None);
        };
        let unable = keeper.unable(job).await?.map(|error| error.message);
        let directory = home.directory;
        Ok(Some(Self {
            why,
            directory,
            unable,
        }))
    }

    /// It in one line.
    pub(crate) fn line(&self) -> String {
        let Self { why, unable, .. } = self;
        if let Some(unable) = unable {
            return format!("{why}, and no backup can be made: {unable}");
        }
        let directory = name::shown(&self.directory);
        format!("{why}: a backup is made first, in {}", directory.display())
    }
}

/// Where the backups of a database are; none if there is nothing that could be kept.
pub(crate) fn home(
    keeper: &dyn Keeper,
    server: &limosa_core::migrator::Server,
    settings: &Backups,
) -> Option<Home> {
    let mut home = keeper.home(server)?;
    if let Some(directory) = &settings.directory {
        home.directory.clone_from(directory);
    }
    Some(home)
}

/// Makes a backup under a name of its own.
pub(crate) async fn keep(
    keeper: &dyn Keeper,
    job: &mut Job<'_>,
    home: &Home,
    occasion: Occasion,
) -> Result<Kept, DatabaseError> {
    let format = DumpFormat::Custom;
    home.prepare().map_err(|error| {
        let directory = home.directory.display();
        failed(format!("cannot make the directory {directory}: {error}"))
    })?;
    let journal = job.session.journal().await?;
    let to: PathBuf = home.name(journal.as_ref(), occasion, keeper.ending(format));
    keeper.make(job, &to, format).await
}

fn stopped(error: DatabaseError) -> DatabaseError {
    let message = format!("no backup could be made before this run: {}", error.message);
    let hint = match error.hint {
        Some(hint) => format!("{hint}; or say --backup=never to go on without one"),
        None => "put that right, or say --backup=never to go on without one".to_owned(),
    };
    DatabaseError {
        message,
        hint: Some(hint),
        ..error
    }
}

/// A backup in one line.
pub(crate) fn line(kept: &Kept) -> String {
    let path = name::shown(&kept.path);
    format!("{}  {}", path.display(), paint(FAINT, note(kept)))
}

/// What is known of a backup.
pub(crate) fn note(kept: &Kept) -> String {
    format!(
        "{}, verified: {} with {}",
        size(kept.bytes),
        crate::render::count(kept.tables.len(), "table"),
        crate::render::count(usize::try_from(kept.rows()).unwrap_or(usize::MAX), "row"),
    )
}
