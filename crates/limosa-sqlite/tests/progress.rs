//! What a run tells while it copies a table.

mod common;

use std::sync::{Arc, Mutex};

use limosa_core::engine::Runner;
use limosa_core::event::Event;
use limosa_core::migration::{Builder, Migration, Migrations};
use limosa_core::progress::Progress;
use limosa_sql::Language;
use limosa_sqlite::{Background, Sqlite, block_on};
use rusqlite::Connection;

/// So many that the session looks at the clock.
const ROWS: u64 = 60_000;

fn database() -> Sqlite<Connection> {
    let session = Sqlite::in_memory().unwrap();
    let sql = format!(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT); \
         CREATE INDEX items_by_name ON items (name); \
         CREATE TABLE parts (item INTEGER REFERENCES items); \
         INSERT INTO items WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS}) \
         SELECT n, 'name ' || n FROM s; INSERT INTO parts VALUES (1)"
    );
    session.connection().execute_batch(&sql).unwrap();
    session
}

fn change() -> Migrations {
    let text = "ALTER TABLE items ALTER COLUMN name SET NOT NULL";
    let statement = limosa_sql::statement(text, Language::Postgres).unwrap();
    let builder = Migration::builder("1", "change");
    let builder = statement
        .operations
        .iter()
        .cloned()
        .fold(builder, Builder::up);
    Migrations::new(vec![builder.build()]).unwrap()
}

/// A place for events, and a runner that puts them there.
fn heard(migrations: &Migrations) -> (Arc<Mutex<Vec<Progress>>>, Runner<'_>) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let list = all.clone();
    let runner = Runner::new(migrations).on_event(move |event| match event {
        Event::StepStarted { .. } => list.lock().unwrap().clear(),
        Event::Progress { progress } => list.lock().unwrap().push((*progress).clone()),
        _ => {}
    });
    (all, runner)
}

#[track_caller]
fn check(all: &[Progress]) {
    let mut doing: Vec<&str> = all.iter().map(|own| own.what.as_str()).collect();
    doing.dedup();
    assert_eq!(
        doing,
        [
            "looking at the rows of items (number, digest)",
            "looking at the rows of parts (number, digest)",
            "looking at the quick check of items",
            "copying items",
            "building items_by_name",
            "looking at the rows of items (number, digest)",
            "looking at the rows of parts (number, digest)",
            "looking at the quick check of items",
        ]
    );
    let rows: Vec<_> = all.iter().filter_map(|own| own.rows).collect();
    assert!(rows.iter().all(|rows| rows.total == ROWS), "{rows:?}");
    let done: Vec<u64> = rows.iter().map(|rows| rows.done).collect();
    assert!(done.is_sorted(), "{done:?}");
    assert_eq!(
        (done.first(), done.last()),
        (Some(&0), Some(&ROWS)),
        "{done:?}"
    );
}

#[test]
fn a_copy_tells_how_many_rows_are_done() {
    let migrations = change();
    let mut session = database();
    let (all, runner) = heard(&migrations);
    block_on(runner.run(&mut session)).unwrap();
    check(&all.lock().unwrap());
}

#[tokio::test]
async fn a_copy_in_the_background_tells_the_same() {
    let migrations = change();
    let mut session = Background::new(database());
    let (all, runner) = heard(&migrations);
    runner.run(&mut session).await.unwrap();
    check(&all.lock().unwrap());
}

/// The session's owner can go on, and hears nothing.
#[test]
fn nothing_is_told_behind_the_step() {
    let migrations = change();
    let mut session = database();
    let (all, runner) = heard(&migrations);
    block_on(runner.run(&mut session)).unwrap();
    let told = all.lock().unwrap().len();
    common::execute(
        &mut session,
        &[
            "CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT)",
            "INSERT INTO other SELECT * FROM items",
            "CREATE INDEX other_by_name ON other (name)",
        ],
    );
    assert_eq!(all.lock().unwrap().len(), told);
}
