//! Minimal applications with three embedded migrations: crates, build, size.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::database::Databases;
use crate::tools::{Database, Tool, programs};
use crate::{Places, build, table};

pub async fn measure(places: &Places, databases: &Databases) {
    for database in Database::ALL {
        let mut rows = Vec::new();
        for tool in programs().filter(|tool| tool.runs_on(database)) {
            eprintln!("minimal, {}, {}", database.title(), tool.title);
            rows.push(one(places, databases, tool, database).await);
        }
        let head = [
            "tool",
            "unique crates",
            "clean release build, CPU s",
            "stripped, MB",
        ];
        table::print(
            &format!("Minimal application, {}", database.title()),
            &head,
            &rows,
        );
    }
}

async fn one(
    places: &Places,
    databases: &Databases,
    tool: &Tool,
    database: Database,
) -> Vec<String> {
    let name = database.name();
    let target = places
        .target
        .join("minimal")
        .join(format!("{}-{name}", tool.directory));
    let _ = fs::remove_dir_all(&target);
    // What is not there yet is fetched first: the network is not measured.
    succeed(build::cargo(places, tool, "fetch").arg("--quiet"));
    let mut command = build::cargo(places, tool, "build");
    command.args([
        "--release",
        "--offline",
        "--quiet",
        "--bin",
        "minimal",
        "--features",
        name,
    ]);
    command.arg("--target-dir").arg(&target);
    let before = cpu_of_children();
    succeed(&mut command);
    let build = cpu_of_children() - before;
    let program = target.join("release/minimal");
    let size = fs::metadata(&program).expect("it was built").len();
    let url = databases.fresh(database, "minimal").await;
    succeed(Command::new(&program).arg(&url));
    vec![
        tool.title.to_owned(),
        crates(places, tool, name).to_string(),
        format!("{build:.0}"),
        format!("{:.2}", size as f64 / 1e6),
    ]
}

/// The crates in the tree, the program itself included.
fn crates(places: &Places, tool: &Tool, feature: &str) -> usize {
    let mut command = build::cargo(places, tool, "tree");
    command.args(["--offline", "--prefix", "none", "--features", feature]);
    let output = command.output().expect("cargo can be started");
    let tree = String::from_utf8_lossy(&output.stdout);
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    lines
        .filter(|line| !line.is_empty())
        .collect::<BTreeSet<_>>()
        .len()
}

fn succeed(command: &mut Command) {
    let status = command.status().expect("it can be started");
    assert!(status.success(), "{command:?} failed");
}

/// Seconds of CPU of all processes that have ended, cargo's own included.
fn cpu_of_children() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells");
    (usage.user_time() + usage.system_time()).num_milliseconds() as f64 / 1e3
}
