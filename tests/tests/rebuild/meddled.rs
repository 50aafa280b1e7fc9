//! Something goes wrong between the copy and the proof: it is seen before the commit, and nothing is changed.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::{Error, Failure};
use limosa_core::migration::Migrations;
use limosa_core::migrator::Migrator;
use limosa_core::report::Report;
use limosa_sql::Language;
use limosa_sqlite::Sqlite;
use limosa_testkit::fault::{Fault, Faults, Faulty};
use limosa_tests::gaps;
use rusqlite::Connection;

use crate::reported::{written, written_in};
use crate::settings::Settings;

const BEFORE: &str = "
    CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, n INTEGER);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE, note TEXT);
    CREATE TABLE grandchild (child INTEGER REFERENCES child ON DELETE CASCADE);
    CREATE TABLE keyless (a TEXT, b BLOB);
    CREATE INDEX by_name ON parent (name);
    INSERT INTO parent VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', NULL);
    INSERT INTO child VALUES (10, 1, 'x'), (20, 2, 'y'), (30, 3, NULL);
    INSERT INTO grandchild VALUES (10), (20);
    INSERT INTO keyless (rowid, a, b) VALUES (5, 'five', X'05'), (7, 'seven', NULL);";

const CHANGE: &str = "ALTER TABLE parent ALTER COLUMN name SET DEFAULT 'none'; \
    ALTER TABLE parent ADD COLUMN m integer NOT NULL DEFAULT 4 CHECK (m > 0);";

const KEYLESS: &str = "ALTER TABLE keyless ALTER COLUMN a SET NOT NULL";

/// Where each of them happens: with the rows copied, the old table there still.
const COPIED: &str = "before execute DROP TABLE";

/// A database, and how its connection is set.
fn database() -> (Connection, Settings) {
    let mut connection = Connection::open_in_memory().expect("in memory");
    connection.execute_batch(BEFORE).expect("the tables");
    let settings = Settings::unusual(&mut connection);
    (connection, settings)
}

/// All that is in a database: each object's words, each table's rows.
fn contents(connection: &Connection) -> Vec<String> {
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).expect(sql);
        let rows = statement.query_map([], |row| row.get(0)).expect(sql);
        rows.map(|row| row.expect(sql)).collect()
    };
    let mut all = list("SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
    for table in list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1") {
        let columns = list(&format!(
            "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')"
        ));
        all.extend(list(&format!(
            "SELECT '{table}: ' || rowid || '|' || {} FROM \"{table}\" ORDER BY 1",
            columns.join(" || '|' || ")
        )));
    }
    all
}

/// The first gap in front of something, in a run that nothing disturbs.
async fn gap(migrations: &Migrations, before: &str) -> usize {
    let (mut connection, _) = database();
    let (session, runner) = (Sqlite::new(&mut connection), Runner::new(migrations));
    let gaps = gaps::of(Box::new(session), async |session| runner.run(session).await).await;
    let found = gaps.iter().position(|gap| gap.starts_with(before));
    found.unwrap_or_else(|| panic!("{before}: {gaps:#?}"))
}

async fn run_meddled(
    connection: &mut Connection,
    migrations: &Migrations,
    statements: &[&str],
) -> Result<Report, Failure> {
    let at = gap(migrations, COPIED).await;
    let statements = statements.iter().map(|text| (*text).to_owned()).collect();
    let session = Box::new(Sqlite::new(connection));
    let mut session = Faulty::new(session, Faults::at(at, Fault::Meddle(statements)));
    Runner::new(migrations).run(&mut session).await
}

/// A run with these statements behind the copy: refused in these words, and all is as before.
async fn refused(migrations: &Migrations, statements: &[&str], words: &[&str]) -> Error {
    let (mut connection, settings) = database();
    let before = contents(&connection);
    let failure = run_meddled(&mut connection, migrations, statements)
        .await
        .expect_err("it is seen");
    let text = failure.to_string();
    for word in words {
        assert!(text.contains(word), "{statements:?}: {text}");
    }
    assert!(connection.is_autocommit(), "{statements:?}");
    assert_eq!(contents(&connection), before, "{statements:?}");
    settings.check(&mut connection);
    // Nothing stands in the way of the next run.
    let mut session = Sqlite::new(&mut connection);
    let done = Runner::new(migrations).run(&mut session).await;
    done.unwrap_or_else(|failure| panic!("{statements:?}: {failure}"));
    failure.error
}

