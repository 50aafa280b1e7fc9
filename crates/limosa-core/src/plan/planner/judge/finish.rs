//! What a step that is executed brings along, whoever wrote its words.

use super::super::{Candidate, Planner, suspects};
use crate::dialect::Transaction;
use crate::migration::{Statement, TransactionMode};
use crate::operation::Operation;
use crate::plan::native::stricter;
use crate::plan::{Step, Verdict, losses};
use crate::shared::Shared;

/// What follows from the verdict: transaction, locks, losses, and whether the catalog is read again.
pub(super) fn finish(
    planner: &Planner<'_>,
    candidate: &Candidate<'_>,
    statement: &Statement,
    step: &mut Step,
) {
    if matches!(step.verdict, Verdict::Adopt { .. }) && candidate.was_announced(step.number) {
        let outside = |one| planner.dialect.transaction(one) == Transaction::Outside;
        if step.operations().any(outside) {
            // Not found by chance: the earlier run did it, and died before it could say so.
            step.verdict = Verdict::Done;
        }
    }
    if step.verdict != Verdict::Execute {
        return;
    }
    let never = candidate
        .script
        .is_some_and(|script| script.transaction == TransactionMode::Never);
    if statement.commits {
        step.transaction = stricter(step.transaction, Transaction::Last);
    }
    let dialect = planner.dialect;
    for operation in step.operations.iter().map(Shared::as_ref) {
        step.transaction = stricter(step.transaction, dialect.transaction(operation));
        step.locks.extend(dialect.locks(operation));
        step.losses.extend(losses(operation));
        if let Operation::Sql(sql) = operation
            && dialect.facts().table_locks
            && suspects::may_lock(&sql.text, &dialect.facts().lexicon)
        {
            step.may_lock = true;
            step.locks
                .extend(suspects::named(&sql.text, &planner.schema));
        }
        let unknown = operation.has_unknown_effect();
        step.barrier |= unknown || operation.cascades();
        if never && unknown {
            step.transaction = Transaction::Outside;
        }
    }
    let verbatim = |one: &Operation| matches!(one, Operation::Sql(sql) if !is_upkeep(&sql.text));
    step.at_least_once =
        step.transaction == Transaction::Outside && step.operations().any(verbatim);
}

/// Whether a statement does not mind being run again.
fn is_upkeep(text: &str) -> bool {
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let verbs = ["VACUUM", "REINDEX", "ANALYZE", "CLUSTER", "DISCARD"];
    verbs.contains(&word.to_ascii_uppercase().as_str())
}
