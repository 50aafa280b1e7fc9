//! What the schema says about the operations of a statement.

use super::super::{Exactness, Planner, gone};
use crate::diff::Comparison;
use crate::operation::{Operation, TableChange};
use crate::plan::Step;
use crate::plan::truth::{Truth, truth};
use crate::schema::Schema;
use crate::shared::{List, Shared};

/// What it said, operation by operation.
#[derive(Default)]
pub(super) struct Answers {
    /// What is still to be done, repairs included.
    pub(super) open: List<Shared<Operation>>,
    pub(super) already: Vec<String>,
    /// Whether what is there already would be an error to do again.
    pub(super) unrepeatable: bool,
    pub(super) broken: Vec<String>,
    pub(super) contradictions: Vec<String>,
    /// What would be contradicted, did not a statement before it perhaps change that.
    pub(super) clouded: List<Shared<Operation>>,
    pub(super) impossible: Vec<String>,
}

/// Asks about each operation; with several, each is asked of what the ones before it leave.
pub(super) fn ask(planner: &Planner<'_>, step: &Step) -> Answers {
    let mut answers = Answers::default();
    if let [only] = step.operations.as_slice() {
        ask_one(planner, &planner.schema, only, &mut answers);
        return answers;
    }
    let mut scratch = planner.schema.clone();
    for operation in &step.operations {
        let asked = answers.open.len();
        ask_one(planner, &scratch, operation, &mut answers);
        for operation in &answers.open[asked..] {
            if let Err(misfit) = scratch.apply(operation) {
                answers.impossible.push(misfit.to_string());
            }
        }
    }
    answers
}

fn ask_one(
    planner: &Planner<'_>,
    schema: &Schema,
    operation: &Shared<Operation>,
    answers: &mut Answers,
) {
    match truth(operation, schema, planner.dialect) {
        Truth::Pending => {}
        Truth::Already(_) if is_of_another(planner, schema, operation) => {}
        Truth::Already(found) => {
            // What an operation before it in the same statement has done is no news.
            if !matches!(
                truth(operation, &planner.schema, planner.dialect),
                Truth::Already(_)
            ) {
                return;
            }
            answers.unrepeatable |= !operation.is_repeatable();
            return answers.already.push(found);
        }
        Truth::Impossible(why) => return answers.impossible.push(why),
        Truth::Contradicted(_) if planner.may_be_cleared(operation) => {
            answers.clouded.push(operation.clone());
        }
        Truth::Contradicted(differences) => {
            return answers
                .contradictions
                .extend(differences.iter().map(ToString::to_string));
        }
        Truth::Broken(found, repairs) => {
            answers.broken.push(found);
            answers.open.extend(repairs);
        }
    }
    if planner.exact == Exactness::PieceByPiece {
        answers.contradictions.extend(ambiguous(planner, operation));
    }
    let gone = gone::reasons(planner, schema, operation);
    answers.contradictions.extend(gone);
    answers.open.push(operation.clone());
}

/// Whether what says the same as a constraint is another one of the migrations, where names do not tell: there are
/// fewer of these than the migrations have made up to here.
fn is_of_another(planner: &Planner<'_>, schema: &Schema, operation: &Operation) -> bool {
    let Operation::AlterTable {
        table,
        change: TableChange::AddConstraint { constraint, .. },
        ..
    } = operation
    else {
        return false;
    };
    let comparison = Comparison::new(planner.dialect);
    let count = |schema: &Schema| {
        let table = schema.table(table);
        table.map_or(0, |table| comparison.count(table, constraint, schema))
    };
    !planner.dialect.facts().constraint_names && count(schema) < count(&planner.chain)
}

/// Where the database agrees with no point of the pending migrations, what was found there and what a
/// later migration drops may not be the same thing.
fn ambiguous(planner: &Planner<'_>, operation: &Operation) -> Option<String> {
    let dropped = match operation {
        Operation::DropTable { name, .. } => format!("table {name}"),
        Operation::AlterTable {
            table,
            change: TableChange::DropColumn { name, .. },
            ..
        } => {
            format!("column {table}.{name}")
        }
        _ => return None,
    };
    planner.adopted.contains(&dropped).then(|| {
        format!(
            "{dropped} was found, unrecorded, and this step would drop it; the database agrees with \
             no point of the pending migrations, so that nobody can tell whether it is the one meant"
        )
    })
}

pub(super) fn made(operation: &Operation) -> Option<String> {
    match operation {
        Operation::CreateTable { table, .. } => Some(format!("table {}", table.name)),
        Operation::AlterTable {
            table,
            change: TableChange::AddColumn { column, .. },
            ..
        } => Some(format!("column {table}.{}", column.name)),
        _ => None,
    }
}
