//! Many processes that start together on one empty database.

use std::time::{Duration, Instant};

use limosa_testkit::pgbouncer::PgBouncer;

use crate::chain::{self, Chain};
use crate::files;
use crate::place::{Kind, Place};
use crate::process::{End, Peer};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

const LIMIT: Duration = Duration::from_secs(45);

pub async fn all(rounds: usize) -> Table {
    let mut table = Table::new("Crowds: processes that end well, and what they leave");
    for (title, chain, processes) in [
        ("16 on PostgreSQL", chain::crowd(Kind::Postgres, None), 16),
        (
            "16 on PostgreSQL, with CREATE INDEX CONCURRENTLY",
            chain::crowd(Kind::Postgres, Some(())),
            16,
        ),
        ("8 on SQLite", chain::crowd(Kind::Sqlite, None), 8),
    ] {
        let mut cells = Vec::new();
        for tool in &TOOLS {
            cells.push(sweep(tool, &chain, processes, rounds, None).await);
        }
        table.row(format!("{title}, {rounds} rounds"), cells);
    }
    table
}

/// What became of the processes, and of the databases.
#[derive(Default)]
struct Tally {
    rounds: usize,
    done: usize,
    failed: usize,
    hung: usize,
    /// Rounds after which a migration had been applied twice.
    twice: usize,
    /// Indexes that are not valid.
    invalid: usize,
    cell: Cell,
}

pub async fn sweep(
    tool: &Tool,
    chain: &Chain,
    processes: usize,
    rounds: usize,
    pooler: Option<&PgBouncer>,
) -> Cell {
    let directory = files::write(tool, &chain.files);
    let mut tally = Tally::default();
    for _ in 0..rounds {
        let place = Place::new(chain.kind).await;
        let target = match pooler {
            Some(pooler) => format!("{}?sslmode=disable", pooler.url(place.database())),
            None => place.target(),
        };
        let start = |_| Peer::migrate(tool, chain.kind, &target, directory.path());
        let mut crowd: Vec<_> = (0..processes).map(start).collect();
        for peer in crowd.iter_mut().flatten() {
            peer.begin();
        }
        let since = Instant::now();
        let ends = crowd.into_iter().map(|peer| match peer {
            Ok(peer) => peer.end(LIMIT.saturating_sub(since.elapsed())),
            Err(end) => end,
        });
        ends.for_each(|end| tally.count(&end));
        tally.look(&place, chain).await;
    }
    tally.shown()
}

impl Tally {
    fn count(&mut self, end: &End) {
        match end {
            End::Done => self.done += 1,
            End::Failed(_) => self.failed += 1,
            End::Hung => self.hung += 1,
        }
        self.cell.hear(end);
    }

    async fn look(&mut self, place: &Place, chain: &Chain) {
        self.rounds += 1;
        let ran = place.column(chain.rows[0]).await.unwrap_or_default();
        let mut once = ran.clone();
        once.dedup();
        self.twice += usize::from(once.len() < ran.len());
        if chain.kind == Kind::Postgres {
            let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
            self.invalid += place.value(invalid).await.parse::<usize>().unwrap_or(0);
        }
    }

    fn shown(self) -> Cell {
        let all = self.done + self.failed + self.hung;
        let mut text = format!("{} of {all}", self.done);
        for (count, what) in [
            (self.hung, "hung"),
            (self.twice, "**rounds with a migration applied twice**"),
            (self.invalid, "**invalid indexes left**"),
        ] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        Cell { text, ..self.cell }
    }
}