async fn not_kept(migrations: &Migrations, statements: &[&str], words: &[&str]) {
    let error = refused(migrations, statements, words).await;
    assert!(matches!(error, Error::NotKept(_)), "{error:?}");
}

/// What a check of the whole database finds, right before the commit.
async fn not_committed(migrations: &Migrations, statements: &[&str], words: &[&str]) {
    let error = refused(migrations, statements, words).await;
    assert!(matches!(error, Error::Step(_)), "{error:?}");
}

/// Nothing done between the commands does no harm: what is refused below is refused for its rows.
#[tokio::test]
async fn nothing_is_seen_where_nothing_is_wrong() {
    let change = written_in(CHANGE, Language::Postgres);
    let (mut connection, settings) = database();
    let done = run_meddled(&mut connection, &change, &["SELECT 1"]).await;
    done.unwrap_or_else(|failure| panic!("{failure}"));
    settings.check(&mut connection);
}

#[tokio::test]
async fn a_row_that_is_lost_or_made_up() {
    let change = written_in(CHANGE, Language::Postgres);
    for meddled in [
        "DELETE FROM limosa_new_parent WHERE id = 3",
        "DELETE FROM limosa_new_parent",
        "INSERT INTO limosa_new_parent (id) VALUES (99)",
        // As many as before, but not the same ones.
        "UPDATE limosa_new_parent SET id = 99 WHERE id = 3",
    ] {
        let words = [
            "rows would have been lost or altered",
            "the rows of parent",
            "3, ",
        ];
        not_kept(&change, &[meddled], &words).await;
    }
    let keyless = written_in(KEYLESS, Language::Postgres);
    for meddled in [
        "DELETE FROM limosa_new_keyless WHERE a = 'five'",
        "INSERT INTO limosa_new_keyless SELECT * FROM keyless",
        // The row's own number.
        "UPDATE limosa_new_keyless SET rowid = 6 WHERE rowid = 5",
    ] {
        not_kept(&keyless, &[meddled], &["the rows of keyless", "2, "]).await;
    }
}

#[tokio::test]
async fn a_value_that_is_altered() {
    let change = written_in(CHANGE, Language::Postgres);
    for meddled in [
        "UPDATE limosa_new_parent SET name = 'A' WHERE id = 1",
        "UPDATE limosa_new_parent SET name = NULL WHERE id = 1",
        "UPDATE limosa_new_parent SET name = X'61' WHERE id = 1",
        "UPDATE limosa_new_parent SET name = 'a ' WHERE id = 1",
        "UPDATE limosa_new_parent SET n = 0 WHERE id = 3",
        "UPDATE limosa_new_parent SET n = 10.5 WHERE id = 1",
        // The same values in other rows.
        "UPDATE limosa_new_parent SET name = CASE id WHEN 1 THEN 'b' WHEN 2 THEN 'a' ELSE name END",
    ] {
        not_kept(&change, &[meddled], &["the rows of parent", "3, "]).await;
    }
    let keyless = written_in(KEYLESS, Language::Postgres);
    for meddled in [
        "UPDATE limosa_new_keyless SET b = '' WHERE b IS NULL",
        "UPDATE limosa_new_keyless SET b = 5 WHERE b = X'05'",
        "UPDATE limosa_new_keyless SET b = X'0500' WHERE b = X'05'",
    ] {
        not_kept(&keyless, &[meddled], &["the rows of keyless"]).await;
    }
}

/// A table that refers to the one that is copied.
#[tokio::test]
async fn a_row_of_another_table() {
    let change = written_in(CHANGE, Language::Postgres);
    for meddled in [
        "DELETE FROM child WHERE id = 30",
        "UPDATE child SET parent = NULL WHERE id = 20",
        "UPDATE child SET note = 'z' WHERE id = 20",
        "INSERT INTO child VALUES (40, 1, NULL)",
    ] {
        not_kept(&change, &[meddled], &["the rows of child"]).await;
    }
}

/// The author's own copy: what refers to the table is watched all the same.
#[tokio::test]
async fn a_row_of_another_table_of_a_copy_by_hand() {
    let by_hand = written(
        "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT, n INTEGER NOT NULL DEFAULT 0); \
         INSERT INTO new_parent SELECT id, name, coalesce(n, 0) FROM parent; \
         DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent; CREATE INDEX by_name ON parent (name);",
    );
    for meddled in [
        "DELETE FROM child WHERE id = 30",
        "UPDATE child SET parent = 1",
    ] {
        not_kept(&by_hand, &[meddled], &["the rows of child"]).await;
    }
}

