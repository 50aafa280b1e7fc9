//! A strong lock that has to wait: how long everybody else waits behind it.

use std::time::{Duration, Instant};

use crate::files::{self, numbered};
use crate::place::{Kind, Place};
use crate::process::{End, Peer, run};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

const LIMIT: Duration = Duration::from_secs(30);
const OPEN: Duration = Duration::from_secs(5);

pub async fn all() -> Table {
    let mut table = Table::new("ALTER TABLE behind a transaction that stays open for 5 s");
    let mut cells: [Vec<Cell>; 2] = Default::default();
    for tool in &TOOLS {
        let (waited, end) = one(tool).await;
        cells[0].push(Cell::new(format!("{:.2} s", waited.as_secs_f64())));
        cells[1].push(Cell::of(&end, "done"));
    }
    let [waited, ended] = cells;
    table.row("the longest that a SELECT on the table waits", waited);
    table.row("the run", ended);
    table
}

async fn one(tool: &Tool) -> (Duration, End) {
    let place = Place::new(Kind::Postgres).await;
    let texts = [
        "CREATE TABLE accounts (id BIGINT PRIMARY KEY);",
        "ALTER TABLE accounts ADD COLUMN note TEXT;",
    ];
    let directory = files::write(tool, &numbered(&texts[..1]));
    let (end, _) = run(
        tool,
        Kind::Postgres,
        &place.target(),
        directory.path(),
        LIMIT,
    );
    assert_eq!(end, End::Done, "{}", tool.title);
    let reader = place.database().client().await;
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM accounts")
        .await
        .expect("it reads");
    let directory = files::write(tool, &numbered(&texts));
    let ready = Peer::migrate(tool, Kind::Postgres, &place.target(), directory.path());
    let mut peer = ready.expect("it connects");
    peer.begin();
    let other = place.database().client().await;
    let since = Instant::now();
    let end = tokio::spawn(async move {
        tokio::time::sleep(OPEN).await;
        reader.batch_execute("COMMIT").await.expect("it ends");
    });
    let mut longest = Duration::ZERO;
    while since.elapsed() < OPEN {
        let asked = Instant::now();
        other
            .simple_query("SELECT count(*) FROM accounts")
            .await
            .expect("an answer");
        longest = longest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    end.await.expect("no panic");
    (longest, peer.end(LIMIT))
}
