//! A database that holds something else than the journal says.

use std::time::{Duration, Instant};

use crate::chain::Chain;
use crate::files::{self, File, numbered};
use crate::place::{Kind, Place};
use crate::process::{End, Peer, run};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

const LIMIT: Duration = Duration::from_secs(20);

pub async fn all() -> Table {
    let mut table = Table::new("A database that does not fit the journal");
    let mut cells: [Vec<Cell>; 4] = Default::default();
    for tool in &TOOLS {
        cells[0].push(column(tool, "ALTER TABLE accounts ADD COLUMN note TEXT").await);
        cells[1].push(column(tool, "ALTER TABLE accounts ADD COLUMN note INTEGER").await);
        cells[2].push(invalid(tool, "CREATE INDEX CONCURRENTLY accounts_balance").await);
        let guarded = "CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_balance";
        cells[3].push(invalid(tool, guarded).await);
    }
    let titles = [
        "a column was added by hand, as the next migration wants it",
        "the same with another type",
        "killed in CREATE INDEX CONCURRENTLY, which leaves an INVALID index",
        "the same, with IF NOT EXISTS",
    ];
    for (title, cells) in titles.into_iter().zip(cells) {
        table.row(title, cells);
    }
    table
}

const ACCOUNTS: &str = "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT);
    INSERT INTO accounts SELECT n, n FROM generate_series(1, 500) n;";

async fn column(tool: &Tool, by_hand: &str) -> Cell {
    let place = Place::new(Kind::Postgres).await;
    let texts = [
        ACCOUNTS,
        "ALTER TABLE accounts ADD COLUMN note TEXT;",
        "CREATE TABLE log (id BIGINT PRIMARY KEY);",
    ];
    let start = |files: &[File]| {
        let directory = files::write(tool, files);
        run(
            tool,
            Kind::Postgres,
            &place.target(),
            directory.path(),
            LIMIT,
        )
        .0
    };
    assert_eq!(start(&numbered(&texts[..1])), End::Done, "{}", tool.title);
    place.execute(by_hand).await;
    Cell::of(&start(&numbered(&texts)), "goes on")
}

async fn invalid(tool: &Tool, create: &str) -> Cell {
    let place = Place::new(Kind::Postgres).await;
    let create = format!("{create} ON accounts (balance);");
    let chain = Chain {
        kind: Kind::Postgres,
        files: numbered(&[ACCOUNTS, &create]),
        rows: &[],
    };
    let directory = files::write(tool, &chain.files[..1]);
    let start = |directory: &tempfile::TempDir| {
        run(
            tool,
            Kind::Postgres,
            &place.target(),
            directory.path(),
            LIMIT,
        )
        .0
    };
    assert_eq!(start(&directory), End::Done, "{}", tool.title);
    let directory = files::write(tool, &chain.files);
    if let Some(cell) = interrupt(tool, &place, &directory).await {
        return cell;
    }
    let end = start(&directory);
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'accounts_balance'::regclass";
    let cell = Cell::of(&end, "builds it again");
    match place.value(valid).await.as_str() {
        "f" if end == End::Done => Cell::new("**recorded as done, the index is INVALID**"),
        _ => cell,
    }
}

/// Kills the run while the build waits for an older transaction. Returns what went wrong with that.
async fn interrupt(tool: &Tool, place: &Place, directory: &tempfile::TempDir) -> Option<Cell> {
    let older = place.database().client().await;
    let hold = "BEGIN; UPDATE accounts SET balance = 0 WHERE id = 1";
    older.batch_execute(hold).await.expect("it holds");
    let ready = Peer::migrate(tool, Kind::Postgres, &place.target(), directory.path());
    let mut peer = ready.expect("it connects");
    peer.begin();
    let since = Instant::now();
    let begun = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    while place.value(begun).await == "0" {
        if since.elapsed() > LIMIT
            || !matches!(peer.hears(Duration::from_millis(20)), Err(End::Hung))
        {
            peer.kill();
            return Some(Cell::new("cannot run it at all"));
        }
    }
    peer.kill();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%CREATE INDEX%'
            AND pid <> pg_backend_pid()";
    place.column(end).await.expect("it is ended");
    let gone = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%CREATE INDEX%'
            AND pid <> pg_backend_pid()";
    while place.value(gone).await != "0" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    older.batch_execute("ROLLBACK").await.expect("it lets go");
    None
}
