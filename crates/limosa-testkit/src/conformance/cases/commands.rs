//! `run`: what commands do, and what a failure leaves behind.

use std::time::{Duration, Instant};

use limosa_core::error::Kind;
use limosa_core::migrator::{Command, Foreign, Limits, Migrator};
use limosa_core::name::ObjectName;

use super::super::Setup;
use super::super::walk::{inspect, run};

const BEGIN: Command<'_> = Command::Begin(Foreign::Enforced);

async fn holds(session: &mut dyn Migrator, table: &str) -> bool {
    inspect(session)
        .await
        .table(&ObjectName::new(table))
        .is_some()
}

/// The count of done commands, the clock until then, a message; what follows is not run.
pub async fn a_failure_tells_what_was_done(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let commands = [
        Command::Execute("CREATE TABLE a (a integer)"),
        Command::Clock,
        Command::Execute("SELECT 1 FROM nowhere"),
        Command::Execute("CREATE TABLE b (a integer)"),
    ];
    let interrupted = session
        .run(&commands)
        .await
        .expect_err("nowhere is no table");
    assert_eq!((interrupted.done, interrupted.clock.len()), (2, 1));
    assert!(
        interrupted.error.message.contains("nowhere"),
        "{}",
        interrupted.error
    );
    assert!(!interrupted.error.is_connection_lost());
    assert!(holds(&mut *session, "a").await && !holds(&mut *session, "b").await);
}

/// After a failure the transaction is there for a savepoint to save.
pub async fn a_failure_leaves_the_transaction_open(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let commands = [
        BEGIN,
        Command::Execute("CREATE TABLE a (a integer)"),
        Command::Savepoint(1),
        Command::Execute("CREATE TABLE b (a integer)"),
        Command::Execute("SELECT 1 FROM nowhere"),
        Command::Commit,
    ];
    let interrupted = session
        .run(&commands)
        .await
        .expect_err("nowhere is no table");
    assert_eq!(interrupted.done, 4);
    run(&mut *session, &[Command::RollbackTo(1), Command::Commit]).await;
    assert!(holds(&mut *session, "a").await && !holds(&mut *session, "b").await);
}

/// Released savepoints keep, rolled back ones undo, numbers may be used again.
pub async fn savepoints_undo_and_keep(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let commands = [
        BEGIN,
        Command::Savepoint(1),
        Command::Execute("CREATE TABLE a (a integer)"),
        Command::Release(1),
        Command::Savepoint(2),
        Command::Execute("CREATE TABLE b (a integer)"),
        Command::RollbackTo(2),
        Command::Execute("CREATE TABLE c (a integer)"),
        Command::Release(2),
        Command::Savepoint(1),
        Command::Release(1),
        Command::Commit,
    ];
    run(&mut *session, &commands).await;
    let found = inspect(&mut *session).await;
    let mut names: Vec<_> = found
        .tables
        .iter()
        .map(|table| table.name.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "c"]);
}

/// Rolling back is always possible, and the session goes on.
pub async fn rolling_back_without_a_transaction_succeeds(setup: &dyn Setup) {
    let mut session = setup.session().await;
    run(&mut *session, &[Command::Rollback, Command::Rollback]).await;
    run(
        &mut *session,
        &[BEGIN, Command::Rollback, Command::Rollback],
    )
    .await;
    run(
        &mut *session,
        &[Command::Execute("CREATE TABLE a (a integer)")],
    )
    .await;
    assert!(holds(&mut *session, "a").await);
}

/// The clock does not go back, moves within a transaction, and counts in microseconds.
pub async fn the_clock_is_monotonic(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let first = run(&mut *session, &[BEGIN, Command::Clock]).await;
    session.sleep(Duration::from_millis(30)).await;
    let second = run(
        &mut *session,
        &[Command::Clock, Command::Commit, Command::Clock],
    )
    .await;
    let passed = second[0] - first[0];
    assert!(
        (20_000..60_000_000).contains(&passed),
        "{passed} microseconds"
    );
    assert!(second[1] >= second[0]);
    let year_2020 = 1_577_836_800_000_000;
    assert!(first[0] > year_2020, "{} is long ago", first[0]);
}

/// One reading for each command, in order.
pub async fn clock_readings_come_in_order(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let readings = run(
        &mut *session,
        &[Command::Clock, Command::Clock, Command::Clock],
    )
    .await;
    assert_eq!(readings.len(), 3);
    assert!(readings.is_sorted());
    assert!(run(&mut *session, &[]).await.is_empty());
}

/// Waiting for another session's lock ends, and says so.
pub async fn a_lock_wait_is_limited(setup: &dyn Setup) {
    let (mut holder, mut waiter) = (setup.session().await, setup.session().await);
    run(
        &mut *holder,
        &[Command::Execute("CREATE TABLE a (a integer)")],
    )
    .await;
    run(
        &mut *holder,
        &[
            BEGIN,
            Command::Execute("ALTER TABLE a ADD COLUMN b integer"),
        ],
    )
    .await;
    let limits = Limits {
        lock: Some(Duration::from_millis(100)),
        statement: None,
    };
    let alter = Command::Execute("ALTER TABLE a ADD COLUMN c integer");
    let since = Instant::now();
    let answer = waiter
        .run(&[BEGIN, Command::Limit(limits), alter.clone()])
        .await;
    let interrupted = answer.expect_err("the table is locked");
    assert_eq!(
        interrupted.error.kind,
        Kind::LockTimeout,
        "{}",
        interrupted.error
    );
    assert!(since.elapsed() < Duration::from_secs(30));
    run(&mut *waiter, &[Command::Rollback]).await;
    run(&mut *holder, &[Command::Rollback]).await;
    run(&mut *waiter, &[BEGIN, alter, Command::Commit]).await;
}

/// Rows as text, NULL as none, no rows as none.
pub async fn a_query_gives_text_and_nulls(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let rows = session
        .query("SELECT 7, 'it''s', NULL")
        .await
        .expect("query");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(rows, [[text("7"), text("it's"), None]]);
    let rows = session.query("SELECT 1 WHERE 1 = 0").await.expect("query");
    assert!(rows.is_empty());
    assert!(session.query("SELECT 1 FROM nowhere").await.is_err());
    assert!(
        session.query("SELECT 1").await.is_ok(),
        "the session goes on"
    );
}
