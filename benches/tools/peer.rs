// What the programs of benches/reliability share, by `include!`: what they are asked and what they say.
//
//     peer migrate postgres|sqlite TARGET DIRECTORY      brings a database up to date
//     peer pool TARGET DIRECTORY [MILLISECONDS]          the same through a pool of one connection,
//                                                        given up after so long; then lends it out
//
// A program that is connected and has read its migrations says `ready` and waits for a line. Then it says
// `done`, or `failed` and why. Where there is no file of SQLite yet, it is made.

#[allow(dead_code)]
struct Task {
    postgres: bool,
    target: String,
    directory: std::path::PathBuf,
    /// Through a pool, and when to give up.
    pool: Option<Option<std::time::Duration>>,
}

impl Task {
    fn given() -> Self {
        let all: Vec<String> = std::env::args().skip(1).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let (postgres, target, directory, pool) = match all.as_slice() {
            ["migrate", database, target, directory] => {
                (*database == "postgres", target, directory, None)
            }
            ["pool", target, directory] => (true, target, directory, Some(None)),
            ["pool", target, directory, time] => {
                let time = time.parse().expect("a number");
                let time = std::time::Duration::from_millis(time);
                (true, target, directory, Some(Some(time)))
            }
            _ => fail("usage: peer migrate postgres|sqlite TARGET DIRECTORY"),
        };
        Self {
            postgres,
            target: (*target).to_owned(),
            directory: directory.into(),
            pool,
        }
    }
}

/// Waits for the word to begin.
fn ready() {
    say("ready");
    wait();
}

fn wait() {
    std::io::stdin().lines().next();
}

fn say(what: &str) {
    use std::io::Write as _;
    println!("{}", what.replace('\n', " "));
    std::io::stdout().flush().expect("somebody listens");
}

fn finish<E: std::fmt::Display>(result: Result<(), E>) {
    match result {
        Ok(()) => say("done"),
        Err(error) => fail(error),
    }
}

fn fail(error: impl std::fmt::Display) -> ! {
    say(&format!("failed {error}"));
    std::process::exit(1)
}

/// What the pool's next user does: writes down what it found in its session.
#[allow(dead_code)]
const VISIT: &str = "INSERT INTO visits SELECT setting FROM pg_settings WHERE name = 'lock_timeout'";

/// The run through the pool is over, then the next user's visit is; the pool stays until somebody says so.
#[allow(dead_code)]
fn say_run<E: std::fmt::Display>(run: Option<Result<(), E>>) {
    match run {
        Some(Ok(())) => say("run done"),
        Some(Err(error)) => say(&format!("run failed {error}")),
        None => say("run given up"),
    }
}

#[allow(dead_code)]
fn say_visit<E: std::fmt::Display>(visit: Result<(), E>) {
    match visit {
        Ok(()) => say("visit done"),
        Err(error) => say(&format!("visit failed {error}")),
    }
    wait();
}
