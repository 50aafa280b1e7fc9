//! The estimate is near what the library does.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

const OLD: &str = "CREATE TABLE old (id INTEGER PRIMARY KEY, a TEXT, n BIGINT, at TIMESTAMP); \
    CREATE INDEX by_a ON old (a); \
    INSERT INTO old SELECT value, 'text ' || value, value % 7, CASE value % 3 WHEN 0 THEN NULL ELSE value END \
    FROM (WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 20000) \
    SELECT value FROM s)";

/// Estimates what a copy takes, carries it out, and compares: in parts of a hundred.
#[track_caller]
fn check(new: &str, copy: &str, within: std::ops::RangeInclusive<u64>) {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("{OLD}; {new}")).unwrap();
    let copying = Copying::of(&connection, copy).unwrap();
    assert_eq!(copying.what, "copying old");
    assert_eq!(copying.total, 20_000);
    let looks = Arc::new(AtomicU64::new(0));
    let counted = looks.clone();
    let look = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(LOOK_EVERY, Some(look)).unwrap();
    connection.execute(copy, []).unwrap();
    let instructions = looks.load(Ordering::Relaxed) * u64::from(LOOK_EVERY.unsigned_abs());
    let estimate = instructions * 100 / copying.instructions / copying.total;
    assert!(within.contains(&estimate), "{estimate}");
}

#[test]
fn the_estimate_is_near() {
    check(
        "CREATE TABLE new (id INTEGER PRIMARY KEY, a TEXT, n BIGINT NOT NULL, at DATETIME)",
        "INSERT OR ABORT INTO new (rowid, id, a, n, at) SELECT rowid, id, a, n, at FROM old NOT INDEXED",
        85..=105,
    );
    check(
        "CREATE TABLE new (id TEXT PRIMARY KEY, a TEXT NOT NULL, n INT) WITHOUT ROWID",
        "INSERT OR ABORT INTO new (id, a, n) SELECT id, a, n FROM old NOT INDEXED",
        85..=105,
    );
    // With branches it is low.
    check(
        "CREATE TABLE new (id INTEGER PRIMARY KEY, a TEXT CHECK (length(a) > 1), n TEXT)",
        "INSERT INTO new SELECT id, a, CASE n WHEN 1 THEN 'a' WHEN 2 THEN 'b' WHEN 3 THEN 'c' ELSE n END FROM old NOT INDEXED",
        50..=105,
    );
}

#[test]
fn what_is_no_copy_of_a_table_is_not_counted() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(OLD).unwrap();
    for sql in [
        "INSERT INTO old (a) VALUES ('x')",
        "INSERT INTO old (a) SELECT x.a FROM old AS x CROSS JOIN old AS y",
        "SELECT * FROM old",
        "DROP TABLE old",
        "INSERT INTO nothing SELECT * FROM old",
    ] {
        assert_eq!(Copying::of(&connection, sql), None, "{sql}");
    }
}

#[test]
fn indexes_have_names() {
    for (sql, name) in [
        ("CREATE INDEX a ON t (b)", Some("a")),
        (
            "create unique index if not exists \"a b\" ON t (b)",
            Some("a b"),
        ),
        ("CREATE INDEX [c] ON t (b)", Some("c")),
        ("CREATE TABLE a (b)", None),
        ("DROP INDEX a", None),
        ("", None),
    ] {
        assert_eq!(index_of(sql).as_deref(), name, "{sql}");
    }
}

#[test]
fn a_panic_of_the_watcher_does_not_go_through_the_library() {
    let copying = Copying {
        what: "copying t".to_owned(),
        total: 1,
        instructions: 1,
    };
    let panic = Panic::default();
    let watcher = Watcher::new(|_| panic!("the watcher panics"));
    let mut look = look(copying, watcher, panic.clone(), None);
    std::thread::sleep(PAUSE);
    assert!(look(), "it interrupts");
    assert!(panic.lock().unwrap().is_some());
}
