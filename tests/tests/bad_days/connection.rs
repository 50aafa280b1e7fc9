//! The way to the server breaks, at any byte of either side.

use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_postgres::Postgres;
use limosa_testkit::postgres::Server;
use limosa_testkit::proxy::{Proxy, Side};
use limosa_tests::{On, migrations};

use crate::{cases, check, state, until};

/// All kinds of steps, and rows that count how often each ran.
fn chain() -> Migrations {
    migrations(&[
        "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);",
        "CREATE TABLE big (id integer PRIMARY KEY, a integer);
         INSERT INTO big SELECT n, n % 10 FROM generate_series(1, 500) n;
         INSERT INTO seen VALUES (2);",
        "INSERT INTO seen VALUES (3);
         CREATE INDEX CONCURRENTLY by_a ON big (a);
         INSERT INTO seen VALUES (4);",
        "DO $$ BEGIN ALTER TABLE big ADD COLUMN b text; END $$; UPDATE big SET a = a * 2;
         INSERT INTO seen VALUES (5);",
        "BEGIN; ALTER TABLE big ALTER COLUMN a SET NOT NULL; INSERT INTO seen VALUES (6); COMMIT;",
    ])
}

async fn start(cut: Option<(Side, u64)>) -> Proxy {
    Proxy::start(Server::shared().await.port(), cut).await
}

/// Runs by way of a proxy, in a bounded time.
async fn run(on: &On, proxy: &Proxy, chain: &Migrations) -> Result<Report, Error> {
    let direct = format!(":{}/", Server::shared().await.port());
    let url = on.url().replace(&direct, &format!(":{}/", proxy.port()));
    let run = async {
        let mut session = Postgres::connect(&url).await?;
        Ok(Runner::new(chain).run(&mut session).await?)
    };
    let bounded = tokio::time::timeout(Duration::from_secs(60), run);
    bounded.await.expect("nothing waits for a dead connection")
}

async fn sweep(side: Side) {
    let chain = chain();
    let (undisturbed, proxy) = (On::postgres().await, start(None).await);
    run(&undisturbed, &proxy, &chain)
        .await
        .expect("undisturbed");
    let (expected, schema) = (state(&undisturbed).await, undisturbed.schema().await);
    let (bytes, count) = (proxy.passed(side), cases(20));
    for number in 0..count {
        let at = bytes * number / count;
        let (on, proxy) = (On::postgres().await, start(Some((side, at))).await);
        let error = run(&on, &proxy, &chain).await.expect_err("it was cut");
        assert!(proxy.is_cut(), "{side:?} {at}: {error}");
        assert!(error.is_connection_lost(), "{side:?} {at}: {error:?}");
        let said = error.database().expect("of the connection");
        check(said, "connection", "");
        assert!(said.hint.is_some(), "{side:?} {at}: {said:?}");
        on.run(&chain)
            .await
            .unwrap_or_else(|failure| panic!("{side:?} {at}: {failure}"));
        assert_eq!(state(&on).await, expected, "{side:?} {at}");
        assert_eq!(on.schema().await, schema, "{side:?} {at}");
        assert_eq!(
            on.value("SELECT sum(a) FROM big").await,
            "4500",
            "{side:?} {at}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_while_the_server_speaks() {
    sweep(Side::Server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_while_the_client_speaks() {
    sweep(Side::Client).await;
}

/// Nobody is there who could answer a statement that takes its time.
#[tokio::test(flavor = "multi_thread")]
async fn cut_in_the_middle_of_a_statement() {
    let on = On::postgres().await;
    let text =
        "CREATE TABLE seen (step integer); INSERT INTO seen VALUES (1); SELECT pg_sleep(20);";
    let (slow, quick) = (migrations(&[text]), migrations(&[&text.replace("20", "0")]));
    let proxy = start(None).await;
    let (failed, ()) = tokio::join!(run(&on, &proxy, &slow), async {
        until(
            &on,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event = 'PgSleep'",
            "1",
        )
        .await;
        proxy.cut();
    });
    let error = failed.expect_err("it was cut");
    assert!(error.is_connection_lost(), "{error:?}");
    assert!(on.schema().await.tables.is_empty(), "it was rolled back");
    // The server notices nothing until the statement ends: its process is looked at, not waited for.
    on.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    )
    .await;
    on.run(&quick).await.expect("it is applied");
    assert_eq!(on.value("SELECT count(*) FROM seen").await, "1");
}
