//! Runs that are killed: at every gap between two commands, and at random moments. A second run, which
//! nothing disturbs, must end as one run would have: the same schema, the same rows, the same journal.
//!
//! If `LIMOSA_CASES` is set, no gap is left out, and it says how many random moments there are: a
//! fifth of it for each test that kills processes, a fiftieth for one that stops the server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa_core::migration::Migrations;
use limosa_testkit::fault::{Action, Fault, Faults, Faulty};
use limosa_testkit::postgres::{Options, Server};
use limosa_tests::On;
use limosa_tests::child::{Ended, Order, Way};
use limosa_tests::snapshot::Snapshot;

/// One way of one chain, and what it leaves undisturbed.
struct Stage {
    kind: Kind,
    label: String,
    before: On,
    directory: PathBuf,
    migrations: Migrations,
    way: Way,
    after: Snapshot,
    gaps: Vec<String>,
    took: Duration,
}

/// Which of the two ways is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disturbed {
    Up,
    Down,
}

/// A database that the chain can be run on.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Postgres,
    /// On a server of its own, which can be stopped.
    Stopped,
    Sqlite,
    SqliteWal,
}

impl Kind {
    async fn with_prelude(self) -> On {
        let on = match self {
            Self::Postgres => On::postgres().await,
            Self::Stopped => {
                // What was written survives the server in any case, if the system does; syncing as
                // well takes seconds for each database.
                let options = match soak() {
                    Some(_) => Options::new().durable(),
                    None => Options::new(),
                };
                let server = Server::start_with(options).await;
                // It ends with the process.
                On::Postgres(Box::leak(Box::new(server)).database().await)
            }
            Self::Sqlite | Self::SqliteWal => On::sqlite(),
        };
        if let Self::SqliteWal = self {
            on.execute("PRAGMA journal_mode = WAL").await;
        }
        let prelude = cases().join(format!("prelude.{}.sql", on.id()));
        on.execute(&std::fs::read_to_string(prelude).expect("a file"))
            .await;
        on
    }

    /// Every so many gaps in the short form, each of them in the long one.
    fn stride(self, short: usize) -> usize {
        match (soak(), self) {
            (Some(_), _) => 1,
            // Making a database takes longer than migrating it.
            (None, Self::Postgres) => short * 4,
            (None, Self::Stopped | Self::Sqlite | Self::SqliteWal) => short,
        }
    }

    /// Versions between which each migration has an exact way back.
    fn reversible(self) -> (&'static str, &'static str) {
        match self {
            Self::Postgres | Self::Stopped => ("02", "12"),
            Self::Sqlite | Self::SqliteWal => ("04", "09"),
        }
    }
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/kill")
}

fn soak() -> Option<usize> {
    std::env::var("LIMOSA_CASES").ok()?.parse().ok()
}

impl Stage {
    async fn new(kind: Kind, disturbed: Disturbed) -> Self {
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
        let faults = Faults::none();
        let trail = faults.trail();
        let mut session = Faulty::new(calm.session().await, faults);
        let since = Instant::now();
        way.go(&migrations, &mut session)
            .await
            .expect("nothing disturbs it");
        let took = since.elapsed();
        drop(session);
        let after = Snapshot::of(&calm).await;
        Self {
            kind,
            label: format!("{kind:?} {disturbed:?}"),
            before,
            directory,
            migrations,
            way,
            after,
            gaps: trail.gaps(),
            took,
        }
    }

    fn order(&self, on: &On, kill: Option<usize>) -> Order {
        Order {
            url: on.url(),
            directory: self.directory.clone(),
            way: self.way.clone(),
            kill,
        }
    }

    /// Runs again undisturbed, and compares.
    async fn recovers(&self, on: &On, what: &str) {
        if let Err(why) = self.try_recover(on).await {
            panic!("{}, {what}: {why}", self.label);
        }
    }

    async fn try_recover(&self, on: &On) -> Result<(), String> {
        let mut session = on.session().await;
        let run = self.way.go(&self.migrations, session.as_mut()).await;
        run.map_err(|failure| failure.to_string())?;
        drop(session);
        let found = Snapshot::of(on).await.differences(&self.after);
        if found.is_empty() {
            Ok(())
        } else {
            Err(found.join("\n"))
        }
    }

