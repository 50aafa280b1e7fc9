//! Runs a directory of a real project's migrations through Limosa and through the database's own
//! client, and compares what the two databases hold: `psql` and `pg_dump`, or `sqlite3` and its `.dump`.
//!
//! `cargo run -p limosa-tests --example against_client -- postgres|sqlite DIRECTORY`; with `--schema-only`
//! behind it the rows are not compared, for migrations that fill in random values or the time.
//! `SQLITE3` names another `sqlite3` than the one on the path.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use limosa_core::engine::Runner;
use limosa_core::migration::Migrations;
use limosa_core::plan::Verdict;
use limosa_sql::{Language, Reader};
use limosa_testkit::postgres::Server;
use limosa_tests::On;

/// Which rows are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    None,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (id, directory, rows) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [id, directory] => (id, directory, Rows::All),
        [id, directory, "--schema-only"] => (id, directory, Rows::None),
        _ => return usage(),
    };
    let reader = match Language::from_name(id) {
        Some(language) => Reader::new().language(language),
        None => return usage(),
    };
    let migrations = match reader.read_dir(directory) {
        Ok(migrations) => migrations,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (ours, theirs) = match id {
        "sqlite" => (On::sqlite(), On::sqlite()),
        _ => (On::postgres().await, On::postgres().await),
    };
    let done = (
        run_limosa(&ours, &migrations).await,
        run_client(&theirs, Path::new(directory), &migrations),
    );
    if done != (true, true) {
        return ExitCode::FAILURE;
    }
    if matches!(ours, On::Sqlite(_)) {
        // pg_dump leaves tables out, sqlite3 does not.
        ours.execute("DROP TABLE limosa_journal").await;
    }
    compare(&dump(&ours, rows), &dump(&theirs, rows))
}

fn usage() -> ExitCode {
    eprintln!("usage: against_client postgres|sqlite DIRECTORY [--schema-only]");
    ExitCode::from(2)
}

fn compare(ours: &[String], theirs: &[String]) -> ExitCode {
    if ours == theirs {
        println!("equal: {} lines of schema and data", ours.len());
        return ExitCode::SUCCESS;
    }
    let only = |mark: &str, a: &[String], b: &[String]| {
        for line in a.iter().filter(|line| !b.contains(line)) {
            println!("{mark}: {line}");
        }
    };
    only("limosa", ours, theirs);
    only("client", theirs, ours);
    ExitCode::FAILURE
}

async fn run_limosa(on: &On, migrations: &Migrations) -> bool {
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
        return false;
    }
    let evidence = runner.verify(on.session().await.as_mut()).await;
    for one in evidence.expect("evidence") {
        for difference in &one.differences {
            println!("verify: {difference}");
        }
    }
    true
}

/// Feeds the files to the client, one after the other, each as its author wrote it.
fn run_client(on: &On, directory: &Path, migrations: &Migrations) -> bool {
    let scripts = migrations
        .list()
        .iter()
        .filter_map(|one| one.script(on.id()));
    for path in scripts.filter_map(|script| script.path.as_ref()) {
        let output = client(on, &directory.join(path));
        if !output.status.success() {
            println!("client: {}", String::from_utf8_lossy(&output.stderr));
            return false;
        }
    }
    true
}

fn client(on: &On, path: &Path) -> Output {
    let mut command = match on {
        On::Postgres(database) => {
            let mut psql = Command::new(Server::binaries().join("psql"));
            psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
            psql.args(locks_a_table(path).then_some("--single-transaction"));
            psql.args(["-d", &database.url(), "-f"]).arg(path);
            psql
        }
        On::Sqlite(_) => {
            let mut sqlite3 = sqlite3();
            sqlite3.arg("-bail").arg(file(on));
            sqlite3.stdin(std::fs::File::open(path).expect("the file was read before"));
            sqlite3
        }
    };
    command.output().expect("the client is installed")
}

/// What psql refuses outside a transaction, and migration tools do inside one.
fn locks_a_table(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).expect("the file was read before");
    text.to_ascii_lowercase().contains("lock table")
}

fn sqlite3() -> Command {
    Command::new(std::env::var_os("SQLITE3").unwrap_or_else(|| "sqlite3".into()))
}

fn file(on: &On) -> PathBuf {
    PathBuf::from(on.url().trim_start_matches("sqlite:"))
}

/// What is in a database, without what Limosa adds and what differs with each dump.
fn dump(on: &On, rows: Rows) -> Vec<String> {
    let output = match on {
        On::Postgres(database) => {
            let mut dump = Command::new(Server::binaries().join("pg_dump"));
            dump.args(["--inserts", "--exclude-table=limosa_*"]);
            dump.args(["-d", &database.url()]);
            dump.args((rows == Rows::None).then_some("--schema-only"));
            dump.output()
        }
        On::Sqlite(_) => {
            let words = if rows == Rows::All {
                ".dump"
            } else {
                ".schema"
            };
            sqlite3().arg(file(on)).arg(words).output()
        }
    };
    let output = output.expect("the client is installed");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !is_noise(line));
    lines.map(str::to_owned).collect()
}

fn is_noise(line: &str) -> bool {
    line.is_empty() || line.starts_with("\\restrict") || line.starts_with("\\unrestrict")
}
