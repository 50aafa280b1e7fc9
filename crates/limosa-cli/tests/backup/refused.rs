//! What is no sound backup of this database changes nothing.

use limosa_testkit::postgres::Server;

use crate::postgres::{filled_server, look};
use crate::refuses;
use crate::sqlite::{filled, sqlite_state};
use crate::support::Place;

/// What is no sound backup of this database changes nothing.
fn refuses_others(place: &Place, sound: &str, look: &dyn Fn() -> String) {
    let before = look();
    place.expect(&format!("backup --to {sound}"), 0);
    let bytes = std::fs::read(place.path(sound)).expect("a file");
    std::fs::write(place.path("half"), &bytes[..bytes.len() / 2]).expect("a file");
    std::fs::write(place.path("empty"), "").expect("a file");
    place.write("other", "SELECT 'DROP TABLE environments';\n");
    refuses(place, "half", "no sound backup");
    refuses(place, "other", "no sound backup");
    refuses(place, "nothing-there", "nothing-there");
    refuses(place, "limosa-backups", "limosa-backups");
    assert_eq!(look(), before);
}

#[test]
fn sqlite_refuses_others() {
    let place = filled();
    refuses_others(&place, "sound.db", &|| sqlite_state(&place));
    // Sound, and a backup, but of something else.
    let other = Place::sqlite();
    other.write("m/1_x/migration.sql", "CREATE TABLE x (y integer);");
    other.expect("migrate -m m", 0);
    let file = other.path("theirs.db");
    let file = file.to_str().expect("UTF-8");
    other.expect(&format!("backup --to {file}"), 0);
    refuses(&place, file, "another database");
    let connection = rusqlite::Connection::open(place.path("bare.db")).expect("a file");
    connection
        .execute_batch("CREATE TABLE z (y)")
        .expect("a table");
    drop(connection);
    refuses(&place, "bare.db", "another database");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_refuses_others() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    for sound in ["sound.dump", "sound.sql", "sound.sql.gz"] {
        refuses_others(&place, sound, &|| look(&place.url));
    }
    let before = look(&place.url);
    for sound in ["sound.dump", "sound.sql", "sound.sql.gz"] {
        let bytes = std::fs::read(place.path(sound)).expect("a file");
        for length in cuts(&bytes) {
            std::fs::write(place.path("cut"), &bytes[..length]).expect("a file");
            refuses(&place, "cut", "no sound backup");
        }
    }
    assert_eq!(look(&place.url), before);
    let lite = filled();
    let file = lite.path("lite.db");
    let file = file.to_str().expect("UTF-8");
    lite.expect(&format!("backup --to {file}"), 0);
    refuses(&place, file, "SQLite");
    // Damaged in the middle, where the list at its front does not reach. One byte is not enough: it may be the
    // distance to one of two texts that are equal, and then nothing is wrong with the file.
    let mut bytes = std::fs::read(place.path("sound.sql.gz")).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16]
        .iter_mut()
        .for_each(|byte| *byte ^= 0x55);
    std::fs::write(place.path("damaged.sql.gz"), bytes).expect("a file");
    refuses(&place, "damaged.sql.gz", "no sound backup");
    let other = Server::shared().await.database().await;
    let other = Place::new(&other.url());
    other.write("m/1_x/migration.sql", "CREATE TABLE x (y integer);");
    other.expect("migrate -m m", 0);
    let theirs = other.path("theirs.dump");
    let theirs = theirs.to_str().expect("UTF-8");
    other.expect(&format!("backup --to {theirs}"), 0);
    refuses(&place, theirs, "another database");
}

/// Lengths at which a dump is cut: of a script also in the mark of its end and behind it, of others in their
/// last bytes.
fn cuts(dump: &[u8]) -> Vec<usize> {
    let mark = b"-- PostgreSQL database dump complete";
    let end = dump.windows(mark.len()).position(|found| found == mark);
    let Some(end) = end else {
        return vec![dump.len() - dump.len() / 4, dump.len() - 9, dump.len() - 1];
    };
    // The last line, without its end.
    let last = dump.trim_ascii_end().len();
    vec![
        end,
        end + 12,
        end + mark.len(),
        end + mark.len() + 1,
        last - 1,
        last,
    ]
}
