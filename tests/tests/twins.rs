//! Constraints of one table that say the same: each is one of its own, on SQLite too, whose catalog has names as
//! words of a text alone.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::migration::Migrations;
use limosa_core::plan::Plan;
use limosa_tests::{On, migrations, on_both};

on_both!(
    both_are_made,
    one_goes_and_the_other_stays,
    both_go,
    one_is_renamed,
    by_hand_both_are_found,
    by_hand_one_is_not_both,
    a_rollback_takes_one,
    unique_keys_too,
    foreign_keys_too,
);

async fn plan(on: &On, migrations: &Migrations) -> Plan {
    let mut session = on.session().await;
    let plan = Runner::new(migrations).plan(session.as_mut()).await;
    plan.expect("the migrations fit the journal")
}

/// How often a table says a check over `n`, and by which names.
async fn checks(on: &On) -> Vec<String> {
    let sql = match on {
        On::Postgres(_) => {
            "SELECT conname::text FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c' ORDER BY 1"
        }
        On::Sqlite(_) => "SELECT sql FROM sqlite_schema WHERE name = 't'",
    };
    let found: Vec<String> = on.column(sql).await.into_iter().flatten().collect();
    match on {
        On::Postgres(_) => found,
        On::Sqlite(_) => {
            let said = found[0].split("CHECK").count() - 1;
            (0..said).map(|at| at.to_string()).collect()
        }
    }
}

async fn nothing_differs(on: &On, migrations: &Migrations) {
    assert_eq!(plan(on, migrations).await.drift, []);
    let mut session = on.session().await;
    let evidence = Runner::new(migrations).verify(session.as_mut()).await;
    for one in evidence.expect("the session is kept") {
        assert_eq!(one.differences, [], "{}", one.object);
    }
}

/// Runs each migration by itself, then all on what is there without a journal; there are so many checks behind it.
async fn leads_to(on: &On, steps: &[&str], count: usize) {
    for number in 1..=steps.len() {
        let all = migrations(&steps[..number]);
        let report = on.run(&all).await;
        let report = report.unwrap_or_else(|failure| panic!("{}: {failure}", steps[number - 1]));
        assert_eq!(
            report.warnings,
            Vec::<String>::new(),
            "{}",
            steps[number - 1]
        );
        nothing_differs(on, &all).await;
    }
    assert_eq!(checks(on).await.len(), count, "{steps:?}");
    let all = migrations(steps);
    on.execute("DROP TABLE limosa_journal").await;
    let planned = plan(on, &all).await;
    assert_eq!(planned.conflicts(), []);
    let executed = planned
        .steps()
        .filter(|(_, step)| !step.statements.is_empty());
    let executed: Vec<_> = executed.map(|(_, step)| &step.summary).collect();
    assert_eq!(executed, Vec::<&String>::new(), "{steps:?}");
}

const UNNAMED: &str =
    "CREATE TABLE t (id integer PRIMARY KEY, n integer, CHECK (n > 0), CHECK (n > 0));";
const NAMED: &str = "CREATE TABLE t (id integer PRIMARY KEY, n integer, CONSTRAINT a CHECK (n > 0), \
    CONSTRAINT b CHECK (n > 0));";
const LATER: [&str; 3] = [
    "CREATE TABLE t (id integer PRIMARY KEY, n integer);",
    "ALTER TABLE t ADD CONSTRAINT a CHECK (n > 0);",
    "ALTER TABLE t ADD CONSTRAINT b CHECK (n > 0);",
];

async fn both_are_made(on: On) {
    leads_to(&on, &[UNNAMED], 2).await;
    for steps in [&[NAMED][..], &LATER] {
        on.execute("DROP TABLE t").await;
        leads_to(&on, steps, 2).await;
    }
}

async fn one_goes_and_the_other_stays(on: On) {
    for (first, name) in [
        (UNNAMED, "t_n_check"),
        (UNNAMED, "t_n_check1"),
        (NAMED, "a"),
        (NAMED, "b"),
    ] {
        let drop = format!("ALTER TABLE t DROP CONSTRAINT {name};");
        leads_to(&on, &[first, &drop], 1).await;
        on.execute("DROP TABLE t").await;
    }
    let [table, a, b] = LATER;
    leads_to(&on, &[table, a, b, "ALTER TABLE t DROP CONSTRAINT a;"], 1).await;
}