    /// The connection is lost at gaps.
    async fn lost_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen: Vec<usize> = (0..self.gaps.len())
            .step_by(self.kind.stride(short))
            .collect();
        for gap in &chosen {
            let on = self.before.copy().await;
            let mut session = Faulty::new(on.session().await, Faults::at(*gap, Fault::Lose));
            let run = self.way.go(&self.migrations, &mut session).await;
            drop(session);
            if run.is_ok() && *gap + 1 < self.gaps.len() {
                failures.push(format!("gap {gap}, {}: no error", self.gaps[*gap]));
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("gap {gap}, {}: {why}", self.gaps[*gap]));
            }
        }
        self.count("lost connections at gaps", chosen.len(), &failures);
    }

    /// The process is killed at gaps.
    async fn killed_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen: Vec<usize> = (0..self.gaps.len())
            .step_by(self.kind.stride(short))
            .collect();
        for gap in &chosen {
            let on = self.before.copy().await;
            let mut process = self.order(&on, Some(*gap)).start(CHILD);
            process.begin();
            let done = process.finish();
            if let Some(done) = done {
                failures.push(format!("gap {gap}: not killed, {done} done"));
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("gap {gap}, {}: {why}", self.gaps[*gap]));
            }
        }
        self.count("kills at gaps", chosen.len(), &failures);
    }

    /// The process is killed at random moments, and half of the time again after that.
    async fn killed_at_random(&self, short: usize) {
        let mut dice = Dice::new(&self.label);
        let wanted = soak().map_or(short, |cases| cases / 5);
        let (mut kills, mut in_time, mut failures) = (0, 0, Vec::new());
        while kills < wanted {
            let on = self.before.copy().await;
            let mut moments = Vec::new();
            loop {
                let moment = self.took.mul_f64(dice.fraction() * 0.9);
                let mut process = self.order(&on, None).start(CHILD);
                process.begin();
                // Finer than the runtime's clock: a whole run may take no more than ten milliseconds.
                std::thread::sleep(moment);
                moments.push(moment);
                kills += 1;
                in_time += usize::from(process.kill() == Ended::Killed);
                if dice.fraction() < 0.5 {
                    break;
                }
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("killed after {moments:?}: {why}"));
            }
        }
        println!("{}: {in_time} of {kills} kills in time", self.label);
        assert!(in_time * 8 >= kills, "{in_time} of {kills} kills in time");
        self.count("kills at random moments", kills, &failures);
    }

    /// A rollback is interrupted at gaps; then an application starts, which knows nothing of it.
    async fn turned_round_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen: Vec<usize> = (0..self.gaps.len())
            .step_by(self.kind.stride(short))
            .collect();
        let up = Way::Up(Some(self.kind.reversible().1.to_owned()));
        let wanted = Snapshot::of(&self.before).await.without_journal();
        for gap in &chosen {
            let on = self.before.copy().await;
            let mut session = Faulty::new(on.session().await, Faults::at(*gap, Fault::Lose));
            // At the last gap everything is done already.
            let _ = self.way.go(&self.migrations, &mut session).await;
            drop(session);
            let mut session = on.session().await;
            let found = match up.go(&self.migrations, session.as_mut()).await {
                Ok(_) => Snapshot::of(&on)
                    .await
                    .without_journal()
                    .differences(&wanted),
                Err(failure) => vec![failure.to_string()],
            };
            if !found.is_empty() {
                failures.push(format!(
                    "gap {gap}, {}: {}",
                    self.gaps[*gap],
                    found.join("\n")
                ));
            }
        }
        self.count("turns at gaps", chosen.len(), &failures);
    }

    /// The server is stopped as if the power failed: at gaps, and at random moments.
    async fn server_stopped(&self, short_gaps: usize, short_moments: usize) {
        let server = self.server();
        let mut failures = Vec::new();
        let gaps = (0..self.gaps.len()).step_by(self.kind.stride(short_gaps));
        let mut dice = Dice::new(&self.label);
        let moments = soak().map_or(short_moments, |cases| cases / 50);
        let moments = (0..moments).map(|_| self.took.mul_f64(dice.fraction() * 1.1));
        let stops: Vec<Stop> = gaps
            .map(Stop::Gap)
            .chain(moments.map(Stop::After))
            .collect();
        for stop in &stops {
            let on = self.before.copy().await;
            let plain = on.session().await;
            match stop {
                Stop::Gap(gap) => {
                    let action: Action = Arc::new(move || Box::pin(server.stop_immediate()));
                    let mut session = Faulty::new(plain, Faults::at(*gap, Fault::Act(action)));
                    let _ = self.way.go(&self.migrations, &mut session).await;
                }
                Stop::After(moment) => {
                    let mut session = plain;
                    let run = self.way.go(&self.migrations, session.as_mut());
                    let stop = async {
                        tokio::time::sleep(*moment).await;
                        server.stop_immediate().await;
                    };
                    let _ = tokio::join!(run, stop);
                }
            }
            server.start_again().await;
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("{stop:?}: {why}"));
            }
        }
        self.count("stops of the server", stops.len(), &failures);
    }

    fn server(&self) -> &'static Server {
        match &self.before {
            On::Postgres(database) => database.server(),
            On::Sqlite(_) => unreachable!("there is no server"),
        }
    }

    fn count(&self, what: &str, count: usize, failures: &[String]) {
        println!("{}: {count} {what} of {} gaps", self.label, self.gaps.len());
        assert!(
            failures.is_empty(),
            "{}: {} of {count} {what} ended in something else:\n{}",
            self.label,
            failures.len(),
            failures.join("\n")
        );
    }
}

