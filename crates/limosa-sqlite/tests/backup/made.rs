//! Making a backup: what it holds while others write, and what it leaves alone.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use limosa_sqlite::backup;
use rusqlite::Connection;

use crate::place::{PATIENCE, Place, count, counts, grow, pair, quiet};

fn while_others_write(mode: &str) {
    let place = Place::new();
    let source = place.pair(mode, 20_000);
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let writer = Connection::open(&place.file).unwrap();
            writer.busy_timeout(PATIENCE).unwrap();
            while !stop.load(Ordering::Relaxed) {
                grow(&writer, 1);
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        while written.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        let mut seen = Vec::new();
        let before = written.load(Ordering::Relaxed);
        let mut during = 0;
        let made = backup::create(&source, &place.copy, &mut |progress| {
            if mode == "wal" && seen.is_empty() {
                // Nobody waits for the copy: the writer goes on in the middle of it.
                let since = std::time::Instant::now();
                while during == 0 && since.elapsed() < PATIENCE {
                    during = written.load(Ordering::Relaxed) - before;
                    std::thread::yield_now();
                }
            }
            seen.push(progress);
            ControlFlow::Continue(())
        });
        stop.store(true, Ordering::Relaxed);
        let made = made.unwrap();
        assert!(mode != "wal" || during > 0, "the writer was held up");
        assert!(seen.len() > 2, "{seen:?}");
        assert!(seen.is_sorted_by_key(|one| one.copied), "{seen:?}");
        let last = seen.last().unwrap();
        assert_eq!(last.copied, last.total);
        let copy = Connection::open(&place.copy).unwrap();
        let (one, other) = counts(&copy);
        assert_eq!(one, other);
        assert_eq!(made.rows(), 2 * u64::try_from(one).unwrap());
    });
}

#[test]
fn is_of_one_moment_while_others_write_in_wal_mode() {
    while_others_write("wal");
}

#[test]
fn is_of_one_moment_while_others_write_in_delete_mode() {
    while_others_write("delete");
}

#[test]
fn the_log_that_is_not_in_the_file_yet_belongs_to_it() {
    let place = Place::new();
    let source = place.pair("wal", 1);
    source.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    grow(&source, 5);
    assert_eq!(place.back_up(&source).unwrap().rows(), 12);
    assert_eq!(backup::verify(&place.copy).unwrap().rows(), 12);
    assert_eq!(
        place.names(),
        ["app.db", "app.db-shm", "app.db-wal", "copy.db"]
    );
}

#[cfg(unix)]
#[test]
fn its_owner_alone_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let source = pair(&place.directory().join("a?b #%41 'é.db"), "wal", 1);
    let to = place.directory().join("c?d #%41 'é.db");
    backup::create(&source, &to, &mut quiet()).unwrap();
    let mode = std::fs::metadata(&to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(backup::verify(&to).unwrap().rows(), 2);
}

#[test]
fn no_file_is_overwritten() {
    let place = Place::new();
    let source = place.pair("delete", 1);
    std::fs::write(&place.copy, "mine").unwrap();
    let error = place.back_up(&source).unwrap_err();
    assert!(error.message.contains("it is kept"), "{error}");
    assert_eq!(std::fs::read(&place.copy).unwrap(), b"mine");
    assert_eq!(place.names(), ["app.db", "copy.db"]);
}

#[test]
fn can_be_broken_off() {
    let place = Place::new();
    let mut source = place.pair("delete", 20_000);
    backup::create(&source, &place.copy, &mut |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(place.names(), ["app.db"]);
    place.back_up(&source).unwrap();
    grow(&source, 1);
    let restored = backup::restore(&mut source, &place.copy, PATIENCE, &mut |_| {
        ControlFlow::Break(())
    });
    restored.unwrap_err();
    assert_eq!(count(&source, "a"), 20_001, "nothing was changed");
}

#[test]
fn a_connection_that_writes_has_nothing_consistent() {
    let place = Place::new();
    let source = place.pair("delete", 1);
    source
        .execute_batch("BEGIN; INSERT INTO b VALUES (77)")
        .unwrap();
    let error = place.back_up(&source).unwrap_err();
    assert!(error.message.contains("writing"), "{error}");
    assert!(
        !source.is_autocommit(),
        "the caller's transaction stays open"
    );
    source.execute_batch("ROLLBACK").unwrap();
    assert_eq!(place.names(), ["app.db"]);
}
