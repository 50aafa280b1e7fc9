//! `migrate`: applies what is pending.

use limosa_core::engine::Runner;
use limosa_core::plan::Verdict;
use limosa_core::report::{Outcome, Report};

use super::{Work, changed, plan};
use crate::answer::Answer;
use crate::args::{Global, Migrate};
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{GOOD, STRONG, count, paint, steps, time};

pub(super) async fn run(global: &Global, args: &Migrate) -> Result<Answer, Failure> {
    if args.dry_run {
        return plan::run(global, &args.choice, Some(&args.keeping)).await;
    }
    let mut work = Work::open_direct(global, Purpose::Change).await?;
    let live = work.live();
    let shown = live.clone();
    let backups = work.backups.clone().keeping(&args.keeping);
    let policy = work.policy(backups, args.patience.lock_timeout, &live);
    let runner = args.choice.apply(Runner::new(&work.migrations));
    let runner = (args.patience.apply(runner))
        .precaution(policy.clone())
        .on_event(move |event| shown.show(event));
    let session = work.session.migrator.as_mut();
    let result = runner.run(session).await;
    live.end();
    match result {
        Ok(mut report) => {
            report.warnings.extend(policy.warning());
            Ok(Answer::new(Exit::Done, text(&report))
                .with("backup", policy.kept())
                .with("database", work.url())
                .with("server", &work.server)
                .with("report", &report))
        }
        Err(mut failed) => {
            failed.report.warnings.extend(policy.warning());
            let failure =
                changed::failure(failed.error, &failed.report, session, &work.migrations).await;
            Err(failure
                .at(&work.url)
                .with_backup(policy.kept())
                .with_report(failed.report))
        }
    }
}

fn text(report: &Report) -> String {
    let text = steps::gone(&report.gone);
    if report.outcome == Outcome::UpToDate {
        return format!(
            "{text}{} Nothing was pending.\n",
            paint(GOOD, "Up to date.")
        );
    }
    let steps = || report.migrations.iter().flat_map(|one| &one.steps);
    let executed = steps()
        .filter(|step| step.verdict == Verdict::Execute)
        .count();
    let adopted = steps()
        .filter(|step| matches!(step.verdict, Verdict::Adopt { .. }))
        .count();
    let mut words = vec![format!("{} executed", count(executed, "step"))];
    if adopted > 0 {
        words.push(format!("{adopted} already there"));
    }
    format!(
        "\n{text}{} {} in {}: {}. {}\n",
        paint(GOOD, "Done."),
        count(report.migrations.len(), "migration"),
        duration(report),
        words.join(", "),
        paint(STRONG, "The catalog shows all of it."),
    )
}

fn duration(report: &Report) -> String {
    let first = report.migrations.first().map_or(0, |one| one.started_at);
    let last = report.migrations.last().map_or(0, |one| one.finished_at);
    time::span(last - first)
}
