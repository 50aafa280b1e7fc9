//! The lock among runners, with real processes.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use common::{entry, execute, open, run, value};
use limosa_core::error::Kind;
use limosa_core::migrator::{Command, Foreign, Lock, Migrator};
use limosa_sqlite::{Background, Mode, Sqlite, block_on};

const MIGRATIONS: u32 = 20;
const DATABASE: &str = "LIMOSA_TEST_DATABASE";

/// Starts this test binary again, to run one of the tests below that are roles of other processes.
fn spawn(role: &str, database: &Path) -> Child {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", role, "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn database() -> std::path::PathBuf {
    std::env::var_os(DATABASE)
        .expect("started by another test")
        .into()
}

#[test]
#[ignore = "a role in another process"]
fn role_apply_all() {
    let mut session = open(&database());
    while block_on(session.try_lock()).unwrap() != Lock::Acquired {
        std::thread::sleep(Duration::from_millis(1));
    }
    let journal = block_on(session.journal()).unwrap().unwrap_or_default();
    for number in 1..=MIGRATIONS {
        let entry = entry(&number.to_string());
        if journal.is_applied(&entry.version) {
            continue;
        }
        let seed = format!("INSERT INTO seed VALUES ({number})");
        let commands = [
            Command::Begin(Foreign::Enforced),
            Command::Execute("CREATE TABLE IF NOT EXISTS seed (n INTEGER)"),
            Command::Execute(&seed),
            Command::CreateJournal,
            Command::Record(vec![(entry, None)]),
            Command::Commit,
        ];
        run(&mut session, &commands).unwrap();
    }
    block_on(session.unlock()).unwrap();
}

#[test]
#[ignore = "a role in another process"]
fn role_hold() {
    let mut session = open(&database());
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    let commands = [
        Command::Begin(Foreign::Enforced),
        Command::Execute("CREATE TABLE half (a)"),
    ];
    run(&mut session, &commands).unwrap();
    println!("\nlocked");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn each_migration_runs_once_however_many_start_together() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        execute(
            &mut open(&path),
            &[&format!("PRAGMA journal_mode = {mode}")],
        );
        let children: Vec<Child> = (0..8).map(|_| spawn("role_apply_all", &path)).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{mode}: {output:?}");
        }
        let mut session = open(&path);
        assert_eq!(value(&mut session, "SELECT count(*) FROM seed"), "20");
        let distinct = "SELECT count(DISTINCT n) FROM seed";
        assert_eq!(value(&mut session, distinct), "20");
        assert_no_debris(directory.path());
    }
}

#[cfg(unix)]
#[track_caller]
fn assert_no_debris(directory: &Path) {
    let names = std::fs::read_dir(directory).unwrap();
    for name in names.map(|entry| entry.unwrap().file_name()) {
        assert!(
            !name.to_string_lossy().contains("limosa"),
            "{}",
            name.display()
        );
    }
}

#[cfg(not(unix))]
fn assert_no_debris(_: &Path) {}

#[test]
fn a_killed_holder_hinders_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut child = spawn("role_hold", &path);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "locked"));
    let mut session = open(&path);
    let Lock::Held(Some(holder)) = block_on(session.try_lock()).unwrap() else {
        panic!("locked by another process");
    };
    assert_eq!(holder.process, Some(i64::from(child.id())));
    assert!(holder.application.is_some() && holder.since.is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    let half = "SELECT count(*) FROM sqlite_schema";
    assert_eq!(value(&mut session, half), "0", "the transaction is undone");
    drop(session);
    assert_no_debris(directory.path());
}

#[test]
fn sessions_of_one_process_exclude_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let (mut first, mut second) = (open(&path), open(&path));
    assert_eq!(block_on(first.try_lock()).unwrap(), Lock::Acquired);
    assert_eq!(block_on(first.try_lock()).unwrap(), Lock::Acquired);
    assert!(matches!(
        block_on(second.try_lock()).unwrap(),
        Lock::Held(Some(_))
    ));
    block_on(first.unlock()).unwrap();
    block_on(first.unlock()).unwrap();
    assert_eq!(block_on(second.try_lock()).unwrap(), Lock::Acquired);
    drop(second);
    assert_eq!(block_on(first.try_lock()).unwrap(), Lock::Acquired);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_database_is_the_same_database() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (directory.path().join("a.db"), directory.path().join("b.db"));
    let mut first = open(&path);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let mut second = open(&link);
    assert_eq!(block_on(first.try_lock()).unwrap(), Lock::Acquired);
    assert!(matches!(
        block_on(second.try_lock()).unwrap(),
        Lock::Held(_)
    ));
}

