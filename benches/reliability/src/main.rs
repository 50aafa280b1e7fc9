//! Puts Limosa and the other tools into the same bad situations, each with its defaults and in the way
//! that it documents.
//!
//!     scripts/peers [kill] [crowd] [pooler] [quiet] [changed] [found] [guest] [queue]
//!
//! All of them unless some are named. `LIMOSA_CASES` says how many kills there are for each tool and
//! chain (40), an eighth of it how many rounds of a crowd. Tables in Markdown go to standard output,
//! progress to standard error.

mod chain;
mod changed;
mod crowd;
mod dice;
mod files;
mod found;
mod guest;
mod kill;
mod place;
mod pooler;
mod process;
mod queue;
mod quiet;
mod table;
mod tool;

use limosa_testkit::postgres::Server;
use tool::TOOLS;

const PARTS: [&str; 8] = [
    "kill", "crowd", "pooler", "quiet", "changed", "found", "guest", "queue",
];

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|one| !PARTS.contains(&one.as_str())) {
        eprintln!(
            "peers: no such part: {unknown}; there are {}",
            PARTS.join(", ")
        );
        std::process::exit(2);
    }
    for tool in &TOOLS {
        eprintln!("building {}", tool.title);
        tool.build();
    }
    println!("{}", heading().await);
    let parts = PARTS.into_iter();
    for part in parts.filter(|part| named.is_empty() || named.iter().any(|one| one == part)) {
        run(part).await.print();
    }
}

async fn run(part: &str) -> table::Table {
    let kills = std::env::var("LIMOSA_CASES").ok();
    let kills = kills.and_then(|text| text.parse().ok()).unwrap_or(40);
    match part {
        "kill" => kill::all(kills).await,
        "crowd" => crowd::all(kills.div_ceil(8)).await,
        "pooler" => pooler::all(kills.div_ceil(4)).await,
        "quiet" => quiet::all().await,
        "changed" => changed::all().await,
        "found" => found::all().await,
        "guest" => guest::all().await,
        _ => queue::all().await,
    }
}

/// What was tested where.
async fn heading() -> String {
    let client = Server::shared().await.client().await;
    let row = client
        .query_one("SHOW server_version", &[])
        .await
        .expect("a row");
    let server: String = row.get(0);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let sqlite = rusqlite::version();
    let versions: Vec<String> = TOOLS.iter().map(tool::Tool::versions).collect();
    format!(
        "PostgreSQL {server}; read with SQLite {sqlite}; {cores} cores.\n\n- {}",
        versions.join("\n- ")
    )
}
