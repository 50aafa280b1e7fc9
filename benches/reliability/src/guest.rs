//! A run through the application's pool of one connection: what its next user finds.

use std::time::Duration;

use crate::files::{self, File};
use crate::place::{Kind, Place};
use crate::process::{End, Peer, run};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

const LIMIT: Duration = Duration::from_secs(15);

const VISITS: &str = "CREATE TABLE visits (setting TEXT);";

pub async fn all() -> Table {
    let mut table =
        Table::new("Through the application's pool: its next user, and the next instance");
    let cases: [(&str, File, &[&str]); 5] = [
        ("a statement fails", File::new(2, "SELECT 1 / 0;"), &[]),
        (
            "it fails in a file without a transaction",
            File::outside(2, "SELECT 1 / 0;"),
            &[],
        ),
        (
            "it fails in a transaction of the file's own",
            File::outside(
                2,
                "BEGIN; CREATE TABLE log (id BIGINT); SELECT 1 / 0; COMMIT;",
            ),
            &[],
        ),
        (
            "the application gives up after 500 ms",
            File::new(2, "SELECT pg_sleep(2);"),
            &["500"],
        ),
        (
            "a migration sets lock_timeout",
            File::new(2, "SET lock_timeout = '77ms';"),
            &[],
        ),
    ];
    for (title, second, more) in cases {
        let mut cells = Vec::new();
        for tool in &TOOLS {
            cells.push(one(tool, &second, more).await);
        }
        table.row(title, cells);
    }
    table
}

async fn one(tool: &Tool, second: &File, more: &[&str]) -> Cell {
    if !more.is_empty() && tool.directory == "diesel" {
        return Cell::new("it blocks");
    }
    let place = Place::new(Kind::Postgres).await;
    let first = File::new(1, VISITS);
    let directory = files::write(tool, &[first.clone(), second.clone()]);
    let target = place.target();
    let path = directory.path().to_str().expect("a path of ASCII");
    let mut arguments = vec!["pool", target.as_str(), path];
    arguments.extend(more);
    let mut peer = Peer::start(tool, &arguments).expect("it connects");
    peer.begin();
    let ran = peer.hears(LIMIT);
    let visited = peer.hears(LIMIT);
    let mut traits = Vec::new();
    match visited.as_deref() {
        Ok("visit done") => traits.extend(left(&place).await),
        Ok(_) => traits.push("the next user fails"),
        Err(_) => traits.push("the next user hangs"),
    }
    // The pool lives on; another instance starts, with the migration repaired.
    let directory = files::write(tool, &[first, File::new(2, "SELECT 1;")]);
    let (end, _) = match ran.as_deref() {
        Ok("run done") => (End::Done, Duration::ZERO),
        _ => run(tool, Kind::Postgres, &target, directory.path(), LIMIT),
    };
    match end {
        End::Done => {}
        End::Hung => traits.push("the next instance hangs"),
        End::Failed(_) => traits.push("the next instance fails"),
    }
    peer.kill();
    let mut cell = Cell::new(if traits.is_empty() {
        "as new".to_owned()
    } else {
        traits.join(", ")
    });
    cell.hear(&end);
    if let Ok(message) = visited
        && message != "visit done"
    {
        cell.hear(&End::Failed(message));
    }
    cell
}

/// What is seen from outside of the session that the visit took place in.
async fn left(place: &Place) -> Vec<&'static str> {
    let mut traits = Vec::new();
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    if place.value(open).await != "0" {
        traits.push("a transaction is open");
    }
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    if place.value(locks).await != "0" {
        traits.push("a lock is held");
    }
    let kept = place
        .column("SELECT setting FROM visits")
        .await
        .unwrap_or_default();
    match kept.first().map(String::as_str) {
        None => traits.push("the next user's row is lost"),
        Some("0") => {}
        Some(_) => traits.push("the next user has the setting"),
    }
    traits
}