#[test]
fn the_lock_and_an_open_transaction_block_no_reader() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let mut session = open(&path);
        execute(&mut session, &[&format!("PRAGMA journal_mode = {mode}")]);
        execute(&mut session, &["CREATE TABLE t (a)"]);
        assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
        let commands = [
            Command::Begin(Foreign::Enforced),
            Command::Execute("INSERT INTO t VALUES (1)"),
        ];
        run(&mut session, &commands).unwrap();
        let mut reader = Sqlite::open(path.to_str().unwrap(), Mode::ReadOnly).unwrap();
        assert_eq!(value(&mut reader, "SELECT count(*) FROM t"), "0");
        run(&mut session, &[Command::Commit]).unwrap();
        assert_eq!(value(&mut reader, "SELECT count(*) FROM t"), "1");
    }
}

#[test]
fn a_plan_is_not_carried_out_on_another_state() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let (mut session, mut other) = (open(&path), open(&path));
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    execute(&mut other, &["CREATE TABLE surprise (a)"]);
    let commands = [
        Command::Begin(Foreign::Off),
        Command::Execute("CREATE TABLE t (a)"),
        Command::Commit,
    ];
    let error = run(&mut session, &commands).unwrap_err();
    assert_eq!(error.kind, Kind::Transient, "{error}");
    assert!(session.connection().is_autocommit());
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
    block_on(session.unlock()).unwrap();
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    run(&mut session, &commands).unwrap();
    run(&mut session, &[Command::Execute("CREATE TABLE own (a)")]).unwrap();
    run(
        &mut session,
        &[Command::Begin(Foreign::Enforced), Command::Rollback],
    )
    .unwrap();
}

#[test]
fn rows_of_others_are_no_other_state() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let (mut session, mut other) = (open(&path), open(&path));
    execute(&mut other, &["CREATE TABLE t (a)"]);
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    execute(&mut other, &["INSERT INTO t VALUES (1)"]);
    run(
        &mut session,
        &[Command::Begin(Foreign::Enforced), Command::Commit],
    )
    .unwrap();
}

#[test]
fn another_runners_journal_is_another_state() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let (mut session, mut other) = (open(&path), open(&path));
    run(&mut session, &[Command::CreateJournal]).unwrap();
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    run(&mut other, &[Command::Record(vec![(entry("1"), None)])]).unwrap();
    let error = run(&mut session, &[Command::Begin(Foreign::Enforced)]).unwrap_err();
    assert_eq!(error.kind, Kind::Transient, "{error}");
}

#[test]
fn databases_in_memory_are_locked_by_their_session() {
    let mut session = Sqlite::in_memory().unwrap();
    assert_eq!(block_on(session.try_lock()).unwrap(), Lock::Acquired);
    block_on(session.unlock()).unwrap();
}

#[test]
fn a_database_that_cannot_be_written_cannot_be_locked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    execute(&mut open(&path), &["CREATE TABLE t (a)"]);
    let mut session = Sqlite::open(path.to_str().unwrap(), Mode::ReadOnly).unwrap();
    let error = block_on(session.try_lock()).unwrap_err();
    assert_eq!(error.kind, Kind::Permission, "{error}");
}

#[tokio::test(flavor = "current_thread")]
async fn a_dropped_call_leaves_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut session = Background::open(path.to_str().unwrap(), Mode::Create)
        .await
        .unwrap();
    assert_eq!(session.try_lock().await.unwrap(), Lock::Acquired);
    let slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) \
                SELECT count(*) FROM n";
    let commands = [Command::Begin(Foreign::Enforced), Command::Execute(slow)];
    let ran = tokio::select! {
        biased;
        _ = session.run(&commands) => true,
        () = tokio::task::yield_now() => false,
    };
    assert!(!ran, "dropped while it runs");
    let error = session.journal().await.unwrap_err();
    assert!(error.is_connection_lost(), "{error}");
    let mut other = open(&path);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while block_on(other.try_lock()).unwrap() != Lock::Acquired {
        assert!(std::time::Instant::now() < deadline, "still locked");
        std::thread::sleep(Duration::from_millis(5));
    }
    run(
        &mut other,
        &[Command::Begin(Foreign::Enforced), Command::Commit],
    )
    .unwrap();
}
