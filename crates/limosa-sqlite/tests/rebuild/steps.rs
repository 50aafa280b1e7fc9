//! How many copies there are, in which transactions, and of which statements.

use limosa_core::dialect::{Dialect, Transaction};
use limosa_core::engine::Runner;
use limosa_core::migrator::{Migrator, Scope};
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use rusqlite::Connection;

use crate::change::{FAMILY, changed, database, migration, refused, run, words};
use crate::common::value;

#[test]
fn several_changes_of_one_table_are_one_rebuild() {
    let text = "ALTER TABLE p ALTER COLUMN n TYPE bigint, ALTER COLUMN n SET DEFAULT 3; \
        ALTER TABLE p ADD COLUMN m integer NOT NULL DEFAULT 7; \
        ALTER TABLE p ADD CONSTRAINT positive CHECK (n > 0); \
        CREATE INDEX by_m ON p (m); \
        ALTER TABLE p ALTER COLUMN m DROP DEFAULT";
    let mut session = database(FAMILY);
    let migrations = migration(text, Language::Postgres);
    let plan = block_on(Runner::new(&migrations).plan(&mut session)).unwrap();
    let steps = &plan.migrations[0].steps;
    let copies = steps
        .iter()
        .flat_map(|step| &step.statements)
        .filter(|text| text.starts_with("INSERT"));
    assert_eq!(copies.count(), 1, "{steps:#?}");
    assert_eq!(steps[0].transaction, Transaction::WithoutForeignKeys);
    run(&mut session, &migrations).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(m) FROM p"), "7,7");
    assert!(words(&mut session, "by_m").contains("(\"m\")"));
    assert!(words(&mut session, "p").contains("CONSTRAINT \"positive\" CHECK (\"n\" > 0)"));
}

/// The table is not copied: nothing of it changes.
#[test]
fn an_index_among_changes_that_come_to_nothing_is_made() {
    let mut session = changed(
        "CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE TABLE b (n integer NOT NULL);
         INSERT INTO a VALUES (1, 2);",
        "CREATE INDEX of_n ON a (n); ALTER TABLE a ALTER COLUMN n SET NOT NULL;
         ALTER TABLE a ALTER COLUMN n DROP NOT NULL; CREATE UNIQUE INDEX of_both ON a (n, id);",
    );
    let indexes =
        "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'a'";
    assert_eq!(value(&mut session, indexes), "of_n,of_both");
}

/// One transaction for all that only changes the schema; rows that a DELETE takes along go with it.
#[test]
fn a_migration_with_a_rebuild_is_done_as_a_whole() {
    let rename = "ALTER TABLE p RENAME COLUMN n TO m; ALTER TABLE p DROP COLUMN m CASCADE; \
        ALTER TABLE p ALTER COLUMN a SET NOT NULL";
    refused(FAMILY, rename, &["1 rows of p hold NULL in a: id = 2"]);
    let mut session = database(FAMILY);
    let text = "ALTER TABLE p ALTER COLUMN n SET DEFAULT 4; DELETE FROM p WHERE id = 2";
    run(&mut session, &migration(text, Language::Postgres)).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(id) FROM c"), "7");
    assert_eq!(value(&mut session, "SELECT count(c) FROM d"), "1");
}

#[test]
fn a_callers_transaction_is_in_the_way() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(&format!("{FAMILY} BEGIN"))
        .unwrap();
    let migrations = migration(
        "ALTER TABLE p ALTER COLUMN n SET DEFAULT 1",
        Language::Postgres,
    );
    let mut session = Sqlite::new(&mut connection);
    let failure = block_on(Runner::new(&migrations).run(&mut session)).unwrap_err();
    assert!(
        failure.to_string().contains("in a transaction already"),
        "{failure}"
    );
}

#[test]
fn rebuilds_are_compiled_without_a_session() {
    let mut session = database(FAMILY);
    let schema = block_on(session.inspect(&Scope::default())).unwrap();
    let read = limosa_sql::statement(
        "ALTER TABLE p ALTER COLUMN a SET NOT NULL",
        Language::Postgres,
    );
    let compiled = SqliteDialect
        .compile_all(&read.unwrap().operations().collect::<Vec<_>>(), &schema)
        .unwrap();
    assert_eq!(
        compiled.statements,
        [
            "PRAGMA legacy_alter_table = ON",
            "CREATE TABLE \"limosa_new_p\" (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER)",
            "INSERT OR ABORT INTO \"limosa_new_p\" (rowid, \"id\", \"a\", \"n\") \
             SELECT rowid, \"id\", \"a\", \"n\" FROM \"p\" NOT INDEXED",
            "DROP TABLE \"p\"",
            "ALTER TABLE \"limosa_new_p\" RENAME TO \"p\"",
            "PRAGMA legacy_alter_table = OFF",
        ]
    );
}
