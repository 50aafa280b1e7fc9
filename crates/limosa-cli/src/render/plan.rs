//! A plan as people read it: the exact SQL between the boundaries of its transactions.

use limosa_core::plan::{Bounds, Conflict, Loss, Part, PlannedMigration, Step, Unit};

use super::steps::{Mark, Tense, heading, width};
use super::{BAD, FAINT, FOUND, STRONG, WARN, indent, paint};

/// All units of a plan.
pub(crate) fn units(units: &[Unit], migrations: &[PlannedMigration]) -> String {
    let shown: Vec<String> = units.iter().map(|one| unit(one, migrations)).collect();
    shown.join("\n")
}

fn unit(unit: &Unit, migrations: &[PlannedMigration]) -> String {
    let parts: String = unit.parts.iter().map(|one| part(one, migrations)).collect();
    let (begin, end) = match unit.bounds {
        Bounds::Transaction => ("BEGIN", "COMMIT"),
        Bounds::WithoutForeignKeys => ("BEGIN, foreign keys off meanwhile", "COMMIT"),
        Bounds::Outside => {
            let note = paint(
                FOUND,
                "outside of any transaction; recorded in one of its own",
            );
            return format!("{note}\n{parts}");
        }
    };
    format!("{}\n{parts}{}\n", paint(FOUND, begin), paint(FOUND, end))
}

fn part(part: &Part, migrations: &[PlannedMigration]) -> String {
    let migration = &migrations[part.migration];
    let continued = if part.first > 0 { " (continued)" } else { "" };
    let title = heading(&migration.version, &migration.name);
    let mut text = format!("  {title}{}\n", paint(FAINT, continued));
    let steps = &migration.steps[part.first..part.first + part.count];
    let width = width(steps.iter().map(|step| step.summary.as_str()));
    for one in steps {
        text.push_str(&step(one, width));
    }
    if migration.steps.is_empty() {
        let note = "no statement for this database; only recorded";
        text.push_str(&format!("    {}\n", paint(FAINT, note)));
    }
    text
}

fn step(step: &Step, width: usize) -> String {
    let mark = Mark::of(&step.verdict, Tense::Future);
    let mut text = format!("  {}", mark.line(&step.summary, width));
    let mut note = |style, words: String| {
        text.push_str(&format!("{}\n", indent(&paint(style, words), 6)));
    };
    if let Some(path) = &step.path {
        note(FAINT, format!("{path}:{}", step.line));
    }
    if let Some(why) = &step.rewritten {
        note(WARN, format!("rewritten: {why}"));
    }
    if let Some(why) = &step.unread {
        note(WARN, format!("carried as written, not understood: {why}"));
    }
    if step.barrier {
        note(
            WARN,
            "its effect is unknown: the catalog is read again behind it, and the rest planned anew"
                .into(),
        );
    }
    if step.at_least_once {
        note(
            WARN,
            "may be run twice: if the run is killed at it, nothing shows whether it was done"
                .into(),
        );
    }
    for what in &step.accepted {
        note(WARN, format!("accepted loss: {what}"));
    }
    for loss in &step.losses {
        note(BAD, format!("loses {loss}"));
    }
    for statement in &step.statements {
        text.push_str(&format!("{}\n", indent(&format!("{statement};"), 8)));
    }
    text
}

/// What would be lost.
pub(crate) fn losses(losses: &[Loss]) -> String {
    let lines = losses
        .iter()
        .map(|loss| format!("  {} {loss}\n", paint(BAD, "-")));
    let title = paint(BAD, "Lost for good:");
    if losses.is_empty() {
        String::new()
    } else {
        format!("{title}\n{}", lines.collect::<String>())
    }
}

/// Conflicts with where they are and why.
pub(crate) fn conflicts(conflicts: &[Conflict]) -> String {
    let one = |conflict: &Conflict| {
        let place = match &conflict.path {
            Some(path) => format!("{path}:{}", conflict.line),
            None => format!("{}_{}", conflict.version, conflict.name),
        };
        let reasons = indent(&conflict.reasons.join("\n"), 6);
        let sign = paint(BAD, "✗");
        format!(
            "  {sign} {} {}\n{reasons}\n",
            paint(STRONG, &conflict.step),
            paint(FAINT, place)
        )
    };
    conflicts.iter().map(one).collect()
}
