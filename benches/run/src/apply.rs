//! Fresh databases brought up to date.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use crate::database::Databases;
use crate::measure::{Pair, median, ratio, rotated, run};
use crate::migrations::COUNTS;
use crate::proxy::Proxy;
use crate::tools::{BARE, Database, Tool, others};
use crate::{Places, build, table};

const LINK: Duration = Duration::from_millis(10);

/// The whole process, from its start to its end, on this machine.
pub async fn local(places: &Places, databases: &Databases) {
    for database in Database::ALL {
        for count in COUNTS {
            let round = Round {
                places,
                databases,
                database,
                count,
                proxy: None,
            };
            let rounds = if count == 1000 { 5 } else { 11 };
            let title = format!("Fresh apply of {count}, {}", database.title());
            round.compare(&title, rounds).await;
        }
    }
}

/// The same over a longer link.
pub async fn link(places: &Places, databases: &Databases) {
    let proxy = Proxy::start(databases.port(), LINK);
    let round = Round {
        places,
        databases,
        database: Database::Postgres,
        count: 100,
        proxy: Some(&proxy),
    };
    round
        .compare(
            "Fresh apply of 100, PostgreSQL, a link of 10 ms round trip",
            5,
        )
        .await;
}

struct Round<'a> {
    places: &'a Places,
    databases: &'a Databases,
    database: Database,
    count: usize,
    proxy: Option<&'a Proxy>,
}

impl Round<'_> {
    async fn compare(&self, title: &str, rounds: usize) {
        let tools: Vec<&Tool> = others(self.database);
        let mut pairs: HashMap<&str, Vec<Pair<3>>> = HashMap::new();
        for round in 0..rounds {
            for (at, tool) in rotated(&tools, round).into_iter().enumerate() {
                let pair = self.pair(tool, round + at).await;
                pairs.entry(tool.title).or_default().push(pair);
            }
            eprintln!("{title}, round {round}");
        }
        let row = |title: &str, ratio: f64, all: &[[f64; 3]]| {
            let middle = |lap: usize| median(all.iter().map(|one| one[lap]).collect());
            let mut row = vec![title.to_owned(), format!("{ratio:.2}")];
            row.extend([0, 1].map(|lap| format!("{:.1}", middle(lap) / 1e3)));
            row.extend(self.proxy.map(|_| middle(2).to_string()));
            row
        };
        let bare: Vec<_> = pairs.values().flatten().map(|pair| pair.bare).collect();
        let mut rows = vec![row(BARE.title, 1.0, &bare)];
        rows.extend(tools.iter().map(|tool| {
            let own: Vec<_> = pairs[tool.title].iter().map(|pair| pair.own).collect();
            row(tool.title, ratio(&pairs[tool.title]), &own)
        }));
        let mut head = vec![
            "tool",
            "relative to one batch",
            "process, ms",
            "run alone, ms",
        ];
        head.extend(self.proxy.map(|_| "round trips after connecting"));
        table::print(title, &head, &rows);
    }

    /// A tool and the bare client, one right behind the other, now this one first and now that one.
    async fn pair(&self, tool: &Tool, turn: usize) -> Pair<3> {
        let first = self.once(if turn % 2 == 0 { tool } else { &BARE }).await;
        let made = self.fingerprint().await;
        let second = self.once(if turn % 2 == 0 { &BARE } else { tool }).await;
        let same = made == self.fingerprint().await;
        assert!(same, "{} made another schema", tool.title);
        match turn % 2 {
            0 => Pair {
                own: first,
                bare: second,
            },
            _ => Pair {
                own: second,
                bare: first,
            },
        }
    }

    /// Microseconds of the process and of the run alone, and round trips.
    async fn once(&self, tool: &Tool) -> [f64; 3] {
        let mut target = self.databases.fresh(self.database, "apply").await;
        if let Some(proxy) = self.proxy {
            target = self.databases.url("apply", proxy.port);
        }
        let one = run(self.places, tool, self.database, &target, self.count);
        let turns = self.proxy.map_or(0, Proxy::round_trips);
        [one.process, one.run, turns as f64]
    }

    /// What the database holds.
    async fn fingerprint(&self) -> String {
        match self.database {
            Database::Postgres => {
                self.databases
                    .query("apply", include_str!("fingerprint.sql"))
                    .await
            }
            Database::Sqlite => {
                let bare = build::measured(self.places, &BARE);
                let path = self.places.target.join("sqlite/apply.db");
                let output = Command::new(bare)
                    .arg("sqlite")
                    .arg(path)
                    .arg("fingerprint")
                    .output();
                let output = output.expect("the program was built");
                assert!(output.status.success(), "the file can be read");
                String::from_utf8_lossy(&output.stdout).into_owned()
            }
        }
    }
}
