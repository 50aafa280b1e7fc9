//! Objects that stand in for the catalog's: on the search path, in `pg_temp`, as operators whose types
//! fit better than those of the catalog's own.

use std::time::Duration;

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::Kind;
use limosa_core::migrator::{Migrator, Scope};
use limosa_core::report::Outcome;
use limosa_postgres::Postgres;
use limosa_sqlite::Sqlite;
use limosa_tests::{On, migrations};
use tokio_postgres::Client;

/// Something for each query of the inspection.
const FIRST: &str = "
    CREATE TYPE mood AS ENUM ('glad', 'sad');
    CREATE TABLE a (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'x' || 'y', mood mood,
      n numeric(5, 2) CHECK (n > 0), UNIQUE (name, n));
    CREATE TABLE b (a integer REFERENCES a (id) ON DELETE CASCADE, c integer[], d text COLLATE \"C\");
    CREATE INDEX by_name ON a (lower(name) DESC, n) WHERE n > 1;
    CREATE VIEW v AS SELECT id, name FROM a;
    CREATE SEQUENCE s;
    CREATE DOMAIN small AS integer;
    COMMENT ON COLUMN a.name IS 'what it is called';";
/// Without an operator: what the author writes is looked up as the author's session says.
const SECOND: &str = "
    ALTER TABLE a ADD COLUMN more integer;
    CREATE INDEX CONCURRENTLY by_more ON a (more);
    INSERT INTO a (name) VALUES ('one');";

const WAYS: [&str; 5] = [
    // A better fit than the catalog's, which comes first nevertheless.
    "SET search_path = public, trap",
    // Looked at before the catalog.
    "SET search_path = public, trap, pg_catalog",
    "SET search_path = public, doubles, pg_catalog",
    // Looked at before everything else, unless the path says otherwise.
    "CREATE TEMP TABLE pg_class (LIKE pg_catalog.pg_class);
     CREATE TEMP TABLE pg_index (LIKE pg_catalog.pg_index);
     CREATE TEMP TABLE pg_attribute (attrelid oid, attname name, attnum int2, attisdropped bool);
     CREATE TEMP TABLE pg_settings (LIKE pg_catalog.pg_settings);
     CREATE TEMP TABLE pg_stat_activity (LIKE pg_catalog.pg_stat_activity);
     CREATE DOMAIN pg_temp.text AS integer;
     CREATE DOMAIN pg_temp.name AS integer",
    // By another name of the default schema.
    "CREATE SCHEMA \"a, pg_catalog'\"; SET search_path = public, \"a, pg_catalog'\", trap",
];

async fn client(on: &On, prepare: &str) -> Client {
    let On::Postgres(database) = on else {
        unreachable!("made so")
    };
    let client = database.client().await;
    client.batch_execute(prepare).await.expect(prepare);
    client
}

#[tokio::test]
async fn nothing_stands_in_for_the_catalog() {
    for way in WAYS {
        let on = On::postgres().await;
        on.run(&migrations(&[FIRST])).await.expect("it is applied");
        on.execute(include_str!("traps.sql")).await;
        let mut session = Postgres::new(client(&on, way).await);
        let found = session.inspect(&Scope::default()).await.expect(way);
        assert_eq!(found, on.schema().await, "{way}");

        let all = migrations(&[FIRST, SECOND]);
        let runner = Runner::new(&all);
        let report = runner.run(&mut session).await.expect(way);
        assert_eq!(report.outcome, Outcome::Done, "{way}");
        let report = runner.run(&mut session).await.expect(way);
        assert_eq!(report.outcome, Outcome::UpToDate, "{way}");
        let evidence = runner.verify(&mut session).await.expect(way);
        assert!(
            evidence.iter().all(|one| one.differences.is_empty()),
            "{way}: {evidence:?}"
        );
        assert_eq!(on.value("SELECT count(*) FROM a").await, "1", "{way}");
        let one = Extent::To("1".into());
        let failure = runner.rollback(&mut session, &one, Consent::Given).await;
        failure.expect_err("an INSERT has no inverse");
        assert_eq!(
            on.value("SELECT count(*) FROM limosa_journal").await,
            "2",
            "{way}"
        );
    }
}

#[tokio::test]
async fn whoever_is_in_the_way_is_found_all_the_same() {
    for way in WAYS {
        let on = On::postgres().await;
        on.run(&migrations(&[FIRST])).await.expect("it is applied");
        on.execute(include_str!("traps.sql")).await;
        let hold = "SET application_name = 'the holder'; BEGIN; LOCK TABLE a IN ACCESS SHARE MODE";
        let holder = client(&on, hold).await;
        let mut session = Postgres::new(client(&on, way).await);
        let all = migrations(&[FIRST, "ALTER TABLE a ADD COLUMN more integer;"]);
        let failure = Runner::new(&all)
            .lock_budget(Duration::from_millis(5))
            .run(&mut session)
            .await
            .expect_err("the table is locked");
        assert!(
            failure.to_string().contains("the holder"),
            "{way}: {failure}"
        );
        drop(holder);
    }
}

/// A temporary table of its name would hide what was applied; another schema's is not ours.
#[tokio::test]
async fn the_journal_is_the_one_of_the_default_schema() {
    let on = On::postgres().await;
    let all = migrations(&["CREATE TABLE a (id integer);", "INSERT INTO a VALUES (1);"]);
    let runner = Runner::new(&all);
    on.run(&all).await.expect("it is applied");
    let hide = "CREATE TEMP TABLE limosa_journal (LIKE public.limosa_journal)";
    let mut session = Postgres::new(client(&on, hide).await);
    let error = session.journal().await.expect_err("it is hidden");
    assert_eq!(error.kind, Kind::Journal);
    assert!(error.message.contains("temporary table"), "{error}");
    runner.run(&mut session).await.expect_err("it is hidden");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "1");

    on.execute("CREATE SCHEMA other").await;
    let other = client(&on, "SET search_path = other, public").await;
    let mut session = Postgres::new(other);
    assert_eq!(session.journal().await.expect("readable"), None);
    runner.run(&mut session).await.expect("it is applied there");
    assert_eq!(on.value("SELECT count(*) FROM other.a").await, "1");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "1");
}