/// When a server is stopped.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Gap(usize),
    After(Duration),
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

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn new(seed: &str) -> Self {
        let seed = seed.bytes().fold(0xcbf2_9ce4_8422_2325, |seed: u64, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed | 1)
    }

    /// From 0 to 1.
    fn fraction(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from(u32::try_from(self.0 >> 32).expect("32 bits")) / f64::from(u32::MAX)
    }
}

const CHILD: &str = "a_process_of_its_own_runs_the_chain";

#[tokio::test]
async fn a_process_of_its_own_runs_the_chain() {
    if let Some(order) = Order::given() {
        return order.carry_out().await;
    }
    for kind in [Kind::Postgres, Kind::Sqlite, Kind::SqliteWal] {
        let stage = Stage::new(kind, Disturbed::Up).await;
        let on = stage.before.copy().await;
        let mut process = stage.order(&on, None).start(CHILD);
        process.begin();
        assert_eq!(process.finish(), Some(stage.migrations.list().len()));
        stage.recovers(&on, "undisturbed").await;
    }
}

macro_rules! on_each {
    ($($module:ident $kind:ident)+) => {$(
        mod $module {
            use super::{Disturbed::{Down, Up}, Kind, Stage};

            #[tokio::test]
            async fn up_lost_at_gaps() {
                Stage::new(Kind::$kind, Up).await.lost_at_gaps(3).await;
            }

            #[tokio::test]
            async fn up_killed_at_gaps() {
                Stage::new(Kind::$kind, Up).await.killed_at_gaps(5).await;
            }

            #[tokio::test]
            async fn up_killed_at_random_moments() {
                Stage::new(Kind::$kind, Up).await.killed_at_random(12).await;
            }

            #[tokio::test]
            async fn down_lost_at_gaps_then_up() {
                Stage::new(Kind::$kind, Down).await.turned_round_at_gaps(6).await;
            }

            #[tokio::test]
            async fn down_lost_at_gaps() {
                Stage::new(Kind::$kind, Down).await.lost_at_gaps(3).await;
            }

            #[tokio::test]
            async fn down_killed_at_gaps() {
                Stage::new(Kind::$kind, Down).await.killed_at_gaps(5).await;
            }

            #[tokio::test]
            async fn down_killed_at_random_moments() {
                Stage::new(Kind::$kind, Down).await.killed_at_random(12).await;
            }
        }
    )+};
}

#[tokio::test]
async fn up_killed_with_the_server() {
    let stage = Stage::new(Kind::Stopped, Disturbed::Up).await;
    stage.server_stopped(60, 3).await;
}

#[tokio::test]
async fn down_killed_with_the_server() {
    let stage = Stage::new(Kind::Stopped, Disturbed::Down).await;
    stage.server_stopped(60, 2).await;
}

on_each! { postgres Postgres sqlite Sqlite sqlite_wal SqliteWal }
