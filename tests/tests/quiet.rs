//! A start with nothing pending: one question, one answer, and nothing that needs a right to write.

use limosa_core::engine::Runner;
use limosa_core::report::Outcome;
use limosa_postgres::Postgres;
use limosa_sqlite::{Mode, Sqlite};
use limosa_testkit::postgres::Server;
use limosa_testkit::proxy::{Proxy, Side};
use limosa_tests::{On, migrations};

const CHAIN: [&str; 3] = [
    "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);",
    "INSERT INTO accounts (id, balance) VALUES (1, 100);",
    "CREATE INDEX CONCURRENTLY accounts_balance ON accounts (balance);",
];

/// A database on which the chain is applied.
async fn applied(on: On) -> On {
    on.run(&migrations(&CHAIN)).await.expect("it is applied");
    on
}

#[tokio::test]
async fn one_round_trip() {
    let on = applied(On::postgres().await).await;
    let server = Server::shared().await.port();
    let proxy = Proxy::start(server, None).await;
    let (direct, way) = (format!(":{server}/"), format!(":{}/", proxy.port()));
    let url = on.url().replace(&direct, &way);
    let chain = migrations(&CHAIN);
    let mut session = Postgres::connect(&url).await.expect("it connects");
    let (turns, sent) = (proxy.turns(), proxy.passed(Side::Client));
    let report = Runner::new(&chain).run(&mut session).await;
    assert_eq!(report.expect("it is read").outcome, Outcome::UpToDate);
    assert_eq!(proxy.turns() - turns, 1);
    // One query of the simple protocol, and no other message.
    let sent = proxy.passed(Side::Client) - sent;
    assert!(sent < 2000, "{sent} bytes");
}

/// The role has all rights; its sessions may not write.
#[tokio::test]
async fn a_read_only_session() {
    let on = applied(On::postgres().await).await;
    on.execute(&format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        on.value("SELECT current_database()").await
    ))
    .await;
    let report = on.run(&migrations(&CHAIN)).await;
    assert_eq!(
        report.expect("nothing is written").outcome,
        Outcome::UpToDate
    );
    let failure = on
        .run(&migrations(
            &[&CHAIN[..], &["CREATE TABLE t (a int);"]].concat(),
        ))
        .await;
    let text = failure.expect_err("it cannot write").to_string();
    assert!(text.contains("read-only"), "{text}");
}

#[tokio::test]
async fn a_lock_on_a_table_is_not_waited_for() {
    let on = applied(On::postgres().await).await;
    let On::Postgres(database) = &on else {
        unreachable!("made so")
    };
    let writer = database.client().await;
    let hold = "BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE;
        INSERT INTO accounts VALUES (2, 2)";
    writer.batch_execute(hold).await.expect("it holds them");
    let report = on.run(&migrations(&CHAIN)).await;
    assert_eq!(report.expect("it is read").outcome, Outcome::UpToDate);
}

#[tokio::test]
async fn a_writer_of_the_same_file_is_not_waited_for() {
    let on = applied(On::sqlite()).await;
    let writer = rusqlite::Connection::open(on.url().trim_start_matches("sqlite:"));
    let writer = writer.expect("the file opens");
    let write = "BEGIN IMMEDIATE; INSERT INTO accounts VALUES (2, 2)";
    writer.execute_batch(write).expect("it writes");
    let report = on.run(&migrations(&CHAIN)).await;
    assert_eq!(report.expect("it is read").outcome, Outcome::UpToDate);
}

#[tokio::test]
async fn a_file_that_is_opened_for_reading() {
    let on = applied(On::sqlite()).await;
    let mut session = Sqlite::open(&on.url(), Mode::ReadOnly).expect("the file opens");
    let chain = migrations(&CHAIN);
    let report = Runner::new(&chain).run(&mut session).await;
    assert_eq!(report.expect("it is read").outcome, Outcome::UpToDate);
}
