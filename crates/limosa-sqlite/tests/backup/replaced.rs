//! A file that is set aside, since it cannot be restored into.

use limosa_sqlite::backup;
use rusqlite::Connection;

use crate::place::{PATIENCE, Place, count, counts, grow, sound};

/// Who has the old file open still has that one: nothing of it gets into the new one.
#[test]
fn who_has_a_replaced_file_open_does_not_touch_the_new_one() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let stale = place.backed_up(mode, 50);
        grow(&stale, 7);
        let aside = place.directory().join("aside.db");
        backup::replace(&place.file, &place.copy, &aside).unwrap();
        let fresh = Connection::open(&place.file).unwrap();
        fresh.busy_timeout(PATIENCE).unwrap();
        fresh
            .execute_batch(&format!("PRAGMA journal_mode = {mode}"))
            .unwrap();
        grow(&fresh, 1);
        // It is refused, or goes to the file that was set aside.
        let _ = stale.execute_batch("DELETE FROM b; PRAGMA wal_checkpoint(TRUNCATE)");
        grow(&fresh, 1);
        drop(stale);
        grow(&fresh, 1);
        assert_eq!(counts(&fresh), (53, 53), "{mode}");
        drop(fresh);
        sound(&place.file);
        let fresh = Connection::open(&place.file).unwrap();
        assert_eq!(counts(&fresh), (53, 53), "{mode}");
        sound(&aside);
    }
}

#[test]
fn replaces_a_file_that_cannot_be_opened() {
    let place = Place::new();
    drop(place.backed_up("delete", 5));
    std::fs::write(&place.file, "scrambled").unwrap();
    std::fs::write(place.directory().join("app.db-wal"), "a log of before").unwrap();
    let aside = place.directory().join("aside.db");
    backup::replace(&place.file, &place.copy, &aside).unwrap();
    assert_eq!(count(&Connection::open(&place.file).unwrap(), "b"), 5);
    assert_eq!(std::fs::read(&aside).unwrap(), b"scrambled");
    assert_eq!(
        place.names(),
        ["app.db", "aside.db", "aside.db-wal", "copy.db"]
    );
    backup::replace(&place.file, &place.copy, &aside).unwrap_err();
}
