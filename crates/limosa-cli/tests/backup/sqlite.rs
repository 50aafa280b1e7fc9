//! A place with a file, and what is in it.

use crate::support::Place;
use crate::{PATIENCE, ROWS};

pub(crate) fn open(place: &Place) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(place.path("a.db")).expect("open the file");
    connection.busy_timeout(PATIENCE).expect("a timeout");
    connection
}

pub(crate) fn filled() -> Place {
    let place = Place::sqlite();
    place.expect("migrate", 0);
    open(&place).execute_batch(ROWS).expect("rows");
    place
}

pub(crate) fn sqlite_state(place: &Place) -> String {
    let connection = open(place);
    let mut lines = Vec::new();
    for sql in [
        "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
        "SELECT version || checksum || state || started_at FROM limosa_journal ORDER BY 1",
        "SELECT id || name FROM environments ORDER BY 1",
    ] {
        let mut statement = connection.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        lines.extend(rows.expect("rows").map(|row| row.expect("a row")));
    }
    lines.join("\n")
}
