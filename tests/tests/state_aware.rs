//! What is there already is adopted, what contradicts is refused, what is broken is repaired.

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::plan::{Unrecorded, Verdict};
use limosa_core::report::{Outcome, Ran};
use limosa_tests::{On, migrations, on_both};

const TABLE: &str = "CREATE TABLE environments (id TEXT PRIMARY KEY, name TEXT NOT NULL);";
const COLUMN: &str = "ALTER TABLE environments ADD COLUMN last_error TEXT;";
const INDEX: &str = "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON environments (name);";

on_both!(
    a_column_that_is_there_is_adopted,
    a_column_of_another_type_is_refused,
    what_an_earlier_migration_made_otherwise_is_left,
    an_index_of_that_name_on_another_table_is_left,
    rows_between_what_is_there_are_asked_about,
    an_index_on_other_columns_is_refused,
    half_a_migration_is_completed,
    a_database_without_journal_is_adopted,
    a_later_state_without_journal_is_found,
    rows_that_nobody_can_see_stop_the_run,
    rows_behind_what_was_adopted_stop_the_run,
    rows_of_a_later_migration_are_run,
    a_schema_behind_its_journal_is_drift,
    nothing_to_do_is_nothing_done,
    a_failure_keeps_what_came_before,
    a_qualified_and_a_bare_name_are_one_table,
    what_fails_at_commit_is_named_and_the_rest_kept,
);

fn verdicts(ran: &Ran) -> Vec<&Verdict> {
    ran.steps.iter().map(|step| &step.verdict).collect()
}

#[track_caller]
fn is_adopted(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Adopt { .. }), "{verdict:?}");
}

#[track_caller]
fn conflict(error: &Error) -> String {
    assert!(matches!(error, Error::Conflicts(_)), "{error}");
    error.to_string()
}

async fn applied(on: &On) -> Vec<Option<String>> {
    let there = match on {
        On::Postgres(_) => "SELECT count(*) FROM pg_tables WHERE tablename = 'limosa_journal'",
        On::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE name = 'limosa_journal'",
    };
    if on.value(there).await == "0" {
        return Vec::new();
    }
    on.column("SELECT version FROM limosa_journal WHERE state = 'applied' ORDER BY version")
        .await
}

async fn a_column_that_is_there_is_adopted(on: On) {
    let first = migrations(&[TABLE]);
    on.run(&first).await.expect("the table is made");
    on.execute(COLUMN).await;
    on.execute("INSERT INTO environments VALUES ('1', 'a', 'oops')")
        .await;
    let report = on
        .run(&migrations(&[TABLE, COLUMN]))
        .await
        .expect("the column is adopted");
    let [ran] = report.migrations.as_slice() else {
        panic!("{report:?}")
    };
    is_adopted(verdicts(ran)[0]);
    assert_eq!(applied(&on).await.len(), 2);
    assert_eq!(
        on.value("SELECT last_error FROM environments").await,
        "oops"
    );
}

async fn a_column_of_another_type_is_refused(on: On) {
    on.run(&migrations(&[TABLE]))
        .await
        .expect("the table is made");
    on.execute("ALTER TABLE environments ADD COLUMN last_error INTEGER")
        .await;
    let before = on.schema().await;
    let texts = [TABLE, COLUMN, "CREATE TABLE more (id TEXT);"];
    let failure = on
        .run(&migrations(&texts))
        .await
        .expect_err("the type differs");
    let message = conflict(&failure.error);
    assert!(
        message.contains("column environments.last_error: type should be"),
        "{message}"
    );
    assert!(message.to_lowercase().contains("is integer"), "{message}");
    assert_eq!(on.schema().await, before);
    assert_eq!(applied(&on).await.len(), 1);
}

/// As every database that has run the first two does with the third.
async fn what_an_earlier_migration_made_otherwise_is_left(on: On) {
    let index = "CREATE INDEX by_name ON environments (name);";
    let again = "ALTER TABLE environments ADD COLUMN IF NOT EXISTS last_error INTEGER;
        CREATE INDEX IF NOT EXISTS by_name ON environments (id);
        CREATE TABLE IF NOT EXISTS environments (id INTEGER, other TEXT);";
    let all = migrations(&[TABLE, COLUMN, index, again]);
    let report = on.run(&all).await.expect("it is left alone");
    is_adopted(verdicts(&report.migrations[3])[0]);
    let mut session = on.session().await;
    let runner = Runner::new(&all);
    let plan = runner.plan(session.as_mut()).await.expect("it fits");
    assert_eq!(plan.drift, []);
    // What somebody made otherwise by hand is refused all the same.
    on.execute("DROP INDEX by_name").await;
    on.execute("CREATE INDEX by_name ON environments (last_error)")
        .await;
    on.execute("DELETE FROM limosa_journal WHERE version = '4'")
        .await;
    let failure = on.run(&all).await.expect_err("it is another");
    conflict(&failure.error);
}

