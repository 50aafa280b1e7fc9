//! `rollback`: undoes applied migrations, the last one first.

use std::path::Path;

use limosa_core::engine::{Consent, Extent, Runner, Undoing};
use limosa_core::error::Error;
use limosa_core::plan::{Conflict, PlannedMigration};
use limosa_core::report::{Outcome, Report};
use limosa_core::version::Version;

use super::Work;
use crate::answer::Answer;
use crate::args::{Global, Rollback};
use crate::backend::Purpose;
use crate::backup::{home, shown as shown_path};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{GOOD, count, paint, plan as shown};

const CONFIRM: &str = "CONFIRM_ROLLBACK";

pub(super) async fn run(global: &Global, args: &Rollback) -> Result<Answer, Failure> {
    // A database that is not there has nothing to undo, and is not made for that.
    if args.dry_run {
        return plan(&mut Work::open(global, Purpose::Look).await?, args).await;
    }
    let mut work = Work::open_direct(global, Purpose::Look).await?;
    let live = work.live();
    let display = live.clone();
    let backups = work.backups.clone().keeping(&args.keeping);
    let last = home(work.session.keeper, &work.server, &backups).and_then(|home| home.last());
    let policy = work.policy(backups, args.patience.lock_timeout, &live);
    let runner = (args.patience.apply(Runner::new(&work.migrations)))
        .precaution(policy.clone())
        .on_event(move |event| display.show(event));
    let session = work.session.migrator.as_mut();
    let result = runner.rollback(session, &extent(args), consent(args)).await;
    live.end();
    let mut report = result.map_err(|failed| {
        let asks = matches!(failed.error, Error::NeedsConsent(_));
        let failure = Failure::from(failed)
            .at(&work.url)
            .with_backup(policy.kept());
        if asks {
            offer(failure, last.as_deref())
        } else {
            failure
        }
    })?;
    report.warnings.extend(policy.warning());
    Ok(Answer::new(Exit::Done, text(&report))
        .with("database", work.url())
        .with("server", &work.server)
        .with("backup", policy.kept())
        .with("report", &report))
}

/// Says what there is to go back to without losing anything.
fn offer(failure: Failure, last: Option<&Path>) -> Failure {
    failure.hint(match last {
        Some(path) => {
            let path = shown_path(path);
            let path = path.display();
            format!("the last backup is {path}: `limosa restore` brings the database back to it")
        }
        None => "there is no backup yet; one is made before the first loss, or by `limosa backup`"
            .to_owned(),
    })
}

async fn plan(work: &mut Work, args: &Rollback) -> Result<Answer, Failure> {
    let runner = Runner::new(&work.migrations);
    let session = work.session.migrator.as_mut();
    let undoing = runner.plan_rollback(session, &extent(args)).await?;
    let conflicts = conflicts(&undoing.migrations);
    let exit = if conflicts.is_empty() {
        Exit::Done
    } else {
        Exit::Drift
    };
    let text = format!("{}\n{}", work.connected(), plan_text(&undoing));
    Ok(Answer::new(exit, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("plan", &undoing)
        .with("conflicts", conflicts)
        .with("losses", &undoing.losses))
}

fn conflicts(migrations: &[PlannedMigration]) -> Vec<Conflict> {
    let of = |one| move |step| Conflict::of(one, step);
    migrations
        .iter()
        .flat_map(|one| one.steps.iter().filter_map(of(one)))
        .collect()
}

fn plan_text(undoing: &Undoing) -> String {
    if undoing.migrations.is_empty() {
        return "Nothing is applied that could be undone.\n".to_owned();
    }
    format!(
        "{}\n{}{} would be undone. Nothing was changed.\n",
        shown::units(&undoing.units, &undoing.migrations),
        shown::losses(&undoing.losses),
        count(undoing.migrations.len(), "migration"),
    )
}

fn extent(args: &Rollback) -> Extent {
    match &args.to {
        Some(version) => Extent::To(Version::new(version.clone())),
        None => Extent::Steps(args.steps),
    }
}

/// Only the real environment counts: a file that lies about must not agree to losses.
fn consent(args: &Rollback) -> Consent {
    let said = std::env::var(CONFIRM).is_ok_and(|value| value.eq_ignore_ascii_case("yes"));
    if args.confirm || said {
        Consent::Given
    } else {
        Consent::Withheld
    }
}

fn text(report: &Report) -> String {
    match report.outcome {
        Outcome::UpToDate => "Nothing is applied that could be undone.\n".to_owned(),
        _ => format!(
            "\n{} {} undone.\n",
            paint(GOOD, "Done."),
            count(report.migrations.len(), "migration")
        ),
    }
}
