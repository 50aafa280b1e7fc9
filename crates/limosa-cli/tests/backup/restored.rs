//! Back to where a backup was made, and back to where the other one was.

use limosa_testkit::postgres::Server;

use crate::postgres::{MORE, execute, filled_server, look};
use crate::sqlite::{filled, open, sqlite_state};
use crate::support::Place;
use crate::{path, run};

/// To where the backup was made, and back to where the other one was.
fn there_and_back(place: &Place, words: &str, look: &dyn Fn() -> String) {
    let before = look();
    let file = path(&place.json(words, 0)["backup"]);
    place.expect("rollback --steps 2 --confirm --backup=never", 0);
    place.write(
        "m/30000101000000_later/migration.sql",
        "CREATE TABLE later (id integer PRIMARY KEY, a text);\n\
         CREATE VIEW seen AS SELECT id FROM environments;\n\
         DELETE FROM environments WHERE id = 'a';",
    );
    place.expect("migrate -m m --backup=never --out-of-order", 0);
    let after = look();
    assert_ne!(before, after);

    let asks = place.json(&format!("restore {file}"), 1);
    assert!(
        asks["error"]["hints"][0]
            .as_str()
            .expect("a hint")
            .contains("--confirm")
    );
    assert!(!asks.to_string().contains("\\u001b"), "{asks}");
    assert_eq!(look(), after, "nothing was changed");
    let restored = place.json(&format!("restore {file} --confirm"), 0);
    assert_eq!(look(), before);
    assert_eq!(place.json("check", 0)["drift"], serde_json::json!([]));
    place.expect("verify", 0);
    place.expect("test", 0);

    // What was there is a backup like any other.
    let aside = path(&restored["aside"]);
    assert!(aside.contains("-before-restore"), "{aside}");
    let words = format!("restore {aside}");
    run(place, &words, &[("CONFIRM_RESTORE", "yes")], 0);
    assert_eq!(look(), after);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(look(), before);
    // And goes on from there.
    place.expect("rollback --confirm", 0);
    place.expect("migrate", 0);
}

#[test]
fn sqlite_there_and_back() {
    for mode in ["delete", "wal"] {
        let place = filled();
        let other = open(&place);
        other
            .pragma_update(None, "journal_mode", mode)
            .expect("a mode");
        there_and_back(&place, "backup", &|| sqlite_state(&place));
        // A connection that was open all the time sees it, too.
        let rows = other.query_row("SELECT count(*) FROM environments", [], |row| row.get(0));
        assert_eq!(rows, Ok(2));
    }
}

async fn postgres_round(words: &str) {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    execute(&place.url, MORE).await;
    there_and_back(&place, words, &|| look(&place.url));
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_custom() {
    postgres_round("backup").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_plain() {
    postgres_round("backup --format plain").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_gzip() {
    postgres_round("backup --to x.sql.gz").await;
}

#[test]
fn sqlite_a_lost_or_damaged_file_is_restored() {
    let place = filled();
    let before = sqlite_state(&place);
    let file = path(&place.json("backup", 0)["backup"]);
    std::fs::remove_file(place.path("a.db")).expect("it is there");
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
    place.write("a.db", "scrambled by a disk that is going to die");
    let damaged = place.json(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
    let aside = damaged["damaged"].as_str().expect("a file");
    let kept = std::fs::read_to_string(place.path(aside)).expect("it was kept");
    assert!(kept.starts_with("scrambled"), "{kept}");
    // A page in the middle: it can be opened still.
    let mut bytes = std::fs::read(place.path("a.db")).expect("a file");
    bytes[4096..4096 + 64].fill(0xee);
    std::fs::write(place.path("a.db"), bytes).expect("a file");
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
}
