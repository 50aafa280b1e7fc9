//! A connection of the caller's has the settings that it had, however a run with a rebuild ends.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::error::Failure;
use limosa_core::event::Event;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, block_on};
use limosa_testkit::fault::{Fault, Faults, Faulty};
use limosa_tests::gaps;
use rusqlite::Connection;

use crate::reported::{written, written_in};

/// The settings of a connection that a run might change, or depend on.
const PRAGMAS: [&str; 10] = [
    "foreign_keys",
    "legacy_alter_table",
    "recursive_triggers",
    "trusted_schema",
    "ignore_check_constraints",
    "reverse_unordered_selects",
    "writable_schema",
    "query_only",
    "threads",
    // Off at the end of every transaction, whoever ends it.
    "defer_foreign_keys",
];

/// How a connection is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings(Vec<String>);

impl Settings {
    /// Those of a connection.
    fn of(connection: &Connection) -> Self {
        let ask = |sql: &str| -> String {
            let mut statement = connection.prepare(sql).expect(sql);
            let mut rows = statement.query([]).expect(sql);
            let mut all = Vec::new();
            while let Some(row) = rows.next().expect(sql) {
                all.push(format!("{:?}", row.get_ref(0).expect(sql)));
            }
            format!("{sql}: {}", all.join(", "))
        };
        let mut all: Vec<String> = PRAGMAS
            .iter()
            .map(|name| ask(&format!("PRAGMA {name}")))
            .collect();
        all.push(ask("PRAGMA busy_timeout"));
        all.push(ask("SELECT name FROM pragma_database_list ORDER BY 1"));
        all.push(ask(
            "SELECT name FROM pragma_function_list WHERE name LIKE 'limosa%'",
        ));
        all.push(ask("SELECT group_concat(sql) FROM temp.sqlite_schema"));
        all.push(ask("SELECT id || name FROM near.parent"));
        all.push(ask("SELECT sql FROM near.sqlite_schema"));
        all.push(format!("autocommit: {}", connection.is_autocommit()));
        Self(all)
    }

    /// Sets a connection as few are, and attaches a database in which tables have the same names.
    pub(crate) fn unusual(connection: &mut Connection) -> Self {
        Self::set(connection, true)
    }

    /// Each setting that is on or off by itself is tried on both sides.
    fn set(connection: &mut Connection, unusual: bool) -> Self {
        let on = |yes: bool| if yes { "ON" } else { "OFF" };
        let sql = format!(
            "ATTACH ':memory:' AS near; CREATE TABLE near.parent (id INTEGER, name TEXT); \
             INSERT INTO near.parent VALUES (1, 'of another database'); \
             CREATE TABLE near.limosa_new_parent (a); \
             CREATE TEMP TABLE own (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO own VALUES (1); \
             PRAGMA foreign_keys = {0}; PRAGMA legacy_alter_table = {1}; PRAGMA recursive_triggers = {1}; \
             PRAGMA trusted_schema = {0}; PRAGMA reverse_unordered_selects = {1}; \
             PRAGMA threads = {2};",
            on(unusual),
            on(!unusual),
            if unusual { 2 } else { 0 },
        );
        connection.execute_batch(&sql).expect("the settings");
        let busy = Duration::from_millis(if unusual { 1234 } else { 0 });
        connection.busy_timeout(busy).expect("a timeout");
        Self::of(connection)
    }

    /// They are as they were.
    #[track_caller]
    pub(crate) fn check(&self, connection: &mut Connection) {
        assert_eq!(&Self::of(connection), self);
    }
}

const BEFORE: &str = "
    CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, n INTEGER);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE);
    CREATE TRIGGER watch AFTER UPDATE ON parent BEGIN UPDATE child SET parent = NEW.id WHERE parent = OLD.id; END;
    INSERT INTO parent VALUES (1, 'a', 1), (2, 'b', 2), (3, NULL, 3);
    INSERT INTO child VALUES (10, 1), (20, 2), (30, NULL);";

const CHANGE: &str = "ALTER TABLE parent ALTER COLUMN n TYPE text; \
    ALTER TABLE parent ADD COLUMN m integer NOT NULL DEFAULT 4;";

fn database(unusual: bool) -> (Connection, Settings) {
    let mut connection = Connection::open_in_memory().expect("in memory");
    connection.execute_batch(BEFORE).expect("the tables");
    let settings = Settings::set(&mut connection, unusual);
    (connection, settings)
}

fn rows(connection: &Connection) -> String {
    let sql = "SELECT (SELECT group_concat(id || coalesce(name, '-') || n) FROM parent) || \
               (SELECT group_concat(id || coalesce(parent, '-')) FROM child)";
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("rows")
}

/// The two ways in which each path is tried.
async fn each(
    migrations: &Migrations,
    check: impl Fn(&Result<Report, Failure>, &Connection, &str),
) {
    for unusual in [true, false] {
        let (mut connection, settings) = database(unusual);
        let before = rows(&connection);
        let mut session = Sqlite::new(&mut connection);
        let result = Runner::new(migrations).run(&mut session).await;
        drop(session);
        settings.check(&mut connection);
        check(&result, &connection, &before);
    }
}

#[track_caller]
fn failed(result: &Result<Report, Failure>, words: &str) {
    let failure = result.as_ref().expect_err("it fails");
    assert!(failure.to_string().contains(words), "{failure}");
}