async fn an_index_on_other_columns_is_refused(on: On) {
    on.run(&migrations(&[TABLE]))
        .await
        .expect("the table is made");
    on.execute("CREATE INDEX by_name ON environments (id)")
        .await;
    let before = on.schema().await;
    let failure = on
        .run(&migrations(&[TABLE, INDEX]))
        .await
        .expect_err("the columns differ");
    let message = conflict(&failure.error);
    assert!(
        message.contains("index by_name: definition should be"),
        "{message}"
    );
    assert_eq!(on.schema().await, before);
}

async fn half_a_migration_is_completed(on: On) {
    on.run(&migrations(&[TABLE]))
        .await
        .expect("the table is made");
    on.execute(COLUMN).await;
    let both = format!("{COLUMN}\n{INDEX}");
    let report = on
        .run(&migrations(&[TABLE, &both]))
        .await
        .expect("the rest is done");
    let [ran] = report.migrations.as_slice() else {
        panic!("{report:?}")
    };
    is_adopted(verdicts(ran)[0]);
    assert_eq!(*verdicts(ran)[1], Verdict::Execute);
    assert!(on.schema().await.index(&"by_name".into()).is_some());
}

async fn a_database_without_journal_is_adopted(on: On) {
    for text in [TABLE, COLUMN, "CREATE INDEX by_name ON environments (name)"] {
        on.execute(text).await;
    }
    let report = on
        .run(&migrations(&[TABLE, COLUMN, INDEX]))
        .await
        .expect("all is adopted");
    assert!(report.migrations.iter().all(Ran::is_adopted), "{report:?}");
    assert_eq!(applied(&on).await.len(), 3);
}

async fn a_later_state_without_journal_is_found(on: On) {
    let texts = [
        TABLE,
        "ALTER TABLE environments ADD COLUMN old TEXT;",
        "ALTER TABLE environments RENAME COLUMN old TO new;",
        "ALTER TABLE environments DROP COLUMN new;",
        "ALTER TABLE environments ADD COLUMN new TEXT;",
        COLUMN,
    ];
    for text in &texts[..5] {
        on.execute(text).await;
    }
    on.execute("INSERT INTO environments VALUES ('1', 'a', 'keep me')")
        .await;
    on.run(&migrations(&texts))
        .await
        .expect("the last one is done");
    assert_eq!(on.value("SELECT new FROM environments").await, "keep me");
    assert!(
        on.schema()
            .await
            .table(&"environments".into())
            .is_some_and(|table| {
                table
                    .columns
                    .iter()
                    .any(|column| column.name == "last_error")
            })
    );
}

async fn rows_that_nobody_can_see_stop_the_run(on: On) {
    let texts = [
        TABLE,
        "INSERT INTO environments (id, name) VALUES ('1', 'seed');",
        COLUMN,
    ];
    for text in texts {
        on.execute(text).await;
    }
    let failure = on.run(&migrations(&texts)).await.expect_err("nobody knows");
    let message = conflict(&failure.error);
    assert!(message.contains("--unrecorded"), "{message}");
    assert_eq!(on.value("SELECT count(*) FROM environments").await, "1");
    assert!(applied(&on).await.is_empty());
}

async fn a_schema_behind_its_journal_is_drift(on: On) {
    on.run(&migrations(&[TABLE, COLUMN]))
        .await
        .expect("both are done");
    on.execute("ALTER TABLE environments DROP COLUMN last_error")
        .await;
    let all = migrations(&[TABLE, COLUMN, INDEX]);
    let runner = Runner::new(&all);
    let plan = runner
        .plan(on.session().await.as_mut())
        .await
        .expect("a plan");
    let drift: Vec<String> = plan.drift.iter().map(ToString::to_string).collect();
    assert_eq!(
        drift,
        ["column environments.last_error: existence should be there, but is missing"]
    );
    let evidence = runner
        .verify(on.session().await.as_mut())
        .await
        .expect("evidence");
    let wrong: Vec<&str> = evidence
        .iter()
        .filter(|one| !one.differences.is_empty())
        .map(|one| one.object.as_str())
        .collect();
    assert_eq!(wrong, ["column environments.last_error"]);
}

async fn nothing_to_do_is_nothing_done(on: On) {
    let all = migrations(&[TABLE, COLUMN, INDEX]);
    let report = on.run(&all).await.expect("all is done");
    assert_eq!(report.outcome, Outcome::Done);
    let before = on.schema().await;
    let report = on.run(&all).await.expect("nothing is done");
    assert_eq!(report.outcome, Outcome::UpToDate);
    assert!(report.migrations.is_empty());
    assert_eq!(on.schema().await, before);
}

