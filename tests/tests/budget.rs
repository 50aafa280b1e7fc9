//! Waiting for locks: what a statement may wait, who waits behind it, and who was in the way.

use std::time::{Duration, Instant};

use limosa::postgres::Postgres;
use limosa::{Outcome, Runner};
use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::{Database, Server};
use limosa_tests::{On, migrations};

const TABLE: &str = "CREATE TABLE busy (id integer PRIMARY KEY, v integer);
    INSERT INTO busy SELECT n, n FROM generate_series(1, 1000) n;";

fn database(on: &On) -> &Database<'static> {
    let On::Postgres(database) = on else {
        unreachable!("made so")
    };
    database
}

/// A session that reads the table, in a transaction that stays open for so long.
async fn reader(on: &On, time: Duration) -> tokio::task::JoinHandle<()> {
    let url = format!("{}?application_name=slow-report", on.url());
    let client = limosa_testkit::postgres::connect(&url).await;
    client
        .batch_execute("BEGIN; SELECT count(*) FROM busy")
        .await
        .expect("begun");
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        client.batch_execute("COMMIT").await.expect("ended");
    })
}

async fn table() -> On {
    let on = On::postgres().await;
    on.run(&migrations(&[TABLE])).await.expect("the table");
    on
}

/// Behind a reader of 4 s an `ALTER TABLE` would make every query wait for as long.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_behind_a_migration_than_its_budget() {
    let on = table().await;
    let reader = reader(&on, Duration::from_secs(4)).await;
    let url = on.url();
    let queries = tokio::spawn(async move {
        let client = limosa_testkit::postgres::connect(&url).await;
        let (mut longest, since) = (Duration::ZERO, Instant::now());
        while since.elapsed() < Duration::from_millis(4500) {
            let one = Instant::now();
            client
                .simple_query("SELECT v FROM busy WHERE id = 7")
                .await
                .expect("a row");
            longest = longest.max(one.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        longest
    });
    let chain = migrations(&[TABLE, "ALTER TABLE busy ADD COLUMN w integer;"]);
    let budget = Duration::from_millis(300);
    let runner = Runner::new(&chain).lock_budget(budget);
    let since = Instant::now();
    let report = runner
        .run(on.session().await.as_mut())
        .await
        .expect("in the end");
    assert_eq!(report.outcome, Outcome::Done);
    assert!(
        since.elapsed() > Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    assert!(!report.warnings.is_empty());
    let longest = queries.await.expect("no panic");
    assert!(longest < budget + Duration::from_millis(500), "{longest:?}");
    assert!(
        longest > budget / 2,
        "the statement never stood in the way: {longest:?}"
    );
    reader.await.expect("no panic");
}

/// Whoever gives up says who was in the way.
#[tokio::test(flavor = "multi_thread")]
async fn giving_up_names_the_sessions_in_the_way() {
    let on = table().await;
    let reader = reader(&on, Duration::from_secs(20)).await;
    let chain = migrations(&[
        TABLE,
        "CREATE TABLE kept (id integer);",
        "ALTER TABLE busy ADD COLUMN w integer;",
    ]);
    let runner = Runner::new(&chain).lock_budget(Duration::from_millis(20));
    let failure = runner
        .run(on.session().await.as_mut())
        .await
        .expect_err("the reader stays");
    let text = failure.error.to_string();
    for part in [
        "slow-report",
        "in a transaction for",
        "SELECT count(*) FROM busy",
        "tried 10 times",
        "process ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(
        failure.report.migrations.len(),
        1,
        "what came before is kept"
    );
    assert_eq!(
        on.value("SELECT to_regclass('kept') IS NOT NULL").await,
        "t"
    );
    let held = "SELECT count(*) FROM limosa_lock WHERE token IS NOT NULL";
    assert_eq!(on.value(held).await, "0");
    reader.abort();
}

/// What is carried verbatim has a budget too, and is tried again until the reader is done.
#[tokio::test(flavor = "multi_thread")]
async fn a_verbatim_statement_waits_no_longer_than_its_budget() {
    for verbatim in [
        "CREATE POLICY p ON busy USING (v > 0);",
        "DO $$ BEGIN EXECUTE 'LOCK TABLE busy'; END $$;",
        "DO $$ BEGIN EXECUTE 'LOCK TABLE b' || 'usy'; END $$;",
        "LOCK TABLE busy;",
    ] {
        let on = table().await;
        let reader = reader(&on, Duration::from_secs(60)).await;
        let chain = migrations(&[TABLE, verbatim]);
        let runner = Runner::new(&chain).lock_budget(Duration::from_millis(20));
        let failure = runner.run(on.session().await.as_mut()).await;
        let text = failure.expect_err("the reader stays").error.to_string();
        for part in [
            "slow-report",
            "SELECT count(*) FROM busy",
            "tried 10 times",
            "--lock-budget",
        ] {
            assert!(text.contains(part), "{verbatim}: {part} in {text}");
        }
        reader.abort();
        let _ = reader.await;
        let runner = runner.lock_budget(Duration::from_secs(5));
        runner
            .run(on.session().await.as_mut())
            .await
            .expect("the way is free");
    }
}

/// Changes of rows keep nobody waiting but each other: they have no budget.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_rows_waits_as_long_as_it_has_to() {
    let on = table().await;
    let writer = database(&on).client().await;
    let lock = "BEGIN; SELECT 1 FROM busy WHERE id = 1 FOR UPDATE";
    writer.batch_execute(lock).await.expect("begun");
    let ends = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(700)).await;
        writer.batch_execute("COMMIT").await.expect("ended");
    });
    let verbatim = "-- limosa: verbatim\nUPDATE busy SET v = v + 1 WHERE id = 1;";
    let chain = migrations(&[TABLE, verbatim]);
    let runner = Runner::new(&chain).lock_budget(Duration::from_millis(20));
    let report = runner.run(on.session().await.as_mut()).await.expect("done");
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(on.value("SELECT v FROM busy WHERE id = 1").await, "2");
    ends.await.expect("no panic");
}

