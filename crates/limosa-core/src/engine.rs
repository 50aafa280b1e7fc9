//! The engine: carries out plans through a [`Migrator`], the same way for every database.

mod budget;
mod execute;
mod inverse;
mod lock;
mod precaution;
mod probe;
mod proof;
mod repair;
mod rollback;
mod run;
mod unwind;
mod verify;
mod wait;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Failure};
use crate::event::Event;
use crate::journal::{Journal, Recorded};
use crate::migration::{Migrations, Statement};
use crate::migrator::{Migrator, Scope, Target};
use crate::operation::Operation;
use crate::plan::{Left, Options, OutOfOrder, Plan, Selection, Unrecorded, left, select};
use crate::progress::{Progress, Watcher};
use crate::report::{Evidence, Outcome, Report};
use crate::trace;
use crate::version::Version;

use repair::Decision;

pub use crate::plan::Undoing;
pub use budget::LOCK_BUDGET;
pub use precaution::Precaution;
pub use probe::{Trial, TrialOutcome};
pub use repair::Repaired;
pub use rollback::Extent;

/// How long a runner waits for another one, unless it is told otherwise.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

/// Brings databases to where migrations say.
#[derive(Clone)]
pub struct Runner<'m> {
    migrations: &'m Migrations,
    options: Options,
    lock_wait: Duration,
    lock_budget: Duration,
    on_failure: OnFailure,
    observer: Option<Observer>,
    precaution: Option<Arc<dyn Precaution>>,
}

type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// A future behind a pointer. What awaits a future holds it, and has its code and what drops it compiled
/// in, once in each part of a program: the parts of a run hand each other theirs like this.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a failed run means to the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// An error.
    #[default]
    Fail,
    /// A report with [`Outcome::Failed`] and a warning event: the application goes on serving.
    Warn,
}

/// Whether data may be lost for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// It may not.
    #[default]
    Withheld,
    /// Whoever asks knows what is lost.
    Given,
}

/// Which way migrations are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operate {
    Apply,
    Undo,
}

impl<'m> Runner<'m> {
    /// A runner with the defaults.
    pub fn new(migrations: &'m Migrations) -> Self {
        Self {
            migrations,
            options: Options::default(),
            lock_wait: LOCK_WAIT,
            lock_budget: LOCK_BUDGET,
            on_failure: OnFailure::Fail,
            observer: None,
            precaution: None,
        }
    }

    /// Stops after this version.
    #[must_use]
    pub fn to(mut self, version: impl Into<Version>) -> Self {
        self.options.to = Some(version.into());
        self
    }

    /// What to do with versions below the highest applied one.
    #[must_use]
    pub fn out_of_order(mut self, out_of_order: OutOfOrder) -> Self {
        self.options.out_of_order = out_of_order;
        self
    }

    /// What to do with statements of which nobody can see whether they were run.
    #[must_use]
    pub fn unrecorded(mut self, unrecorded: Unrecorded) -> Self {
        self.options.unrecorded = unrecorded;
        self
    }

    /// How long to wait while another runner is at work; [`LOCK_WAIT`] unless it is set.
    #[must_use]
    pub fn lock_wait(mut self, wait: Duration) -> Self {
        self.lock_wait = wait;
        self
    }

    /// How long a statement that locks a table of before the run may wait for that lock, and everybody
    /// else behind it; [`LOCK_BUDGET`] unless it is set. It is tried ten times, with pauses.
    #[must_use]
    pub fn lock_budget(mut self, budget: Duration) -> Self {
        self.lock_budget = budget;
        self
    }

