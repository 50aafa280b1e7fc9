//! Runs a directory of a real project's migrations through Limosa and through `psql`, and compares
//! what `pg_dump` says about the two databases.
//!
//! `cargo run -p limosa-tests --example against_psql -- DIRECTORY`; with `--schema-only` behind it the rows
//! are not compared, for migrations that fill in random values or the time.

use std::process::{Command, ExitCode};

use limosa_core::engine::Runner;
use limosa_core::migration::Migrations;
use limosa_core::plan::Verdict;
use limosa_testkit::postgres::{Database, Server};
use limosa_tests::On;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(directory) = std::env::args().nth(1) else {
        eprintln!("usage: against_psql DIRECTORY");
        return ExitCode::from(2);
    };
    let migrations = match limosa_sql::read_dir(&directory) {
        Ok(migrations) => migrations,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let server = Server::shared().await;
    let (by_limosa, by_psql) = (server.database().await, server.database().await);
    let dumps = (
        run_limosa(by_limosa, &migrations).await,
        run_psql(&by_psql, &directory, &migrations).then(|| dump(&by_psql)),
    );
    match dumps {
        (Some(ours), Some(theirs)) if ours == theirs => {
            println!("equal: {} lines of schema and data", ours.lines().count());
            ExitCode::SUCCESS
        }
        (Some(ours), Some(theirs)) => {
            for line in differing(&ours, &theirs) {
                println!("{line}");
            }
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}

async fn run_limosa(database: Database<'static>, migrations: &Migrations) -> Option<String> {
    let on = On::Postgres(database);
    let started = std::time::Instant::now();
    let runner = Runner::new(migrations);
    let result = runner.run(on.session().await.as_mut()).await;
    let (report, error) = match result {
        Ok(report) => (report, None),
        Err(failure) => (*failure.report, Some(failure.error)),
    };
    let steps = || report.migrations.iter().flat_map(|one| &one.steps);
    let count = |wanted: fn(&Verdict) -> bool| steps().filter(|step| wanted(&step.verdict)).count();
    println!(
        "{} of {} migrations, {} steps executed, {} adopted, in {:?}",
        report.migrations.len(),
        migrations.list().len(),
        count(|verdict| *verdict == Verdict::Execute),
        count(|verdict| matches!(verdict, Verdict::Adopt { .. })),
        started.elapsed(),
    );
    for step in steps().filter(|step| step.rewritten.is_some() || step.verdict != Verdict::Execute)
    {
        println!(
            "  {}: {:?} {:?}",
            step.summary, step.verdict, step.rewritten
        );
    }
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    if let Some(error) = error {
        println!("error: {error}");
        return None;
    }
    for one in runner
        .verify(on.session().await.as_mut())
        .await
        .expect("evidence")
    {
        for difference in &one.differences {
            println!("verify: {difference}");
        }
    }
    let On::Postgres(database) = &on else {
        unreachable!("it was made so")
    };
    Some(dump(database))
}

fn run_psql(database: &Database<'_>, directory: &str, migrations: &Migrations) -> bool {
    for migration in migrations.list() {
        let Some(path) = migration
            .script("postgres")
            .and_then(|script| script.path.as_ref())
        else {
            continue;
        };
        let path = std::path::Path::new(directory).join(path);
        let psql = Server::binaries().join("psql");
        let output = Command::new(psql)
            .args([
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                &database.url(),
                "-f",
            ])
            .arg(&path)
            .output()
            .expect("psql runs");
        if !output.status.success() {
            println!("psql: {}", String::from_utf8_lossy(&output.stderr));
            return false;
        }
    }
    true
}

fn dump(database: &Database<'_>) -> String {
    let output = Command::new(Server::binaries().join("pg_dump"))
        .args([
            "--inserts",
            "--exclude-table=limosa_journal",
            "--exclude-table=limosa_lock",
            "-d",
            &database.url(),
        ])
        .args(std::env::args().nth(2))
        .output()
        .expect("pg_dump runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let is_noise = |line: &&str| {
        line.starts_with("\\restrict") || line.starts_with("\\unrestrict") || line.is_empty()
    };
    let lines: Vec<&str> = text.lines().filter(|line| !is_noise(line)).collect();
    lines.join("\n")
}

fn differing(ours: &str, theirs: &str) -> Vec<String> {
    let only = |a: &str, b: &str, mark: &str| {
        let others: std::collections::HashSet<&str> = b.lines().collect();
        let lines = a.lines().filter(|line| !others.contains(line));
        lines
            .map(|line| format!("{mark} {line}"))
            .collect::<Vec<_>>()
    };
    [only(ours, theirs, "limosa:"), only(theirs, ours, "psql:  ")].concat()
}
