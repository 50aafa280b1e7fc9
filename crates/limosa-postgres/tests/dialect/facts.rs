//! Which transaction an operation needs, and which tables it locks.

use limosa_core::dialect::{Dialect, Transaction};
use limosa_core::operation::{Commented, Operation, Source, TableChange};
use limosa_core::schema::{Constraint, ForeignKey, Index, Table};
use limosa_postgres::PostgresDialect;

use crate::compiled::{add_label, alter, create, create_index, drop_index, insert, sql, trigger};

#[track_caller]
fn check_transaction(text: &str, expected: Transaction) {
    assert_eq!(PostgresDialect.transaction(&sql(text)), expected, "{text}");
}

#[test]
fn statements_and_transactions() {
    for text in [
        "VACUUM",
        "/* a */ vacuum (full) t",
        "CREATE DATABASE a",
        "-- x\nDROP DATABASE a",
        "ALTER DATABASE a SET TABLESPACE b",
        "CREATE TABLESPACE a LOCATION 'b'",
        "DROP TABLESPACE a",
        "ALTER SYSTEM SET a = 1",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY) TABLE t",
        "REINDEX SCHEMA s",
        "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        "CLUSTER",
    ] {
        check_transaction(text, Transaction::Outside);
    }
    for text in [
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "REINDEX TABLE t",
        "CREATE INDEX \"CONCURRENTLY\" ON t (a)",
        "CLUSTER t USING i",
        "ALTER DATABASE a SET work_mem = 1",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'VACUUM'",
        "",
    ] {
        check_transaction(text, Transaction::Inside);
    }
    check_transaction(
        "ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'x'",
        Transaction::Last,
    );
    check_transaction("ALTER TYPE e RENAME TO f", Transaction::Inside);
    assert_eq!(
        PostgresDialect.transaction(&add_label(None)),
        Transaction::Last
    );
    assert_eq!(
        PostgresDialect.transaction(&drop_index(true)),
        Transaction::Outside
    );
    assert_eq!(
        PostgresDialect.transaction(&drop_index(false)),
        Transaction::Inside
    );
}

#[track_caller]
fn check_locks(operation: &Operation, expected: &[&str]) {
    let found = PostgresDialect.locks(operation);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{operation:?}");
}

#[test]
fn locked_tables() {
    let reference = |table: &str| {
        Constraint::ForeignKey(ForeignKey::new(vec!["a".into()], table.into(), vec![]))
    };
    let mut table = Table::new("t".into());
    table.constraints = vec![reference("o"), reference("t"), reference("o")].into();
    check_locks(&create(table), &["o"]);
    check_locks(
        &alter(TableChange::AddConstraint {
            constraint: reference("o").into(),
            using_index: None,
            if_not_exists: false,
        }),
        &["t", "o"],
    );
    check_locks(
        &alter(TableChange::ValidateConstraint { name: "c".into() }),
        &[],
    );
    check_locks(
        &create_index(Index::on_columns("i", ["a"]), false),
        &["s.t"],
    );
    check_locks(&create_index(Index::on_columns("i", ["a"]), true), &[]);
    check_locks(&trigger("postgres"), &["t"]);
    check_locks(
        &Operation::Comment {
            on: Commented::Table("t".into()),
            text: None,
        },
        &[],
    );
    check_locks(&insert(Source::Defaults, None), &[]);
    check_locks(&add_label(None), &[]);
}
