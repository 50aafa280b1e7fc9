//! Measures Limosa against the other tools, all in one run.
//!
//!     scripts/bench [start] [apply] [link] [minimal] [rebuild]      all unless some are named
//!
//! Tables in Markdown go to standard output, progress to standard error. How each figure is taken is
//! said in docs/performance.md.

mod apply;
mod build;
mod database;
mod measure;
mod migrations;
mod minimal;
mod proxy;
mod rebuild;
mod start;
mod table;
mod tools;

use std::path::{Path, PathBuf};

use database::Databases;

const PARTS: [&str; 5] = ["start", "apply", "link", "minimal", "rebuild"];

/// Where everything is.
struct Places {
    tools: PathBuf,
    target: PathBuf,
}

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = named.iter().find(|one| !PARTS.contains(&one.as_str())) {
        eprintln!(
            "bench: no such part: {unknown}; there are {}",
            PARTS.join(", ")
        );
        std::process::exit(2);
    }
    let wanted = |part: &str| named.is_empty() || named.iter().any(|one| one == part);
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("benches/run has a parent");
    let places = Places {
        tools: benches.join("tools"),
        target: benches.join("target"),
    };
    migrations::write(&places.target.join("migrations"));
    let databases = Databases::start(places.target.join("sqlite")).await;
    if PARTS[..3].iter().any(|part| wanted(part)) {
        build::all(&places);
    }
    println!("{}", table::heading(&places, &databases).await);
    if wanted("start") {
        start::measure(&places, &databases).await;
    }
    if wanted("apply") {
        apply::local(&places, &databases).await;
    }
    if wanted("link") {
        apply::link(&places, &databases).await;
    }
    if wanted("minimal") {
        minimal::measure(&places, &databases).await;
    }
    if wanted("rebuild") {
        rebuild::measure(&places);
    }
}
