//! The judgement of one statement.

use super::complete::{complete_all, made_twice};
use super::gone;
use super::narrowed;
use super::suspects;
use super::types;
use super::{Candidate, Exactness, Item, Planner, Standing};
use crate::dialect::{Compiled, Transaction};
use crate::migration::{Statement, TransactionMode};
use crate::name::ObjectName;
use crate::operation::{Commented, Mentions, Operation, TableChange};
use crate::plan::native::{compile, is_native, stricter};
use crate::plan::truth::{Truth, truth};
use crate::plan::{Proof, Step, Unrecorded, Verdict, losses, summary};
use crate::schema::Schema;
use crate::shared::{List, Shared};

/// What the schema said about the operations of a statement.
#[derive(Default)]
struct Answers {
    /// What is still to be done, repairs included.
    open: List<Shared<Operation>>,
    already: Vec<String>,
    /// Whether what is there already would be an error to do again.
    unrepeatable: bool,
    broken: Vec<String>,
    contradictions: Vec<String>,
    impossible: Vec<String>,
}

/// What is to be executed, and why it is not what the author wrote.
type Work = (Verdict, Compiled, Option<String>);

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

/// A statement that stands before changes that the database has: the schema cannot tell whether rows
/// were changed, or what a verbatim statement did.
fn overtaken(
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
fn unrecorded(
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

/// What is adopted has the types and names that the migrations say.
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
        Verdict::Execute | Verdict::Nothing { .. } => predict(planner, item, step, &answers.open),
        Verdict::Done | Verdict::Conflict { .. } => {}
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

/// Asks about each operation; with several, each is asked of what the ones before it leave.
fn ask(planner: &Planner<'_>, step: &Step) -> Answers {
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

fn decide(planner: &Planner<'_>, item: Item<'_>, step: &Step, answers: &Answers) -> Work {
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

fn made(operation: &Operation) -> Option<String> {
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

/// What follows from the verdict: transaction, locks, losses, and whether the catalog is read again.
fn finish(
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
