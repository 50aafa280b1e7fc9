//! Fresh databases brought up to date.

use std::collections::HashMap;
use std::process::Command;
use std::time::Duration;

use crate::database::Databases;
use crate::measure::{median, rotated, run};
use crate::migrations::COUNTS;
use crate::proxy::Proxy;
use crate::tools::{Database, TOOLS, Tool};
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
        let tools: Vec<&Tool> = TOOLS
            .iter()
            .filter(|tool| tool.runs_on(self.database))
            .collect();
        let mut taken: HashMap<&str, Vec<[f64; 3]>> = HashMap::new();
        let mut made: HashMap<&str, String> = HashMap::new();
        for round in 0..rounds {
            for tool in rotated(&tools, round) {
                let one = self.once(tool).await;
                taken.entry(tool.title).or_default().push(one);
                if round == 0 {
                    made.insert(tool.title, self.fingerprint().await);
                }
            }
            eprintln!("{title}, round {round}");
        }
        for tool in &tools {
            assert_eq!(
                made[tool.title], made[tools[0].title],
                "{} made another schema",
                tool.title
            );
        }
        let bare = &taken[tools[0].title];
        let rows = tools.iter().map(|tool| {
            let own = &taken[tool.title];
            let pairs = own.iter().zip(bare).map(|(own, bare)| own[0] / bare[0]);
            let middle = |lap: usize| median(own.iter().map(|one| one[lap]).collect());
            let mut row = vec![
                tool.title.to_owned(),
                format!("{:.2}", median(pairs.collect())),
            ];
            row.extend([
                format!("{:.1}", middle(0) / 1e3),
                format!("{:.1}", middle(1) / 1e3),
            ]);
            row.extend(self.proxy.map(|_| format!("{}", middle(2))));
            row
        });
        let mut head = vec![
            "tool",
            "relative to one batch",
            "process, ms",
            "run alone, ms",
        ];
        head.extend(self.proxy.map(|_| "round trips after connecting"));
        table::print(title, &head, &rows.collect::<Vec<_>>());
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
                let bare = build::measured(self.places, &TOOLS[0]);
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
