//! Statements that stand before changes that the database has.

use super::super::{Candidate, Item, Planner, Standing};
use super::{learn, open};
use crate::operation::{Commented, Operation};
use crate::plan::truth::{Truth, truth};
use crate::plan::{Step, Unrecorded, Verdict};
use crate::shared::Shared;

/// A statement that stands before changes that the database has: the schema cannot tell whether rows
/// were changed, or what a verbatim statement did.
pub(super) fn overtaken(
    planner: &mut Planner<'_>,
    candidate: &Candidate<'_>,
    item: Item<'_>,
    step: &mut Step,
) {
    let is_late = |one: &Operation| {
        is_late_comment(planner, one) && !is_overtaken_by_another(planner, candidate, item, one)
    };
    if step.operations().any(is_late) {
        return open(planner, candidate, item, step);
    }
    if let Some(one) = planner.said_otherwise(candidate, item.number) {
        let seen = format!("{one}, which may be the same in other words");
        return unrecorded(planner, candidate, item, step, &seen);
    }
    let unseen = step.operations().any(Operation::changes_rows);
    if unseen && candidate.in_journal {
        return open(planner, candidate, item, step);
    }
    if unseen {
        let around = "what stands around it is there already";
        return unrecorded(planner, candidate, item, step, around);
    }
    adopt(planner, step);
}

/// What nobody can see is as the caller says.
pub(super) fn unrecorded(
    planner: &mut Planner<'_>,
    candidate: &Candidate<'_>,
    item: Item<'_>,
    step: &mut Step,
    seen: &str,
) {
    match planner.options.unrecorded {
        Unrecorded::Adopt => adopt(planner, step),
        Unrecorded::Execute => open(planner, candidate, item, step),
        Unrecorded::Refuse => {
            let reason = format!(
                "{seen}, but nothing shows whether this statement was run: say `--unrecorded adopt` if \
                 it was, `--unrecorded execute` if it was not"
            );
            step.verdict = Verdict::Conflict {
                reasons: vec![reason],
            };
        }
    }
}

fn adopt(planner: &mut Planner<'_>, step: &mut Step) {
    step.verdict = Verdict::Adopt {
        found: found(planner, &step.operations),
    };
    keep_enums(planner, step);
    learn(planner, step);
}

/// A comment that no comparison of schemas would have missed, and that is not there.
fn is_late_comment(planner: &Planner<'_>, operation: &Operation) -> bool {
    let Operation::Comment { on, text } = operation else {
        return false;
    };
    let compared = matches!(on, Commented::Table(_) | Commented::Column(..)) && text.is_some();
    !compared && truth(operation, &planner.schema, planner.dialect) == Truth::Pending
}

/// Whether a later statement, of which the database has the changes, comments on the same object.
fn is_overtaken_by_another(
    planner: &Planner<'_>,
    candidate: &Candidate<'_>,
    item: Item<'_>,
    comment: &Operation,
) -> bool {
    let Operation::Comment { on, .. } = comment else {
        return false;
    };
    let own = &candidate.migration.version;
    let behind = (planner.pending.iter()).skip_while(|one| one.migration.version != *own);
    let items = behind.flat_map(|one| {
        let is_own = one.migration.version == *own;
        (one.items.iter()).filter(move |other| !is_own || other.number > item.number)
    });
    items
        .filter(|other| other.standing == Standing::Overtaken)
        .flat_map(|other| &other.statement.operations)
        .any(|other| matches!(&**other, Operation::Comment { on: other, .. } if other == on))
}

/// What the database has of these operations; later ones may have changed it.
fn found(planner: &Planner<'_>, operations: &[Shared<Operation>]) -> String {
    let seen = operations.iter().filter_map(|operation| {
        match truth(operation, &planner.schema, planner.dialect) {
            Truth::Already(found) => Some(found),
            _ => None,
        }
    });
    let seen: Vec<String> = seen.collect();
    if seen.is_empty() {
        "later changes are there already".to_owned()
    } else {
        seen.join("; ")
    }
}

/// Enum types that live in the model alone come into being with the migration that makes them.
fn keep_enums(planner: &mut Planner<'_>, step: &Step) {
    if planner.dialect.facts().enum_types {
        return;
    }
    let mut about_enums = step
        .operations()
        .filter(|one| one.is_about_enum())
        .peekable();
    if about_enums.peek().is_none() {
        return;
    }
    for operation in about_enums {
        // What does not fit the model now did not fit it then either.
        let _ = planner.schema.apply(operation);
    }
    planner.recognise();
}
