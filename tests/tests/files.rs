//! One migration, two databases: own wordings, directives, and the way back.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::plan::Verdict;
use limosa_tests::{On, migrations, on_both};
use tempfile::TempDir;

on_both!(
    a_database_may_have_its_own_wording,
    a_statement_may_be_for_one_database_only,
    down_sql_is_the_way_back,
    without_down_sql_the_inverse_is_computed,
    a_loss_needs_consent,
    what_has_no_inverse_says_so,
);

const TABLE: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);";

/// Migration 1 from several files.
fn from_files(files: &[(&str, &str)]) -> Migrations {
    let directory = TempDir::new().expect("a directory");
    let one = directory.path().join("1_notes");
    std::fs::create_dir(&one).expect("a directory");
    for (name, text) in files {
        std::fs::write(one.join(name), text).expect("a file");
    }
    limosa_sql::read_dir(directory.path()).expect("readable migrations")
}

async fn a_database_may_have_its_own_wording(on: On) {
    let sqlite = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT) WITHOUT ROWID;";
    let all = from_files(&[("migration.sql", TABLE), ("migration.sqlite.sql", sqlite)]);
    on.run(&all).await.expect("it is applied");
    let schema = on.schema().await;
    let table = schema.table(&"notes".into()).expect("it is there");
    assert_eq!(table.storage.without_rowid, on.id() == "sqlite");
    assert_eq!(table.columns[1].nullable, on.id() == "sqlite");
}

async fn a_statement_may_be_for_one_database_only(on: On) {
    let function = "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';";
    let refused = migrations(&[TABLE, function]);
    let directed = migrations(&[TABLE, &format!("-- limosa: only postgres\n{function}")]);
    if on.id() == "sqlite" {
        let failure = on.run(&refused).await.expect_err("SQLite has no functions");
        assert!(matches!(failure.error, Error::Conflicts(_)));
        let message = failure.error.to_string();
        assert!(message.contains("migration.sqlite.sql"), "{message}");
        assert!(message.contains("-- limosa: only postgres"), "{message}");
        assert!(on.schema().await.tables.is_empty());
    }
    let report = on
        .run(&directed)
        .await
        .expect("it is applied where it can be");
    assert_eq!(report.migrations.len(), 2);
    if on.id() == "postgres" {
        assert_eq!(on.value("SELECT one()").await, "1");
    }
}

async fn down_sql_is_the_way_back(on: On) {
    let down =
        "INSERT INTO notes VALUES (7, 'x'); DROP TABLE notes; CREATE TABLE gone (id INTEGER);";
    let all = from_files(&[("migration.sql", TABLE), ("down.sql", down)]);
    on.run(&all).await.expect("it is applied");
    let mut session = on.session().await;
    let runner = Runner::new(&all);
    runner
        .rollback(session.as_mut(), &Extent::Steps(1), Consent::Given)
        .await
        .expect("it is undone");
    let schema = on.schema().await;
    assert!(schema.table(&"notes".into()).is_none());
    assert!(schema.table(&"gone".into()).is_some());
    assert_eq!(
        on.value("SELECT state FROM limosa_journal").await,
        "rolled_back"
    );
    runner
        .run(session.as_mut())
        .await
        .expect("and applied again");
    assert_eq!(
        on.value("SELECT state FROM limosa_journal").await,
        "applied"
    );
}

async fn without_down_sql_the_inverse_is_computed(on: On) {
    let texts = [
        TABLE,
        "CREATE INDEX by_text ON notes (text);",
        "ALTER TABLE notes RENAME COLUMN text TO body; CREATE VIEW all_notes AS SELECT id FROM notes;",
    ];
    let all = migrations(&texts);
    let runner = Runner::new(&all);
    let mut session = on.session().await;
    let mut states = vec![on.schema().await];
    for version in ["1", "2", "3"] {
        runner
            .clone()
            .to(version)
            .run(session.as_mut())
            .await
            .expect(version);
        states.push(on.schema().await);
    }
    for steps in (0..3).rev() {
        runner
            .rollback(session.as_mut(), &Extent::Steps(1), Consent::Given)
            .await
            .expect("it is undone");
        assert_eq!(on.schema().await, states[steps], "after {steps} migrations");
    }
}

async fn a_loss_needs_consent(on: On) {
    let all = migrations(&[TABLE, "ALTER TABLE notes ADD COLUMN mood TEXT;"]);
    on.run(&all).await.expect("both are applied");
    on.execute("INSERT INTO notes VALUES (1, 'a', 'good')")
        .await;
    let mut session = on.session().await;
    let runner = Runner::new(&all);
    let failure = runner
        .rollback(session.as_mut(), &Extent::To("1".into()), Consent::Withheld)
        .await
        .expect_err("it would lose a column");
    let Error::NeedsConsent(losses) = &failure.error else {
        panic!("{}", failure.error)
    };
    assert_eq!(losses[0].what, "column notes.mood with all its values");
    assert_eq!(on.value("SELECT mood FROM notes").await, "good");
    let undoing = runner
        .plan_rollback(session.as_mut(), &Extent::To("1".into()))
        .await
        .expect("a plan");
    assert_eq!(*undoing.losses, *losses);
    assert_eq!(undoing.migrations[0].steps[0].verdict, Verdict::Execute);
}

async fn what_has_no_inverse_says_so(on: On) {
    let all = migrations(&[TABLE, "INSERT INTO notes VALUES (1, 'a');"]);
    on.run(&all).await.expect("both are applied");
    let failure = Runner::new(&all)
        .rollback(
            on.session().await.as_mut(),
            &Extent::Steps(1),
            Consent::Given,
        )
        .await
        .expect_err("an INSERT has none");
    assert!(
        matches!(failure.error, Error::NotInvertible { .. }),
        "{}",
        failure.error
    );
    assert_eq!(on.value("SELECT count(*) FROM notes").await, "1");
}

/// An enum label cannot be taken back. Found there again, it says nothing about the rows: the journal
/// knows that they were undone.
#[tokio::test]
async fn what_was_rolled_back_is_known_to_be_undone() {
    let on = On::postgres().await;
    let enums = "CREATE TYPE mood AS ENUM ('good'); CREATE TABLE notes (id INTEGER);";
    let files = [
        (
            "migration.sql",
            "INSERT INTO notes VALUES (1); ALTER TYPE mood ADD VALUE 'bad';",
        ),
        ("down.sql", "DELETE FROM notes;"),
    ];
    on.execute(enums).await;
    let all = from_files(&files);
    let runner = Runner::new(&all);
    let mut session = on.session().await;
    runner.run(session.as_mut()).await.expect("it is applied");
    runner
        .rollback(session.as_mut(), &Extent::Steps(1), Consent::Given)
        .await
        .expect("it is undone");
    assert_eq!(on.value("SELECT count(*) FROM notes").await, "0");
    runner
        .run(session.as_mut())
        .await
        .expect("and applied again");
    assert_eq!(on.value("SELECT count(*) FROM notes").await, "1");
}
