//! Steps that mean more together than one by one.
//!
//! Two kinds: consecutive changes that the dialect does at once (one rebuild of a table instead of
//! three), and a rebuild that somebody wrote by hand.

use super::{Candidate, Item, Planner, Standing, Step, Verdict, judge};
use crate::dialect::{Basis, ByHand, Transaction};
use crate::operation::Operation;
use crate::plan::Proof;
use crate::plan::native::{compile, is_native};
use crate::schema::Schema;
use crate::shared::Shared;

/// Judges the statements of a migration, those at once that the dialect does at once.
pub(super) fn steps(
    planner: &mut Planner<'_>,
    candidate: &Candidate<'_>,
    items: &[Item<'_>],
) -> Vec<Step> {
    let by_hand = by_hand(planner, items);
    let mut steps = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(joining(planner, rest));
        rest = later;
        match now {
            [only] => steps.push(judge::step(planner, candidate, *only)),
            several => steps.extend(at_once(planner, candidate, several)),
        }
    }
    for found in by_hand {
        mark(&mut steps, items, &found);
    }
    say_again(planner, candidate, &mut steps);
    steps
}

/// What an earlier run, which did not get to the end, had set for its session is gone with that. The first
/// statements that could need it say it again.
fn say_again(planner: &Planner<'_>, candidate: &Candidate<'_>, steps: &mut [Step]) {
    let is_recorded = |item: &&Item<'_>| item.standing == Standing::Recorded;
    let recorded = candidate.items.iter().take_while(is_recorded);
    let (mut outside, mut inside) = (Vec::new(), Vec::new());
    let mut first = 1;
    for item in recorded {
        first = item.number + 1;
        for operation in item.statement.operations() {
            let Operation::Sql(sql) = operation else {
                continue;
            };
            if !planner.dialect.ends_with_session(operation) {
                continue;
            }
            match planner.dialect.transaction(operation) {
                Transaction::Outside => outside.push(sql.text.clone()),
                _ => inside.push(sql.text.clone()),
            }
        }
    }
    // Behind a new look at the catalog only the rest of the migration is planned.
    if !steps.iter().any(|step| step.number == first) {
        return;
    }
    let executed =
        |step: &&mut Step| step.verdict == Verdict::Execute && !step.statements.is_empty();
    if let Some(step) = steps.iter_mut().find(executed) {
        step.statements.splice(0..0, inside);
    }
    let mut executed = steps.iter_mut().filter(executed);
    if let Some(step) = executed.find(|step| step.transaction == Transaction::Outside) {
        step.statements.splice(0..0, outside);
    }
}

/// How many of the next statements the dialect may do at once: one at least.
fn joining(planner: &Planner<'_>, items: &[Item<'_>]) -> usize {
    let joins = |pair: &&[Item<'_>]| {
        let [first, second] = pair else { return false };
        let (first, second) = (first.statement, second.statement);
        let pair = (first.operations.last(), second.operations.first());
        !is_native(first, planner.dialect)
            && !is_native(second, planner.dialect)
            // It reads what the first one leaves.
            && !second.operations().any(reckons)
            && matches!(pair, (Some(a), Some(b)) if planner.dialect.joins(a, b))
    };
    1 + items.windows(2).take_while(joins).count()
}

fn reckons(operation: &Operation) -> bool {
    matches!(operation, Operation::AlterTable { change, .. } if change.reckons())
}

/// Judges each, then makes one piece of work of those that have any.
fn at_once(planner: &mut Planner<'_>, candidate: &Candidate<'_>, items: &[Item<'_>]) -> Vec<Step> {
    let before = planner.schema.clone();
    let mut steps = Vec::new();
    let mut operations = Vec::new();
    for item in items {
        let step = judge::step(planner, candidate, *item);
        if step.verdict == Verdict::Execute {
            operations.append(&mut planner.open);
        }
        steps.push(step);
    }
    let alone = steps
        .iter()
        .filter(|step| step.verdict == Verdict::Execute && !step.barrier)
        .count();
    let rebuilt = steps.iter().any(|step| step.proof.basis == Basis::Catalog);
    let settled = steps
        .iter()
        .all(|step| !step.barrier && !matches!(step.verdict, Verdict::Conflict { .. }));
    if alone > 1 && rebuilt && settled {
        join(planner, &mut steps, &operations, &before);
    }
    steps
}

/// The first step does the work of all.
fn join(
    planner: &Planner<'_>,
    steps: &mut [Step],
    operations: &[Shared<Operation>],
    before: &Schema,
) {
    // What can be done one by one, but not at once, is done one by one.
    let Ok(compiled) = compile(operations, before, planner.dialect) else {
        return;
    };
    let mut executed = steps
        .iter_mut()
        .filter(|step| step.verdict == Verdict::Execute);
    let Some(first) = executed.next() else {
        return;
    };
    let number = first.number;
    first.transaction = compiled.transaction;
    first.statements = compiled.statements;
    first.proof = Proof {
        guards: compiled.guards,
        keeps: compiled.keeps,
        basis: compiled.basis,
    };
    for step in executed {
        step.transaction = compiled.transaction;
        step.statements.clear();
        step.proof = Proof::default();
        step.rewritten = Some(format!("done together with step {number}"));
    }
}

/// The rebuilds that the author of a migration made by hand, by the places of their operations.
fn by_hand(planner: &Planner<'_>, items: &[Item<'_>]) -> Vec<ByHand> {
    let operations: Vec<&Operation> = items
        .iter()
        .flat_map(|item| item.statement.operations())
        .collect();
    planner.dialect.rebuilds(&operations, &planner.schema)
}

/// Foreign keys are off from the first of its statements to the last one.
fn mark(steps: &mut [Step], items: &[Item<'_>], found: &ByHand) {
    let mut place = 0;
    for (step, item) in steps.iter_mut().zip(items) {
        let own = place..place + item.statement.operations.len();
        place = own.end;
        let within = own.start <= found.last && own.end > found.first;
        if !within || step.verdict != Verdict::Execute {
            continue;
        }
        if matches!(step.transaction, Transaction::Inside | Transaction::Last) {
            step.transaction = Transaction::WithoutForeignKeys;
        }
        if own.contains(&found.drop) {
            step.proof.keeps.extend(found.keeps.iter().cloned());
        }
    }
}
