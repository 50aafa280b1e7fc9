//! A `COMMIT` in the middle of a file: what stands before it is committed, and the next run goes on
//! behind it.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::report::Outcome;
use limosa_tests::{On, migrations, on_both};

on_both!(
    what_was_committed_stays_and_the_rest_follows,
    a_commit_without_begin_is_one,
    what_was_committed_is_undone_with_the_rest,
);

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL);";

/// The last part cannot be done before somebody has mended the rows.
const CUT: &str = "BEGIN; INSERT INTO t VALUES (1, 1); INSERT INTO t VALUES (2, 1); COMMIT;
    BEGIN; CREATE TABLE u (id integer); COMMIT;
    CREATE UNIQUE INDEX t_by_n ON t (n);";

async fn what_was_committed_stays_and_the_rest_follows(on: On) {
    is_cut(on, CUT).await;
}

/// It ends the transaction that every tool runs a file in.
async fn a_commit_without_begin_is_one(on: On) {
    let cut = "INSERT INTO t VALUES (1, 1); INSERT INTO t VALUES (2, 1); COMMIT;
        CREATE TABLE u (id integer); COMMIT; BEGIN; CREATE UNIQUE INDEX t_by_n ON t (n);";
    is_cut(on, cut).await;
}

async fn is_cut(on: On, cut: &str) {
    let all = migrations(&[TABLE, cut]);
    let failure = on.run(&all).await.expect_err("n is 1 twice");
    assert!(failure.error.to_string().contains("t_by_n"), "{failure}");
    assert_eq!(on.value("SELECT count(*) FROM t").await, "2");
    assert_eq!(on.value("SELECT count(*) FROM u").await, "0");
    // Two rows and a table.
    assert_eq!(state(&on).await, "started 3");

    on.execute("UPDATE t SET n = id").await;
    let report = on.run(&all).await.expect("nothing is in the way");
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(on.value("SELECT count(*) FROM t").await, "2");
    assert_eq!(state(&on).await, "applied 4");
}

async fn what_was_committed_is_undone_with_the_rest(on: On) {
    let cut = "BEGIN; CREATE TABLE u (id integer); COMMIT; CREATE TABLE v (id integer);";
    let all = migrations(&[TABLE, cut]);
    let before = migrations(&[TABLE]);
    on.run(&before).await.expect("a table");
    let schema = on.schema().await;
    on.run(&all).await.expect("two tables more");
    let undone = Runner::new(&all)
        .rollback(
            on.session().await.as_mut(),
            &Extent::Steps(1),
            Consent::Given,
        )
        .await;
    undone.expect("both go");
    assert_eq!(on.schema().await, schema);
}

async fn state(on: &On) -> String {
    let sql = "SELECT state || ' ' || done FROM limosa_journal ORDER BY version DESC LIMIT 1";
    on.value(sql).await
}

/// What Prisma writes where an enum loses a value.
#[tokio::test]
async fn an_enum_that_prisma_makes_anew() {
    let on = On::postgres().await;
    let before = r#"CREATE TYPE "Kind" AS ENUM ('A', 'B', 'C');
        CREATE TABLE t (id integer, kind "Kind" NOT NULL);
        INSERT INTO t VALUES (1, 'B');"#;
    let anew = r#"BEGIN;
        CREATE TYPE "Kind_new" AS ENUM ('A', 'B');
        ALTER TABLE t ALTER COLUMN kind TYPE "Kind_new" USING (kind::text::"Kind_new");
        ALTER TYPE "Kind" RENAME TO "Kind_old";
        ALTER TYPE "Kind_new" RENAME TO "Kind";
        DROP TYPE "Kind_old";
        COMMIT;
        ALTER TABLE t ADD COLUMN note text;"#;
    let all = migrations(&[before, anew]);
    on.run(&all).await.expect("the type is made anew");
    assert_eq!(on.value("SELECT kind::text FROM t").await, "B");
    let report = on.run(&all).await.expect("nothing to do");
    assert_eq!(report.outcome, Outcome::UpToDate);
}

/// A label can be used once it is committed.
#[tokio::test]
async fn a_label_is_used_behind_the_commit() {
    let on = On::postgres().await;
    let label = "BEGIN; ALTER TYPE kind ADD VALUE 'c'; COMMIT; INSERT INTO t VALUES ('c');";
    let before = "CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE t (kind kind);";
    on.run(&migrations(&[before, label])).await.expect("it is");
    assert_eq!(on.value("SELECT kind::text FROM t").await, "c");
}

/// SQLite's own files: two rebuilds by hand, each in its transaction, then rows that go with their parents.
#[tokio::test]
async fn rebuilds_by_hand_in_pairs_of_their_own() {
    let before = "-- limosa: dialect sqlite\n\n
        CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE child (id INTEGER PRIMARY KEY,
            parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
        INSERT INTO parent VALUES (1, 'a'), (2, 'b');
        INSERT INTO child VALUES (10, 1), (20, 2);";
    let rebuild = |definition: &str| {
        format!(
            "PRAGMA foreign_keys = OFF;
            BEGIN;
            CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT {definition});
            INSERT INTO parent_new SELECT id, name FROM parent;
            DROP TABLE parent;
            ALTER TABLE parent_new RENAME TO parent;
            COMMIT;
            PRAGMA foreign_keys = ON;\n"
        )
    };
    let twice = rebuild("NOT NULL") + &rebuild("NOT NULL UNIQUE");
    let twice = format!("-- limosa: dialect sqlite\n\n{twice}");
    let deleted = format!("{twice} DELETE FROM parent WHERE id = 2;");
    for (text, left) in [(&twice, "1 2"), (&deleted, "1")] {
        let on = On::sqlite();
        let all = migrations(&[before, text]);
        on.run(&all).await.expect("both rebuilds");
        let children = "SELECT group_concat(parent, ' ') FROM child";
        assert_eq!(on.value(children).await, left, "{text}");
        let report = on.run(&all).await.expect("nothing to do");
        assert_eq!(report.outcome, Outcome::UpToDate);
    }
}

/// It could not do that in a transaction, and so is in none.
#[tokio::test]
async fn a_block_commits_what_it_does_bit_by_bit() {
    let on = On::postgres().await;
    let block = "DO $$ BEGIN
          FOR i IN 1..3 LOOP INSERT INTO t VALUES (i, i); COMMIT; END LOOP;
          IF to_regclass('v') IS NULL THEN RAISE 'there is no v'; END IF;
        END $$;
        CREATE TABLE u (id integer);";
    let all = migrations(&[TABLE, block]);
    let failure = on.run(&all).await.expect_err("it is not there");
    assert!(
        failure.error.to_string().contains("there is no v"),
        "{failure}"
    );
    assert_eq!(on.value("SELECT count(*) FROM t").await, "3");

    on.execute("DELETE FROM t; CREATE TABLE v (id integer)")
        .await;
    on.run(&all).await.expect("now it is");
    assert_eq!(on.value("SELECT count(*) FROM t").await, "3");
    assert_eq!(on.value("SELECT count(*) FROM u").await, "0");
}
