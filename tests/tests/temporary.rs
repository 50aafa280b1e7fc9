//! Temporary tables: a file's own scratch paper, which no catalog of the model holds.

use limosa_core::engine::Runner;
use limosa_core::migration::Migrations;
use limosa_tests::{On, migrations, on_both};

on_both!(
    a_file_does_with_them_what_it_says,
    they_hide_a_table_of_the_same_name
);

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY, n integer);
    INSERT INTO t VALUES (1, 2), (2, 3);";

/// The same texts for the database that the test is on, in its own words.
fn read(on: &On, texts: &[&str]) -> Migrations {
    let head = match on {
        On::Sqlite(_) => "-- limosa: dialect sqlite\n\n",
        On::Postgres(_) => "",
    };
    let texts: Vec<String> = texts.iter().map(|text| format!("{head}{text}")).collect();
    migrations(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn a_file_does_with_them_what_it_says(on: On) {
    let scratch = "CREATE TEMPORARY TABLE a AS SELECT id, n FROM t WHERE n > 2;
        CREATE INDEX a_by_id ON a (id);
        ALTER TABLE a ADD COLUMN m integer;
        UPDATE a SET m = n * 10;
        ALTER TABLE a RENAME TO b;
        UPDATE t SET n = (SELECT m FROM b WHERE b.id = t.id) WHERE id IN (SELECT id FROM b);
        DROP TABLE b;";
    // The second is in the same session, where everything has its name again.
    let all = read(&on, &[TABLE, scratch, scratch]);
    on.run(&all).await.expect("a new database");
    assert_eq!(on.value("SELECT sum(n) FROM t").await, "302");
    let plan = Runner::new(&all).plan(on.session().await.as_mut()).await;
    assert_eq!(plan.expect("it is asked").drift, []);
}

async fn they_hide_a_table_of_the_same_name(on: On) {
    let hides =
        "CREATE TEMP TABLE u (id integer, s text); INSERT INTO u VALUES (1, 'x'); DROP TABLE u;
        INSERT INTO u VALUES (2);";
    let all = read(&on, &[TABLE, "CREATE TABLE u (id integer);", hides]);
    on.run(&all).await.expect("a new database");
    assert_eq!(on.value("SELECT id FROM u").await, "2");
}

/// The server makes a view of what is temporary temporary itself.
#[tokio::test]
async fn a_view_of_one_is_not_looked_for() {
    let on = On::postgres().await;
    let text = "CREATE TEMPORARY TABLE a AS SELECT id, n FROM t;
        CREATE OR REPLACE VIEW v AS SELECT id FROM a;
        INSERT INTO t SELECT id + (SELECT max(id) FROM t) FROM v;
        DROP VIEW v; DROP TABLE a;";
    let all = migrations(&[TABLE, text, text]);
    on.run(&all).await.expect("a new database");
    assert_eq!(on.value("SELECT count(*) FROM t").await, "8");
}