/// A migration that says itself how long to wait is taken at its word, and not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_may_set_its_own_budget() {
    let on = table().await;
    let reader = reader(&on, Duration::from_secs(60)).await;
    let own = "SET LOCAL lock_timeout = '400ms'; ALTER TABLE busy ADD COLUMN w integer;";
    let chain = migrations(&[TABLE, own]);
    let runner = Runner::new(&chain).lock_budget(Duration::from_millis(20));
    let since = Instant::now();
    let failure = runner.run(on.session().await.as_mut()).await;
    let failure = failure.expect_err("the reader stays");
    assert!(
        since.elapsed() >= Duration::from_millis(400),
        "{:?}",
        since.elapsed()
    );
    let text = failure.error.to_string();
    assert!(text.contains("slow-report"), "{text}");
    assert!(!text.contains("tried"), "{text}");
    reader.abort();
}

/// A role whose own settings would cancel every concurrent build.
async fn hasty(on: &On) -> String {
    let role = format!("hasty_{}", database(on).name());
    on.execute(&format!(
        "CREATE ROLE {role} LOGIN SUPERUSER;
         ALTER ROLE {role} SET lock_timeout = '150ms';
         ALTER ROLE {role} SET statement_timeout = '400ms'"
    ))
    .await;
    role
}

/// A concurrent build waits for a transaction of 1.5 s, whatever the role's settings, and puts them
/// back.
#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_build_has_a_budget_of_its_own() {
    let on = table().await;
    let role = hasty(&on).await;
    let url = on.url().replace("postgres@", &format!("{role}@"));
    let writer = database(&on).client().await;
    writer
        .batch_execute("BEGIN; UPDATE busy SET v = 0 WHERE id = 1")
        .await
        .expect("begun");
    let ends = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        writer.batch_execute("COMMIT").await.expect("ended");
    });
    let chain = migrations(&[TABLE, "CREATE INDEX CONCURRENTLY busy_v ON busy (v);"]);
    let client = limosa_testkit::postgres::connect(&url).await;
    Runner::new(&chain).run_on(&client).await.expect("it waits");
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'busy_v'::regclass";
    assert_eq!(on.value(valid).await, "t");
    let own = client
        .query_one(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')",
            &[],
        )
        .await
        .expect("a row");
    assert_eq!((own.get(0), own.get(1)), ("150ms", "400ms"));
    ends.await.expect("no panic");
}

/// Behind a pooler that cannot be: the step says so, and nothing half-done is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_needs_a_direct_session_says_so() {
    let on = table().await;
    let pooler = PgBouncer::start(Server::shared().await, 2).await;
    let chain = migrations(&[TABLE, "CREATE INDEX CONCURRENTLY busy_v ON busy (v);"]);
    // The pooler logs in as its own user, whatever the client's.
    let name = database(&on).name();
    on.execute(&format!(
        "ALTER ROLE postgres IN DATABASE {name} SET lock_timeout = '150ms'"
    ))
    .await;
    let session = Postgres::connect(&pooler.url(database(&on)))
        .await
        .expect("connect");
    let failure = Runner::new(&chain)
        .run_on(session)
        .await
        .expect_err("a role in haste");
    let text = failure.error.to_string();
    assert!(text.contains("needs a direct session"), "{text}");
    let there = "SELECT to_regclass('busy_v') IS NULL";
    assert_eq!(on.value(there).await, "t");
    let session = Postgres::connect(&on.url()).await.expect("connect");
    Runner::new(&chain)
        .run_on(session)
        .await
        .expect("directly it goes");
}
