//! What the kills brought to light, each by its cause.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::journal::State;
use limosa_core::migration::Migrations;
use limosa_core::plan::Verdict;
use limosa_testkit::fault::{Fault, Faults, Faulty};
use limosa_tests::{On, gaps};

/// Migrations from their texts and the texts that undo them.
fn both_ways(texts: &[(&str, &str)]) -> Migrations {
    let directory = tempfile::tempdir().expect("a directory");
    for ((up, down), version) in texts.iter().zip(1..) {
        let one = directory.path().join(format!("{version}_migration"));
        std::fs::create_dir(&one).expect("a directory");
        std::fs::write(one.join("migration.sql"), up).expect("a file");
        std::fs::write(one.join("down.sql"), down).expect("a file");
    }
    limosa_sql::read_dir(directory.path()).expect("migrations")
}

/// The number of the first gap like this in a way that nothing disturbs, after another one.
fn place(gaps: &[String], first: &str, then: &str) -> usize {
    let from = gaps
        .iter()
        .position(|gap| gap.contains(first))
        .expect(first);
    let behind = gaps[from..].iter().position(|gap| gap.contains(then));
    from + behind.expect(then)
}

const INDEXED: (&str, &str) = (
    "UPDATE accounts SET balance = balance * 2;
     CREATE INDEX CONCURRENTLY accounts_idx ON accounts (balance);",
    "UPDATE accounts SET balance = balance / 2;
     DROP INDEX CONCURRENTLY accounts_idx;
     DELETE FROM accounts WHERE balance = 1;",
);

async fn accounts() -> On {
    let on = On::postgres().await;
    on.execute(
        "CREATE TABLE accounts (balance bigint NOT NULL); INSERT INTO accounts VALUES (1), (3)",
    )
    .await;
    on
}

/// The index was built, and the run died before it could say so. It is the run's own: not adopted.
#[tokio::test]
async fn what_the_killed_run_did_is_not_adopted() {
    let migrations = both_ways(&[INDEXED]);
    let runner = Runner::new(&migrations);
    let calm = accounts().await;
    let session = calm.session().await;
    let gaps = gaps::of(session, async |session| runner.run(session).await).await;
    let gap = place(&gaps, "execute CREATE INDEX", "inspecting");

    let on = accounts().await;
    let mut session = Faulty::new(on.session().await, Faults::at(gap, Fault::Lose));
    runner
        .run(&mut session)
        .await
        .expect_err("the connection is lost");
    drop(session);
    let report = on.run(&migrations).await.expect("it goes on");
    let steps = &report.migrations[0].steps;
    assert!(
        steps.iter().all(|step| step.verdict == Verdict::Done),
        "{steps:?}"
    );
    let adopted = "SELECT adopted FROM limosa_journal";
    assert_eq!(on.value(adopted).await, "0");
    assert_eq!(on.value("SELECT sum(balance) FROM accounts").await, "8");
}

/// What is found behind a place that the journal does not speak of is somebody else's: adopted.
#[tokio::test]
async fn what_others_did_meanwhile_is_adopted_and_counted_once() {
    let migrations = both_ways(&[(
        "CREATE INDEX CONCURRENTLY one_idx ON accounts (balance);
         CREATE INDEX CONCURRENTLY two_idx ON accounts (balance);
         CREATE INDEX CONCURRENTLY three_idx ON accounts (balance);",
        "SELECT 1;",
    )]);
    let on = accounts().await;
    on.execute("CREATE INDEX one_idx ON accounts (balance)")
        .await;
    let runner = Runner::new(&migrations);
    let copy = on.copy().await;
    let session = copy.session().await;
    let gaps = gaps::of(session, async |session| runner.run(session).await).await;
    let gap = place(&gaps, "execute CREATE INDEX", "before execute");
    let again = place(&gaps[gap + 1..], "execute", "") + gap + 1;
    let mut session = Faulty::new(on.session().await, Faults::at(again, Fault::Lose));
    let lost = runner.run(&mut session).await;
    lost.expect_err("the connection is lost");
    drop(session);
    on.run(&migrations).await.expect("it goes on");
    let adopted = "SELECT adopted FROM limosa_journal";
    assert_eq!(on.value(adopted).await, "1");
    assert_eq!(copy.value(adopted).await, "1");
}

/// A rollback in parts died. It goes on where it was, whoever comes next: statements that were undone
/// are not undone again, and nothing is applied on top of half a rollback.
#[tokio::test]
async fn a_half_done_rollback_goes_on_where_it_was() {
    let migrations = both_ways(&[INDEXED]);
    let runner = Runner::new(&migrations);
    let extent = Extent::Steps(1);
    let on = accounts().await;
    on.run(&migrations).await.expect("it is applied");
    let calm = on.copy().await;
    let gaps = gaps::of(calm.session().await, async |session| {
        runner.rollback(session, &extent, Consent::Given).await
    });
    let gap = place(&gaps.await, "execute DROP INDEX", "begin");

    let mut session = Faulty::new(on.session().await, Faults::at(gap, Fault::Lose));
    let lost = runner.rollback(&mut session, &extent, Consent::Given).await;
    lost.expect_err("the connection is lost");
    drop(session);
    let journal = on.session().await.journal().await.expect("readable");
    let journal = journal.expect("there is one");
    assert_eq!(journal.entries[0].state, State::RollingBack);
    assert_eq!(journal.entries[0].done, 1);

    let again = on.copy().await;
    let mut session = again.session().await;
    let undone = runner
        .rollback(session.as_mut(), &extent, Consent::Given)
        .await;
    undone.expect("it goes on");
    assert_eq!(again.value("SELECT sum(balance) FROM accounts").await, "3");
    assert_eq!(
        again.value("SELECT state FROM limosa_journal").await,
        "rolled_back"
    );

    let report = on
        .run(&migrations)
        .await
        .expect("finished first, then applied");
    assert!(
        report.warnings[0].contains("interrupted"),
        "{:?}",
        report.warnings
    );
    assert_eq!(report.migrations.len(), 2);
    assert_eq!(on.value("SELECT sum(balance) FROM accounts").await, "6");
    assert_eq!(
        on.value("SELECT state FROM limosa_journal").await,
        "applied"
    );
}

/// The model refused to drop a table that others refer to, and took the new one for a second one.
#[tokio::test]
async fn a_table_that_others_refer_to_can_be_rebuilt_by_hand() {
    let on = On::sqlite();
    on.execute(
        "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL
             REFERENCES parents (id) ON DELETE CASCADE);
         INSERT INTO parents VALUES (1, 'one'); INSERT INTO children VALUES (1, 1), (2, 1);",
    )
    .await;
    let migrations = limosa_tests::migrations(&["-- limosa: dialect sqlite

         PRAGMA foreign_keys = OFF;
         CREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         INSERT INTO parents_new SELECT id, name FROM parents;
         DROP TABLE parents;
         ALTER TABLE parents_new RENAME TO parents;
         PRAGMA foreign_keys = ON;"]);
    on.run(&migrations).await.expect("it is rebuilt");
    assert_eq!(on.value("SELECT count(*) FROM children").await, "2");
    assert!(
        !on.schema()
            .await
            .tables
            .iter()
            .any(|table| table.name.name == "parents_new")
    );
}
