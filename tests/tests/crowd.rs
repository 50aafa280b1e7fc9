//! Many processes that start together: each migration runs once, nobody fails, nobody is stuck.
//!
//! `LIMOSA_CASES` in the environment makes it so many rounds, from twenty to a hundred.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::event::Event;
use limosa_core::migrator::Lock;
use limosa_tests::child::{Ended, Order, Running, Way};
use limosa_tests::{On, migrations, tally};

const MIGRATIONS: usize = 100;

fn rounds(short: usize) -> usize {
    tally::cases().map_or(short, |cases| cases.clamp(20, 100))
}

/// A hundred migrations, each with a table and a row that counts it, every tenth with an index that is
/// built outside a transaction.
fn write_migrations(directory: &Path) {
    for number in 1..=MIGRATIONS {
        let mut text = String::new();
        if number == 1 {
            text.push_str("CREATE TABLE ran (number INTEGER NOT NULL);\n");
        }
        let _ = write!(
            text,
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             INSERT INTO t{number} VALUES (1, 'one'), (2, 'two');
             INSERT INTO ran VALUES ({number});"
        );
        if number % 10 == 0 {
            let _ = write!(
                text,
                "\nCREATE INDEX CONCURRENTLY t{number}_name_idx ON t{number} (name);"
            );
        }
        let one = directory.join(format!("{number:03}_migration"));
        std::fs::create_dir(&one).expect("a directory");
        std::fs::write(one.join("migration.sql"), text).expect("a file");
    }
}

async fn round(on: On, processes: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    write_migrations(directory.path());
    let order = Order {
        url: on.url(),
        directory: directory.path().to_owned(),
        way: Way::Up(None),
        kill: None,
    };
    let mut crowd: Vec<_> = (0..processes).map(|_| order.start(CHILD)).collect();
    for process in &mut crowd {
        process.begin();
    }
    let did: Vec<Option<usize>> = crowd.into_iter().map(Running::finish).collect();
    assert!(did.iter().all(Option::is_some), "one failed: {did:?}");
    assert_eq!(did.iter().flatten().sum::<usize>(), MIGRATIONS, "{did:?}");
    let hundred = MIGRATIONS.to_string();
    assert_eq!(on.value("SELECT count(*) FROM ran").await, hundred);
    assert_eq!(
        on.value("SELECT count(DISTINCT number) FROM ran").await,
        hundred
    );
    let applied = "SELECT count(*) FROM limosa_journal WHERE state = 'applied'";
    assert_eq!(on.value(applied).await, hundred);
    if let On::Postgres(_) = on {
        let broken = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
        assert_eq!(on.value(broken).await, "0");
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        assert_eq!(on.value(locks).await, "0");
    }
}

const CHILD: &str = "a_process_of_the_crowd";

/// Also the processes of the other tests.
#[tokio::test]
async fn a_process_of_the_crowd() {
    match Order::given() {
        Some(order) => order.carry_out().await,
        None => round(On::sqlite(), 1).await,
    }
}

#[tokio::test]
async fn crowds_of_sixteen_on_postgres() {
    for _ in 0..rounds(2) {
        round(On::postgres().await, 16).await;
    }
    tally::add("crowd", "rounds of 16 processes on PostgreSQL", rounds(2));
}

#[tokio::test]
async fn crowds_of_eight_on_sqlite() {
    for _ in 0..rounds(3) {
        round(On::sqlite(), 8).await;
    }
    tally::add("crowd", "rounds of 8 processes on SQLite", rounds(3));
}

#[tokio::test]
async fn crowds_of_eight_on_sqlite_with_wal() {
    for _ in 0..rounds(2) {
        let on = On::sqlite();
        on.execute("PRAGMA journal_mode = WAL").await;
        round(on, 8).await;
    }
    tally::add(
        "crowd",
        "rounds of 8 processes on SQLite with WAL",
        rounds(2),
    );
}

/// Waiting ends when it should, and the error says for whom it waited.
async fn waiting_is_bounded_and_names_the_holder(on: On) {
    let mut holder = on.session().await;
    assert_eq!(holder.try_lock().await.expect("a lock"), Lock::Acquired);
    let migrations = migrations(&["CREATE TABLE a (id INTEGER);"]);
    let wait = Duration::from_millis(300);
    let since = Instant::now();
    let failure = Runner::new(&migrations)
        .lock_wait(wait)
        .run(on.session().await.as_mut())
        .await
        .expect_err("another one has the lock");
    let waited = since.elapsed();
    assert!(
        waited >= wait && waited < wait + Duration::from_secs(2),
        "{waited:?}"
    );
    let process = match on {
        On::Postgres(_) => holder
            .query("SELECT pg_backend_pid()")
            .await
            .expect("a row")[0][0]
            .clone()
            .expect("a number"),
        On::Sqlite(_) => std::process::id().to_string(),
    };
    let text = failure.error.to_string();
    assert!(matches!(failure.error, Error::Locked { .. }), "{text}");
    assert!(text.contains(&format!("process {process}")), "{text}");
    holder.unlock().await.expect("it is given back");
    let report = on.run(&migrations).await.expect("nobody is in the way");
    assert_eq!(report.migrations.len(), 1);
}

/// Who waits goes on as soon as the holder is dead: here it dies in the middle of its migration.
async fn a_dead_holder_is_followed_at_once(on: On) {
    let directory = tempfile::tempdir().expect("a directory");
    write_migrations(directory.path());
    let migrations = limosa_sql::read_dir(directory.path()).expect("migrations");
    let order = Order {
        url: on.url(),
        directory: directory.path().to_owned(),
        way: Way::Hold,
        kill: None,
    };
    let mut holder = order.start(CHILD);
    holder.begin();
    assert_eq!(holder.says("locked"), Some(String::new()));
    let killer = std::thread::spawn(move || {
        // Long enough for the pauses to have become as long as they get.
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(holder.kill(), Ended::Killed);
        Instant::now()
    });
    let begun = Arc::new(OnceLock::new());
    let hears = Arc::clone(&begun);
    let report = Runner::new(&migrations)
        .on_event(move |event| {
            if let Event::Planned { .. } = event {
                let _ = hears.set(Instant::now());
            }
        })
        .run(on.session().await.as_mut())
        .await
        .expect("it gets its turn");
    assert_eq!(report.migrations.len(), MIGRATIONS);
    let killed = killer.join().expect("no panic");
    let after = begun.get().expect("it planned").duration_since(killed);
    println!("planned {after:?} after the holder was killed");
    assert!(after < Duration::from_millis(1500), "{after:?}");
}

limosa_tests::on_both!(
    waiting_is_bounded_and_names_the_holder,
    a_dead_holder_is_followed_at_once,
);
