//! The way back where names are used again, and where it is cut short.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::migration::Migrations;
use limosa_core::schema::Schema;
use limosa_testkit::conformance::differences;
use limosa_tests::{On, migrations, on_both};

on_both!(
    a_type_and_a_table_that_were_made_again_are_undone_one_by_one,
    a_type_and_a_table_that_were_made_again_are_undone_at_once,
    a_renaming_and_what_followed_it_are_undone,
);

const AGAIN: [&str; 4] = [
    "CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE a (id bigint PRIMARY KEY, mood mood);",
    "DROP TABLE a; DROP TYPE mood;",
    "CREATE TYPE mood AS ENUM ('sad', 'mad');",
    "CREATE TABLE a (id bigint PRIMARY KEY, other mood NOT NULL DEFAULT 'sad');
     CREATE INDEX by_other ON a (other);",
];

/// Applies them one by one. Returns the schema in front of each.
async fn up(on: &On, texts: &[&str]) -> Vec<Schema> {
    let mut before = Vec::new();
    for count in 1..=texts.len() {
        before.push(on.schema().await);
        on.run(&migrations(&texts[..count])).await.expect("it fits");
    }
    before
}

async fn back(on: &On, all: &Migrations, steps: usize) {
    let mut session = on.session().await;
    let undone = Runner::new(all)
        .rollback(session.as_mut(), &Extent::Steps(steps), Consent::Given)
        .await;
    undone.expect("it can be undone");
}

async fn is_as(on: &On, expected: &Schema) {
    let found = on.schema().await;
    let session = on.session().await;
    let all = differences(expected, &found, session.dialect());
    assert!(all.is_empty(), "{}", all.join("\n"));
}

async fn one_by_one(on: &On, texts: &[&str]) {
    let before = up(on, texts).await;
    for expected in before.iter().rev() {
        back(on, &migrations(texts), 1).await;
        is_as(on, expected).await;
    }
    on.run(&migrations(texts)).await.expect("and up again");
}

async fn a_type_and_a_table_that_were_made_again_are_undone_one_by_one(on: On) {
    one_by_one(&on, &AGAIN).await;
}

async fn a_type_and_a_table_that_were_made_again_are_undone_at_once(on: On) {
    for steps in 1..=AGAIN.len() {
        let before = up(&on, &AGAIN).await;
        back(&on, &migrations(&AGAIN), steps).await;
        // Before the first round there is nothing, before the others the same.
        is_as(&on, &before[AGAIN.len() - steps]).await;
        back(&on, &migrations(&AGAIN), AGAIN.len() - steps).await;
    }
}

async fn a_renaming_and_what_followed_it_are_undone(on: On) {
    let texts = [
        "CREATE TABLE a (id bigint PRIMARY KEY, name text);",
        "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME COLUMN name TO label;
         COMMENT ON COLUMN b.label IS 'said'; CREATE INDEX by_label ON b (label);",
        "CREATE TABLE a (id bigint PRIMARY KEY);",
    ];
    one_by_one(&on, &texts).await;
}

/// `CREATE TABLE` alone makes one key of the two.
#[tokio::test]
async fn a_table_with_two_keys_over_the_same_columns_comes_back_on_postgres() {
    let texts = [
        "CREATE TABLE a (id bigint PRIMARY KEY, n bigint UNIQUE);",
        "ALTER TABLE a ADD CONSTRAINT again UNIQUE (n), ADD CONSTRAINT key_too UNIQUE (id);",
        "DROP TABLE a;",
    ];
    one_by_one(&On::postgres().await, &texts).await;
}

/// The table that is made anew has the name that the one in its place had when that was made: its key gets
/// another one, as long as both are there.
#[tokio::test]
async fn a_table_is_made_anew_on_the_way_back_as_on_the_way_there() {
    let on = On::postgres().await;
    let anew = "CREATE TABLE anew (id integer PRIMARY KEY{});
        DROP TABLE t; ALTER TABLE anew RENAME TO t;";
    let (there, back_again) = (anew.replace("{}", ", n integer"), anew.replace("{}", ""));
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY);",
        &format!("-- migrate:up\n{there}\n-- migrate:down\n{back_again}\n"),
    ]);
    for _ in 0..3 {
        on.run(&all).await.expect("it is made anew");
        assert_eq!(on.value("SELECT count(n) FROM t").await, "0");
        back(&on, &all, 1).await;
        on.execute("INSERT INTO t VALUES (1)").await;
    }
}