/// What another schema on the path has is not what a migration asks for.
#[tokio::test]
async fn a_table_of_the_same_name_elsewhere_is_not_adopted() {
    let on = On::postgres().await;
    on.execute(
        "CREATE SCHEMA other; CREATE TABLE other.a (id integer); CREATE INDEX i ON other.a (id)",
    )
    .await;
    let all = migrations(&["CREATE TABLE a (id integer); CREATE INDEX i ON a (id);"]);
    for path in ["public, other", "public, other, pg_catalog"] {
        let mut session = Postgres::new(client(&on, &format!("SET search_path = {path}")).await);
        let report = Runner::new(&all).run(&mut session).await.expect(path);
        assert!(
            report.migrations.iter().all(|one| !one.is_adopted()),
            "{report:?}"
        );
        assert_eq!(on.schema().await.tables.len(), 1);
        on.execute("DROP TABLE public.a, limosa_journal").await;
    }
}

#[tokio::test]
async fn a_temporary_table_hides_nothing_in_a_file() {
    let on = On::sqlite();
    let texts = [
        "CREATE TABLE a (id integer); CREATE INDEX i ON a (id);",
        "INSERT INTO a VALUES (1);",
    ];
    let all = migrations(&texts);
    on.run(&all).await.expect("it is applied");
    let path = on.url();
    let connection =
        rusqlite::Connection::open(path.trim_start_matches("sqlite:")).expect("a file");
    connection
        .execute_batch(
            "CREATE TEMP TABLE limosa_journal (version, name);
             CREATE TEMP TABLE a (nought);
             ATTACH ':memory:' AS other;
             CREATE TABLE other.a (something);
             CREATE TABLE other.limosa_journal (version);",
        )
        .expect("executed");
    let mut session = Sqlite::new(connection);
    assert_eq!(
        session.inspect(&Scope::default()).await.expect("readable"),
        on.schema().await
    );
    let journal = session.journal().await.expect("readable").expect("there");
    assert_eq!(journal.entries.len(), 2);
    let more = migrations(&[texts[0], texts[1], "CREATE TABLE b (id integer);"]);
    let report = Runner::new(&more)
        .run(&mut session)
        .await
        .expect("it is applied");
    assert_eq!(report.migrations.len(), 1);
    assert_eq!(on.schema().await.tables.len(), 2);
}
