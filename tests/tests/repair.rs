//! Decisions about rows of the journal: recorded with who and when, under the lock, and nothing is run.

use std::time::Duration;

use limosa::journal::State;
use limosa::migrator::Lock;
use limosa::{Error, Migrations, Repaired, Runner, Version};
use limosa_tests::{On, migrations, on_both};

on_both!(
    a_change_is_accepted_and_nothing_is_run,
    what_is_as_recorded_is_left_alone,
    what_was_only_begun_is_accepted_as_far_as_it_is_done,
    what_is_not_applied_is_refused,
    what_was_put_right_by_hand_is_forgotten_and_adopted,
    what_is_applied_is_not_forgotten,
    a_decision_waits_for_the_lock,
    an_acceptance_ends_with_a_rollback,
);

const TABLE: &str = "CREATE TABLE a (id integer PRIMARY KEY);";
const ROW: &str = "INSERT INTO a VALUES (1);";

async fn accept(on: &On, chain: &Migrations, version: &str) -> Result<Repaired, Error> {
    let version = Version::from(version);
    let runner = Runner::new(chain).lock_wait(Duration::ZERO);
    runner.accept(on.session().await.as_mut(), &version).await
}

async fn forget(on: &On, chain: &Migrations, version: &str) -> Result<Repaired, Error> {
    let version = Version::from(version);
    let runner = Runner::new(chain).lock_wait(Duration::ZERO);
    runner.forget(on.session().await.as_mut(), &version).await
}

async fn a_change_is_accepted_and_nothing_is_run(on: On) {
    on.run(&migrations(&[TABLE, ROW])).await.expect("applied");
    let changed = migrations(&[TABLE, "INSERT INTO a VALUES (2); DROP TABLE a;"]);
    let error = on.run(&changed).await.expect_err("it was changed").error;
    assert!(
        error.to_string().contains("limosa repair --accept 2"),
        "{error}"
    );

    let repaired = accept(&on, &changed, "2").await.expect("accepted");
    let after = repaired.after.expect("a row");
    let accepted = after.accepted.clone().expect("who and when");
    assert_eq!(accepted.by, after.applied_by);
    assert!(accepted.at >= after.finished_at.expect("it is applied"));
    assert_ne!(after.checksum, repaired.before.checksum);
    assert_eq!(
        (after.state, after.steps, after.done),
        (State::Applied, 2, 2)
    );
    assert_eq!(repaired.text.as_deref(), Some(ROW.trim_end_matches(';')));

    assert_eq!(on.value("SELECT id FROM a").await, "1", "nothing was run");
    on.run(&changed).await.expect("nothing is pending");
    let mut session = on.session().await;
    let journal = session.journal().await.expect("read").expect("there");
    assert_eq!(journal.entry(&Version::from("2")), Some(&after));
    let text = session.recorded_text("2").await.expect("read");
    assert_eq!(
        text.as_deref(),
        Some("INSERT INTO a VALUES (2);\nDROP TABLE a")
    );
}

async fn what_is_as_recorded_is_left_alone(on: On) {
    let chain = migrations(&[TABLE]);
    on.run(&chain).await.expect("applied");
    let repaired = accept(&on, &chain, "1").await.expect("nothing to do");
    assert_eq!(repaired.after, Some(repaired.before));
}

/// Outside a transaction the first statement is done, the second fails: the journal says `started`.
fn broken(on: &On) -> Migrations {
    let text = "\n\nCREATE TABLE b (id integer);\n-- limosa: verbatim\nSELEKT 1;";
    let head = format!("-- limosa: no transaction\n-- limosa: dialect {}", on.id());
    migrations(&[TABLE, &(head + text)])
}

async fn what_was_only_begun_is_accepted_as_far_as_it_is_done(on: On) {
    on.run(&broken(&on)).await.expect_err("no such word");
    let changed = migrations(&[
        TABLE,
        "CREATE TABLE b (id  integer, v integer); INSERT INTO b (id) VALUES (7);",
    ]);
    let error = on.run(&changed).await.expect_err("it was changed").error;
    assert!(matches!(error, Error::Changed { .. }), "{error}");
    on.execute("ALTER TABLE b ADD COLUMN v integer").await;
    let repaired = accept(&on, &changed, "2").await.expect("accepted");
    let after = repaired.after.expect("a row");
    assert_eq!((after.state, after.done), (State::Started, 1));
    on.run(&changed).await.expect("it goes on");
    assert_eq!(on.value("SELECT id FROM b").await, "7");
    let mut session = on.session().await;
    let journal = session.journal().await.expect("read").expect("there");
    let row = journal.entry(&Version::from("2")).expect("a row");
    assert_eq!((row.state, row.accepted.is_some()), (State::Applied, true));
}

