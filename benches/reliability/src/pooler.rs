//! Behind PgBouncer in transaction mode.

use std::time::Duration;

use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::Server;

use crate::place::{Kind, Place};
use crate::process::run;
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};
use crate::{chain, crowd, files, kill};

const POOL: u32 = 4;
const LIMIT: Duration = Duration::from_secs(30);

pub async fn all(kills: usize) -> Table {
    let mut table = Table::new("Behind PgBouncer in transaction mode");
    let mut rows: [Vec<Cell>; 5] = Default::default();
    for tool in &TOOLS {
        // One of its own for each, so that none meets what another one left.
        let pooler = PgBouncer::start(Server::shared().await, POOL).await;
        let [first, second] = alone(tool, &pooler).await;
        rows[0].push(first);
        rows[1].push(second);
        let together = chain::crowd(Kind::Postgres, None);
        rows[2].push(crowd::sweep(tool, &together, 8, 3, Some(&pooler)).await);
        let disturbed = chain::plain(Kind::Postgres);
        rows[3].push(kill::sweep(tool, &disturbed, kills, Some(&pooler)).await);
        rows[4].push(orphans().await);
        drop(pooler);
    }
    let titles = [
        "a run alone",
        "three more starts, nothing pending",
        "8 at once, 3 rounds",
        "SIGKILL, then a new start",
        "session locks that stay behind in the pooler's sessions",
    ];
    for (title, cells) in titles.into_iter().zip(rows) {
        table.row(title, cells);
    }
    table
}

async fn alone(tool: &Tool, pooler: &PgBouncer) -> [Cell; 2] {
    let directory = files::write(tool, &chain::plain(Kind::Postgres).files);
    let place = Place::new(Kind::Postgres).await;
    let target = format!("{}?sslmode=disable", pooler.url(place.database()));
    let start = || run(tool, Kind::Postgres, &target, directory.path(), LIMIT).0;
    let first = Cell::of(&start(), "done");
    let mut starts = (0..3).map(|_| start());
    let failed = starts.find(|end| *end != crate::process::End::Done);
    let second = failed.map_or(Cell::new("start"), |end| Cell::of(&end, "start"));
    [first, second]
}

/// The programs are gone; their sessions with the server live on in the pooler.
async fn orphans() -> Cell {
    let client = Server::shared().await.client().await;
    let count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
    let row = client.query_one(count, &[]).await.expect("a row");
    Cell::new(row.get::<_, i64>(0).to_string())
}
