//! A big table of SQLite that gets another definition: by Limosa, and by the bare statements.
//!
//!     rebuild fill PATH ROWS      makes the file
//!     rebuild bare PATH           copies the table and builds its indexes, in one transaction
//!     rebuild limosa PATH         the same by a migration, with every check
//!
//! The last two print microseconds, those of them that digests of rows took, and the kilobytes of memory
//! that the process had at most. Where the rest of a rebuild's time goes is on the standard error.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use limosa::Runner;
use limosa::sqlite::{Location, Mode, Sqlite, block_on, open as open_as_limosa};
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

/// The table, its child with a tenth of the rows, and two indexes.
const TABLES: &str = "
CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount BIGINT, at TIMESTAMP);
CREATE TABLE parts (id INTEGER PRIMARY KEY, item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE);
CREATE INDEX items_by_name ON items (name);
CREATE INDEX items_by_amount ON items (amount, at);
";

const CHANGE: &str = "ALTER TABLE items ALTER COLUMN amount SET NOT NULL;";

const BARE: &str = "
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
CREATE TABLE items_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount BIGINT NOT NULL, at DATETIME);
INSERT INTO items_new SELECT id, name, amount, at FROM items;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
CREATE INDEX items_by_name ON items (name);
CREATE INDEX items_by_amount ON items (amount, at);
COMMIT;
";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fill", path, rows] => fill(path, rows),
        ["bare", path] => timed(|| {
            open(path).execute_batch(BARE).expect("it is rebuilt");
            Duration::ZERO
        }),
        ["limosa", path] => timed(|| migrate(path, &[TABLES, CHANGE])),
        _ => {
            eprintln!("usage: rebuild fill PATH ROWS | bare PATH | limosa PATH");
            std::process::exit(2);
        }
    }
}

fn open(path: &str) -> Connection {
    Connection::open(path).expect("the file opens")
}

/// The rows come in the order of their keys, the indexes behind them.
fn fill(path: &str, rows: &str) {
    migrate(path, &[TABLES]);
    let rows: u64 = rows.parse().expect("ROWS is a number");
    let words = format!(
        "PRAGMA synchronous = OFF; DROP INDEX items_by_name; DROP INDEX items_by_amount; BEGIN;
         INSERT INTO items SELECT value, 'name ' || (value * 7919 % {rows}), value % 1000,
             datetime(1700000000 + value, 'unixepoch') FROM generate(1, {rows});
         INSERT INTO parts SELECT value, value * 10 FROM generate(1, {rows} / 10);
         CREATE INDEX items_by_name ON items (name);
         CREATE INDEX items_by_amount ON items (amount, at); COMMIT;"
    );
    // The bundled library has no generate_series.
    let series =
        "(WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ";
    let words = words
        .replace(
            &format!("generate(1, {rows} / 10)"),
            &format!("{series} {rows} / 10) SELECT value FROM n)"),
        )
        .replace(
            &format!("generate(1, {rows})"),
            &format!("{series} {rows}) SELECT value FROM n)"),
        );
    open(path).execute_batch(&words).expect("it is filled");
}

/// Brings a file there; how long digests of its rows took.
fn migrate(path: &str, texts: &[&str]) -> Duration {
    let directory = std::path::Path::new(path).with_extension("migrations");
    std::fs::create_dir_all(&directory).expect("a directory can be made");
    for (at, text) in texts.iter().enumerate() {
        std::fs::write(directory.join(format!("{at}_step.sql")), text)
            .expect("a file can be written");
    }
    let migrations = limosa_sql::read_dir(&directory).expect("they can be read");
    let location = Location::parse(path);
    let mut connection = open_as_limosa(&location, Mode::Create).expect("the file opens");
    let statements = watched(&mut connection);
    let ran = block_on(Runner::new(&migrations).run(&mut Sqlite::new(connection)));
    if let Err(failure) = ran {
        eprintln!("{failure}");
        std::process::exit(1);
    }
    let statements = statements.lock().expect("nobody panicked");
    for (sql, took) in statements.iter().filter(|(_, took)| took.as_millis() > 9) {
        eprintln!("{:>8} ms  {sql}", took.as_millis());
    }
    let digests = statements
        .iter()
        .filter(|(sql, _)| sql.contains("limosa_digest"));
    digests.map(|(_, took)| *took).sum()
}

type Statements = Arc<Mutex<Vec<(String, Duration)>>>;

/// What the library says of each statement: how long it took.
fn watched(connection: &mut Connection) -> Statements {
    let statements = Statements::default();
    let own = statements.clone();
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, took) = event {
            let sql = statement.sql().into_owned();
            own.lock().expect("nobody panicked").push((sql, took));
        }
    };
    connection
        .trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(note))
        .expect("the library tells");
    statements
}

fn timed(work: impl FnOnce() -> Duration) {
    let start = Instant::now();
    let digests = work();
    let all = start.elapsed();
    println!("{} {} {}", all.as_micros(), digests.as_micros(), peak());
}

/// The most memory that this process had, in kilobytes; 0 where the system does not tell that way.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default()
}