async fn both_go(on: On) {
    let [table, a, b] = LATER;
    for steps in [
        &[
            UNNAMED,
            "ALTER TABLE t DROP CONSTRAINT t_n_check;",
            "ALTER TABLE t DROP CONSTRAINT t_n_check1;",
        ][..],
        &[
            table,
            a,
            b,
            "ALTER TABLE t DROP CONSTRAINT a; ALTER TABLE t DROP CONSTRAINT b;",
        ],
    ] {
        leads_to(&on, steps, 0).await;
        on.execute("DROP TABLE t").await;
    }
}

async fn one_is_renamed(on: On) {
    leads_to(
        &on,
        &[
            NAMED,
            "ALTER TABLE t RENAME CONSTRAINT a TO c;",
            "ALTER TABLE t DROP CONSTRAINT b;",
        ],
        1,
    )
    .await;
}

async fn by_hand_both_are_found(on: On) {
    let tables = match on {
        On::Postgres(_) => [NAMED, UNNAMED],
        On::Sqlite(_) => {
            ["CREATE TABLE t (id integer PRIMARY KEY, n integer, CONSTRAINT x CHECK (n > 0), CHECK (n > 0))";
                2]
        }
    };
    for (table, first, name) in [(tables[0], NAMED, "b"), (tables[1], UNNAMED, "t_n_check")] {
        on.execute(table).await;
        leads_to(&on, &[first], 2).await;
        let drop = format!("ALTER TABLE t DROP CONSTRAINT {name};");
        leads_to(&on, &[first, &drop], 1).await;
        on.execute("DROP TABLE t").await;
    }
}

async fn by_hand_one_is_not_both(on: On) {
    on.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer, CONSTRAINT a CHECK (n > 0))")
        .await;
    let [table, a, b] = LATER;
    let report = on
        .run(&migrations(&[table, a, b]))
        .await
        .expect("it goes on");
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(checks(&on).await.len(), 2);
    let drop = "ALTER TABLE t DROP CONSTRAINT a;";
    on.run(&migrations(&[table, a, b, drop]))
        .await
        .expect("one goes");
    assert_eq!(checks(&on).await.len(), 1);
}

async fn a_rollback_takes_one(on: On) {
    let all = migrations(&LATER);
    on.run(&all).await.expect("a new database");
    for left in [1, 0] {
        let (runner, mut session) = (Runner::new(&all), on.session().await);
        let undone = runner.rollback(session.as_mut(), &Extent::Steps(1), Consent::Given);
        undone.await.expect("it has an inverse");
        drop(session);
        assert_eq!(checks(&on).await.len(), left);
        assert_eq!(plan(&on, &all).await.drift, []);
    }
}

async fn unique_keys_too(on: On) {
    let steps = [
        "CREATE TABLE t (id integer PRIMARY KEY, n integer);",
        "ALTER TABLE t ADD CONSTRAINT a UNIQUE (n);",
        "ALTER TABLE t ADD CONSTRAINT b UNIQUE (n);",
        "ALTER TABLE t DROP CONSTRAINT a;",
    ];
    leads_to(&on, &steps, 0).await;
    on.execute("INSERT INTO t VALUES (1, 2)").await;
    let again = migrations(&[&steps[..], &["INSERT INTO t VALUES (2, 2);"]].concat());
    on.run(&again).await.expect_err("a key is left");
}

async fn foreign_keys_too(on: On) {
    let steps = [
        "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, p integer);",
        "ALTER TABLE t ADD CONSTRAINT a FOREIGN KEY (p) REFERENCES p (id);",
        "ALTER TABLE t ADD CONSTRAINT b FOREIGN KEY (p) REFERENCES p (id);",
        "ALTER TABLE t DROP CONSTRAINT a;",
    ];
    leads_to(&on, &steps, 0).await;
    let again = migrations(&[&steps[..], &["INSERT INTO t VALUES (1, 2);"]].concat());
    on.run(&again).await.expect_err("a key is left");
}