#[tokio::test]
async fn where_it_succeeds() {
    let change = written_in(CHANGE, Language::Postgres);
    each(&change, |result, connection, before| {
        result
            .as_ref()
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(&rows(connection), before);
    })
    .await;
    let by_hand = written(
        "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA defer_foreign_keys = ON; \
         CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT, n TEXT); \
         INSERT INTO new_parent SELECT * FROM parent; DROP TABLE parent; \
         ALTER TABLE new_parent RENAME TO parent; PRAGMA foreign_key_check; \
         PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON;",
    );
    each(&by_hand, |result, connection, before| {
        result
            .as_ref()
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(&rows(connection), before);
    })
    .await;
}

#[tokio::test]
async fn where_it_is_refused_in_planning() {
    let change = written_in(
        "ALTER TABLE parent ALTER COLUMN name SET NOT NULL",
        Language::Postgres,
    );
    each(&change, |result, connection, before| {
        failed(result, "1 rows of parent hold NULL in name");
        assert_eq!(&rows(connection), before);
    })
    .await;
}

/// Behind a copy that is done, in the same transaction or in one that follows it.
#[tokio::test]
async fn where_a_statement_fails() {
    let text = format!("{CHANGE} INSERT INTO child VALUES (10, 1);");
    each(&written_in(&text, Language::Postgres), |result, _, _| {
        failed(result, "UNIQUE constraint failed");
    })
    .await;
    let text = "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; \
        CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n TEXT); \
        INSERT INTO new_parent SELECT * FROM parent; DROP TABLE parent; \
        ALTER TABLE new_parent RENAME TO parent; PRAGMA foreign_keys = ON;";
    each(&written(text), |result, connection, before| {
        failed(result, "NOT NULL constraint failed");
        assert_eq!(&rows(connection), before);
    })
    .await;
}

#[tokio::test]
async fn where_a_check_fails() {
    let text =
        "PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 2; PRAGMA foreign_keys = ON;";
    each(&written(text), |result, connection, before| {
        failed(
            result,
            "rows of child would refer to rows that are not there",
        );
        assert_eq!(&rows(connection), before);
    })
    .await;
}

/// How many gaps a run has that nothing disturbs.
fn gaps(migrations: &Migrations) -> usize {
    let (mut connection, _) = database(true);
    let (session, runner) = (Sqlite::new(&mut connection), Runner::new(migrations));
    block_on(gaps::of(Box::new(session), async |session| {
        runner.run(session).await
    }))
    .len()
}

#[test]
fn where_the_session_is_lost() {
    let change = written_in(CHANGE, Language::Postgres);
    for gap in 0..gaps(&change) {
        for unusual in [true, false] {
            let (mut connection, settings) = database(unusual);
            let session = Box::new(Sqlite::new(&mut connection));
            let mut session = Faulty::new(session, Faults::at(gap, Fault::Lose));
            let _ = block_on(Runner::new(&change).run(&mut session));
            drop(session);
            settings.check(&mut connection);
        }
    }
}

/// In the driver, at each gap.
#[test]
fn where_it_panics() {
    let change = written_in(CHANGE, Language::Postgres);
    for gap in 0..gaps(&change) {
        for unusual in [true, false] {
            let (mut connection, settings) = database(unusual);
            let before = rows(&connection);
            let ran = std::panic::catch_unwind(AssertUnwindSafe(|| {
                let session = Box::new(Sqlite::new(&mut connection));
                let mut session = Faulty::new(session, Faults::at(gap, Fault::Panic));
                block_on(Runner::new(&change).run(&mut session))
            }));
            ran.expect_err("it panics");
            settings.check(&mut connection);
            assert_eq!(rows(&connection), before);
        }
    }
}

/// A handler of the caller's that panics at one event, by its number from 0.
fn panics_at(migrations: &Migrations, event: usize) -> Runner<'_> {
    let seen = std::sync::atomic::AtomicUsize::new(0);
    Runner::new(migrations).on_event(move |_: &Event<'_>| {
        let number = seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        assert!(number != event, "the handler of an event panics");
    })
}

/// The session that was not dropped, and a connection that was only lent: none has a transaction open, the
/// lock, or other settings than before, as soon as the panic can be caught.
#[test]
fn where_the_callers_handler_panics() {
    let directory = tempfile::TempDir::new().expect("a temporary directory");
    let change = written_in(CHANGE, Language::Postgres);
    for event in 0.. {
        let (connection, _) = database(true);
        let path = directory.path().join(format!("{event}.db"));
        let into = format!("VACUUM INTO '{}'", path.display());
        connection.execute_batch(&into).expect("a file");
        let mut connection = Connection::open(&path).expect("it opens");
        let settings = Settings::set(&mut connection, event % 2 == 0);
        let mut session = Sqlite::new(&mut connection);
        let runner = panics_at(&change, event);
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| block_on(runner.run(&mut session))));
        let Err(_) = ran else {
            // No event has that number any more.
            assert!(event > 2, "there are events while the table is copied");
            return;
        };
        // The session is there still, and can be used at once.
        assert_eq!(&Settings::of(session.connection()), &settings);
        let mut other = Sqlite::open(path.to_str().expect("UTF-8"), limosa_sqlite::Mode::Existing)
            .expect("it opens");
        let runner = Runner::new(&change).lock_wait(Duration::ZERO);
        let done = block_on(runner.run(&mut other));
        done.unwrap_or_else(|failure| panic!("event {event}: {failure}"));
        drop(session);
        settings.check(&mut connection);
    }
}
