//! What a backup is called, who may read it, and what it counts.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use limosa_testkit::postgres::Server;
use serde_json::Value;

use crate::postgres::filled_server;
use crate::sqlite::filled;
use crate::support::Place;
use crate::{LAST, backups, path};

/// What holds on both: `place` has all migrations, and two rows.
fn made_named_and_verified(place: &Place, ending: &str) {
    let made = place.json("backup", 0)["backup"].clone();
    let file = path(&made);
    assert!(
        file.contains("limosa-backups/") && file.ends_with(ending),
        "{file}"
    );
    assert!(file.contains(LAST), "{file}");
    let mode = |path: &Path| {
        let found = std::fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode(&place.path(&file)), 0o600);
    assert_eq!(mode(&place.path("limosa-backups")), 0o700);
    let tables = made["tables"].as_array().expect("tables");
    let rows = |name: &str| {
        let is = |table: &&Value| {
            table["name"]
                .as_str()
                .is_some_and(|own| own.ends_with(name))
        };
        tables.iter().find(is).expect("the table")["rows"].clone()
    };
    assert_eq!(
        (rows("environments"), rows("limosa_journal")),
        (2.into(), 3.into())
    );
    // Again at the same second: another name.
    assert_ne!(path(&place.json("backup", 0)["backup"]), file);
    assert_eq!(backups(place).len(), 2);
    // A name of one's own is never overwritten.
    place.expect("backup --to mine", 0);
    let before = std::fs::read(place.path("mine")).expect("a file");
    let refused = place.expect("backup --to mine", 1);
    refused.says(&["it is kept"]);
    assert_eq!(std::fs::read(place.path("mine")).expect("a file"), before);
    place.expect("backup --to limosa-backups", 0);
    assert_eq!(backups(place).len(), 3);
    let nowhere = place.expect("backup --to nowhere/x", 1);
    nowhere.says(&["nowhere/x"]);
}

#[test]
fn sqlite_made_named_and_verified() {
    made_named_and_verified(&filled(), ".db");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_made_named_and_verified() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    made_named_and_verified(&place, ".dump");
    for (words, format, begin) in [
        ("--to a.sql", "plain", &b"--\n-- PostgreSQL"[..]),
        ("--to a.sql.gz", "gzip", &[0x1f, 0x8b][..]),
        ("--to a.dump", "custom", &b"PGDMP"[..]),
        ("--to b --format plain", "plain", &b"--\n"[..]),
        ("--to c.sql --format gzip", "gzip", &[0x1f, 0x8b][..]),
    ] {
        let made = place.json(&format!("backup {words}"), 0)["backup"].clone();
        assert_eq!(made["format"], format);
        let bytes = std::fs::read(place.path(&path(&made))).expect("a file");
        assert!(bytes.starts_with(begin), "{words}");
    }
}

#[test]
fn sqlite_in_memory_or_not_there_has_nothing_to_keep() {
    let memory = Place::new("sqlite::memory:");
    memory.expect("backup", 1);
    memory.expect("migrate --backup", 0);
    let place = Place::sqlite();
    let refused = place.expect("backup", 1);
    refused.says(&["no database a.db"]);
    assert!(!place.path("a.db").exists());
}
