//! The migrations that are interrupted, and what an undisturbed run leaves.

use limosa_core::checksum::Checksum;
use limosa_core::journal::State;
use limosa_core::migration::Migrations;
use limosa_core::schema::Schema;
use limosa_tests::{On, migrations};

/// What is there before: tables that others use, with some thousand rows.
const BEFORE: [&str; 2] = [
    "CREATE TABLE digits (n bigint PRIMARY KEY);
     INSERT INTO digits (n) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);",
    "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);
     INSERT INTO accounts (id, balance)
     SELECT a.n + 10 * b.n + 100 * c.n, 100 FROM digits a CROSS JOIN digits b CROSS JOIN digits c;",
];

/// What is interrupted: transactions of their own, steps outside any, and migrations in parts.
const AFTER: [&str; 8] = [
    "ALTER TABLE accounts ADD COLUMN note text;",
    "UPDATE accounts SET balance = balance * 2;",
    "CREATE INDEX CONCURRENTLY by_balance ON accounts (balance);",
    "UPDATE accounts SET balance = balance + 1;
     CREATE INDEX CONCURRENTLY by_note ON accounts (note);
     UPDATE accounts SET balance = balance + 10;",
    "ALTER TABLE accounts RENAME COLUMN note TO remark;",
    "CREATE TABLE log (id bigint PRIMARY KEY, balance bigint);
     INSERT INTO log (id, balance) SELECT id, balance FROM accounts WHERE id < 10;",
    "CREATE TYPE mood AS ENUM ('glad');",
    "ALTER TYPE mood ADD VALUE 'sad';
     CREATE TABLE moods (id bigint PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');
     INSERT INTO moods (id) VALUES (1);",
];

/// Everything that must be the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Left {
    schema: Schema,
    rows: Vec<Vec<Option<String>>>,
    journal: Vec<(String, State, Checksum, u32, u32)>,
}

pub(crate) fn all() -> Migrations {
    let texts: Vec<&str> = BEFORE.iter().chain(&AFTER).copied().collect();
    migrations(&texts)
}

pub(crate) async fn prepare(on: &On) {
    on.run(&migrations(&BEFORE)).await.expect("they fit");
}

/// Runs what is left, and looks.
pub(crate) async fn finish(on: &On) -> Left {
    on.run(&all()).await.expect("the rest is done");
    let journal = on.session().await.journal().await.expect("readable");
    let entries = journal.expect("it is there").entries.into_iter();
    let mut rows = Vec::new();
    for query in [
        "SELECT balance FROM accounts ORDER BY id",
        "SELECT balance FROM log ORDER BY id",
        "SELECT mood FROM moods ORDER BY id",
    ] {
        rows.push(on.column(query).await);
    }
    Left {
        schema: on.schema().await,
        rows,
        journal: entries
            .map(|one| {
                let version = one.version.to_string();
                (version, one.state, one.checksum, one.steps, one.done)
            })
            .collect(),
    }
}

/// What an undisturbed run leaves.
pub(crate) async fn undisturbed(on: &On) -> Left {
    prepare(on).await;
    let state = finish(on).await;
    assert_eq!(state.rows[0], vec![Some("211".to_owned()); 1000]);
    assert_eq!(state.rows[1].len(), 10);
    assert_eq!(state.rows[2], [Some("sad".to_owned())]);
    state
}

/// How many databases to kill runs on: a tenth of `PROPTEST_CASES`, else a dozen.
pub(crate) fn kills() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.map_or(12, |text| text.parse::<u32>().expect("a number") / 10 + 12)
}
