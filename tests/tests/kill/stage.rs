//! What is disturbed, and what it must end in.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use limosa_core::migration::Migrations;
use limosa_tests::child::{Order, Way};
use limosa_tests::snapshot::Snapshot;
use limosa_tests::{On, gaps, tally};

use crate::kind::{Disturbed, Kind, cases};

/// One way of one chain, and what it leaves undisturbed.
pub(crate) struct Stage {
    pub(crate) kind: Kind,
    pub(crate) label: String,
    pub(crate) before: On,
    pub(crate) directory: PathBuf,
    pub(crate) migrations: Migrations,
    pub(crate) way: Way,
    pub(crate) after: Snapshot,
    pub(crate) gaps: Vec<String>,
    pub(crate) took: Duration,
}

impl Stage {
    pub(crate) async fn new(kind: Kind, disturbed: Disturbed) -> Self {
        let before = kind.with_prelude().await;
        let directory = cases().join(before.id());
        let migrations = limosa_sql::read_dir(&directory).expect("migrations");
        let way = match disturbed {
            Disturbed::Up => Way::Up(None),
            Disturbed::Down => {
                let (low, high) = kind.reversible();
                let up = Way::Up(Some(high.to_owned()));
                up.go(&migrations, before.session().await.as_mut())
                    .await
                    .expect("the chain runs");
                if let Kind::SqliteWal = kind {
                    before.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
                }
                Way::Down(low.to_owned())
            }
        };
        settle(&before).await;
        let calm = before.copy().await;
        let session = calm.session().await;
        let since = Instant::now();
        let gaps = gaps::of(session, async |session| way.go(&migrations, session).await).await;
        let took = since.elapsed();
        let after = Snapshot::of(&calm).await;
        Self {
            kind,
            label: format!("{kind:?} {disturbed:?}"),
            before,
            directory,
            migrations,
            way,
            after,
            gaps,
            took,
        }
    }

    pub(crate) fn order(&self, on: &On, kill: Option<usize>) -> Order {
        Order {
            url: on.url(),
            directory: self.directory.clone(),
            way: self.way.clone(),
            kill,
        }
    }

    /// Runs again undisturbed, and compares.
    pub(crate) async fn recovers(&self, on: &On, what: &str) {
        if let Err(why) = self.try_recover(on).await {
            panic!("{}, {what}: {why}", self.label);
        }
    }

    pub(crate) async fn try_recover(&self, on: &On) -> Result<(), String> {
        let recovers = self.way.recovers(on, &self.migrations, &self.after);
        recovers.await
    }

    pub(crate) fn count(&self, what: &str, count: usize, failures: &[String]) {
        assert!(
            failures.is_empty(),
            "{}: {} of {count} {what} ended in something else:\n{}",
            self.label,
            failures.len(),
            failures.join("\n")
        );
        tally::add("kill", &format!("{}: {what}", self.label), count);
    }
}

/// Waits until nobody is connected any more: only such a database can be copied.
async fn settle(on: &On) {
    if let On::Postgres(database) = on {
        let client = database.server().client().await;
        let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1";
        loop {
            let row = client.query_one(others, &[&database.name()]).await;
            if row.expect("a row").get::<_, i64>(0) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
