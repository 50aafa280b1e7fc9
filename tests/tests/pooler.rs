//! Behind a pooler in transaction mode: each transaction may reach another server process, and what a
//! session leaves behind in one is met by somebody else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use limosa::postgres::Postgres;
use limosa::{Migrations, Outcome, Runner};
use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::{Database, Server};
use limosa_tests::{On, migrations, tally};

/// A database, and a pooler before it.
struct Behind {
    on: On,
    pooler: PgBouncer,
}

impl Behind {
    async fn new(pool: u32) -> Self {
        let on = On::postgres().await;
        let pooler = PgBouncer::start(Server::shared().await, pool).await;
        Self { on, pooler }
    }

    fn database(&self) -> &Database<'static> {
        let On::Postgres(database) = &self.on else {
            unreachable!("made so")
        };
        database
    }

    fn url(&self) -> String {
        self.pooler.url(self.database())
    }

    async fn session(&self) -> Postgres<limosa::postgres::Connection> {
        Postgres::connect(&self.url()).await.expect("connect")
    }

    /// Nothing of a runner is left in the server's sessions: lock, transaction, setting, statement.
    async fn is_clean(&self) {
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
        assert_eq!(self.on.value(locks).await, "0");
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND state LIKE 'idle in transaction%'";
        assert_eq!(self.on.value(open).await, "0");
        let held = "SELECT count(*) FROM limosa_lock WHERE token IS NOT NULL";
        assert_eq!(self.on.value(held).await, "0");
        // More clients at a time than server processes, so that each process answers.
        let mut clients = Vec::new();
        for _ in 0..POOL {
            let client = limosa_testkit::postgres::connect(&self.url()).await;
            client.batch_execute("BEGIN").await.expect("begun");
            clients.push(client);
        }
        for client in &clients {
            let row = client
                .simple_query(
                    "SELECT (SELECT count(*) FROM pg_prepared_statements) || ' '
                       || (SELECT coalesce(string_agg(name || '=' || setting, ' '), '') FROM pg_settings
                           WHERE source = 'session' AND name LIKE '%timeout%')",
                )
                .await
                .expect("a row");
            let Some(tokio_postgres::SimpleQueryMessage::Row(row)) = row.get(1) else {
                panic!("{row:?}")
            };
            assert_eq!(row.get(0), Some("0 "));
            client.batch_execute("ROLLBACK").await.expect("ended");
        }
    }
}

const POOL: u32 = 4;

