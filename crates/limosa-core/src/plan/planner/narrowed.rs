//! What a database would take and keep only in part: refused, unless the author accepts it.
//!
//! Whoever writes for one database knows what it keeps. Where the words were written for another one,
//! its author may not know that a type of the same name keeps less here.

use super::{Candidate, Item, Planner};
use crate::dialect::{Dialect, Narrowed};
use crate::migration::{Accepts, Script, Statement};
use crate::operation::Operation;
use crate::plan::native::is_native;
use crate::plan::{Step, Verdict};
use crate::shared::Shared;

/// Turns a step into a conflict if it narrows what nobody accepts; what is accepted the plan names.
pub(super) fn judge(
    planner: &Planner<'_>,
    candidate: &Candidate<'_>,
    item: Item<'_>,
    open: &[Shared<Operation>],
    step: &mut Step,
) {
    let (statement, dialect) = (item.statement, planner.dialect);
    if is_native(statement, dialect) || is_for_it_alone(statement, candidate.script, dialect) {
        return;
    }
    let found: Vec<Narrowed> = open
        .iter()
        .flat_map(|one| dialect.narrowed(one, &statement.language, &planner.schema))
        .collect();
    if found.is_empty() {
        return;
    }
    if statement.accepts == Accepts::Loss {
        step.accepted = found.iter().map(ToString::to_string).collect();
    } else {
        let reasons = found.iter().map(|one| refusal(one, statement, dialect));
        step.verdict = Verdict::Conflict {
            reasons: reasons.collect(),
        };
    }
}

/// Whether its author wrote it for this database and no other.
fn is_for_it_alone(statement: &Statement, script: Option<&Script>, dialect: &dyn Dialect) -> bool {
    let id = dialect.facts().id;
    matches!(statement.only.as_slice(), [only] if only == id)
        || script.is_some_and(|script| script.only.as_deref() == Some(id))
}

fn refusal(found: &Narrowed, statement: &Statement, dialect: &dyn Dialect) -> String {
    let accept = match &statement.text {
        Some(_) => "put `-- limosa: accept loss` above the statement to accept that",
        None => "call `accept_loss` on the migration's builder to accept that",
    };
    format!(
        "{} would not keep all of {found}; {}, or {accept}",
        dialect.facts().product,
        found.instead,
    )
}
