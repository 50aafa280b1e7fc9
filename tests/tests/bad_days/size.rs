//! Files that are too large, too many, or no text.

use std::path::Path;

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::report::Outcome;
use limosa_tests::{On, migrations, on_both};
use tempfile::TempDir;

use crate::cases;

on_both!(
    a_file_of_50_megabytes,
    a_statement_of_many_megabytes,
    a_mark_at_the_beginning_is_no_part_of_the_text,
);

const MEGABYTE: usize = 1 << 20;

/// Of migration 1.
fn text_of(directory: &Path) -> std::path::PathBuf {
    let one = directory.join("1_one");
    std::fs::create_dir_all(&one).expect("a directory");
    one.join("migration.sql")
}

async fn a_file_of_50_megabytes(on: On) {
    let line = format!("INSERT INTO words VALUES ('{}');\n", "w".repeat(64 << 10));
    let count = 50 * MEGABYTE / line.len() + 1;
    let text = format!("CREATE TABLE words (word text);\n{}", line.repeat(count));
    assert!(text.len() >= 50 * MEGABYTE);
    let report = on.run(&migrations(&[&text])).await.expect("it is applied");
    assert_eq!(report.migrations[0].steps.len(), count + 1);
    assert_eq!(
        on.value("SELECT count(*) FROM words").await,
        count.to_string()
    );
}

async fn a_statement_of_many_megabytes(on: On) {
    // The lexer goes through it once in any case; ten times as much is for `just soak`.
    let megabytes = if cases(0) > 0 { 50 } else { 5 };
    let word = "it''s ; -- long ".repeat(megabytes * MEGABYTE / 16 + 1);
    let text = format!("CREATE TABLE words (word text); INSERT INTO words VALUES ('{word}');");
    on.run(&migrations(&[&text])).await.expect("it is applied");
    let length = (word.len() - word.len() / 16).to_string();
    assert_eq!(on.value("SELECT length(word) FROM words").await, length);
}

/// Some editors write one, and `psql` too skips it.
async fn a_mark_at_the_beginning_is_no_part_of_the_text(on: On) {
    let text = "CREATE TABLE a (id integer);";
    on.run(&migrations(&[&format!("\u{feff}{text}")]))
        .await
        .expect("it is applied");
    assert!(on.schema().await.table(&"a".into()).is_some());
    let report = on
        .run(&migrations(&[text]))
        .await
        .expect("it is the same text");
    assert_eq!(report.outcome, Outcome::UpToDate);
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    #[track_caller]
    fn check(text: &[u8], reason: &str, line: u32) {
        let directory = TempDir::new().expect("a directory");
        let path = text_of(directory.path());
        std::fs::write(&path, text).expect("a file");
        let error = limosa_sql::read_dir(directory.path()).expect_err("no text");
        assert!(error.reason().contains(reason), "{error}");
        assert_eq!(error.line(), Some(line), "{error}");
        assert_eq!(error.path(), Some(path.as_path()));
        assert!(error.help().is_some(), "{error}");
    }
    check(b"SELECT 1;\nSELECT '\xff\xfe';", "not UTF-8", 2);
    check(b"\xff\xfeS\0E\0L\0E\0C\0T\0", "not UTF-8", 1);
    check(
        b"CREATE TABLE a (id int);\n\n-- Gr\xf6\xdfe\n",
        "not UTF-8",
        3,
    );
    check(b"SELECT 1;\n\nSELECT '\0';", "NUL", 3);
    check(b"SELECT 1;\0", "NUL", 1);
    check(b"S\0E\0L\0E\0C\0T\0 \0\x31\0;\0", "NUL", 1);
}

/// Not even with a text that is half read: nothing of it is run.
#[tokio::test]
async fn nothing_of_a_directory_is_run_if_a_file_cannot_be_read() {
    let on = On::sqlite();
    let directory = TempDir::new().expect("a directory");
    std::fs::write(text_of(directory.path()), "CREATE TABLE a (id integer);").expect("a file");
    let two = directory.path().join("2_two");
    std::fs::create_dir(&two).expect("a directory");
    std::fs::write(
        two.join("migration.sql"),
        b"CREATE TABLE b (id integer); -- \xff",
    )
    .expect("a file");
    limosa_sql::read_dir(directory.path()).expect_err("no text");
    std::fs::write(two.join("migration.sql"), b"CREATE TABLE b (id integer);").expect("a file");
    let all = limosa_sql::read_dir(directory.path()).expect("put right");
    on.run(&all).await.expect("it is applied");
    assert_eq!(on.schema().await.tables.len(), 2);
}

/// More than anybody has; in one go, once more, and some of them back.
async fn many(on: On, count: usize) {
    let mut texts = vec!["CREATE TABLE seen (step integer NOT NULL);".to_owned()];
    texts.extend((1..count).map(|step| match step % 10 {
        0 => format!("CREATE TABLE t{step} (id integer PRIMARY KEY, a text);"),
        5 => format!(
            "ALTER TABLE t{} ADD COLUMN c{step} integer;",
            (step / 10) * 10
        ),
        _ => format!("INSERT INTO seen VALUES ({step});"),
    }));
    // Nothing has been made for the first fives to be added to.
    "INSERT INTO seen VALUES (5);".clone_into(&mut texts[5]);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = migrations(&texts);
    let report = on.run(&all).await.expect("it is applied");
    assert_eq!(report.migrations.len(), count);
    let rows = on
        .value("SELECT count(*) || ' ' || count(DISTINCT step) FROM seen")
        .await;
    let report = on.run(&all).await.expect("it is read");
    assert_eq!(report.outcome, Outcome::UpToDate);
    assert_eq!(
        on.value("SELECT count(*) || ' ' || count(DISTINCT step) FROM seen")
            .await,
        rows
    );
    let back = Extent::Steps(1);
    let last = texts[count - 1].starts_with("INSERT");
    let undone = Runner::new(&all)
        .rollback(on.session().await.as_mut(), &back, Consent::Given)
        .await;
    assert_eq!(undone.is_err(), last, "{undone:?}");
}

#[tokio::test]
async fn five_thousand_migrations_on_postgres() {
    many(On::postgres().await, 5000).await;
}

#[tokio::test]
async fn five_thousand_migrations_on_sqlite() {
    many(On::sqlite(), 5000).await;
}
