//! What is to be executed for a statement, in whose words, and why.

use super::super::{Item, Planner};
use super::answers::Answers;
use crate::dialect::Compiled;
use crate::name::ObjectName;
use crate::operation::{Mentions, Operation};
use crate::plan::native::{compile, is_native};
use crate::plan::{Step, Verdict};

/// What is to be executed, and why it is not what the author wrote.
pub(super) type Work = (Verdict, Compiled, Option<String>);

pub(super) fn decide(
    planner: &Planner<'_>,
    item: Item<'_>,
    step: &Step,
    answers: &Answers,
) -> Work {
    let conflict =
        |reasons: Vec<String>| (Verdict::Conflict { reasons }, Compiled::default(), None);
    if !answers.contradictions.is_empty() {
        return conflict(answers.contradictions.clone());
    }
    let native = is_native(item.statement, planner.dialect);
    let text = || Compiled::from(Vec::from_iter(item.statement.text.clone()));
    if !answers.impossible.is_empty() {
        // In its own language the database is the better judge: it may hold what the model does not.
        return if native {
            (Verdict::Execute, text(), None)
        } else {
            conflict(answers.impossible.clone())
        };
    }
    if answers.open.is_empty() {
        return (
            Verdict::Adopt {
                found: answers.already.join("; "),
            },
            Compiled::default(),
            None,
        );
    }
    let moved = answers.open.iter().find_map(|one| moved_away(one));
    if native && !answers.unrepeatable && answers.broken.is_empty() && moved.is_none() {
        return (Verdict::Execute, text(), None);
    }
    match compile(&answers.open, &planner.schema, planner.dialect) {
        Err(reason) => conflict(vec![reason]),
        Ok(compiled) if compiled.statements.is_empty() => {
            let why = format!("nothing to do on {}", planner.dialect.facts().product);
            (Verdict::Nothing { why }, compiled, None)
        }
        Ok(compiled) => {
            let changed = !answers.already.is_empty() || !answers.broken.is_empty();
            let why: Vec<&str> = answers
                .already
                .iter()
                .chain(&answers.broken)
                .map(String::as_str)
                .collect();
            let rewritten = if changed {
                Some(why.join("; "))
            } else if let Some(name) = moved {
                Some(format!(
                    "a new {name} takes its place: foreign keys, views and triggers stay with the name"
                ))
            } else if item.statement.text.is_some() && differs(item, &compiled.statements, step) {
                Some(format!(
                    "in the words of {}",
                    planner.dialect.facts().product
                ))
            } else {
                None
            };
            (Verdict::Execute, compiled, rewritten)
        }
    }
}

/// The table that moves out of the way of a new one: the database's own words would let those who mention it
/// follow.
fn moved_away(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::RenameTable {
            from,
            mentions: Mentions::Stay,
            ..
        } => Some(from),
        _ => None,
    }
}

fn differs(item: Item<'_>, statements: &[String], step: &Step) -> bool {
    step.operations.len() != 1 || item.statement.text.as_ref() != statements.first()
}