async fn what_is_not_applied_is_refused(on: On) {
    let chain = migrations(&[TABLE, ROW]);
    let text = |result: Result<Repaired, Error>| result.expect_err("refused").to_string();
    let refused = text(accept(&on, &chain, "2").await);
    assert!(
        refused.contains("2_migration_2") && refused.contains("was not applied"),
        "{refused}"
    );
    on.run(&chain).await.expect("applied");
    let refused = text(accept(&on, &chain, "3").await);
    assert!(refused.contains("no migration of version 3"), "{refused}");
    let refused = text(accept(&on, &migrations(&[TABLE]), "2").await);
    assert!(refused.contains("its files are gone"), "{refused}");
    on.execute("UPDATE limosa_journal SET state = 'rolled_back' WHERE version = '2'")
        .await;
    let refused = text(accept(&on, &chain, "2").await);
    assert!(refused.contains("it was rolled back"), "{refused}");
}

async fn what_was_put_right_by_hand_is_forgotten_and_adopted(on: On) {
    let broken = broken(&on);
    on.run(&broken).await.expect_err("no such word");
    let repaired = forget(&on, &broken, "2").await.expect("forgotten");
    assert_eq!(
        (repaired.before.state, repaired.after),
        (State::Started, None)
    );
    let right = migrations(&[TABLE, "CREATE TABLE b (id integer, v integer);"]);
    on.execute("ALTER TABLE b ADD COLUMN v integer").await;
    let report = on.run(&right).await.expect("adopted");
    assert!(report.migrations[0].is_adopted(), "{report:?}");
}

async fn what_is_applied_is_not_forgotten(on: On) {
    let chain = migrations(&[TABLE, ROW]);
    on.run(&chain).await.expect("applied");
    let refused = forget(&on, &chain, "2")
        .await
        .expect_err("refused")
        .to_string();
    assert!(refused.contains("run it again"), "{refused}");
    // One whose files are gone can be.
    let fewer = migrations(&[TABLE]);
    forget(&on, &fewer, "2").await.expect("forgotten");
    let report = on.run(&fewer).await.expect("nothing is pending");
    assert!(report.gone.is_empty(), "{report:?}");
}

async fn a_decision_waits_for_the_lock(on: On) {
    on.run(&migrations(&[TABLE, ROW])).await.expect("applied");
    let changed = migrations(&[TABLE, "INSERT INTO a VALUES (2);"]);
    let mut other = on.session().await;
    assert_eq!(other.try_lock().await.expect("lock"), Lock::Acquired);
    let refused = accept(&on, &changed, "2")
        .await
        .expect_err("another runner is at work");
    assert!(matches!(refused, Error::Locked { .. }), "{refused}");
    other.unlock().await.expect("unlock");
    accept(&on, &changed, "2").await.expect("accepted");
}

async fn an_acceptance_ends_with_a_rollback(on: On) {
    on.run(&migrations(&[TABLE, "CREATE TABLE b (id integer);"]))
        .await
        .expect("applied");
    let changed = migrations(&[TABLE, "CREATE TABLE b (id integer NOT NULL);"]);
    on.execute("DROP TABLE b").await;
    on.execute("CREATE TABLE b (id integer NOT NULL)").await;
    accept(&on, &changed, "2").await.expect("accepted");
    let back = limosa::Extent::Steps(1);
    let mut session = on.session().await;
    let runner = Runner::new(&changed);
    let undone = runner.rollback(session.as_mut(), &back, limosa::Consent::Given);
    undone.await.expect("undone");
    runner.run(session.as_mut()).await.expect("and done again");
    let journal = session.journal().await.expect("read").expect("there");
    let row = journal.entry(&Version::from("2")).expect("a row");
    assert_eq!((row.state, row.accepted.clone()), (State::Applied, None));
}
