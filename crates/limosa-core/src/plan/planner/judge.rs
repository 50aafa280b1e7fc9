//! The judgement of one statement: the schema is asked, and what it says decides what is executed.

mod answers;
mod finish;
mod overtaken;
mod work;

use super::complete::{complete_all, made_twice};
use super::{Candidate, Item, Planner, Standing, cloud, narrowed, types};
use crate::dialect::Transaction;
use crate::operation::Operation;
use crate::plan::native::is_native;
use crate::plan::{Proof, Step, Verdict, summary};
use crate::schema::Schema;
use crate::shared::{List, Shared};
use answers::{ask, made};
use finish::finish;
use overtaken::{overtaken, unrecorded};
use work::decide;

pub(super) fn step(planner: &mut Planner<'_>, candidate: &Candidate<'_>, item: Item<'_>) -> Step {
    let twice = made_twice(&item.statement.operations, &planner.chain)
        .filter(|_| !planner.is_clouded())
        .map(|operation| summary(operation, planner.dialect));
    let item = planner.with_doubts(item);
    let mut step = blank(planner, candidate, item);
    match item.standing {
        Standing::Recorded => step.verdict = Verdict::Done,
        Standing::Overtaken => overtaken(planner, candidate, item, &mut step),
        Standing::Doubtful => unrecorded(
            planner,
            candidate,
            item,
            &mut step,
            "the column is of this type already",
        ),
        Standing::Open => open(planner, candidate, item, &mut step),
    }
    if let (Verdict::Adopt { .. }, Some(twice)) = (&step.verdict, twice) {
        step.verdict = Verdict::Conflict {
            reasons: vec![format!(
                "{twice}: an earlier statement makes that already; if the names differ, then only \
                 behind their 63rd byte, where PostgreSQL cuts them off"
            )],
        };
    }
    finish(planner, candidate, item.statement, &mut step);
    planner.cloud(&step);
    step
}

fn blank(planner: &mut Planner<'_>, candidate: &Candidate<'_>, item: Item<'_>) -> Step {
    let operations = match item.standing {
        // The chain begins behind them.
        Standing::Recorded => item.statement.operations.clone(),
        _ => complete_all(
            &item.statement.operations,
            &mut planner.chain,
            &planner.schema,
        ),
    };
    let words: Vec<String> = operations
        .iter()
        .map(|operation| summary(operation, planner.dialect))
        .collect();
    Step {
        number: item.number,
        path: candidate.script.and_then(|script| script.path.clone()),
        line: item.statement.line,
        summary: words.join(", "),
        verdict: Verdict::Execute,
        statements: Vec::new(),
        transaction: Transaction::Inside,
        proof: Proof::default(),
        rewritten: None,
        losses: List::new(),
        accepted: Vec::new(),
        unread: item.statement.unread.clone(),
        barrier: false,
        at_least_once: false,
        locks: Vec::new(),
        may_lock: false,
        operations: operations.into(),
    }
}

/// What is there already has the types and names that the migrations say.
fn learn(planner: &mut Planner<'_>, step: &Step) {
    let tables = step.operations().filter_map(|operation| match operation {
        Operation::CreateTable { table, .. } => planner.chain.table(&table.name),
        Operation::AlterTable { table, .. } => planner.chain.table(table),
        _ => None,
    });
    let tables: Vec<_> = tables.cloned().map(Shared::new).collect();
    types::learn(&mut planner.schema, &tables, planner.dialect);
    types::learn_names(&mut planner.schema, &tables, planner.dialect);
}

fn open(planner: &mut Planner<'_>, candidate: &Candidate<'_>, item: Item<'_>, step: &mut Step) {
    let answers = ask(planner, step);
    let (verdict, compiled, rewritten) = decide(planner, item, step, &answers);
    step.verdict = verdict;
    step.rewritten = rewritten;
    step.transaction = compiled.transaction;
    step.statements = compiled.statements;
    step.proof = Proof {
        guards: compiled.guards,
        keeps: compiled.keeps,
        basis: compiled.basis,
    };
    if step.verdict == Verdict::Execute {
        narrowed::judge(planner, candidate, item, &answers.open, step);
    }
    if !answers.broken.is_empty() {
        step.operations.clone_from(&answers.open);
    }
    // A statement that does not fit the model is left to the database: see what it did.
    step.barrier = !answers.impossible.is_empty();
    match step.verdict {
        Verdict::Adopt { .. } => {
            let made = step.operations().filter_map(made);
            planner.adopted.extend(made);
            learn(planner, step);
        }
        Verdict::Execute | Verdict::Nothing { .. } => {
            for operation in &answers.clouded {
                cloud::make_way(&mut planner.schema, operation);
            }
            predict(planner, item, step, &answers.open);
            if !answers.already.is_empty() {
                learn(planner, step);
            }
        }
        // Nothing is run; those that follow are judged as if it were mended.
        Verdict::Conflict { .. } => {
            for operation in &answers.open {
                let _ = planner.schema.apply(operation);
            }
        }
        Verdict::Done => {}
    }
    planner.open = answers.open;
}

/// Does to the model what the step will do to the database.
fn predict(planner: &mut Planner<'_>, item: Item<'_>, step: &mut Step, open: &[Shared<Operation>]) {
    let makes_type = open.iter().any(|one| one.is_about_enum());
    for operation in open {
        if let Err(misfit) = planner.schema.apply(operation) {
            if is_native(item.statement, planner.dialect) {
                step.barrier = true;
                give_in(&mut planner.schema, operation);
            } else {
                step.verdict = Verdict::Conflict {
                    reasons: vec![misfit.to_string()],
                };
            }
        }
    }
    if makes_type {
        planner.recognise();
    }
}

/// What the model refuses and the database may do: `SQLite` drops a table that others refer to, and
/// they go on referring to its name.
fn give_in(schema: &mut Schema, operation: &Operation) {
    if let Operation::DropTable { name, .. } = operation
        && let Some(table) = schema.table(name)
    {
        let name = table.name.clone();
        schema.tables.retain(|table| table.name != name);
        schema.triggers.retain(|trigger| trigger.table != name);
    }
}
