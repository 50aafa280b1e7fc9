//! Databases that another tool has migrated: all of it is there, and no journal.

use limosa_core::engine::Runner;
use limosa_core::migration::Migrations;
use limosa_core::plan::{Plan, Unrecorded, Verdict};
use limosa_tests::{On, migrations, on_both};

on_both!(
    what_is_called_in_several_ways_is_one_thing,
    what_one_statement_drops_and_makes_is_made_once,
);

async fn plan(on: &On, migrations: &Migrations, unrecorded: Unrecorded) -> Plan {
    let runner = Runner::new(migrations).unrecorded(unrecorded);
    let plan = runner.plan(on.session().await.as_mut()).await;
    plan.expect("there is no journal that could not fit")
}

/// The verdicts that are not adoptions, in short.
fn others(plan: &Plan) -> Vec<String> {
    let verdict = |verdict: &Verdict| match verdict {
        Verdict::Adopt { .. } => None,
        Verdict::Execute => Some("execute".to_owned()),
        Verdict::Conflict { reasons } => Some(reasons.join("; ")),
        other => Some(format!("{other:?}")),
    };
    let steps = plan.steps().map(|(_, step)| step);
    steps
        .filter_map(|step| Some(format!("{}: {}", step.summary, verdict(&step.verdict)?)))
        .collect()
}

/// Migrates a database, and loses the journal.
async fn without_journal(on: &On, migrations: &Migrations) {
    on.run(migrations).await.expect("a new database");
    on.execute("DROP TABLE limosa_journal").await;
}

/// All is adopted, and as it should be from then on.
async fn is_taken_over(on: &On, migrations: &Migrations) {
    let adopted = plan(on, migrations, Unrecorded::Adopt).await;
    assert_eq!(others(&adopted), Vec::<String>::new());
    let runner = Runner::new(migrations).unrecorded(Unrecorded::Adopt);
    let report = runner.run(on.session().await.as_mut()).await;
    report.expect("nothing is to be done");
    let after = plan(on, migrations, Unrecorded::Refuse).await;
    assert_eq!(after.drift, []);
    let evidence = Runner::new(migrations)
        .verify(on.session().await.as_mut())
        .await;
    for one in evidence.expect("the session is kept") {
        assert_eq!(one.differences, [], "{}", one.object);
    }
}

async fn what_is_called_in_several_ways_is_one_thing(on: On) {
    let all = migrations(&[
        "CREATE TABLE People (id integer PRIMARY KEY); CREATE TABLE public.pets (id integer);",
        "ALTER TABLE people ADD COLUMN age integer; ALTER TABLE pets ADD COLUMN name text;",
        "ALTER TABLE public.PEOPLE ADD COLUMN size integer; DROP TABLE pets;",
    ]);
    without_journal(&on, &all).await;
    assert_eq!(
        others(&plan(&on, &all, Unrecorded::Refuse).await),
        Vec::<String>::new()
    );
    is_taken_over(&on, &all).await;
}

#[tokio::test]
async fn a_type_is_one_with_and_without_its_schema() {
    let on = On::postgres().await;
    let all = migrations(&[
        "CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE t (mood public.mood);",
        "ALTER TYPE public.mood ADD VALUE 'sad';",
    ]);
    without_journal(&on, &all).await;
    is_taken_over(&on, &all).await;
}

async fn what_one_statement_drops_and_makes_is_made_once(on: On) {
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY, a text);",
        "ALTER TABLE t DROP COLUMN a, ADD COLUMN a integer;",
    ]);
    without_journal(&on, &all).await;
    assert_eq!(
        others(&plan(&on, &all, Unrecorded::Refuse).await),
        Vec::<String>::new()
    );
    is_taken_over(&on, &all).await;
}

const GUARDED: &str = "ALTER TABLE t ADD COLUMN ok boolean;
    UPDATE t SET ok = true;
    DO $$ BEGIN
        IF EXISTS (SELECT FROM t) OR true THEN ALTER TABLE t ALTER COLUMN ok SET NOT NULL; END IF;
    END $$;";

