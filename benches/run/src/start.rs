//! A start with nothing pending.

use std::collections::HashMap;
use std::time::Duration;

use crate::Places;
use crate::database::Databases;
use crate::measure::{median, rotated, run};
use crate::proxy::Proxy;
use crate::table;
use crate::tools::{Database, TOOLS, Tool};

const ROUNDS: usize = 41;
const COUNT: usize = 100;

/// Round trips after connecting, and the time of the run alone, with a hundred migrations applied.
pub async fn measure(places: &Places, databases: &Databases) {
    for database in Database::ALL {
        let tools: Vec<&Tool> = TOOLS.iter().filter(|tool| tool.runs_on(database)).collect();
        let mut applied = HashMap::new();
        for tool in &tools {
            let name = format!("start_{}", tool.directory.replace('-', "_"));
            let target = databases.fresh(database, &name).await;
            let count = if tool.directory == "bare" { 0 } else { COUNT };
            run(places, tool, database, &target, count);
            applied.insert(tool.title, (name, target, count));
        }
        let mut taken: HashMap<&str, Vec<[f64; 2]>> = HashMap::new();
        for round in 0..ROUNDS {
            for tool in rotated(&tools, round) {
                let (_, target, count) = &applied[tool.title];
                let one = run(places, tool, database, target, *count);
                taken
                    .entry(tool.title)
                    .or_default()
                    .push([one.run, one.load]);
            }
            eprintln!("start, {}, round {round}", database.title());
        }
        let middle =
            |title: &str, lap: usize| median(taken[title].iter().map(|one| one[lap]).collect());
        let bare = &taken[tools[0].title];
        let rows = tools.iter().map(|tool| {
            let (name, _, count) = &applied[tool.title];
            let pairs = taken[tool.title]
                .iter()
                .zip(bare)
                .map(|(own, bare)| own[0] / bare[0]);
            let mut row = vec![tool.title.to_owned()];
            if database == Database::Postgres {
                row.push(round_trips(places, databases, tool, name, *count).to_string());
            }
            row.push(format!("{:.2}", median(pairs.collect())));
            row.push(format!("{:.2}", middle(tool.title, 0) / 1e3));
            row.push(format!("{:.2}", middle(tool.title, 1) / 1e3));
            row
        });
        let mut head = vec![
            "tool",
            "relative to a bare SELECT",
            "run, ms",
            "migrations made ready, ms",
        ];
        if database == Database::Postgres {
            head.insert(1, "round trips");
        }
        let title = format!(
            "Start with nothing pending of {COUNT}, {}",
            database.title()
        );
        table::print(&title, &head, &rows.collect::<Vec<_>>());
    }
}

fn round_trips(
    places: &Places,
    databases: &Databases,
    tool: &Tool,
    name: &str,
    count: usize,
) -> usize {
    let proxy = Proxy::start(databases.port(), Duration::ZERO);
    run(
        places,
        tool,
        Database::Postgres,
        &databases.url(name, proxy.port),
        count,
    );
    proxy.round_trips()
}