    /// What a failed run means.
    #[must_use]
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// Hears what happens.
    #[must_use]
    pub fn on_event(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Opens a session and runs what is pending.
    ///
    /// # Errors
    /// The session cannot be opened, or the run fails and the policy is [`OnFailure::Fail`].
    pub async fn run_on<'a, D, T: Target<'a, D>>(&self, target: T) -> Result<Report, Failure> {
        match target.open().await {
            Ok(mut session) => self.run(session.as_mut()).await,
            Err(error) => self.settle(Report::default(), Some(error.into())),
        }
    }

    /// Runs what is pending.
    ///
    /// # Errors
    /// The run fails and the policy is [`OnFailure::Fail`]. The failure carries the report of what
    /// was done.
    pub async fn run(&self, session: &mut dyn Migrator) -> Result<Report, Failure> {
        self.whole_run(session).await
    }

    fn whole_run<'a>(
        &'a self,
        session: &'a mut dyn Migrator,
    ) -> Boxed<'a, Result<Report, Failure>> {
        Box::pin(async move {
            let mut report = Report::default();
            let id = session.dialect().facts().id;
            let run = run::run(self, session, &mut report);
            let ran = unwind::caught(trace::span("migrate", id, run)).await;
            let error = unwind::settled(session, ran).await.err();
            self.settle(report, error)
        })
    }

    /// Opens a session and waits as [`Runner::wait`] does.
    ///
    /// # Errors
    /// The session cannot be opened, or as [`Runner::wait`].
    pub async fn wait_on<'a, D, T: Target<'a, D>>(
        &self,
        target: T,
        limit: Duration,
    ) -> Result<Report, Failure> {
        match target.open().await {
            Ok(mut session) => self.wait(session.as_mut(), limit).await,
            Err(error) => self.settle(Report::default(), Some(error.into())),
        }
    }

    /// Waits until another process has brought the database up to date, for this time at most. Runs
    /// nothing and writes nothing: it needs no right but to read the journal, and a standby will do.
    ///
    /// # Errors
    /// [`Error::Behind`]: migrations are pending still; one was changed after it was applied, or is out
    /// of order; the database cannot be read.
    pub async fn wait(
        &self,
        session: &mut dyn Migrator,
        limit: Duration,
    ) -> Result<Report, Failure> {
        let mut report = Report::default();
        let id = session.dialect().facts().id;
        let wait = wait::wait(self, session, limit, &mut report);
        let error = trace::span("wait", id, wait).await.err();
        self.settle(report, error)
    }

    /// Plans without changing anything.
    ///
    /// # Errors
    /// The database cannot be read, or the migrations do not fit the journal.
    pub async fn plan(&self, session: &mut dyn Migrator) -> Result<Plan, Error> {
        let mut journal = session.journal().await?.unwrap_or_default();
        let scope = self.scope(session.dialect().facts().id);
        let mut actual = session.inspect(&scope).await?;
        let unfinished = rollback::unfinished(self, session, &mut journal, &mut actual).await?;
        let mut plan = Plan::build(
            session.dialect(),
            self.migrations,
            &journal,
            &actual,
            &self.options,
        )?;
        proof::ask_ahead(session, &mut plan.migrations, &actual).await?;
        plan.unfinished = unfinished;
        Ok(plan)
    }

    /// What undoing applied migrations would do, and what it would lose.
    ///
    /// # Errors
    /// The database cannot be read; a migration that has neither `down.sql` nor an inverse.
    pub async fn plan_rollback(
        &self,
        session: &mut dyn Migrator,
        extent: &Extent,
    ) -> Result<Undoing, Error> {
        rollback::plan(self, session, extent).await
    }

    /// Undoes applied migrations, the last one first.
    ///
    /// # Errors
    /// As [`Runner::plan_rollback`]; it would lose data and `consent` does not allow that; it fails.
    pub async fn rollback(
        &self,
        session: &mut dyn Migrator,
        extent: &Extent,
        consent: Consent,
    ) -> Result<Report, Failure> {
        let mut report = Report::default();
        let id = session.dialect().facts().id;
        let run = rollback::run(self, session, (extent, consent), &mut report);
        let ran = unwind::caught(trace::span("rollback", id, run)).await;
        let error = unwind::settled(session, ran).await.err();
        self.settle(report, error)
    }

    /// Declares the statements of an applied migration, as they are now, to be what was run: the
    /// journal gets their checksum, and who said so when. Nothing of them is run. Of one that was only
    /// begun it is about the statements that are done. If they are as recorded, it declares what the catalog
    /// has in other words to be what they mean: it is no drift any more.
    ///
    /// # Errors
    /// A version that is unknown, or not applied; the lock is not to be had; the database fails.
    pub async fn accept(
        &self,
        session: &mut dyn Migrator,
        version: &Version,
    ) -> Result<Repaired, Error> {
        repair::repair(self, session, version, Decision::Accept).await
    }

    /// Removes the journal's row of a migration that did not get to its end, or whose files are gone,
    /// after a person has put the database right: the next run judges it by what is there.
    ///
    /// # Errors
    /// A version that is unknown; an applied one that is at hand: it would be run again; the lock is
    /// not to be had; the database fails.
    pub async fn forget(
        &self,
        session: &mut dyn Migrator,
        version: &Version,
    ) -> Result<Repaired, Error> {
        repair::repair(self, session, version, Decision::Forget).await
    }

    /// What the catalog says about every object that the applied migrations made.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn verify(&self, session: &mut dyn Migrator) -> Result<Vec<Evidence>, Error> {
        verify::verify(self, session).await
    }

    /// Exercises what the applied migrations made, in a transaction that is rolled back: nothing of
    /// it stays, whatever comes of it.
    ///
    /// # Errors
    /// The database cannot be read, or the session is lost.
    pub async fn probe(&self, session: &mut dyn Migrator) -> Result<Vec<Trial>, Error> {
        probe::probe(self, session).await
    }

    /// Waits to be the only runner, as a run does, for work that is no run; the session's
    /// [`Migrator::unlock`] gives the lock back.
    ///
    /// # Errors
    /// Another runner did not finish in time; the session is lost.
    pub async fn lock(&self, session: &mut dyn Migrator) -> Result<(), Error> {
        let scope = Scope::default();
        lock::acquire(self, session, &scope).await.map(drop)
    }

    fn settle(&self, mut report: Report, error: Option<Error>) -> Result<Report, Failure> {
        let Some(error) = error else {
            return Ok(report);
        };
        report.outcome = Outcome::Failed {
            message: error.to_string(),
        };
        match self.on_failure {
            OnFailure::Fail => Err(Failure {
                report: Box::new(report),
                error,
            }),
            OnFailure::Warn => {
                let message = format!("migrations failed, going on without them: {error}");
                self.tell(&Event::Warning { message: &message });
                report.warnings.push(message);
                Ok(report)
            }
        }
    }

    /// Tells what the step that began last is doing now.
    fn doing(&self, what: String) {
        let progress = Progress { what, rows: None };
        self.tell(&Event::Progress {
            progress: &progress,
        });
    }

    /// Makes events of what a driver tells; none if nobody hears them.
    fn watcher(&self) -> Option<Watcher> {
        let observer = self.observer.clone();
        if observer.is_none() && !cfg!(feature = "tracing") {
            return None;
        }
        Some(Watcher::new(move |progress| {
            tell(observer.as_ref(), &Event::Progress { progress });
        }))
    }

    fn tell(&self, event: &Event<'_>) {
        tell(self.observer.as_ref(), event);
    }

    /// The schemas that the migrations speak of.
    fn scope(&self, id: &str) -> Scope {
        let operations = self
            .migrations
            .list()
            .iter()
            .filter_map(|migration| migration.script(id))
            .flat_map(|script| &script.up)
            .flat_map(Statement::operations);
        let mut scope = Scope::default();
        for schema in operations.filter_map(Operation::schema) {
            if !scope.schemas.iter().any(|own| own == schema) {
                scope.schemas.push(schema.to_owned());
            }
        }
        scope
    }

    /// What is left to do, from the heads and the journal in short.
    fn left(&self, id: &str, recorded: &[Recorded]) -> Result<Left, Error> {
        left(&self.migrations.heads(id), recorded, &self.options)
    }

    /// What is pending, and what was begun of it.
    fn select(&self, id: &str, journal: &Journal) -> Result<Selection, Error> {
        select(&self.migrations.heads(id), journal, &self.options)
    }
}

fn tell(observer: Option<&Observer>, event: &Event<'_>) {
    trace::event(event);
    if let Some(observer) = observer {
        observer(event);
    }
}

impl std::fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("options", &self.options)
            .field("lock_wait", &self.lock_wait)
            .field("lock_budget", &self.lock_budget)
            .field("on_failure", &self.on_failure)
            .finish_non_exhaustive()
    }
}