/// What a block has done nobody can know before; what it has not done shows all the same.
#[tokio::test]
async fn what_a_block_has_done_is_as_it_is() {
    let table = "CREATE TABLE t (id integer PRIMARY KEY);";
    let on = On::postgres().await;
    let all = migrations(&[table, GUARDED, "ALTER TABLE t ADD COLUMN n integer;"]);
    without_journal(&on, &all).await;
    let refused = others(&plan(&on, &all, Unrecorded::Refuse).await);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        refused.iter().all(|one| one.contains("--unrecorded")),
        "{refused:?}"
    );
    is_taken_over(&on, &all).await;

    // The next migration does what the block could have done, had it been run.
    let before = "ALTER TABLE t ADD COLUMN ok boolean; \
                  DO $$ BEGIN IF false THEN ALTER TABLE t ALTER COLUMN ok SET NOT NULL; END IF; END $$;";
    let on = On::postgres().await;
    without_journal(&on, &migrations(&[table, before])).await;
    let all = migrations(&[table, before, "ALTER TABLE t ALTER COLUMN ok SET NOT NULL;"]);
    let found = others(&plan(&on, &all, Unrecorded::Adopt).await);
    assert_eq!(found, ["set not null of t.ok: execute"]);
}

/// Made, dropped and made again: what was dropped is not taken for the work of the block.
#[tokio::test]
async fn what_a_block_speaks_of_is_made_again() {
    let on = On::postgres().await;
    let block = "DO $$ BEGIN IF false THEN DROP TABLE u; END IF; END $$;";
    let texts = [
        "CREATE TABLE t (id integer); CREATE TABLE u (id integer);",
        block,
        "DROP TABLE u;",
    ];
    without_journal(&on, &migrations(&texts)).await;
    let all = migrations(&[&texts[..], &["CREATE TABLE u (id integer);"]].concat());
    let found = others(&plan(&on, &all, Unrecorded::Adopt).await);
    assert_eq!(found, ["create table u: execute"]);
}

/// A verbatim statement makes a table that the model does not hold, in the place of one that it does.
#[tokio::test]
async fn what_the_model_does_not_hold_is_as_it_is() {
    let on = On::postgres().await;
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY, n integer);",
        "ALTER TABLE t RENAME TO t_old;
         CREATE TABLE t (id integer, n integer) PARTITION BY RANGE (n);
         DROP TABLE t_old;",
    ]);
    without_journal(&on, &all).await;
    is_taken_over(&on, &all).await;
}

/// The server has words of its own for expressions. Whether they mean the same is asked.
#[tokio::test]
async fn what_is_said_in_other_words_is_asked_about() {
    let table =
        "CREATE TABLE t (id integer PRIMARY KEY, k integer[], l integer[] GENERATED ALWAYS AS
        (CASE WHEN cardinality(k) = 0 THEN NULL ELSE k[1:cardinality(k) - 1] END) STORED);";
    let more = "ALTER TABLE t ADD COLUMN n integer DEFAULT 1;";
    let on = On::postgres().await;
    let all = migrations(&[table, more]);
    without_journal(&on, &all).await;
    let refused = others(&plan(&on, &all, Unrecorded::Refuse).await);
    let [only] = &refused[..] else {
        panic!("{refused:?}")
    };
    assert!(
        only.contains("which may be the same in other words"),
        "{only}"
    );
    is_taken_over(&on, &all).await;

    // So is a check that comes to a table behind its making.
    let check = "ALTER TABLE t ADD CONSTRAINT c CHECK
        (CASE WHEN cardinality(k) = 0 THEN NULL ELSE k[1:cardinality(k) - 1] END IS NULL);";
    let on = On::postgres().await;
    let with_check = migrations(&[table, check, more]);
    without_journal(&on, &with_check).await;
    let refused = others(&plan(&on, &with_check, Unrecorded::Refuse).await);
    assert_eq!(refused.len(), 2, "{refused:?}");
    is_taken_over(&on, &with_check).await;
    let on = On::postgres().await;
    without_journal(&on, &all).await;
    is_taken_over(&on, &all).await;

    // What agreed before a migration is not what that makes of it in other words.
    on.execute("DROP TABLE limosa_journal").await;
    let all = migrations(&[table, more, "ALTER TABLE t ALTER COLUMN n SET DEFAULT 2;"]);
    let found = others(&plan(&on, &all, Unrecorded::Adopt).await);
    assert_eq!(found, ["set default of t.n: execute"]);
}