async fn a_failure_keeps_what_came_before(on: On) {
    let texts = [
        TABLE,
        "INSERT INTO environments (id, name) VALUES ('1', 'a');",
        "INSERT INTO environments (id, name)\n VALUES ('2', 'b'),\n ('1', 'again');",
        "CREATE TABLE never (id TEXT);",
    ];
    let failure = on
        .run(&migrations(&texts))
        .await
        .expect_err("a duplicate key");
    let Error::Step(step) = &failure.error else {
        panic!("{}", failure.error)
    };
    assert_eq!(step.version.as_str(), "3");
    assert_eq!(step.line, 1);
    assert_eq!(failure.report.migrations.len(), 2);
    assert_eq!(on.value("SELECT count(*) FROM environments").await, "1");
    assert_eq!(applied(&on).await.len(), 2);
}

#[tokio::test]
async fn an_invalid_index_is_built_again() {
    let on = On::postgres().await;
    on.run(&migrations(&[TABLE]))
        .await
        .expect("the table is made");
    on.execute("INSERT INTO environments VALUES ('1', 'a'), ('2', 'a')")
        .await;
    let On::Postgres(database) = &on else {
        unreachable!()
    };
    let unique = "CREATE UNIQUE INDEX CONCURRENTLY by_name ON environments (name)";
    let client = database.client().await;
    client
        .batch_execute(unique)
        .await
        .expect_err("the names are not unique");
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_name'::regclass";
    assert_eq!(on.value(valid).await, "f");
    on.execute("DELETE FROM environments WHERE id = '2'").await;
    on.run(&migrations(&[TABLE, unique]))
        .await
        .expect("it is built again");
    assert_eq!(on.value(valid).await, "t");
}

/// `DROP TYPE` reads as the drop of an enum; a composite type of that name must go all the same.
#[tokio::test]
async fn a_type_that_the_model_does_not_hold_is_dropped() {
    let on = On::postgres().await;
    let texts = ["CREATE TYPE pair AS (a int, b int);", "DROP TYPE pair;"];
    on.run(&migrations(&texts[..1])).await.expect("it is made");
    let count = "SELECT count(*) FROM pg_type WHERE typname = 'pair'";
    assert_eq!(on.value(count).await, "1");
    on.run(&migrations(&texts)).await.expect("it is dropped");
    assert_eq!(on.value(count).await, "0");
}

async fn a_qualified_and_a_bare_name_are_one_table(on: On) {
    let texts = [
        "CREATE TABLE public.users (id INTEGER PRIMARY KEY, name TEXT);",
        "ALTER TABLE users ADD COLUMN age INTEGER;",
        "CREATE INDEX by_name ON public.users (name); INSERT INTO users (id) VALUES (1);",
        "CREATE TABLE posts (id INTEGER, by INTEGER REFERENCES public.users (id));",
    ];
    let all = migrations(&texts);
    on.run(&all).await.expect("all is applied");
    on.run(&all).await.expect("nothing is pending");
    let schema = on.schema().await;
    assert_eq!(
        schema
            .table(&"users".into())
            .map(|table| table.columns.len()),
        Some(3)
    );
    let runner = Runner::new(&all);
    let evidence = runner
        .verify(on.session().await.as_mut())
        .await
        .expect("evidence");
    assert!(evidence.len() > 5);
    for one in evidence {
        assert!(one.differences.is_empty(), "{one:?}");
    }
}

async fn what_fails_at_commit_is_named_and_the_rest_kept(on: On) {
    let texts = [
        "CREATE TABLE a (id INTEGER PRIMARY KEY);",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, \
         a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);",
        "INSERT INTO b VALUES (1, 77);",
        "CREATE TABLE never (id INTEGER);",
    ];
    let failure = on
        .run(&migrations(&texts))
        .await
        .expect_err("there is no row 77");
    let Error::Step(step) = &failure.error else {
        panic!("{}", failure.error)
    };
    assert_eq!((step.version.as_str(), step.step.as_str()), ("3", "commit"));
    assert_eq!(failure.report.migrations.len(), 2);
    assert_eq!(on.value("SELECT count(*) FROM b").await, "0");
    assert_eq!(applied(&on).await.len(), 2);
}

/// Without a journal nothing tells whether the seed was planted by whoever made the table.
async fn rows_behind_what_was_adopted_stop_the_run(on: On) {
    let texts = [
        TABLE,
        "INSERT INTO environments (id, name) VALUES ('1', 'seed');",
    ];
    on.execute(TABLE).await;
    let failure = on.run(&migrations(&texts)).await.expect_err("nobody knows");
    assert!(conflict(&failure.error).contains("--unrecorded"));
    let all = migrations(&texts);
    let runner = Runner::new(&all).unrecorded(limosa_core::plan::Unrecorded::Execute);
    runner
        .run(on.session().await.as_mut())
        .await
        .expect("it is planted");
    assert_eq!(on.value("SELECT count(*) FROM environments").await, "1");
}

