//! What goes wrong is told such that one knows what to do.

use limosa::dialect::Transaction;
use limosa::{Error, Runner};
use limosa_tests::{On, migrations, on_both};

on_both!(
    a_row_that_no_run_wrote_is_refused,
    a_failure_says_whether_there_was_a_transaction,
);

const TABLE: &str = "CREATE TABLE a (id integer PRIMARY KEY, v integer);";

/// By whoever reads the whole journal: a start with nothing pending reads no more of it than it needs.
async fn a_row_that_no_run_wrote_is_refused(on: On) {
    let chain = migrations(&[TABLE, "CREATE TABLE b (id integer);"]);
    on.run(&migrations(&[TABLE])).await.expect("applied");
    on.execute("UPDATE limosa_journal SET done = 2").await;
    let mut session = on.session().await;
    for error in [
        on.run(&chain).await.expect_err("edited").error,
        Runner::new(&chain)
            .plan(session.as_mut())
            .await
            .expect_err("edited"),
    ] {
        let text = error.to_string();
        assert!(text.contains("steps that are done"), "{text}");
    }
    on.execute("UPDATE limosa_journal SET done = 1").await;
    on.run(&chain).await.expect("as it was");
}

async fn a_failure_says_whether_there_was_a_transaction(on: On) {
    for (head, expected) in [
        ("-- limosa: no transaction\n", Transaction::Outside),
        ("", Transaction::Inside),
    ] {
        let dialect = format!("-- limosa: dialect {}\n\n", on.id());
        let text = format!("{head}{dialect}-- limosa: verbatim\nSELEKT 1;");
        let error = on
            .run(&migrations(&[&text]))
            .await
            .expect_err("broken")
            .error;
        let Error::Step(step) = error else {
            panic!("{error:?}")
        };
        assert_eq!(step.transaction, expected);
        let forget = "DELETE FROM limosa_journal";
        if expected == Transaction::Outside {
            on.execute(forget).await;
        }
    }
}

/// Whoever may not read the journal, or not write it, is told what to grant; and that is enough.
#[tokio::test]
async fn a_missing_right_is_named() {
    let on = On::postgres().await;
    let chain = migrations(&[TABLE]);
    on.run(&chain).await.expect("applied");
    let role = format!("guest_{}", on.value("SELECT current_database()").await);
    on.execute(&format!(
        "REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE ROLE {role} LOGIN"
    ))
    .await;
    let url = on.url().replace("postgres@", &format!("{role}@"));
    let more = migrations(&[TABLE, "CREATE TABLE b (id integer);"]);
    let run = async || {
        let session = limosa::postgres::Postgres::connect(&url)
            .await
            .expect("connect");
        Runner::new(&more).run_on(session).await
    };
    let hint = |error: &Error| {
        let told = error.database().and_then(|one| one.hint.clone());
        told.unwrap_or_default()
    };
    on.execute(&format!("GRANT USAGE ON SCHEMA public TO {role}"))
        .await;
    let error = run().await.expect_err("may not read").error;
    assert!(
        hint(&error).contains("GRANT SELECT ON limosa_journal"),
        "{error}"
    );
    on.execute(&format!("GRANT SELECT ON limosa_journal TO {role}"))
        .await;
    let error = run().await.expect_err("may not lock").error;
    assert!(
        hint(&error).contains("SELECT and UPDATE on limosa_lock"),
        "{error}"
    );
    on.execute(&format!(
        "GRANT SELECT, UPDATE ON limosa_lock TO {role};
         GRANT INSERT, UPDATE, DELETE ON limosa_journal TO {role}"
    ))
    .await;
    let error = run().await.expect_err("may not create").error;
    assert!(hint(&error).contains("GRANT CREATE ON SCHEMA"), "{error}");
    on.execute(&format!("GRANT CREATE ON SCHEMA public TO {role}"))
        .await;
    run().await.expect("that is enough");
}

/// A unique build that failed leaves an INVALID index; its definition may be put right all the same.
#[tokio::test]
async fn a_failed_unique_build_may_be_written_anew() {
    let on = On::postgres().await;
    let rows = "INSERT INTO a VALUES (1, 7), (2, 7);";
    let broken = migrations(&[
        TABLE,
        rows,
        "CREATE UNIQUE INDEX CONCURRENTLY a_v ON a (v);",
    ]);
    let error = on
        .run(&broken)
        .await
        .expect_err("two rows of one key")
        .error;
    assert!(error.to_string().contains("a_v"), "{error}");
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_v'::regclass";
    assert_eq!(on.value(valid).await, "f");
    let right = migrations(&[
        TABLE,
        rows,
        "CREATE UNIQUE INDEX CONCURRENTLY a_v ON a (v, id);",
    ]);
    on.run(&right).await.expect("built anew");
    assert_eq!(on.value(valid).await, "t");
    assert_eq!(
        on.value("SELECT pg_get_indexdef('a_v'::regclass)").await,
        "CREATE UNIQUE INDEX a_v ON public.a USING btree (v, id)"
    );
}

/// What cannot be known after a kill is said before.
#[tokio::test]
async fn what_may_be_run_twice_is_in_the_plan() {
    let on = On::postgres().await;
    let chain = migrations(&[
        TABLE,
        "-- limosa: no transaction\n\nDO $$ BEGIN NULL; END $$;",
        "VACUUM a;",
        "CREATE INDEX CONCURRENTLY a_v ON a (v);",
        "DO $$ BEGIN NULL; END $$;",
    ]);
    let plan = Runner::new(&chain).plan(on.session().await.as_mut()).await;
    let plan = plan.expect("planned");
    let said: Vec<bool> = plan.steps().map(|(_, step)| step.at_least_once).collect();
    assert_eq!(said, [false, true, false, false, false]);
}
