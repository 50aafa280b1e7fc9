//! Many runners at once: each migration runs once, and all of them end well.

use std::thread;

use limosa_core::engine::Runner;
use limosa_core::journal::State;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_tests::{On, migrations, on_both};

on_both!(eight_runners_share_the_work);

const RUNNERS: usize = 8;

/// Twenty, of which one doubles, and one builds an index outside a transaction.
fn twenty() -> Migrations {
    let mut texts = vec![
        "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);".to_owned(),
        "INSERT INTO accounts (id, balance) VALUES (1, 100), (2, 100);".to_owned(),
        "UPDATE accounts SET balance = balance * 2;".to_owned(),
        "CREATE INDEX CONCURRENTLY by_balance ON accounts (balance);".to_owned(),
    ];
    texts.extend((5..=20).map(|number| match number % 3 {
        0 => format!("CREATE TABLE t{number} (id bigint PRIMARY KEY);"),
        1 => format!("ALTER TABLE accounts ADD COLUMN c{number} text;"),
        _ => "UPDATE accounts SET balance = balance + 1;".to_owned(),
    }));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    migrations(&texts)
}

async fn eight_runners_share_the_work(on: On) {
    let all = twenty();
    let reports: Vec<Report> = thread::scope(|scope| {
        let runners: Vec<_> = (0..RUNNERS)
            .map(|_| scope.spawn(|| run(&on, &all)))
            .collect();
        let reports = runners.into_iter().map(|one| one.join().expect("no panic"));
        reports.collect()
    });
    let ran = reports.iter().flat_map(|report| &report.migrations);
    let mut versions: Vec<String> = ran.map(|one| one.version.to_string()).collect();
    versions.sort_by_key(|version| version.parse::<u32>().expect("a number"));
    let expected: Vec<String> = (1..=20).map(|number| number.to_string()).collect();
    assert_eq!(versions, expected, "each ran once");

    let balances = on.column("SELECT balance FROM accounts").await;
    let balance = 200 + (5..=20).filter(|number| number % 3 == 2).count();
    assert_eq!(balances, vec![Some(balance.to_string()); 2]);
    let schema = on.schema().await;
    let (_, index) = schema.index(&"by_balance".into()).expect("it is built");
    assert!(index.valid);
    let journal = on.session().await.journal().await.expect("readable");
    let entries = journal.expect("it is there").entries;
    assert_eq!(entries.len(), 20);
    assert!(entries.iter().all(|entry| entry.state == State::Applied));
}

/// One runner, on a thread and with a session of its own.
fn run(on: &On, all: &Migrations) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let mut session = on.session().await;
        let report = Runner::new(all).run(session.as_mut()).await;
        report.expect("all runners end well")
    })
}
