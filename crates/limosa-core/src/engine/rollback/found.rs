//! What a migration found to be there, it did not make: undoing it takes away what was somebody else's.
//!
//! The journal says how many steps were adopted, not which. If all of them were, every step of the way
//! back is a loss that needs consent, an index too.

use crate::journal::{Entry, Journal, State};
use crate::plan::{Loss, PlannedMigration, Step, Verdict};

/// Says so with the losses of a way back.
pub(super) fn tell(planned: &mut [PlannedMigration], journal: &Journal) {
    for migration in planned {
        let row = journal.entry(&migration.version);
        let Some(row) = row.filter(|row| row.adopted > 0 && row.state != State::RollingBack) else {
            continue;
        };
        for step in &mut migration.steps {
            if step.verdict == Verdict::Execute {
                tell_of(step, row);
            }
        }
    }
}

fn tell_of(step: &mut Step, row: &Entry) {
    let is_all = row.adopted >= row.steps;
    let note = if is_all {
        "was there before the migration".to_owned()
    } else {
        format!(
            "may have been there before the migration, which found {} of its {} steps done",
            row.adopted, row.steps
        )
    };
    if step.losses.is_empty() && is_all {
        let what = step.summary.clone();
        step.losses.push(Loss { what });
    }
    for loss in &mut step.losses {
        loss.what = format!("{}: {note}", loss.what);
    }
}
