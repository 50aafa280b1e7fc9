//! A change that `ALTER TABLE` cannot make here, and what becomes of it.

use limosa_core::engine::Runner;
use limosa_core::error::Failure;
use limosa_core::migration::{Migration, Migrations, Script, TransactionMode};
use limosa_core::migrator::{Migrator, Scope};
use limosa_core::report::Report;
use limosa_sql::{Language, Text};
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use limosa_testkit::conformance::differences;
use rusqlite::Connection;

use crate::common::value;

pub(crate) const FAMILY: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, n INTEGER); \
    CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE); \
    CREATE TABLE d (c INTEGER REFERENCES c ON DELETE SET NULL); \
    INSERT INTO p VALUES (1, 'x', 10), (2, NULL, NULL); \
    INSERT INTO c VALUES (7, 1), (8, 2); INSERT INTO d VALUES (7), (8);";

/// One migration from its text.
pub(crate) fn migration(text: &str, language: Language) -> Migrations {
    let text = Text::read(text, language).unwrap();
    let checksum = text.checksum();
    let script = Script {
        only: None,
        path: None,
        up: text.statements,
        down: None,
        transaction: TransactionMode::WherePossible,
        checksum,
    };
    let migration = Migration {
        version: "1".into(),
        name: "change".into(),
        scripts: vec![script],
    };
    Migrations::new(vec![migration]).unwrap()
}

pub(crate) fn run(
    session: &mut Sqlite<Connection>,
    migrations: &Migrations,
) -> Result<Report, Failure> {
    block_on(Runner::new(migrations).run(session))
}

/// A database that these statements made.
pub(crate) fn database(before: &str) -> Sqlite<Connection> {
    let session = Sqlite::in_memory().unwrap();
    session.connection().execute_batch(before).unwrap();
    session
}

/// Changes a database and checks that the model is what the catalog shows.
#[track_caller]
pub(crate) fn changed(before: &str, change: &str) -> Sqlite<Connection> {
    let mut session = database(before);
    let migrations = migration(change, Language::Postgres);
    let start = block_on(session.inspect(&Scope::default())).unwrap();
    let report = run(&mut session, &migrations).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(report.migrations.len(), 1);
    let mut model = start;
    for statement in &migrations.list()[0].scripts[0].up {
        for operation in &statement.operations {
            model.apply(operation).unwrap();
        }
    }
    let found = block_on(session.inspect(&Scope::default())).unwrap();
    let differences = differences(&model, &found, &SqliteDialect);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
    assert_eq!(value(&mut session, "PRAGMA legacy_alter_table"), "0");
    let health = value(&mut session, "PRAGMA integrity_check");
    assert_eq!(health, "ok");
    session
}

/// A change that is refused when planning, with this in the reason; nothing is changed.
#[track_caller]
pub(crate) fn refused(before: &str, change: &str, reasons: &[&str]) {
    let mut session = database(before);
    let dump = |session: &mut Sqlite<Connection>| {
        block_on(session.query("SELECT type, name, sql FROM sqlite_schema")).unwrap()
    };
    let start = dump(&mut session);
    let migrations = migration(change, Language::Postgres);
    let failure = run(&mut session, &migrations).unwrap_err();
    let text = failure.error.to_string();
    for reason in reasons {
        assert!(text.contains(reason), "{text}");
    }
    assert_eq!(dump(&mut session), start, "the journal too is not made");
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
}

/// What the catalog says about an object.
pub(crate) fn words(session: &mut Sqlite<Connection>, name: &str) -> String {
    value(
        session,
        &format!("SELECT sql FROM sqlite_schema WHERE name = '{name}'"),
    )
}
