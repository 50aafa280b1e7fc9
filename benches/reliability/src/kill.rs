//! SIGKILL at random moments of a run; then it is started again, as an orchestrator would.

use std::path::Path;
use std::time::Duration;

use limosa_testkit::pgbouncer::PgBouncer;

use crate::chain::{self, Chain};
use crate::dice::Dice;
use crate::files;
use crate::place::{Kind, Place};
use crate::process::{End, Peer, run};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

/// Longer than any lease of a lock lasts.
const LIMIT: Duration = Duration::from_secs(30);
/// So many new starts may fail.
const STARTS: usize = 3;

pub async fn all(kills: usize) -> Table {
    let mut table = Table::new("SIGKILL at random moments, then a new start");
    for (title, chain) in [
        (
            "PostgreSQL, all in transactions",
            chain::plain(Kind::Postgres),
        ),
        (
            "PostgreSQL, with CREATE INDEX CONCURRENTLY",
            chain::concurrently(),
        ),
        ("SQLite", chain::plain(Kind::Sqlite)),
    ] {
        let mut cells = Vec::new();
        for tool in &TOOLS {
            cells.push(sweep(tool, &chain, kills, None).await);
        }
        table.row(title, cells);
    }
    table
}

/// What became of the runs.
#[derive(Default)]
struct Tally {
    right: usize,
    stuck: usize,
    wrong: usize,
    cell: Cell,
}

/// So many kills of a tool in a chain, through a pooler or not.
pub async fn sweep(tool: &Tool, chain: &Chain, kills: usize, pooler: Option<&PgBouncer>) -> Cell {
    let directory = files::write(tool, &chain.files);
    let target = |place: &Place| match pooler {
        Some(pooler) => format!("{}?sslmode=disable", pooler.url(place.database())),
        None => place.target(),
    };
    let calm = Place::new(chain.kind).await;
    let (end, took) = run(tool, chain.kind, &target(&calm), directory.path(), LIMIT);
    if end != End::Done {
        let mut cell = Cell::new("cannot run it at all");
        cell.hear(&end);
        return cell;
    }
    let journal = tool.journal(chain.kind);
    let wanted = calm.snapshot(&journal, chain.rows).await;
    let mut dice = Dice::new(tool.title);
    let mut tally = Tally::default();
    for _ in 0..kills {
        let place = Place::new(chain.kind).await;
        let target = target(&place);
        let moment = took.mul_f64(dice.fraction());
        let ready = Peer::migrate(tool, chain.kind, &target, directory.path());
        let mut peer = ready.expect("it connected a moment ago");
        peer.begin();
        std::thread::sleep(moment);
        peer.kill();
        match again(tool, chain.kind, &target, directory.path()) {
            End::Done if place.snapshot(&journal, chain.rows).await == wanted => tally.right += 1,
            End::Done => tally.wrong += 1,
            end => {
                tally.stuck += 1;
                tally.cell.hear(&end);
            }
        }
    }
    tally.shown()
}

/// Starts it again until it ends well, or has failed often enough.
fn again(tool: &Tool, kind: Kind, target: &str, directory: &Path) -> End {
    let mut end = End::Hung;
    for _ in 0..STARTS {
        (end, _) = run(tool, kind, target, directory, LIMIT);
        if !matches!(end, End::Failed(_)) {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    end
}

impl Tally {
    fn shown(self) -> Cell {
        let Self {
            right,
            stuck,
            wrong,
            cell,
        } = self;
        let kills = right + stuck + wrong;
        let mut text = format!("{right} of {kills} right");
        if stuck > 0 {
            text += &format!(", {stuck} stuck");
        }
        if wrong > 0 {
            text += &format!(", **{wrong} wrong in silence**");
        }
        Cell { text, ..cell }
    }
}
