//! Work in a process of its own, which may be killed.
//!
//! The test binary is started again with an order in its environment; the one test named there finds
//! the order and carries it out instead of testing.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::Failure;
use limosa_core::migration::Migrations;
use limosa_core::migrator::{Lock, Migrator};
use limosa_core::report::Report;
use limosa_postgres::Postgres;
use limosa_sqlite::{Mode, Sqlite};
use limosa_testkit::fault::{Fault, Faults, Faulty};

use crate::On;
use crate::snapshot::Snapshot;

const URL: &str = "LIMOSA_ORDER_URL";
const DIRECTORY: &str = "LIMOSA_ORDER_DIRECTORY";
const UP: &str = "LIMOSA_ORDER_UP";
const DOWN: &str = "LIMOSA_ORDER_DOWN";
const HOLD: &str = "LIMOSA_ORDER_HOLD";
const KILL: &str = "LIMOSA_ORDER_KILL";

/// Which way to go, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Up to this version; none means all.
    Up(Option<String>),
    /// Back to this version.
    Down(String),
    /// Nowhere: takes the lock, says so, and keeps it.
    Hold,
}

/// What a process is to do.
#[derive(Clone, Debug)]
pub struct Order {
    /// The database.
    pub url: String,
    /// The migrations.
    pub directory: PathBuf,
    /// Which way to go.
    pub way: Way,
    /// The gap at which to be killed.
    pub kill: Option<usize>,
}

/// A process that carries out an order.
#[derive(Debug)]
pub struct Running {
    process: Child,
    said: BufReader<ChildStdout>,
}

/// How a process ended that was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By that.
    Killed,
    /// It had come to its own end.
    Before,
}

impl Way {
    /// Goes that way.
    ///
    /// # Errors
    /// The run fails.
    pub async fn go(
        &self,
        migrations: &Migrations,
        session: &mut dyn Migrator,
    ) -> Result<Report, Failure> {
        let runner = Runner::new(migrations);
        match self {
            Self::Up(None) => runner.run(session).await,
            Self::Up(Some(to)) => runner.to(to.as_str()).run(session).await,
            Self::Down(to) => {
                let extent = Extent::To(to.as_str().into());
                runner.rollback(session, &extent, Consent::Given).await
            }
            Self::Hold => hold(session).await,
        }
    }

    /// Goes that way again after a fault, undisturbed, and compares what is there then.
    ///
    /// # Errors
    /// The run fails, or something differs.
    pub async fn recovers(
        &self,
        on: &On,
        migrations: &Migrations,
        wanted: &Snapshot,
    ) -> Result<(), String> {
        let run = self.go(migrations, on.session().await.as_mut()).await;
        run.map_err(|failure| failure.to_string())?;
        let found = Snapshot::of(on).await.differences(wanted);
        if found.is_empty() {
            Ok(())
        } else {
            Err(found.join("\n"))
        }
    }
}

async fn hold(session: &mut dyn Migrator) -> ! {
    let lock = session.try_lock().await.expect("an answer");
    assert_eq!(lock, Lock::Acquired);
    println!("\nlocked");
    std::future::pending().await
}

/// A session with the database of a URL.
///
/// # Panics
/// It cannot be opened.
pub async fn session(url: &str) -> Box<dyn Migrator> {
    if url.starts_with("sqlite:") {
        Box::new(Sqlite::open(url, Mode::Create).expect("the file opens"))
    } else {
        Box::new(Postgres::connect(url).await.expect("the server answers"))
    }
}

impl Order {
    /// The order that this process was started with.
    pub fn given() -> Option<Self> {
        let text = |name: &str| std::env::var(name).ok();
        Some(Self {
            url: text(URL)?,
            directory: text(DIRECTORY)?.into(),
            way: match (text(DOWN), text(HOLD)) {
                (Some(to), _) => Way::Down(to),
                (None, Some(_)) => Way::Hold,
                (None, None) => Way::Up(text(UP)),
            },
            kill: text(KILL).and_then(|gap| gap.parse().ok()),
        })
    }

    /// Carries it out, in the process that was started with it: waits for the word to begin.
    ///
    /// # Panics
    /// The run fails.
    pub async fn carry_out(&self) {
        let migrations = limosa_sql::read_dir(&self.directory).expect("migrations");
        let session = session(&self.url).await;
        let faults = match self.kill {
            Some(gap) => Faults::at(gap, Fault::Kill),
            None => Faults::none(),
        };
        println!("\nready");
        std::io::stdin().lines().next();
        let mut session = Faulty::new(session, faults);
        let report = self.way.go(&migrations, &mut session).await;
        let report = report.unwrap_or_else(|failure| panic!("{failure}"));
        println!("\ndone {}", report.migrations.len());
    }

    /// Has a process of its own carry it out: how many migrations it did, none if it was killed or failed.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn give(&self, test: &str) -> Option<usize> {
        let mut process = self.start(test);
        process.begin();
        process.finish()
    }

    /// Starts a process that carries it out, by way of this test of the same binary. Returns when it
    /// is ready to begin.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn start(&self, test: &str) -> Running {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args(["--exact", test, "--nocapture"])
            .env(URL, &self.url)
            .env(DIRECTORY, &self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        match &self.way {
            Way::Up(None) => {}
            Way::Up(Some(to)) => drop(command.env(UP, to)),
            Way::Down(to) => drop(command.env(DOWN, to)),
            Way::Hold => drop(command.env(HOLD, "1")),
        }
        if let Some(gap) = self.kill {
            command.env(KILL, gap.to_string());
        }
        let mut process = command.spawn().expect("the process starts");
        let said = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut running = Running { process, said };
        running.says("ready").expect("it gets ready");
        running
    }
}

impl Running {
    /// Lets it begin.
    ///
    /// # Panics
    /// It is gone.
    pub fn begin(&mut self) {
        let pipe = self.process.stdin.as_mut().expect("a pipe");
        writeln!(pipe).expect("it listens");
    }

    /// Kills it with SIGKILL. Returns how it ended.
    ///
    /// # Panics
    /// The system refuses.
    pub fn kill(mut self) -> Ended {
        self.process.kill().expect("it can be killed");
        match self.process.wait().expect("it ends").code() {
            Some(_) => Ended::Before,
            None => Ended::Killed,
        }
    }

    /// Waits for its end: how many migrations it did, none if it was killed or failed.
    ///
    /// # Panics
    /// The system refuses.
    pub fn finish(mut self) -> Option<usize> {
        let done = self.says("done").and_then(|rest| rest.parse().ok());
        let status = self.process.wait().expect("it ends");
        done.filter(|_| status.success())
    }

    /// Waits until it says this word, and returns the rest of the line; none if it ends before.
    pub fn says(&mut self, word: &str) -> Option<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.said.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(rest) = line.strip_prefix(word) {
                return Some(rest.trim().to_owned());
            }
        }
    }
}
