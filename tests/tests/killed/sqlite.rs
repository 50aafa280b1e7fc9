//! The process ends at once.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use limosa_core::engine::Runner;
use limosa_sqlite::{Mode, Sqlite, block_on};
use limosa_tests::On;

use crate::story;

/// The child's database.
const DATABASE: &str = "LIMOSA_TEST_CHILD_DATABASE";
const BEGINS: &str = "the run begins";
const ENDS: &str = "the run ends";

/// The process that is killed: this one, started again for this test alone.
#[test]
#[ignore = "it is run by the test that kills it"]
fn child() {
    let url = std::env::var(DATABASE).expect("the parent names a database");
    let migrations = story::all();
    let mut session = Sqlite::open(&url, Mode::Create).expect("the file opens");
    say(BEGINS);
    block_on(Runner::new(&migrations).run(&mut session)).expect("the rest is done");
    say(ENDS);
}

fn say(what: &str) {
    println!("\n{what}");
    std::io::stdout().flush().expect("the parent listens");
}

/// A child that has begun to run.
struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(on: &On) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut child = Command::new(program)
            .args(["--exact", "sqlite::child", "--ignored", "--nocapture"])
            .env(DATABASE, on.url())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts again");
        let output = child.stdout.take().expect("it is piped");
        let mut running = Self {
            child,
            lines: BufReader::new(output).lines(),
        };
        assert!(running.says(BEGINS), "the child does not begin");
        running
    }

    fn says(&mut self, what: &str) -> bool {
        self.lines
            .any(|line| line.is_ok_and(|line| line.ends_with(what)))
    }

    /// Whether the run came to its end.
    fn end(mut self) -> bool {
        let ended = self.says(ENDS);
        self.child.wait().expect("it is our child");
        ended
    }
}

/// Runs in a process that is killed after a while. Returns whether that was in time.
fn killed_after(on: &On, delay: Duration) -> bool {
    let mut running = Running::start(on);
    std::thread::sleep(delay);
    running.child.kill().expect("it is our child");
    !running.end()
}

#[tokio::test]
async fn random_kills_change_nothing() {
    let expected = story::undisturbed(&On::sqlite()).await;
    let on = On::sqlite();
    story::prepare(&on).await;
    let began = Instant::now();
    assert!(Running::start(&on).end());
    let whole = began.elapsed();

    let kills = story::kills();
    let mut in_time = 0;
    for kill in 0..kills {
        let on = On::sqlite();
        story::prepare(&on).await;
        // A second kill meets what the first one left.
        for part in [1, 3] {
            let delay = whole * (kill * part + 1) / (kills * 3);
            in_time += u32::from(killed_after(&on, delay));
        }
        assert_eq!(
            story::finish(&on).await,
            expected,
            "killed in {kill} of {kills}"
        );
    }
    assert!(
        in_time > kills / 4,
        "{in_time} kills of {} were in time",
        kills * 2
    );
}
