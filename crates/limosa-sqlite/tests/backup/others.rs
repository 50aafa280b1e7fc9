//! Others that have the file open while it is restored.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use limosa_sqlite::backup;
use rusqlite::Connection;

use crate::place::{PATIENCE, Place, count, counts, grow, quiet, sound};

#[test]
fn gives_way_to_a_reader_that_does_not_let_go() {
    let place = Place::new();
    let mut target = place.backed_up("delete", 3);
    grow(&target, 4);
    target.busy_timeout(Duration::ZERO).unwrap();
    let reader = Connection::open(&place.file).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM a").unwrap();
    let mut rows = reader.prepare("SELECT n FROM a").unwrap();
    let mut rows = rows.query([]).unwrap();
    rows.next().unwrap();
    let patience = Duration::from_millis(50);
    let error = backup::restore(&mut target, &place.copy, patience, &mut quiet()).unwrap_err();
    assert!(error.hint.is_some(), "{error}");
    drop(rows);
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(count(&target, "a"), 7, "nothing was changed");
}

/// What another connection is about to write is neither lost nor mixed with the backup.
#[test]
fn gives_way_to_a_writer_that_does_not_let_go() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let mut target = place.backed_up(mode, 300);
        grow(&target, 4);
        target.busy_timeout(Duration::ZERO).unwrap();
        let writer = Connection::open(&place.file).unwrap();
        writer
            .execute_batch(
                "BEGIN IMMEDIATE; INSERT INTO b VALUES (9000); DELETE FROM a WHERE n = 1",
            )
            .unwrap();
        let patience = Duration::from_millis(50);
        let error = backup::restore(&mut target, &place.copy, patience, &mut quiet()).unwrap_err();
        assert!(error.hint.is_some(), "{mode}: {error}");
        writer.execute_batch("COMMIT").unwrap();
        assert_eq!(counts(&target), (303, 305), "{mode}");
        place.restore(&mut target).unwrap();
        for connection in [&writer, &target] {
            assert_eq!(counts(connection), (300, 300), "{mode}");
        }
        sound(&place.file);
    }
}

#[test]
fn a_reader_in_wal_mode_goes_on_with_what_it_reads() {
    let place = Place::new();
    let mut target = place.backed_up("wal", 300);
    grow(&target, 40);
    let reader = Connection::open(&place.file).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader, "a"), 340);
    place.restore(&mut target).unwrap();
    assert_eq!(counts(&reader), (340, 340));
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(counts(&reader), (300, 300));
    sound(&place.file);
}

/// An application that goes on working: each of its transactions is before the restored state, or behind it.
#[test]
fn is_one_step_to_others_that_read_and_write_meanwhile() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let mut target = place.backed_up(mode, 300);
        grow(&target, 50);
        let (stop, rounds) = (AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let other = Connection::open(&place.file).unwrap();
                other.busy_timeout(PATIENCE).unwrap();
                while !stop.load(Ordering::Relaxed) {
                    grow(&other, 1);
                    let sql = "SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b)";
                    let alike: bool = other.query_row(sql, [], |row| row.get(0)).unwrap();
                    assert!(alike, "{mode}");
                    rounds.fetch_add(1, Ordering::Relaxed);
                    // SQLite's locks know no queue.
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
            for _ in 0..5 {
                let before = rounds.load(Ordering::Relaxed);
                while rounds.load(Ordering::Relaxed) == before {
                    std::thread::yield_now();
                }
                let restored = place.restore(&mut target);
                if let Err(error) = restored {
                    stop.store(true, Ordering::Relaxed);
                    panic!("{mode}: {error}");
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        let (one, other) = counts(&target);
        assert_eq!(one, other, "{mode}");
        sound(&place.file);
    }
}
