//! A start with nothing pending.

use std::collections::HashMap;
use std::time::Duration;

use crate::Places;
use crate::database::Databases;
use crate::measure::{Pair, median, ratio, rotated, run};
use crate::proxy::Proxy;
use crate::table;
use crate::tools::{BARE, Database, Tool, others};

const ROUNDS: usize = 41;
const COUNT: usize = 100;

/// Round trips after connecting, and the time of the run alone, with a hundred migrations applied.
pub async fn measure(places: &Places, databases: &Databases) {
    for database in Database::ALL {
        let empty = databases.fresh(database, "start").await;
        let tools = others(database);
        let mut pairs: HashMap<&str, Vec<Pair<2>>> = HashMap::new();
        for tool in &tools {
            let target = databases.fresh(database, &name(tool)).await;
            run(places, tool, database, &target, COUNT);
        }
        for round in 0..ROUNDS {
            for tool in rotated(&tools, round) {
                let bare = run(places, &BARE, database, &empty, 0);
                let target = databases.target(database, &name(tool));
                let own = run(places, tool, database, &target, COUNT);
                let (own, bare) = ([own.run, own.load], [bare.run, bare.load]);
                let pair = Pair { own, bare };
                pairs.entry(tool.title).or_default().push(pair);
            }
            eprintln!("start, {}, round {round}", database.title());
        }
        let row = |title: &str, turns: Option<usize>, ratio: f64, all: &[[f64; 2]]| {
            let middle = |lap: usize| median(all.iter().map(|one| one[lap]).collect()) / 1e3;
            let mut row = vec![title.to_owned()];
            row.extend(turns.map(|turns| turns.to_string()));
            row.extend([ratio, middle(0), middle(1)].map(|figure| format!("{figure:.2}")));
            row
        };
        let turns = |tool: &Tool, name: &str, count: usize| match database {
            Database::Postgres => Some(round_trips(places, databases, tool, name, count)),
            Database::Sqlite => None,
        };
        let bare: Vec<_> = pairs.values().flatten().map(|pair| pair.bare).collect();
        let mut rows = vec![row(BARE.title, turns(&BARE, "start", 0), 1.0, &bare)];
        rows.extend(tools.iter().map(|tool| {
            let own: Vec<_> = pairs[tool.title].iter().map(|pair| pair.own).collect();
            let turns = turns(tool, &name(tool), COUNT);
            row(tool.title, turns, ratio(&pairs[tool.title]), &own)
        }));
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
        table::print(&title, &head, &rows);
    }
}

/// The database in which a tool finds everything applied.
fn name(tool: &Tool) -> String {
    format!("start_{}", tool.directory.replace('-', "_"))
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
