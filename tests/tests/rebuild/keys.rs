//! What a key of `SQLite` says of a second row.

use limosa_core::engine::{Runner, TrialOutcome};

use limosa_tests::{On, migrations};

/// `SQLite` lets a key say what becomes of a second row.
#[tokio::test]
async fn what_a_key_says_of_a_second_row_survives() {
    let on = On::sqlite();
    let table = "-- limosa: dialect sqlite\n\nCREATE TABLE t (
          id TEXT PRIMARY KEY ON CONFLICT REPLACE, a INT UNIQUE ON CONFLICT IGNORE, b INT, c INT,
          UNIQUE (id) ON CONFLICT REPLACE, UNIQUE (b, c) ON CONFLICT FAIL);
        INSERT INTO t VALUES ('x', 1, 1, 1), ('x', 2, 2, 2), ('y', 2, 3, 3);";
    let texts = [table, "ALTER TABLE t ALTER COLUMN c SET NOT NULL;"];
    for upto in 1..=texts.len() {
        let all = migrations(&texts[..upto]);
        let report = on.run(&all).await.expect("it is understood");
        assert_eq!(report.warnings, Vec::<String>::new());
        let plan = Runner::new(&all).plan(on.session().await.as_mut()).await;
        assert_eq!(plan.expect("it fits").drift, []);
        let trials = Runner::new(&all).probe(on.session().await.as_mut()).await;
        let trials = trials.expect("they are made");
        let failed = |outcome: &TrialOutcome| matches!(outcome, TrialOutcome::Failed { .. });
        assert!(
            !trials.iter().any(|trial| failed(&trial.outcome)),
            "{trials:?}"
        );
    }
    on.execute("INSERT INTO t VALUES ('x', 7, 7, 7)").await;
    assert_eq!(on.value("SELECT group_concat(id || a) FROM t").await, "x7");

    // By hand it says something else.
    let other = On::sqlite();
    other
        .execute("CREATE TABLE t (id TEXT PRIMARY KEY, a INT UNIQUE, b INT, c INT, UNIQUE (b, c))")
        .await;
    let failure = other
        .run(&migrations(&texts))
        .await
        .expect_err("it is another");
    let said = failure.error.to_string();
    assert!(said.contains("ON CONFLICT REPLACE"), "{said}");
}

/// Other databases refuse the second row in any case.
#[tokio::test]
async fn what_a_key_says_of_a_second_row_is_refused_elsewhere() {
    let on = On::postgres().await;
    let all = migrations(&[
        "-- limosa: dialect sqlite\n\nCREATE TABLE t (a INT UNIQUE ON CONFLICT IGNORE);",
    ]);
    let failure = on.run(&all).await.expect_err("it has no word for it");
    let said = failure.error.to_string();
    assert!(
        said.contains("cannot say ON CONFLICT IGNORE of a key"),
        "{said}"
    );
}
