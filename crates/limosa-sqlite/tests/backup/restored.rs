//! Bringing back what was there.

use limosa_core::migrator::Command;
use rusqlite::Connection;

use crate::common::{entry, execute, open, run};
use crate::place::{PATIENCE, Place, count, counts};

#[test]
fn restores_what_was_there_with_the_journal() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        drop(place.pair(mode, 300));
        let mut session = open(&place.file);
        let commands = [
            Command::CreateJournal,
            Command::Record(vec![(entry("1"), Some("SELECT 1".into()))]),
        ];
        run(&mut session, &commands).unwrap();
        let made = place.back_up(session.connection()).unwrap();

        // A reader that stays open, a later migration, and rows that are gone.
        let reader = Connection::open(&place.file).unwrap();
        reader.busy_timeout(PATIENCE).unwrap();
        assert_eq!(count(&reader, "a"), 300);
        execute(
            &mut session,
            &["DELETE FROM a", "DROP TABLE b", "CREATE TABLE c (d)"],
        );
        run(&mut session, &[Command::Record(vec![(entry("2"), None)])]).unwrap();
        let restored = place.restore(session.connection_mut()).unwrap();
        assert_eq!(restored, made);
        let journal = restored.journal.unwrap();
        assert_eq!(journal.entries.len(), 1);
        for connection in [&reader, session.connection()] {
            assert_eq!(counts(connection), (300, 300));
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'c'";
            let left: i64 = connection.query_row(tables, [], |row| row.get(0)).unwrap();
            assert_eq!(left, 0);
        }
        let now: String = reader
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(now, mode);
    }
}

#[test]
fn restores_into_a_new_file_and_over_other_sizes_of_pages() {
    let place = Place::new();
    drop(place.backed_up("delete", 9));
    let mut fresh = Connection::open(place.directory().join("fresh.db")).unwrap();
    place.restore(&mut fresh).unwrap();
    assert_eq!(count(&fresh, "b"), 9);
    for (mode, fits) in [("delete", true), ("wal", false)] {
        let path = place.directory().join(format!("{mode}.db"));
        let mut other = Connection::open(&path).unwrap();
        let sql =
            format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {mode}; CREATE TABLE x (y)");
        other.execute_batch(&sql).unwrap();
        let restored = place.restore(&mut other);
        assert_eq!(restored.is_ok(), fits, "{restored:?}");
        assert_eq!(
            count(&other, if fits { "b" } else { "x" }),
            if fits { 9 } else { 0 }
        );
    }
}
