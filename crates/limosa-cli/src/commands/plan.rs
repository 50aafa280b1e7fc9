//! `plan`, and `migrate --dry-run`: what would be executed; writes nothing.

use std::sync::Arc;
use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::plan::{Plan, Verdict};

use super::{Work, changed};
use crate::answer::Answer;
use crate::args::backup::Keeping;
use crate::args::{Choice, Global};
use crate::backend::Purpose;
use crate::backup::{Announced, Job, Lock};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, GOOD, WARN, count, paint, plan as shown, steps};

pub(super) async fn run(
    global: &Global,
    choice: &Choice,
    keeping: Option<&Keeping>,
) -> Result<Answer, Failure> {
    let mut work = Work::open(global, Purpose::Look).await?;
    let runner = choice.apply(Runner::new(&work.migrations));
    let session = work.session.migrator.as_mut();
    let plan = match runner.plan(session).await {
        Ok(plan) => plan,
        Err(error) => {
            return Err(changed::failure(
                error,
                &limosa_core::report::Report::default(),
                session,
                &work.migrations,
            )
            .await);
        }
    };
    let backups = match keeping {
        Some(keeping) => work.backups.clone().keeping(keeping),
        None => work.backups.clone(),
    };
    let mut job = Job {
        url: &work.url,
        settings: &backups,
        session,
        lock: Lock::Free,
        patience: Duration::ZERO,
        progress: Arc::new(drop),
    };
    let announced = Announced::of(&plan.migrations, work.session.keeper, &mut job).await;
    let announced = announced.map_err(|error| Failure::from(error).at(&work.url))?;
    let exit = if plan.conflicts().is_empty() {
        Exit::Done
    } else {
        Exit::Drift
    };
    let text = format!("{}\n{}", work.connected(), text(&plan, announced.as_ref()));
    Ok(Answer::new(exit, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("plan", &plan)
        .with("conflicts", plan.conflicts())
        .with("losses", plan.losses())
        .with("backup", &announced))
}

fn text(plan: &Plan, backup: Option<&Announced>) -> String {
    let mut text = String::new();
    for difference in &plan.drift {
        text.push_str(&format!("{} {difference}\n", paint(WARN, "drift:")));
    }
    text.push_str(&steps::gone(&plan.gone));
    if plan.is_empty() {
        let done = paint(GOOD, "Up to date.");
        return format!("{text}{done} Nothing is pending.\n");
    }
    if let Some(first) = &plan.unfinished {
        let note = "a rollback was interrupted; what is left of it is done first";
        let units = shown::units(&first.units, &first.migrations);
        text.push_str(&format!("{}\n{units}\n", paint(WARN, note)));
    }
    text.push_str(&shown::units(&plan.units, &plan.migrations));
    text.push('\n');
    text.push_str(&shown::losses(&plan.losses()));
    if let Some(backup) = backup.filter(|_| plan.conflicts().is_empty()) {
        text.push_str(&format!("{}\n", paint(WARN, backup.line())));
    }
    text.push_str(&summary(plan));
    text
}

/// The last line: how many steps of each kind.
fn summary(plan: &Plan) -> String {
    let number =
        |is: fn(&Verdict) -> bool| plan.steps().filter(|(_, step)| is(&step.verdict)).count();
    let conflicts = number(|verdict| matches!(verdict, Verdict::Conflict { .. }));
    let migrations = count(plan.migrations.len(), "migration");
    if conflicts > 0 {
        let conflicts = paint(BAD, count(conflicts, "conflict"));
        let would = match plan.unfinished {
            None => "would change nothing",
            Some(_) => "would finish that rollback, and nothing more",
        };
        return format!("{migrations} pending, {conflicts}: `limosa migrate` {would}.\n");
    }
    let mut words = vec![format!(
        "{} to execute",
        count(number(|one| *one == Verdict::Execute), "step")
    )];
    for (kind, word) in [
        (
            number(|one| matches!(one, Verdict::Adopt { .. })),
            "already there",
        ),
        (
            number(|one| matches!(one, Verdict::Nothing { .. })),
            "with nothing to do",
        ),
        (number(|one| *one == Verdict::Done), "done before"),
    ] {
        if kind > 0 {
            words.push(format!("{kind} {word}"));
        }
    }
    format!(
        "{migrations} pending: {}. Nothing was changed.\n",
        words.join(", ")
    )
}
