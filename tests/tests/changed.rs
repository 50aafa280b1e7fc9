//! Files that are not as they were when they were applied.

use std::path::Path;

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::plan::OutOfOrder;
use limosa_core::report::Outcome;
use limosa_tests::{On, on_both};
use tempfile::TempDir;

on_both!(
    what_means_the_same_is_the_same,
    what_means_something_else_is_refused,
    a_lower_version_is_refused_unless_allowed,
    a_file_that_is_gone_is_told,
);

const ACCOUNTS: &str = "-- The accounts.\n\
    CREATE TABLE accounts (\n  id bigint PRIMARY KEY,\n  name text DEFAULT 'a  B'\n);\n\
    INSERT INTO accounts (id) VALUES (1);\n";

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(name), text).expect("a file");
}

/// One file of this text.
fn one(text: &str) -> Migrations {
    let directory = TempDir::new().expect("a directory");
    write(directory.path(), "1_accounts.sql", text);
    limosa_sql::read_dir(directory.path()).expect("migrations")
}

async fn what_means_the_same_is_the_same(on: On) {
    on.run(&one(ACCOUNTS)).await.expect("it is applied");
    for (what, text) in [
        ("line ends", ACCOUNTS.replace('\n', "\r\n")),
        ("a comment", ACCOUNTS.replace("The accounts", "Who pays")),
        ("no comment", ACCOUNTS.replace("-- The accounts.\n", "")),
        ("white space", ACCOUNTS.replace("  id", "\t\tid")),
        ("case", ACCOUNTS.replace("CREATE TABLE", "create table")),
        ("a mark", format!("\u{feff}{ACCOUNTS}")),
        (
            "the end",
            ACCOUNTS.trim_end().trim_end_matches(';').to_owned(),
        ),
    ] {
        assert_ne!(text, ACCOUNTS, "{what}");
        let report = on.run(&one(&text)).await.expect(what);
        assert_eq!(report.outcome, Outcome::UpToDate, "{what}");
    }
}

async fn what_means_something_else_is_refused(on: On) {
    on.run(&one(ACCOUNTS)).await.expect("it is applied");
    for (what, text) in [
        ("a type", ACCOUNTS.replace("bigint", "integer")),
        ("white space in a literal", ACCOUNTS.replace("a  B", "a B")),
        ("case in a literal", ACCOUNTS.replace("a  B", "a  b")),
        ("a row", ACCOUNTS.replace("VALUES (1)", "VALUES (2)")),
        ("one more statement", format!("{ACCOUNTS}SELECT 1;")),
        (
            "one statement less",
            ACCOUNTS.replace("INSERT INTO accounts (id) VALUES (1);", ""),
        ),
    ] {
        let before = on.column("SELECT version FROM limosa_journal").await;
        let failure = on.run(&one(&text)).await.expect_err(what);
        assert!(
            matches!(failure.error, Error::Changed { .. }),
            "{what}: {failure}"
        );
        assert_eq!(
            on.column("SELECT version FROM limosa_journal").await,
            before
        );
    }
}

async fn a_lower_version_is_refused_unless_allowed(on: On) {
    let directory = TempDir::new().expect("a directory");
    let read = || limosa_sql::read_dir(directory.path()).expect("migrations");
    write(directory.path(), "1_a.sql", "CREATE TABLE a (id bigint);");
    write(directory.path(), "3_c.sql", "CREATE TABLE c (id bigint);");
    on.run(&read()).await.expect("they are applied");
    write(directory.path(), "2_b.sql", "CREATE TABLE b (id bigint);");
    let all = read();
    let failure = on.run(&all).await.expect_err("it is below the last one");
    assert!(
        matches!(failure.error, Error::OutOfOrder { .. }),
        "{failure}"
    );
    assert_eq!(on.value("SELECT count(*) FROM limosa_journal").await, "2");
    let allowed = Runner::new(&all).out_of_order(OutOfOrder::Allow);
    let report = allowed.run(on.session().await.as_mut()).await;
    assert_eq!(report.expect("it is allowed").migrations.len(), 1);
    let report = on.run(&all).await.expect("all are applied");
    assert_eq!(report.outcome, Outcome::UpToDate);
}

async fn a_file_that_is_gone_is_told(on: On) {
    let directory = TempDir::new().expect("a directory");
    let read = || limosa_sql::read_dir(directory.path()).expect("migrations");
    write(directory.path(), "1_a.sql", "CREATE TABLE a (id bigint);");
    write(directory.path(), "2_b.sql", "CREATE TABLE b (id bigint);");
    on.run(&read()).await.expect("they are applied");
    std::fs::remove_file(directory.path().join("1_a.sql")).expect("it is there");
    let report = on.run(&read()).await.expect("it is no error");
    assert_eq!(report.gone, ["1".into()]);
    write(directory.path(), "3_c.sql", "CREATE TABLE c (id bigint);");
    let report = on.run(&read()).await.expect("nor with something pending");
    assert_eq!(
        (report.gone, report.migrations.len()),
        (vec!["1".into()], 1)
    );
}
