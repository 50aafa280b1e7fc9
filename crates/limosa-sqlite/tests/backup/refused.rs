//! What is no sound backup: nothing is restored from it.

use limosa_sqlite::backup;

use crate::place::{Place, count, pair};

/// A backup, spoilt.
#[track_caller]
fn check_spoilt(spoil: impl Fn(&mut Vec<u8>), expected: &str) {
    let place = Place::new();
    drop(place.backed_up("delete", 500));
    let mut bytes = std::fs::read(&place.copy).unwrap();
    spoil(&mut bytes);
    std::fs::write(&place.copy, bytes).unwrap();
    let error = backup::verify(&place.copy).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    let mut target = pair(&place.directory().join("live.db"), "wal", 3);
    place.restore(&mut target).unwrap_err();
    assert_eq!(count(&target, "a"), 3, "nothing was changed");
}

#[test]
fn a_damaged_backup_is_refused() {
    let ours = "no sound backup";
    check_spoilt(|bytes| bytes.truncate(bytes.len() / 2), ours);
    check_spoilt(|bytes| bytes.truncate(10), "not a database");
    check_spoilt(|bytes| bytes[0] = b'X', ours);
    check_spoilt(
        |bytes| *bytes = b"-- PostgreSQL database dump\n".repeat(50),
        ours,
    );
    // A page of the middle, with its first byte: what kind of page it is.
    check_spoilt(|bytes| bytes[4096 * 30..4096 * 30 + 8].fill(0xff), ours);
}

#[test]
fn a_database_in_use_is_no_backup() {
    let place = Place::new();
    let _source = place.pair("wal", 1);
    let error = backup::verify(&place.file).unwrap_err();
    assert!(error.message.contains("in use"), "{error}");
}
