//! `check`: what a run would meet; writes nothing.

use limosa_core::engine::Runner;
use limosa_core::journal::{Journal, State};
use limosa_core::plan::{Plan, Verdict};
use serde::Serialize;

use super::{Work, changed};
use crate::answer::Answer;
use crate::args::{Choice, Global};
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{
    BAD, FAINT, GOOD, STRONG, WARN, count, pad, paint, plan as shown, steps, time,
};

/// A pending migration in the document.
#[derive(Serialize)]
struct Pending<'a> {
    version: &'a str,
    name: &'a str,
    execute: usize,
    already_there: usize,
    conflicts: usize,
}

pub(super) async fn run(global: &Global, choice: &Choice) -> Result<Answer, Failure> {
    let mut work = Work::open(global, Purpose::Look).await?;
    let session = work.session.migrator.as_mut();
    let journal = session.journal().await?;
    let runner = choice.apply(Runner::new(&work.migrations));
    let plan = match runner.plan(session).await {
        Ok(plan) => plan,
        Err(error) => {
            let failure = changed::failure(
                error,
                &limosa_core::report::Report::default(),
                session,
                &work.migrations,
            )
            .await;
            return Err(failure.at(&work.url));
        }
    };
    let pending: Vec<Pending<'_>> = plan.migrations.iter().map(pending).collect();
    Ok(
        Answer::new(exit(&plan), text(&work, journal.as_ref(), &plan))
            .with("database", work.url())
            .with("exists", work.session.missing.is_none())
            .with("server", &work.server)
            .with("journal", &journal)
            .with("unfinished", &plan.unfinished)
            .with("pending", &pending)
            .with("conflicts", plan.conflicts())
            .with("drift", &plan.drift)
            .with("gone", &plan.gone),
    )
}

fn exit(plan: &Plan) -> Exit {
    if !plan.drift.is_empty() || !plan.conflicts().is_empty() {
        Exit::Drift
    } else if plan.is_empty() {
        Exit::Done
    } else {
        Exit::Pending
    }
}

fn pending(migration: &limosa_core::plan::PlannedMigration) -> Pending<'_> {
    let number = |is: fn(&Verdict) -> bool| {
        migration
            .steps
            .iter()
            .filter(|step| is(&step.verdict))
            .count()
    };
    Pending {
        version: migration.version.as_str(),
        name: &migration.name,
        execute: number(|one| *one == Verdict::Execute),
        already_there: number(|one| matches!(one, Verdict::Adopt { .. })),
        conflicts: number(|one| matches!(one, Verdict::Conflict { .. })),
    }
}

fn text(work: &Work, journal: Option<&Journal>, plan: &Plan) -> String {
    let mut text = String::new();
    let mut fact = |name: &str, value: String| {
        text.push_str(&format!("{}  {value}\n", paint(FAINT, pad(name, 9))));
    };
    let server = &work.server;
    fact("server", paint(STRONG, &server.product));
    fact(
        "database",
        match &work.session.missing {
            Some(file) => format!("{file}: no such file yet; `limosa migrate` makes it"),
            None => server.database.clone(),
        },
    );
    if let Some(role) = &server.role {
        fact("role", format!("{role}{}", rights(work)));
    } else if !server.writable {
        fact("rights", rights(work));
    }
    if let Some(schema) = server
        .default_schema
        .as_ref()
        .filter(|_| server.role.is_some())
    {
        fact("schema", schema.clone());
    }
    fact("journal", journal_line(journal));
    let waiting: Vec<String> = plan
        .migrations
        .iter()
        .map(|one| pending_line(&pending(one)))
        .collect();
    for undone in plan.unfinished.iter().flat_map(|first| &first.migrations) {
        let name = format!("{}_{}", undone.version, undone.name);
        let words = format!("{name} was interrupted; `limosa migrate` finishes it first");
        fact("rollback", paint(WARN, words));
    }
    fact("pending", count(waiting.len(), "migration"));
    text.push_str(&waiting.concat());
    text.push_str(&findings(plan));
    format!("{text}\n{}\n", verdict(plan))
}

fn rights(work: &Work) -> String {
    match (work.server.writable, work.server.may_create) {
        (false, _) => paint(WARN, " (this session is read-only)"),
        (true, false) => paint(WARN, " (may not create tables here)"),
        (true, true) => String::new(),
    }
}

fn journal_line(journal: Option<&Journal>) -> String {
    let Some(journal) = journal else {
        return "none: Limosa has not been here yet".to_owned();
    };
    let applied = || {
        journal
            .entries
            .iter()
            .filter(|entry| entry.state == State::Applied)
    };
    let last = applied().max_by(|a, b| a.version.cmp(&b.version));
    let number = count(applied().count(), "migration");
    match last {
        None => format!("{number} applied"),
        Some(entry) => {
            let when = entry.finished_at.map(time::point).unwrap_or_default();
            format!(
                "{number} applied, the last one {}_{}, {when}",
                entry.version, entry.name
            )
        }
    }
}

fn pending_line(pending: &Pending<'_>) -> String {
    let mut words = Vec::new();
    for (number, style, word) in [
        (pending.execute, GOOD, "to execute"),
        (pending.already_there, WARN, "already there, not recorded"),
        (pending.conflicts, BAD, "in conflict"),
    ] {
        if number > 0 {
            words.push(paint(style, format!("{number} {word}")));
        }
    }
    let name = format!("{} {}", pending.version, pending.name);
    format!("           {name}  {}\n", words.join(", "))
}

fn findings(plan: &Plan) -> String {
    let mut text = String::new();
    for step in plan.steps().map(|(_, step)| step) {
        if let Verdict::Adopt { found } = &step.verdict {
            text.push_str(&format!(
                "\n{} {}\n      {found}",
                paint(WARN, "already there:"),
                step.summary
            ));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let conflicts = plan.conflicts();
    if !conflicts.is_empty() {
        text.push_str(&format!(
            "\n{}\n{}",
            paint(BAD, "Conflicts"),
            shown::conflicts(&conflicts)
        ));
    }
    if !plan.drift.is_empty() {
        text.push_str(&format!("\n{}\n", paint(BAD, "Drift")));
        for difference in &plan.drift {
            text.push_str(&format!("  {} {difference}\n", paint(BAD, "✗")));
        }
    }
    for version in &plan.gone {
        text.push_str(&format!("\n{}", steps::gone(std::slice::from_ref(version))));
    }
    text
}

fn verdict(plan: &Plan) -> String {
    match exit(plan) {
        Exit::Drift => paint(BAD, "The database and the migrations do not fit."),
        Exit::Pending => format!(
            "{} `limosa plan` shows the SQL, `limosa migrate` applies it.",
            paint(WARN, "Migrations are pending.")
        ),
        _ => paint(GOOD, "Up to date."),
    }
}
