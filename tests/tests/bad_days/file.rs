//! A file that is no database, is broken, is not to be written, or is somewhere else.

use std::path::{Path, PathBuf};
use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::error::{DatabaseError, Error, Kind};
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_sqlite::{Mode, Sqlite};
use limosa_tests::{On, migrations};
use tempfile::TempDir;

use crate::{cases, check, said, state};

const TEXTS: [&str; 2] = [
    "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);
     CREATE TABLE words (id integer PRIMARY KEY, word text); CREATE INDEX by_word ON words (word);
     INSERT INTO words WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)
       SELECT n, 'a word of some length ' || n FROM n;",
    "ALTER TABLE words ADD COLUMN more text; INSERT INTO seen VALUES (2);
     CREATE INDEX by_more ON words (more);",
];

fn all() -> Migrations {
    migrations(&TEXTS)
}

async fn run(location: &str) -> Result<Report, Error> {
    let mut session = Sqlite::open(location, Mode::Create)?;
    Ok(Runner::new(&all()).run(&mut session).await?)
}

/// The first of two migrations is applied.
async fn base() -> (On, PathBuf) {
    let on = On::sqlite();
    on.run(&migrations(&TEXTS[..1])).await.expect("applied");
    let url = on.url();
    (on, url.trim_start_matches("sqlite:").into())
}

async fn refused(location: &str) -> DatabaseError {
    match run(location).await.expect_err(location) {
        Error::Database(error) => error,
        other => panic!("{location}: {other}"),
    }
}

#[tokio::test]
async fn places_where_no_file_can_be() {
    let directory = TempDir::new().expect("a directory");
    let at = |name: &str| format!("sqlite:{}", directory.path().join(name).display());
    std::fs::write(directory.path().join("file"), "").expect("a file");
    for (location, message) in [
        (at(""), "is a directory"),
        (at("nowhere/a.db"), "does not exist"),
        (at("file/a.db"), "is a file, not a directory"),
        (at("file/b/a.db"), "does not exist"),
        ("sqlite:".to_owned(), "no database file is named"),
        ("sqlite://server/share/a.db".to_owned(), "does not exist"),
        // Whoever one is, nobody makes files there.
        ("sqlite:/proc/a.db".to_owned(), "unable to open"),
    ] {
        let error = refused(&location).await;
        assert!(
            matches!(error.kind, Kind::Connection | Kind::Address),
            "{error:?}"
        );
        check(&error, message, "");
        assert!(error.hint.is_some(), "{error:?}");
    }
    let migrations = limosa_sql::read_dir(directory.path().join("file")).expect_err("a file");
    assert!(migrations.reason().contains("directory"), "{migrations}");
    let names: Vec<_> = std::fs::read_dir(directory.path())
        .expect("readable")
        .collect();
    assert_eq!(names.len(), 1, "nothing was made: {names:?}");
}

#[tokio::test]
async fn files_that_are_no_database() {
    for text in [
        &b"%PDF-1.7 this is a document, and a long one at that: it goes on, and on, and on, and on, and on"[..],
        b"SQLite format 2\0 but nothing that is of any use to anybody who wants a database to work with ....",
        &[0xff; 8192],
    ] {
        let directory = TempDir::new().expect("a directory");
        let path = directory.path().join("a.db");
        std::fs::write(&path, text).expect("a file");
        let error = refused(&path.display().to_string()).await;
        check(&error, "not a database", "something else, or it is encrypted");
        assert!(error.message.contains("a.db"), "{error}");
        assert_eq!(std::fs::read(&path).expect("a file"), text, "it is untouched");
    }
}

