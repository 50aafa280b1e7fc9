//! Other connections while a table is built anew: with a write-ahead log readers are not disturbed;
//! writers wait as long as they are willing to; and where somebody stays in the way, the run gives way.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::error::Failure;
use limosa_core::event::Event;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, block_on};
use rusqlite::{Connection, ErrorCode};
use tempfile::TempDir;

use crate::reported::written_in;

/// Longer than anything here takes, on a slow machine too.
const PATIENCE: Duration = Duration::from_secs(120);
const IMPATIENCE: Duration = Duration::from_millis(20);

/// A database of so many rows.
fn database(directory: &TempDir, mode: &str, rows: u32) -> std::path::PathBuf {
    let path = directory.path().join("app.db");
    let sql = format!(
        "PRAGMA journal_mode = {mode}; \
         CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); \
         CREATE TABLE child (parent INTEGER REFERENCES parent ON DELETE CASCADE); \
         CREATE INDEX by_name ON parent (name); \
         INSERT INTO parent WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) \
         SELECT n, 'name ' || n FROM s; \
         INSERT INTO child VALUES (1), (2);"
    );
    open(&path, PATIENCE)
        .execute_batch(&sql)
        .expect("the tables");
    path
}

fn open(path: &Path, wait: Duration) -> Connection {
    let connection = Connection::open(path).expect("it opens");
    connection.busy_timeout(wait).expect("a timeout");
    connection
        .pragma_update(None, "foreign_keys", true)
        .expect("a pragma");
    connection
}

/// How many rows there are, their sum, and whether a name may be missing.
fn seen(connection: &Connection) -> String {
    let sql = "SELECT format('%d rows, %d, %d of children, %s', count(*), sum(id), (SELECT count(*) FROM child), \
               (SELECT iif(\"notnull\", 'new', 'old') FROM pragma_table_info('parent') WHERE name = 'name')) \
               FROM parent";
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("it can be read")
}

fn change() -> Migrations {
    let text = "ALTER TABLE parent ALTER COLUMN name SET NOT NULL";
    written_in(text, Language::Postgres)
}

fn run(path: &Path, wait: Duration) -> Result<Report, Failure> {
    let migrations = change();
    block_on(Runner::new(&migrations).run(&mut Sqlite::new(open(path, wait))))
}

/// One that reads and does not end its transaction.
fn reader(path: &Path) -> Connection {
    let reader = open(path, PATIENCE);
    reader.execute_batch("BEGIN").expect("a transaction");
    seen(&reader);
    reader
}

fn write(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute("INSERT INTO child VALUES (3)", [])
}

/// What others met at each moment that the run told of.
#[derive(Default)]
struct Met {
    moments: Vec<(String, String, String)>,
    writer: Option<JoinHandle<rusqlite::Result<usize>>>,
}

#[test]
fn readers_are_not_disturbed_and_writers_wait() {
    let directory = TempDir::new().expect("a temporary directory");
    // So many that the pages do not stay in memory until the commit.
    let path = database(&directory, "wal", 60_000);
    let early = Mutex::new(reader(&path));
    let before = seen(&early.lock().expect("whole"));
    let met = Arc::new(Mutex::new(Met::default()));
    let (early, place) = (Arc::new(early), path.clone());
    let (reads, notes) = (early.clone(), met.clone());
    let migrations = change();
    let runner = Runner::new(&migrations).on_event(move |event| {
        let Event::Progress { progress } = event else {
            return;
        };
        let mut met = notes.lock().expect("whole");
        let (old, new) = (
            seen(&reads.lock().expect("whole")),
            seen(&open(&place, Duration::ZERO)),
        );
        met.moments.push((progress.what.clone(), old, new));
        let busy = write(&open(&place, Duration::ZERO)).expect_err("the run is writing");
        assert_eq!(busy.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
        if met.writer.is_none() {
            let patient = open(&place, PATIENCE);
            met.writer = Some(std::thread::spawn(move || write(&patient)));
        }
    });
    let mut session = Sqlite::new(open(&path, PATIENCE));
    block_on(runner.run(&mut session)).unwrap_or_else(|failure| panic!("{failure}"));
    let mut met = met.lock().expect("whole");
    for what in [
        "copying parent",
        "building by_name",
        "looking at the quick check of parent",
    ] {
        assert!(met.moments.iter().any(|(own, ..)| own == what), "{what}");
    }
    for (what, old, new) in &met.moments {
        assert_eq!((old, new), (&before, &before), "{what}");
    }
    let writer = met.writer.take().expect("a writer");
    assert_eq!(writer.join().expect("no panic").expect("it waited"), 1);
    let early = early.lock().expect("whole");
    assert_eq!(seen(&early), before, "its transaction goes on");
    early.execute_batch("COMMIT").expect("its end");
    let after = before.replace("2 of children, old", "3 of children, new");
    assert_ne!(after, before);
    assert_eq!(seen(&early), after);
    assert_eq!(seen(&open(&path, Duration::ZERO)), after);
}

/// Somebody is in the way and stays there: nothing is changed. When he is gone, it is.
#[track_caller]
fn gives_way(path: &Path, other: &Connection) {
    let before = seen(&open(path, Duration::ZERO));
    let failure = run(path, IMPATIENCE).expect_err("somebody is in the way");
    assert!(failure.to_string().contains("locked"), "{failure}");
    assert_eq!(seen(&open(path, Duration::ZERO)), before);
    other.execute_batch("ROLLBACK").expect("its end");
    run(path, PATIENCE).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(seen(&open(path, PATIENCE)), before.replace("old", "new"));
}

#[test]
fn it_gives_way_to_a_writer() {
    for mode in ["wal", "delete"] {
        let directory = TempDir::new().expect("a temporary directory");
        let path = database(&directory, mode, 100);
        let other = open(&path, PATIENCE);
        other
            .execute_batch("BEGIN IMMEDIATE")
            .expect("a transaction");
        gives_way(&path, &other);
    }
}

/// Without a write-ahead log nothing can be committed while somebody reads.
#[test]
fn it_gives_way_to_a_reader_without_a_log() {
    let directory = TempDir::new().expect("a temporary directory");
    let path = database(&directory, "delete", 100);
    let other = reader(&path);
    gives_way(&path, &other);
}