/// Rows that count how often each migration ran, and concurrent index builds.
fn chain() -> Migrations {
    let mut texts = vec![
        "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);".to_owned(),
        "CREATE TABLE big (id integer PRIMARY KEY, a integer, b text);
         INSERT INTO big SELECT n, n % 100, 'x' || n FROM generate_series(1, 20000) n;"
            .to_owned(),
    ];
    for step in 3..12 {
        texts.push(format!("INSERT INTO seen VALUES ({step});"));
        if step % 3 == 0 {
            texts.push(format!(
                "ALTER TABLE big ADD COLUMN c{step} integer;
                 CREATE INDEX CONCURRENTLY big_c{step} ON big (a, c{step});
                 INSERT INTO seen VALUES (100 + {step});"
            ));
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    migrations(&texts)
}

/// Each row was inserted once, and each index is valid.
async fn is_done_once(on: &On) {
    let twice = "SELECT count(*) || ' ' || count(DISTINCT step) FROM seen";
    assert_eq!(on.value(twice).await, "13 13");
    let indexes = "SELECT count(*) || ' ' || bool_and(indisvalid) FROM pg_index
        WHERE indrelid = 'big'::regclass";
    assert_eq!(on.value(indexes).await, "4 true");
}

#[tokio::test]
async fn migrations_run() {
    let behind = Behind::new(POOL).await;
    let chain = chain();
    let runner = Runner::new(&chain);
    let report = runner.run_on(behind.session().await).await.expect("done");
    assert_eq!(report.outcome, Outcome::Done);
    let report = runner.run_on(behind.session().await).await.expect("read");
    assert_eq!(report.outcome, Outcome::UpToDate);
    is_done_once(&behind.on).await;
    behind.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_start_at_once() {
    let rounds = tally::cases().map_or(4, |cases| (cases / 50).max(4));
    for round in 0..rounds {
        let behind = Behind::new(POOL).await;
        let chain = Arc::new(chain());
        let runners: Vec<_> = (0..8)
            .map(|number| {
                // Half of the rounds, half of them go by without the pooler.
                let url = if round % 2 == 1 && number % 2 == 1 {
                    behind.on.url()
                } else {
                    behind.url()
                };
                let chain = Arc::clone(&chain);
                tokio::spawn(async move {
                    let session = Postgres::connect(&url).await.expect("connect");
                    Runner::new(&chain).run_on(session).await
                })
            })
            .collect();
        let mut ran = 0;
        for runner in runners {
            let report = runner.await.expect("no panic").expect("it ends well");
            ran += report.migrations.len();
        }
        assert_eq!(ran, chain.list().len(), "round {round}");
        is_done_once(&behind.on).await;
        behind.is_clean().await;
    }
    tally::add("pooler", "rounds of 8 runners", rounds);
}

/// A connection to the pooler that breaks as a killed client's does: without a farewell.
async fn breaking(url: &str) -> (tokio_postgres::Client, tokio::task::JoinHandle<()>) {
    let config: tokio_postgres::Config = url.parse().expect("a URL");
    let connected = config.connect(tokio_postgres::NoTls).await;
    let (client, connection) = connected.expect("connect");
    let task = tokio::spawn(async move { drop(connection.await) });
    (client, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_killed_in_mid_run() {
    let behind = Behind::new(POOL).await;
    let chain = Arc::new(chain());
    let mut longest = Duration::ZERO;
    let kills = tally::cases().map_or(12, |cases| (cases / 20).max(12) / 4 * 4);
    for kill in 0..kills {
        let (client, connection) = breaking(&behind.url()).await;
        let migrations = Arc::clone(&chain);
        let run = tokio::spawn(async move {
            let runner = Runner::new(&migrations).lock_wait(Duration::from_secs(60));
            runner.run_on(client).await.is_ok()
        });
        let after = Duration::from_millis(7 + 23 * kill as u64 % 90);
        let since = Instant::now();
        while since.elapsed() < after && !run.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        connection.abort();
        let _ = run.await;
        longest = longest.max(since.elapsed());
        if kill % 4 == 3 {
            // What is left of it is got over within the lease.
            let since = Instant::now();
            let runner = Runner::new(&chain).lock_wait(Duration::from_secs(40));
            let report = runner
                .run_on(behind.session().await)
                .await
                .expect("it recovers");
            assert!(since.elapsed() < Duration::from_secs(25), "{report:?}");
            is_done_once(&behind.on).await;
            behind.is_clean().await;
            behind
                .on
                .execute("DROP TABLE seen, big, limosa_journal")
                .await;
        }
    }
    assert!(longest < Duration::from_secs(10), "{longest:?}");
    tally::add("pooler", "clients killed", kills);
}

/// Its server process lives on in the pool: the time of its lease decides.
#[tokio::test]
async fn the_lock_of_a_client_that_died_is_free_after_its_lease() {
    use limosa_core::migrator::{Lock, Migrator};
    let behind = Behind::new(1).await;
    let (client, connection) = breaking(&behind.url()).await;
    let mut holder = Postgres::new(client);
    let mut other = behind.session().await;
    while holder.try_lock().await.expect("an answer") != Lock::Acquired {}
    let since = Instant::now();
    connection.abort();
    drop(holder);
    assert!(matches!(
        other.try_lock().await.expect("an answer"),
        Lock::Held(Some(_))
    ));
    while other.try_lock().await.expect("an answer") != Lock::Acquired {
        assert!(since.elapsed() < Duration::from_secs(20), "still held");
        other.sleep(Duration::from_millis(100)).await;
    }
    assert!(
        since.elapsed() > Duration::from_secs(10),
        "it was not waited for"
    );
    other.unlock().await.expect("unlocked");
}

/// Who stalled for longer than its lease neither commits nor goes on: it plans anew.
#[tokio::test]
async fn a_holder_that_was_taken_for_dead_cannot_write() {
    use limosa_core::error::Kind;
    use limosa_core::migrator::{Command, Foreign, Lock, Migrator};
    let behind = Behind::new(POOL).await;
    let mut holder = behind.session().await;
    while holder.try_lock().await.expect("an answer") != Lock::Acquired {}
    behind
        .on
        .execute("UPDATE limosa_lock SET expires_at = now() - interval '1 s'")
        .await;
    let mut other = behind.session().await;
    assert_eq!(other.try_lock().await.expect("an answer"), Lock::Acquired);
    let write = [
        Command::Begin(Foreign::Enforced),
        Command::Execute("CREATE TABLE t (a int)"),
        Command::Commit,
    ];
    let failed = holder.run(&write).await.expect_err("it is not the holder");
    assert_eq!((failed.error.kind, failed.done), (Kind::Transient, 0));
    holder.run(&[Command::Rollback]).await.expect("rolled back");
    let outside = [Command::Execute("CREATE TABLE t (a int)")];
    let failed = holder.run(&outside).await.expect_err("nor outside");
    assert_eq!(failed.error.kind, Kind::Transient);
    holder.unlock().await.expect("nothing to give back");
    other.run(&write).await.expect("the holder may");
    other.unlock().await.expect("unlocked");
    behind.is_clean().await;
}

/// A statement outside a transaction that runs for longer than the lease keeps the lock.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_statement_outside_a_transaction_keeps_the_lock() {
    use limosa_core::migrator::{Command, Lock, Migrator};
    let behind = Behind::new(POOL).await;
    let mut holder = behind.session().await;
    while holder.try_lock().await.expect("an answer") != Lock::Acquired {}
    let work = tokio::spawn(async move {
        let sleep = [Command::Execute("SELECT pg_sleep(1.5)")];
        holder.run(&sleep).await.expect("done");
        holder
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // As if the lease had been short.
    behind
        .on
        .execute("UPDATE limosa_lock SET expires_at = now() - interval '1 s'")
        .await;
    let mut other = behind.session().await;
    let held = other.try_lock().await.expect("an answer");
    assert!(matches!(held, Lock::Held(Some(_))), "{held:?}");
    let holder = work.await.expect("no panic");
    assert_eq!(other.try_lock().await.expect("an answer"), Lock::Acquired);
    other.unlock().await.expect("unlocked");
    drop(holder);
}

/// A message that overtakes the server's word that it is ready makes `PgBouncer` 1.18 take a server
/// process at work for idle: if its client dies then, the next one is given the dead one's answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_dies_after_an_error_does_not_answer_the_next_one() {
    use limosa_core::migrator::Migrator;
    let behind = Behind::new(1).await;
    for round in 0..10 {
        let (client, connection) = breaking(&behind.url()).await;
        let mut dying = Postgres::new(client);
        assert_eq!(dying.journal().await.expect("an answer"), None);
        let work = tokio::spawn(async move {
            drop(dying.query("SELECT 'of the dead', pg_sleep(0.2)").await);
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        connection.abort();
        let _ = work.await;
        let mut next = behind.session().await;
        let answer = next.query("SELECT 'mine'").await.expect("an answer");
        assert_eq!(answer, [[Some("mine".to_owned())]], "round {round}");
    }
}