/// Nobody looks at the rows of a table that does not refer to the copied one; its foreign keys are checked.
#[tokio::test]
async fn a_row_that_refers_to_nothing() {
    let change = written_in(CHANGE, Language::Postgres);
    for meddled in [
        "INSERT INTO grandchild VALUES (99)",
        "UPDATE grandchild SET child = 11 WHERE child = 10",
    ] {
        let words = [
            "migration.sql:1: commit: rows of grandchild would refer to rows that are not there",
            "1 of them new",
        ];
        not_committed(&change, &[meddled], &words).await;
    }
}

/// A row that the table's own definition forbids, in a column that was not there before.
#[tokio::test]
async fn a_row_that_breaks_its_table() {
    let change = written_in(CHANGE, Language::Postgres);
    let meddled = [
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE limosa_new_parent SET m = -1 WHERE id = 2",
        "PRAGMA ignore_check_constraints = OFF",
    ];
    let words = [
        "the quick check of parent",
        "CHECK constraint failed in parent",
    ];
    not_kept(&change, &meddled, &words).await;
}

/// A view or a trigger that worked, and does not any more.
#[tokio::test]
async fn an_object_that_would_not_work_any_more() {
    let change = written_in(CHANGE, Language::Postgres);
    for (object, word) in [
        (
            "CREATE VIEW seen AS SELECT child FROM grandchild",
            "the view seen",
        ),
        (
            "CREATE TRIGGER watch AFTER DELETE ON child BEGIN DELETE FROM grandchild WHERE child = OLD.id; END",
            "a trigger on child",
        ),
    ] {
        let (mut connection, settings) = database();
        connection.execute_batch(object).expect(object);
        let before = contents(&connection);
        // Nobody is told, since that is how the table is copied: they go on saying the old name.
        let meddled = ["ALTER TABLE grandchild RENAME TO other"];
        let failed = run_meddled(&mut connection, &change, &meddled).await;
        let text = failed.expect_err("it is seen").to_string();
        assert!(
            text.contains(word) && text.contains("would not work any more"),
            "{text}"
        );
        assert_eq!(contents(&connection), before, "{word}");
        settings.check(&mut connection);
    }
}

async fn undo(migrations: &Migrations, session: &mut dyn Migrator) -> Result<Report, Failure> {
    let last = Extent::Steps(1);
    let runner = Runner::new(migrations);
    runner.rollback(session, &last, Consent::Given).await
}

/// The way back is a copy too, and is proven like the way there.
#[tokio::test]
async fn on_the_way_back() {
    let chain = limosa_tests::migrations(&[
        "CREATE TABLE parent (id integer PRIMARY KEY, name text); INSERT INTO parent VALUES (1, 'a'), (3, 'c')",
        "ALTER TABLE parent ALTER COLUMN name SET DEFAULT 'none'",
    ]);
    let applied = || async {
        let mut connection = Connection::open_in_memory().expect("in memory");
        let settings = Settings::unusual(&mut connection);
        let mut session = Sqlite::new(&mut connection);
        let done = Runner::new(&chain).run(&mut session).await;
        done.expect("nothing disturbs it");
        drop(session);
        (connection, settings)
    };
    let (mut connection, _) = applied().await;
    let session = Box::new(Sqlite::new(&mut connection));
    let gaps = gaps::of(session, async |session| undo(&chain, session).await).await;
    let at = gaps.iter().position(|gap| gap.starts_with(COPIED));
    let at = at.unwrap_or_else(|| panic!("a table is copied: {gaps:#?}"));
    let (mut connection, settings) = applied().await;
    let before = contents(&connection);
    let lost = Fault::Meddle(vec!["DELETE FROM limosa_new_parent WHERE id = 3".into()]);
    let session = Box::new(Sqlite::new(&mut connection));
    let mut session = Faulty::new(session, Faults::at(at, lost));
    let failure = undo(&chain, &mut session).await;
    let failure = failure.expect_err("it is seen");
    assert!(matches!(failure.error, Error::NotKept(_)), "{failure}");
    drop(session);
    assert_eq!(contents(&connection), before);
    settings.check(&mut connection);
}
