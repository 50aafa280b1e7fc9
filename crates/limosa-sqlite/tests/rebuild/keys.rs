//! Keys and other constraints that come, go, or are referred to.

use limosa_core::migration::Migrations;
use limosa_sql::Language;

use crate::change::{changed, migration, refused, run, words};
use crate::common::{execute, value};

#[test]
fn keys_come_and_go() {
    let mut session = changed(
        "CREATE TABLE t (a INTEGER, b TEXT, UNIQUE (b), CHECK (a > 0)); INSERT INTO t VALUES (1, 'x'), (5, 'y')",
        "ALTER TABLE t ADD PRIMARY KEY (a); ALTER TABLE t DROP CONSTRAINT t_b_key; \
         ALTER TABLE t DROP CONSTRAINT t_a_check",
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(rowid) FROM t"),
        "1,5"
    );
    let text = words(&mut session, "t");
    assert!(
        !text.contains("UNIQUE") && !text.contains("CHECK"),
        "{text}"
    );
    let mut session = changed(
        "CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY, b TEXT); INSERT INTO t VALUES (3, 'x')",
        "ALTER TABLE t DROP CONSTRAINT k",
    );
    assert_eq!(value(&mut session, "SELECT a FROM t"), "3");
    refused(
        "CREATE TABLE t (a INTEGER, b TEXT, PRIMARY KEY (a, b))",
        "ALTER TABLE t ALTER COLUMN a DROP NOT NULL; ALTER TABLE t DROP CONSTRAINT t_pkey",
        &["column t.a is in the primary key"],
    );
}

#[test]
fn what_foreign_keys_refer_to_stays() {
    let tables = "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE, l TEXT, m TEXT); \
        CREATE UNIQUE INDEX by_l ON p (l); \
        CREATE TABLE c (p INTEGER REFERENCES p, k TEXT REFERENCES p (k), l TEXT REFERENCES p (l)); \
        INSERT INTO p VALUES (1, 'a', 'b', 'c'); INSERT INTO c VALUES (1, 'a', 'b');";
    for change in [
        "ALTER TABLE p DROP COLUMN id",
        "ALTER TABLE p DROP CONSTRAINT p_pkey",
        "ALTER TABLE p DROP CONSTRAINT p_k_key",
        "DROP INDEX by_l",
    ] {
        refused(tables, change, &[]);
    }
    let mut session = changed(tables, "ALTER TABLE p DROP COLUMN m");
    execute(&mut session, &["INSERT INTO c VALUES (1, 'a', 'b')"]);
    // What refers to itself all around goes, and what is left loses its foreign key.
    let circle = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b); \
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a); \
        INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (2, 1);";
    let mut session = changed(circle, "DROP TABLE a CASCADE");
    assert_eq!(value(&mut session, "SELECT a FROM b"), "1");
}

#[test]
fn a_constraint_that_was_renamed_goes_with_its_column() {
    let mut session = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER CONSTRAINT fk REFERENCES t); INSERT INTO t VALUES (1, 1)",
        "ALTER TABLE t RENAME CONSTRAINT fk TO other",
    );
    let mut next = migration("ALTER TABLE t DROP COLUMN p", Language::Postgres).list()[0].clone();
    next.version = "2".into();
    let first = migration(
        "ALTER TABLE t RENAME CONSTRAINT fk TO other",
        Language::Postgres,
    );
    let both = Migrations::new(vec![first.list()[0].clone(), next]).unwrap();
    run(&mut session, &both).unwrap();
    assert_eq!(value(&mut session, "SELECT count(*) FROM t"), "1");
}
