//! What is applied in half, undone in half, was not made by its migration, or is missing in the journal.

use limosa::{Consent, Error, Extent, Migrations, OutOfOrder, Runner, Verdict};
use limosa_tests::{On, migrations, on_both};
use tempfile::TempDir;

on_both!(
    a_plan_shows_the_rollback_that_comes_first,
    of_what_is_half_applied_only_that_half_is_undone,
    a_down_file_that_changes_rows_is_not_for_a_half,
    what_was_found_is_a_loss_of_its_own,
    what_a_later_one_needs_is_not_run_again,
    a_late_one_that_nobody_needs_is_run,
);

const TABLE: &str = "CREATE TABLE a (id integer PRIMARY KEY, v integer);";
const LAST: &Extent = &Extent::Steps(1);

async fn a_plan_shows_the_rollback_that_comes_first(on: On) {
    let chain = migrations(&[TABLE, "CREATE INDEX CONCURRENTLY a_v ON a (v);"]);
    on.run(&chain).await.expect("applied");
    // As a rollback leaves it that was killed before its first step.
    let killed = "UPDATE limosa_journal SET state = 'rolling_back', done = 0, finished_at = NULL \
                  WHERE version = '2'";
    on.execute(killed).await;
    let runner = Runner::new(&chain);
    let mut session = on.session().await;
    let plan = runner.plan(session.as_mut()).await.expect("planned");
    let first = plan.unfinished.as_ref().expect("what comes first");
    assert_eq!(first.migrations.len(), 1);
    assert!(first.migrations[0].steps[0].summary.contains("drop index"));
    let step = &plan.migrations[0].steps[0];
    assert_eq!(
        step.verdict,
        Verdict::Execute,
        "it is built again behind that"
    );
    let report = runner.run(session.as_mut()).await.expect("both");
    assert_eq!(report.migrations.len(), 2, "{report:?}");
    let plan = runner.plan(session.as_mut()).await.expect("planned");
    assert!(plan.unfinished.is_none() && plan.is_empty());
}

/// Migration 2 of two statements, of which the journal says that one is done.
async fn half(on: &On, down: Option<&str>) -> Migrations {
    let directory = TempDir::new().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    file("1_a/migration.sql", TABLE);
    file(
        "2_b/migration.sql",
        "CREATE TABLE b (id integer); INSERT INTO a VALUES (1, 2);",
    );
    if let Some(down) = down {
        file("2_b/down.sql", down);
    }
    let chain = limosa_sql::read_dir(directory.path()).expect("readable");
    on.run(&chain).await.expect("applied");
    on.execute("DELETE FROM a").await;
    on.execute("INSERT INTO a VALUES (7, 7)").await;
    on.execute("UPDATE limosa_journal SET state = 'started', done = 1 WHERE version = '2'")
        .await;
    chain
}

async fn undo(on: &On, chain: &Migrations) -> Result<(), Error> {
    let mut session = on.session().await;
    let undone = Runner::new(chain)
        .rollback(session.as_mut(), LAST, Consent::Given)
        .await;
    undone.map(drop).map_err(|failure| failure.error)
}

async fn of_what_is_half_applied_only_that_half_is_undone(on: On) {
    // The rows have no inverse, and were never written.
    let chain = half(&on, None).await;
    undo(&on, &chain).await.expect("undone");
    assert!(on.schema().await.table(&"b".into()).is_none());
    assert_eq!(on.value("SELECT id FROM a").await, "7");
    on.run(&chain).await.expect("and done again");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "2");
}

async fn a_down_file_that_changes_rows_is_not_for_a_half(on: On) {
    let chain = half(&on, Some("DELETE FROM a; DROP TABLE b;")).await;
    let error = undo(&on, &chain).await.expect_err("whose rows?");
    let text = error.to_string();
    assert!(matches!(error, Error::HalfApplied { .. }), "{text}");
    assert!(
        text.contains("1 of 2 steps") && text.contains("limosa migrate"),
        "{text}"
    );
    assert_eq!(on.value("SELECT id FROM a").await, "7");
    on.execute("UPDATE limosa_journal SET state = 'applied', done = 2 WHERE version = '2'")
        .await;
    undo(&on, &chain).await.expect("the whole can be undone");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "0");
}

async fn what_was_found_is_a_loss_of_its_own(on: On) {
    on.execute(TABLE).await;
    on.execute("CREATE INDEX a_v ON a (v)").await;
    let chain = migrations(&[
        "CREATE TABLE IF NOT EXISTS a (id integer PRIMARY KEY, v integer);",
        "CREATE INDEX IF NOT EXISTS a_v ON a (v);",
    ]);
    on.run(&chain).await.expect("adopted");
    let runner = Runner::new(&chain);
    let mut session = on.session().await;
    for (extent, what) in [
        (Extent::Steps(2), "table a"),
        (Extent::Steps(1), "index a_v"),
    ] {
        let undoing = runner
            .plan_rollback(session.as_mut(), &extent)
            .await
            .expect("planned");
        let losses: Vec<String> = undoing.losses.iter().map(ToString::to_string).collect();
        let of_it = |loss: &String| loss.contains(what) && loss.contains("was there before");
        assert!(losses.iter().any(of_it), "{losses:?}");
        let refused = runner
            .rollback(session.as_mut(), &extent, Consent::Withheld)
            .await;
        let error = refused.expect_err("nobody agreed").error;
        assert!(matches!(error, Error::NeedsConsent(_)), "{error}");
    }
    assert!(on.schema().await.table(&"a".into()).is_some());
}

async fn what_a_later_one_needs_is_not_run_again(on: On) {
    for (later, gone) in [
        ("ALTER TABLE a RENAME TO z;", "a"),
        (
            "ALTER TABLE a RENAME COLUMN v TO w; ALTER TABLE a RENAME TO z;",
            "a",
        ),
        ("DROP TABLE a;", "a"),
    ] {
        let on = match on {
            On::Postgres(_) => On::postgres().await,
            On::Sqlite(_) => On::sqlite(),
        };
        let chain = migrations(&[TABLE, later, "CREATE TABLE c (id integer);"]);
        on.run(&chain).await.expect("applied");
        on.execute("DELETE FROM limosa_journal WHERE version = '1'")
            .await;
        let error = on.run(&chain).await.expect_err("out of order").error;
        assert!(matches!(error, Error::OutOfOrder { .. }), "{error}");
        let runner = Runner::new(&chain).out_of_order(OutOfOrder::Allow);
        let report = runner.run(on.session().await.as_mut()).await.expect(later);
        assert!(report.migrations[0].is_adopted(), "{later}: {report:?}");
        assert!(on.schema().await.table(&gone.into()).is_none(), "{later}");
        let plan = runner
            .plan(on.session().await.as_mut())
            .await
            .expect("planned");
        assert!(
            plan.is_empty() && plan.drift.is_empty(),
            "{later}: {:?}",
            plan.drift
        );
    }
}

async fn a_late_one_that_nobody_needs_is_run(on: On) {
    let all = [
        TABLE,
        "CREATE TABLE b (id integer);",
        "DROP TABLE IF EXISTS b; CREATE TABLE c (id integer);",
    ];
    let chain = migrations(&all);
    let runner = Runner::new(&chain).out_of_order(OutOfOrder::Allow);
    on.run(&chain).await.expect("applied");
    on.execute("DELETE FROM limosa_journal WHERE version = '2'")
        .await;
    runner
        .run(on.session().await.as_mut())
        .await
        .expect("run late");
    assert!(on.schema().await.table(&"b".into()).is_some());
}
