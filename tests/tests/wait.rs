//! Waiting until somebody else has migrated: bounded, without any right to write.

use std::time::{Duration, Instant};

use limosa::{Error, Failure, Report, Runner};
use limosa_tests::{On, migrations, on_both};

on_both!(
    it_ends_when_another_process_is_done,
    it_gives_up_in_time_and_says_what_is_pending,
    it_is_over_at_once_if_nothing_is_pending,
    it_does_not_wait_for_what_will_not_come,
);

const TABLE: &str = "CREATE TABLE a (id integer PRIMARY KEY);";
const COLUMN: &str = "ALTER TABLE a ADD COLUMN v integer;";
const LONG: Duration = Duration::from_secs(60);

async fn it_ends_when_another_process_is_done(on: On) {
    on.run(&migrations(&[TABLE])).await.expect("the first one");
    let chain = migrations(&[TABLE, COLUMN, "INSERT INTO a VALUES (1, 2);"]);
    // Each in a thread of its own: a blocking session sleeps with its thread.
    let (waited, ran) = std::thread::scope(|scope| {
        let waits = scope.spawn(|| block_on(wait(&on, &Runner::new(&chain), LONG)));
        let runs = scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(200));
            block_on(on.run(&chain))
        });
        (
            waits.join().expect("no panic"),
            runs.join().expect("no panic"),
        )
    });
    ran.expect("applied");
    waited.expect("the other one did it");
    assert_eq!(on.value("SELECT v FROM a").await, "2");
}

async fn it_gives_up_in_time_and_says_what_is_pending(on: On) {
    on.run(&migrations(&[TABLE])).await.expect("the first one");
    let chain = migrations(&[TABLE, COLUMN, "CREATE TABLE b (id integer);"]);
    let since = Instant::now();
    let limit = Duration::from_millis(300);
    let waited = wait(&on, &Runner::new(&chain), limit).await;
    let error = waited.expect_err("nobody comes").error;
    assert!(matches!(error, Error::Behind { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("2 migrations are pending still, 2 to 3"),
        "{error}"
    );
    assert!(since.elapsed() >= limit);
    let runner = Runner::new(&chain).to("1");
    let waited = wait(&on, &runner, Duration::ZERO).await;
    waited.expect("up to there it is done");
}

async fn it_is_over_at_once_if_nothing_is_pending(on: On) {
    let chain = migrations(&[TABLE]);
    on.run(&chain).await.expect("applied");
    let waited = wait(&on, &Runner::new(&chain), Duration::ZERO).await;
    waited.expect("nothing is pending");
}

async fn it_does_not_wait_for_what_will_not_come(on: On) {
    on.run(&migrations(&[TABLE])).await.expect("applied");
    let changed = migrations(&["CREATE TABLE a (id integer);"]);
    let waited = wait(&on, &Runner::new(&changed), LONG).await;
    let error = waited.expect_err("it was changed").error;
    assert!(matches!(error, Error::Changed { .. }), "{error}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

async fn wait(on: &On, runner: &Runner<'_>, limit: Duration) -> Result<Report, Failure> {
    runner.wait(on.session().await.as_mut(), limit).await
}

/// A role that may read the journal and nothing else, in sessions that cannot write, once with each
/// other thing that may be missing.
#[tokio::test]
async fn a_role_that_may_only_read_can_wait_check_and_plan() {
    let on = On::postgres().await;
    let chain = migrations(&[TABLE, COLUMN]);
    on.run(&migrations(&[TABLE])).await.expect("the first one");
    let role = format!("reader_{}", on.value("SELECT current_database()").await);
    on.execute(&format!(
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;
         CREATE ROLE {role} LOGIN;
         ALTER ROLE {role} SET default_transaction_read_only = on;
         GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT ON limosa_journal TO {role}"
    ))
    .await;
    let url = on.url().replace("postgres@", &format!("{role}@"));
    let reader = || async {
        limosa::postgres::Postgres::connect(&url)
            .await
            .expect("connect")
    };
    let runner = Runner::new(&chain);
    let mut session = reader().await;
    let plan = runner.plan(&mut session).await.expect("planned");
    assert_eq!(plan.migrations.len(), 1);
    let (waited, ran) = tokio::join!(runner.wait(&mut session, LONG), on.run(&chain));
    ran.expect("applied");
    waited.expect("the other one did it");
    let report = runner.run(&mut session).await.expect("nothing is pending");
    assert!(report.migrations.is_empty());
    runner
        .wait_on(reader().await, Duration::ZERO)
        .await
        .expect("nor for the next one");

    let more = migrations(&[TABLE, COLUMN, "CREATE TABLE b (id integer);"]);
    let error = Runner::new(&more)
        .run(&mut session)
        .await
        .expect_err("read-only")
        .error;
    let told = error
        .database()
        .and_then(|error| error.hint.clone())
        .unwrap_or_default();
    assert!(
        told.contains("read-only") && told.contains("limosa wait"),
        "{error}: {told}"
    );
}
