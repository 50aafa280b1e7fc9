//! A start with nothing pending, where nothing may be written.

use std::time::Duration;

use crate::place::{Kind, Place};
use crate::process::run;
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};
use crate::{chain, files};

const LIMIT: Duration = Duration::from_secs(20);

pub async fn all() -> Table {
    let mut table = Table::new("A start with nothing pending");
    let mut rows: [Vec<Cell>; 4] = Default::default();
    for tool in &TOOLS {
        let role = "CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC;
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest";
        rows[0].push(as_guest(tool, role).await);
        let role = "CREATE ROLE guest LOGIN SUPERUSER;
             ALTER ROLE guest SET default_transaction_read_only = on";
        rows[1].push(as_guest(tool, role).await);
        rows[2].push(beside_a_writer(tool, Kind::Sqlite).await);
        rows[3].push(beside_a_writer(tool, Kind::Postgres).await);
    }
    let titles = [
        "PostgreSQL, a role that may only read",
        "PostgreSQL, a read-only session",
        "SQLite, while another process writes",
        "PostgreSQL, while a transaction that changed a table is open",
    ];
    for (title, cells) in titles.into_iter().zip(rows) {
        table.row(title, cells);
    }
    table
}

async fn as_guest(tool: &Tool, role: &str) -> Cell {
    let directory = files::write(tool, &chain::plain(Kind::Postgres).files);
    let place = Place::new(Kind::Postgres).await;
    let start = |target: &str| run(tool, Kind::Postgres, target, directory.path(), LIMIT).0;
    assert_eq!(
        start(&place.target()),
        crate::process::End::Done,
        "{}",
        tool.title
    );
    place.execute(role).await;
    let target = place.target().replace("//postgres@", "//guest@");
    let cell = Cell::of(&start(&target), "starts");
    place.execute("DROP OWNED BY guest; DROP ROLE guest").await;
    cell
}

async fn beside_a_writer(tool: &Tool, kind: Kind) -> Cell {
    let directory = files::write(tool, &chain::plain(kind).files);
    let place = Place::new(kind).await;
    let start = || run(tool, kind, &place.target(), directory.path(), LIMIT).0;
    assert_eq!(start(), crate::process::End::Done, "{}", tool.title);
    match kind {
        Kind::Sqlite => {
            let writer = rusqlite::Connection::open(place.target()).expect("the file opens");
            let write = "BEGIN IMMEDIATE; UPDATE log SET balance = 0";
            writer.execute_batch(write).expect("it writes");
            Cell::of(&start(), "starts")
        }
        Kind::Postgres => {
            let writer = place.database().client().await;
            let write = "BEGIN; ALTER TABLE log ADD COLUMN more INTEGER";
            writer.batch_execute(write).await.expect("it writes");
            Cell::of(&start(), "starts")
        }
    }
}
