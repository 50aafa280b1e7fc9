//! A guest in the caller's pool: whatever becomes of a run, the pool's next user finds a client as new.

use std::time::Duration;

use deadpool_postgres::{Manager, Pool};
use limosa::{Migrations, Runner};
use limosa_tests::{On, migrations, tally};

fn pool(on: &On, size: usize) -> Pool {
    let config = on.url().parse().expect("a URL");
    let manager = Manager::new(config, tokio_postgres::NoTls);
    Pool::builder(manager)
        .max_size(size)
        .build()
        .expect("a pool")
}

/// All that a session can leave behind in its server process.
const TRACES: &str = "SELECT
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) || ' '
    || (SELECT count(*) FROM pg_prepared_statements) || ' '
    || (SELECT count(*) FROM pg_listening_channels()) || ' '
    || (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()) || ' '
    || coalesce((SELECT string_agg(name || '=' || setting, ',') FROM pg_settings
        WHERE source = 'session'), '') || ' ' || (now() = statement_timestamp())";

/// The pool's only client has no lock, no open transaction, no changed setting; nobody has the lock.
async fn is_as_new(pool: &Pool, on: &On, case: &str) {
    let client = pool.get().await.expect("a client");
    let messages = client.simple_query(TRACES).await.expect("it is usable");
    let row = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    assert_eq!(row, Some("0 0 0 0  true"), "{case}");
    // A client that was taken out of the pool may need a moment to take its leave.
    for _ in 0..100 {
        let table = on
            .value("SELECT to_regclass('limosa_lock') IS NOT NULL")
            .await;
        if table == "f" || on.value(HELD).await == "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{case}: the lock is held");
}

/// As the next runner would see it: a token whose server process is gone holds nothing.
const HELD: &str = "SELECT count(*) FROM limosa_lock l JOIN pg_stat_activity a ON a.pid = l.process
    WHERE l.token IS NOT NULL";

fn chain() -> Migrations {
    migrations(&[
        "CREATE TABLE a (id integer PRIMARY KEY, v integer);
         INSERT INTO a SELECT n, n FROM generate_series(1, 3000) n;",
        "ALTER TABLE a ADD COLUMN w integer;",
        "CREATE INDEX CONCURRENTLY a_v ON a (v); ",
        "UPDATE a SET w = v + 1;",
        "CREATE INDEX CONCURRENTLY a_w ON a (w);",
    ])
}

#[tokio::test]
async fn after_success_and_failure() {
    let on = On::postgres().await;
    let pool = pool(&on, 1);
    let chain = chain();
    Runner::new(&chain).run_on(&pool).await.expect("done");
    is_as_new(&pool, &on, "success").await;
    assert_eq!(pool.status().size, 1);
    for broken in [
        "INSERT INTO nowhere VALUES (1);",
        "CREATE UNIQUE INDEX CONCURRENTLY a_u ON a ((v % 2));",
        "-- limosa: verbatim\nSELEKT 1;",
        "UPDATE a SET v = 1 / (v - 7);",
    ] {
        let on = On::postgres().await;
        let pool = self::pool(&on, 1);
        let broken = migrations(&[
            "CREATE TABLE a AS SELECT generate_series(1, 9) AS v;",
            broken,
        ]);
        let failure = Runner::new(&broken).run_on(&pool).await;
        failure.expect_err("it is broken");
        is_as_new(&pool, &on, "failure").await;
    }
}

/// What a migration sets for its session stays out of the pool.
#[tokio::test]
async fn after_migrations_that_change_settings() {
    for setting in [
        "SET search_path TO pg_catalog;",
        "SET lock_timeout = '3s';",
        "SELECT set_config('statement_timeout', '5000', false);",
        "CREATE TEMPORARY TABLE scratch (a int);",
        "LISTEN something;",
        "DO $$ BEGIN PERFORM set_config('work_mem', '1MB', false); END $$;",
        "SELECT pg_advisory_lock(7);",
        "PREPARE p AS SELECT 1;",
    ] {
        let on = On::postgres().await;
        let pool = pool(&on, 1);
        let one = migrations(&["CREATE TABLE a (id int);", setting]);
        Runner::new(&one).run_on(&pool).await.expect(setting);
        is_as_new(&pool, &on, setting).await;
    }
}

/// The future is dropped at moments all over the run, by a timeout or by aborting its task.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_dropped_future() {
    let chain: &'static Migrations = Box::leak(Box::new(chain()));
    let mut dropped = 0;
    let moments = tally::cases().map_or(60, |cases| (cases / 5).max(60));
    for moment in 0..moments as u64 {
        let on = On::postgres().await;
        let pool = pool(&on, 1);
        drop(pool.get().await.expect("a client"));
        let time = Duration::from_micros(300 + moment * moment * 60 % 90_000);
        let run = {
            let pool = pool.clone();
            async move { Runner::new(chain).run_on(&pool).await.is_ok() }
        };
        if moment % 2 == 0 {
            dropped += usize::from(tokio::time::timeout(time, run).await.is_err());
        } else {
            let task = tokio::spawn(run);
            tokio::time::sleep(time).await;
            task.abort();
            dropped += usize::from(task.await.is_err());
        }
        is_as_new(&pool, &on, &format!("after {time:?}")).await;
        if moment % 5 == 0 {
            let run = Runner::new(chain).run_on(&pool).await;
            run.expect("the next run does the rest");
            let done = "SELECT count(*) || ' ' || count(w) || ' ' || bool_and(w = v + 1) FROM a";
            assert_eq!(on.value(done).await, "3000 3000 true");
            is_as_new(&pool, &on, "the next run").await;
        }
    }
    assert!(
        dropped * 2 > moments,
        "{dropped} of {moments} were dropped in mid-run"
    );
    tally::add("guest", "futures dropped in mid-run", dropped);
}

/// A client of the caller's has the settings that he made, whatever a step needed.
#[tokio::test]
async fn a_borrowed_client_keeps_its_owners_settings() {
    let on = On::postgres().await;
    let client = limosa_testkit::postgres::connect(&on.url()).await;
    let own = "SET lock_timeout = '3s'; SET statement_timeout = '70s'; SET search_path = public";
    client.batch_execute(own).await.expect("set");
    let settings = async || {
        let sql =
            "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')
            || ' ' || current_setting('search_path')";
        let row = client.query_one(sql, &[]).await.expect("a row");
        row.get::<_, String>(0)
    };
    Runner::new(&chain()).run_on(&client).await.expect("done");
    assert_eq!(settings().await, "3s 70s public");
    let broken = [
        TABLE_OF_TWO,
        "CREATE UNIQUE INDEX CONCURRENTLY two_u ON two (v);",
    ];
    let other = On::postgres().await;
    let client_of = limosa_testkit::postgres::connect(&other.url()).await;
    client_of.batch_execute(own).await.expect("set");
    let failed = Runner::new(&migrations(&broken)).run_on(&client_of).await;
    failed.expect_err("two rows of one key");
    let row = client_of
        .query_one("SELECT current_setting('lock_timeout')", &[])
        .await;
    assert_eq!(row.expect("a row").get::<_, String>(0), "3s");
}

const TABLE_OF_TWO: &str = "CREATE TABLE two AS SELECT 1 AS v FROM generate_series(1, 2);";