/// A column that somebody made by hand says nothing about the migrations behind it.
async fn rows_of_a_later_migration_are_run(on: On) {
    on.run(&migrations(&[TABLE]))
        .await
        .expect("the table is made");
    on.execute(COLUMN).await;
    on.execute("INSERT INTO environments VALUES ('1', 'a', NULL)")
        .await;
    let fill = "UPDATE environments SET last_error = 'none';";
    on.run(&migrations(&[TABLE, COLUMN, fill]))
        .await
        .expect("adopted, then filled");
    assert_eq!(
        on.value("SELECT last_error FROM environments").await,
        "none"
    );
}

/// drizzle's names are long, and PostgreSQL cuts them off: two keys had one name, and the second was never made.
#[tokio::test]
async fn what_a_block_guards_is_left_if_an_earlier_one_has_its_name() {
    let on = On::postgres().await;
    let guarded = |constraint: &str| {
        format!(
            "DO $$ BEGIN ALTER TABLE b ADD CONSTRAINT {constraint}; EXCEPTION WHEN duplicate_object THEN null; END $$;"
        )
    };
    let texts = [
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer CONSTRAINT k PRIMARY KEY, n integer);"
            .to_owned(),
        guarded("k FOREIGN KEY (n) REFERENCES a (id)"),
        guarded("l FOREIGN KEY (n) REFERENCES a (id)"),
    ];
    let texts = texts.each_ref().map(String::as_str);
    let report = on.run(&migrations(&texts)).await.expect("a new database");
    assert!(matches!(
        report.migrations[1].steps[0].verdict,
        Verdict::Adopt { .. }
    ));
    assert_eq!(report.migrations[2].steps[0].verdict, Verdict::Execute);
    let all = migrations(&texts);
    let runner = Runner::new(&all);
    let plan = runner.plan(on.session().await.as_mut()).await;
    assert_eq!(plan.expect("it fits").drift, []);

    // Of one that somebody made by hand nothing is known.
    let other = On::postgres().await;
    other
        .run(&migrations(&texts[..2]))
        .await
        .expect("a new database");
    other
        .execute("ALTER TABLE b ADD CONSTRAINT l CHECK (n > 0)")
        .await;
    let failure = other
        .run(&migrations(&texts))
        .await
        .expect_err("it is another");
    assert!(
        failure.error.to_string().contains("constraint l of b"),
        "{failure}"
    );
}

/// An index has its name in the whole database, and stays on the table that it was made for.
async fn an_index_of_that_name_on_another_table_is_left(on: On) {
    let all = migrations(&[
        "CREATE TABLE a (n integer); CREATE INDEX by_n ON a (n);",
        "CREATE TABLE b (n integer); CREATE INDEX IF NOT EXISTS by_n ON b (n);
         DROP TABLE a; ALTER TABLE b RENAME TO a;",
        "CREATE INDEX IF NOT EXISTS by_n ON a (n);",
    ]);
    let report = on.run(&all).await.expect("a new database");
    is_adopted(verdicts(&report.migrations[1])[1]);
    let runner = Runner::new(&all);
    let plan = runner.plan(on.session().await.as_mut()).await;
    assert_eq!(plan.expect("it fits").drift, []);
    let schema = on.schema().await;
    assert_eq!(schema.tables[0].indexes.len(), 1);
}

/// Half of it is there, with a hole in it: nothing shows which rows were written.
async fn rows_between_what_is_there_are_asked_about(on: On) {
    on.execute("CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE c (id integer PRIMARY KEY)")
        .await;
    let all = migrations(&[
        "CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1);
         CREATE TABLE b (id integer PRIMARY KEY); INSERT INTO b VALUES (1);
         CREATE TABLE c (id integer PRIMARY KEY); INSERT INTO c VALUES (1);",
        "CREATE TABLE d (id integer PRIMARY KEY); INSERT INTO d VALUES (1);",
    ]);
    let failure = on.run(&all).await.expect_err("they may be there");
    let said = failure.error.to_string();
    assert_eq!(said.matches("--unrecorded").count() / 2, 3, "{said}");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "0");

    let runner = Runner::new(&all).unrecorded(Unrecorded::Execute);
    runner
        .run(on.session().await.as_mut())
        .await
        .expect("they are not");
    for table in ["a", "b", "c", "d"] {
        let rows = on.value(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, "1", "{table}");
    }
}
