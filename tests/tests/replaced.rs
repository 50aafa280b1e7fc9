//! What a statement replaces is replaced, however alike it looks; and what another one may take out of its
//! way first is no conflict.

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_tests::{On, migrations};

const TABLES: &str = "CREATE TABLE a (id integer PRIMARY KEY, n integer);
    CREATE TABLE b (id integer PRIMARY KEY, n integer);
    INSERT INTO a VALUES (1, 10); INSERT INTO b VALUES (2, 10), (3, 20);";

async fn run(on: &On, migrations: &Migrations) -> Report {
    let report = on.run(migrations).await.expect("they fit");
    assert_eq!(report.warnings, Vec::<String>::new());
    let plan = Runner::new(migrations)
        .plan(on.session().await.as_mut())
        .await;
    assert_eq!(plan.expect("nothing is pending").drift, []);
    report
}

/// A view of one query is replaced by that of another, on a new database and on one that has the first.
async fn is_replaced(first: &str, second: &str, expected: &str) {
    let first = format!("CREATE VIEW v AS {first};");
    let second = format!("CREATE OR REPLACE VIEW v AS {second};");
    let all = migrations(&[TABLES, &first, &second]);
    for in_two_runs in [false, true] {
        let on = On::postgres().await;
        if in_two_runs {
            run(&on, &migrations(&[TABLES, &first])).await;
        }
        run(&on, &all).await;
        let found = on.value("SELECT string_agg(v::text, ',') FROM v").await;
        assert_eq!(found, expected, "{second}");
    }
}

#[tokio::test]
async fn a_view_is_replaced_by_one_that_looks_alike() {
    let counted = ["SELECT count(*) AS x FROM a", "SELECT count(*) AS x FROM b"];
    is_replaced(counted[0], counted[1], "(2)").await;
    is_replaced(
        "SELECT * FROM a x",
        "SELECT * FROM b x ORDER BY id",
        "(2,10),(3,20)",
    )
    .await;
    is_replaced(
        "SELECT a.id AS x FROM a JOIN b ON a.n = b.n",
        "SELECT b.id AS x FROM a JOIN b ON a.n = b.n",
        "(2)",
    )
    .await;
    is_replaced(
        "SELECT n * (id + 1) AS x FROM a",
        "SELECT n * id + 1 AS x FROM a",
        "(11)",
    )
    .await;
    is_replaced("SELECT 'Ab' AS x FROM a", "SELECT 'aB' AS x FROM a", "(aB)").await;
}

#[tokio::test]
async fn a_trigger_is_replaced_by_one_that_looks_alike() {
    let on = On::postgres().await;
    let body = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.n := TG_ARGV[0]::integer + length(TG_ARGV[1]); RETURN NEW; END $$;";
    let trigger = |or_replace: &str, condition: &str, argument: &str| {
        format!(
            "CREATE {or_replace} TRIGGER t BEFORE INSERT ON a FOR EACH ROW WHEN ({condition}) \
             EXECUTE FUNCTION f('1', '{argument}');"
        )
    };
    let all = migrations(&[
        TABLES,
        body,
        &trigger("", "NEW.n * (NEW.id + 1) > 0", ""),
        &trigger("OR REPLACE", "NEW.n * NEW.id + 1 > 0", ""),
    ]);
    run(&on, &all).await;
    // The first condition does not hold.
    on.execute("INSERT INTO a VALUES (-1, 0)").await;
    assert_eq!(on.value("SELECT n FROM a WHERE id = -1").await, "1");
}

/// Drops what is in the way, whatever it is.
const CLEARS: &str = "DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_matviews WHERE matviewname = 'v') THEN DROP MATERIALIZED VIEW v;
        ELSE DROP VIEW IF EXISTS v; END IF;
    END $$;
    CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT n FROM b;
    CREATE UNIQUE INDEX v_by_n ON v (n);";

#[tokio::test]
async fn what_a_block_clears_away_is_no_conflict() {
    let first = "CREATE VIEW v AS SELECT id FROM a;";
    let dynamic = "DO $$ BEGIN EXECUTE format('DROP VIEW %I', 'v'); END $$;
        CREATE VIEW v AS SELECT n FROM b;";
    for second in [CLEARS, dynamic] {
        let all = migrations(&[TABLES, first, second]);
        for in_two_runs in [false, true] {
            let on = On::postgres().await;
            if in_two_runs {
                run(&on, &migrations(&[TABLES, first])).await;
            }
            on.run(&all).await.expect(second);
            assert_eq!(on.value("SELECT sum(n) FROM v").await, "30");
        }
    }
}

/// Only what it says that it clears away is in doubt: what else does not fit is known before anything is run.
#[tokio::test]
async fn a_block_does_not_hide_other_conflicts() {
    let speaks = "DO $$ BEGIN PERFORM 1 FROM w; END $$; CREATE TABLE c (id integer);";
    for block in [CLEARS, speaks] {
        let on = On::postgres().await;
        run(&on, &migrations(&[TABLES])).await;
        on.execute("CREATE VIEW w AS SELECT id FROM a").await;
        let all = migrations(&[TABLES, block, "CREATE VIEW w AS SELECT n FROM a;"]);
        let failure = on.run(&all).await.expect_err("the view is another");
        assert!(matches!(failure.error, Error::Conflicts(_)), "{failure}");
        let made = "SELECT count(*) FROM pg_class WHERE relname IN ('v', 'c')";
        assert_eq!(on.value(made).await, "0");
    }
}

/// What the block has left in the way is found as soon as it was run.
#[tokio::test]
async fn what_a_block_leaves_in_the_way_is_a_conflict() {
    let on = On::postgres().await;
    let keeps = "DO $$ BEGIN IF false THEN DROP VIEW v; END IF; END $$;
        CREATE VIEW v AS SELECT n FROM b;";
    run(&on, &migrations(&[TABLES])).await;
    on.execute("CREATE VIEW v AS SELECT id FROM a").await;
    let failure = on.run(&migrations(&[TABLES, keeps])).await;
    let failure = failure.expect_err("the view is another");
    assert!(matches!(failure.error, Error::Conflicts(_)), "{failure}");
    assert_eq!(on.value("SELECT sum(id) FROM v").await, "1");
}