/// Whatever part of it is missing.
#[tokio::test]
async fn a_truncated_file() {
    let (_on, path) = base().await;
    let whole = std::fs::read(&path).expect("a file");
    let (mut refused, count) = (0, cases(30));
    for number in 1..count {
        let length = whole.len() * usize::try_from(number).expect("small")
            / usize::try_from(count).expect("small");
        std::fs::write(&path, &whole[..length]).expect("a file");
        if let Err(error) = run(&path.display().to_string()).await {
            refused += 1;
            let said = error
                .database()
                .unwrap_or_else(|| panic!("{length}: {error}"));
            check(said, "", "backup");
        }
        std::fs::write(&path, &whole).expect("a file");
    }
    assert!(refused > count / 2, "{refused} of {count}");
    run(&path.display().to_string())
        .await
        .expect("restored, the next run completes");
}

/// A page is overwritten: an error, or, where nobody needs what was on it, none. Never a panic, and
/// never an account of success that is not so.
#[tokio::test]
async fn a_flipped_page() {
    let (_on, path) = base().await;
    let whole = std::fs::read(&path).expect("a file");
    let mut refused = 0;
    for page in 0..whole.len() / 4096 {
        for (offset, with) in [(0, 0xa5), (4, 0), (1000, 0xff)] {
            let mut bytes = whole.clone();
            let until = if offset == 0 { 4096 } else { offset + 100 };
            bytes[page * 4096 + offset..page * 4096 + until].fill(with);
            std::fs::write(&path, &bytes).expect("a file");
            if let Err(error) = run(&path.display().to_string()).await {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    assert!(refused > 2, "{refused}");
    std::fs::write(&path, &whole).expect("a file");
    run(&path.display().to_string())
        .await
        .expect("restored, the next run completes");
}

#[tokio::test]
async fn a_file_that_is_not_to_be_written() {
    for parameters in ["?mode=ro", "?immutable=1"] {
        let (on, path) = base().await;
        let before = std::fs::read(&path).expect("a file");
        let error = refused(&format!("{}{parameters}", on.url())).await;
        assert_eq!(error.kind, Kind::Permission, "{error:?}");
        check(&error, "read-only", "right to write");
        assert_eq!(
            std::fs::read(&path).expect("a file"),
            before,
            "it is untouched"
        );
        assert_eq!(beside(&path), 1, "nothing was left beside it");
        run(&on.url()).await.expect("the next run completes");
        // With nothing to do, no right is needed.
        run(&format!("{}{parameters}", on.url()))
            .await
            .expect("up to date");
    }
}

fn beside(path: &Path) -> usize {
    let directory = path.parent().expect("a directory");
    std::fs::read_dir(directory).expect("readable").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_writer() {
    for (mode, hold) in [
        ("delete", "BEGIN IMMEDIATE; INSERT INTO seen VALUES (100)"),
        ("delete", "BEGIN EXCLUSIVE"),
        ("wal", "BEGIN IMMEDIATE; INSERT INTO seen VALUES (100)"),
        ("wal", "BEGIN EXCLUSIVE"),
    ] {
        let (on, path) = base().await;
        on.execute(&format!("PRAGMA journal_mode = {mode}")).await;
        let writer = rusqlite::Connection::open(&path).expect("a file");
        writer.execute_batch(hold).expect(hold);
        let connection = rusqlite::Connection::open(&path).expect("a file");
        connection
            .busy_timeout(Duration::from_millis(20))
            .expect("set");
        let failure = Runner::new(&all())
            .lock_budget(Duration::from_millis(20))
            .run(&mut Sqlite::new(connection))
            .await
            .expect_err(hold);
        assert_eq!(
            said(&failure).kind,
            Kind::LockTimeout,
            "{mode} {hold}: {failure}"
        );
        check(said(&failure), "locked", "another connection");
        // It gets through while the run waits.
        let run = tokio::spawn(async move { run(&path.display().to_string()).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        writer.execute_batch("ROLLBACK").expect("ended");
        run.await
            .expect("no panic")
            .expect("the next run completes");
        assert_eq!(state(&on).await[2..].len(), 2, "{mode} {hold}");
    }
}
