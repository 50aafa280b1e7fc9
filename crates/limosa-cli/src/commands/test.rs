//! `test`: exercises the applied migrations' objects in a transaction that is rolled back.

use limosa_core::engine::{Runner, Trial, TrialOutcome};
use serde_json::json;

use super::Work;
use crate::answer::Answer;
use crate::args::Global;
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, FAINT, GOOD, STRONG, WARN, count, pad, paint, widest};

/// How many trials came out how.
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

pub(super) async fn run(global: &Global) -> Result<Answer, Failure> {
    let mut work = Work::open(global, Purpose::Look).await?;
    let session = work.session.migrator.as_mut();
    let trials = Runner::new(&work.migrations).probe(session).await?;
    let tally = Tally::of(&trials);
    let exit = if tally.failed == 0 {
        Exit::Done
    } else {
        Exit::Failed
    };
    let text = format!("{}\n{}{}", work.connected(), shown(&trials), tally.text());
    let summary = json!({"passed": tally.passed, "failed": tally.failed, "skipped": tally.skipped});
    Ok(Answer::new(exit, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("summary", summary)
        .with("trials", &trials))
}

impl Tally {
    fn of(trials: &[Trial]) -> Self {
        let number = |is: fn(&TrialOutcome) -> bool| {
            trials.iter().filter(|trial| is(&trial.outcome)).count()
        };
        Self {
            passed: number(|one| *one == TrialOutcome::Passed),
            failed: number(|one| matches!(one, TrialOutcome::Failed { .. })),
            skipped: number(|one| matches!(one, TrialOutcome::Skipped { .. })),
        }
    }

    fn text(&self) -> String {
        if self.passed + self.failed + self.skipped == 0 {
            return "No applied migration left a table: there is nothing to test.\n".to_owned();
        }
        let mut words = vec![paint(GOOD, format!("{} passed", self.passed))];
        if self.failed > 0 {
            words.push(paint(BAD, format!("{} failed", self.failed)));
        }
        if self.skipped > 0 {
            words.push(paint(WARN, format!("{} skipped", self.skipped)));
        }
        let words = words.join(", ");
        format!("\n{words}. Everything was rolled back.\n")
    }
}

fn shown(trials: &[Trial]) -> String {
    let width = widest(trials.iter().map(|trial| trial.object.as_str()), 48);
    let mut text = String::new();
    for table in trials.chunk_by(|a, b| a.table == b.table) {
        let number = paint(FAINT, count(table.len(), "trial"));
        text.push_str(&format!("{}  {number}\n", paint(STRONG, &table[0].table)));
        text.extend(table.iter().map(|trial| line(trial, width)));
    }
    text
}

fn line(trial: &Trial, width: usize) -> String {
    let (sign, style, why) = match &trial.outcome {
        TrialOutcome::Passed => ("✓", GOOD, String::new()),
        TrialOutcome::Failed { why } => ("✗", BAD, format!("  failed: {why}")),
        TrialOutcome::Skipped { why } => ("-", WARN, format!("  skipped: {why}")),
    };
    let object = pad(&trial.object, width);
    let why = paint(style, why);
    format!("  {} {object}  {}{why}\n", paint(style, sign), trial.what)
}
