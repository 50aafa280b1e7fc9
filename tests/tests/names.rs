//! What the plan makes of names: renamed, left out, or gone.

use limosa_core::error::Error;
use limosa_core::plan::Verdict;
use limosa_tests::{On, migrations, on_both};

on_both!(
    operations_that_undo_each_other_are_not_found_in_a_new_database,
    a_drop_if_exists_is_no_sign_of_a_later_state,
    a_renaming_by_hand_is_followed,
    a_key_without_a_name_is_not_made_twice,
    a_begun_migration_may_be_repaired,
    an_index_on_a_column_that_is_gone_is_refused,
    an_enum_type_lives_on_in_later_migrations,
);

async fn operations_that_undo_each_other_are_not_found_in_a_new_database(on: On) {
    let all = migrations(&[
        "CREATE TABLE a (id bigint PRIMARY KEY); INSERT INTO a (id) VALUES (1);",
        "DROP TABLE a;",
        "CREATE TABLE b (id bigint PRIMARY KEY);",
        "COMMENT ON TABLE b IS '';",
    ]);
    let report = on.run(&all).await.expect("nothing is there");
    assert_eq!(report.migrations[0].steps[1].verdict, Verdict::Execute);
}

async fn a_drop_if_exists_is_no_sign_of_a_later_state(on: On) {
    let all = migrations(&[
        "CREATE TABLE a (id bigint PRIMARY KEY); INSERT INTO a (id) VALUES (1);",
        "DROP TABLE IF EXISTS b; CREATE TABLE b (id bigint PRIMARY KEY);",
    ]);
    on.run(&all).await.expect("nothing is there");
    assert_eq!(on.value("SELECT count(*) FROM a").await, "1");
}

async fn a_renaming_by_hand_is_followed(on: On) {
    let texts = [
        "CREATE TABLE a (id bigint PRIMARY KEY, name text);",
        "ALTER TABLE a RENAME COLUMN name TO label;",
        "ALTER TABLE a RENAME TO b;",
        "ALTER TABLE b ADD COLUMN more text;",
    ];
    for text in &texts[..3] {
        on.execute(text).await;
    }
    on.execute("INSERT INTO b (id, label) VALUES (1, 'kept')")
        .await;
    let report = on.run(&migrations(&texts)).await.expect("one is missing");
    let adopted = report.migrations.iter().filter(|one| one.is_adopted());
    assert_eq!(adopted.count(), 3);
    assert_eq!(
        on.value("SELECT label FROM b WHERE more IS NULL").await,
        "kept"
    );
    // Once recorded, it is no drift.
    let again = texts.map(str::to_owned);
    let mut again: Vec<&str> = again.iter().map(String::as_str).collect();
    again.push("CREATE TABLE c (id bigint PRIMARY KEY);");
    let report = on.run(&migrations(&again)).await.expect("one is new");
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

async fn a_key_without_a_name_is_not_made_twice(on: On) {
    let texts = [
        "CREATE TABLE a (id bigint, email text, UNIQUE (email));",
        "CREATE INDEX ON a (id);",
        "CREATE TABLE b (id bigint PRIMARY KEY, CHECK (id > 0), CHECK (id > 0));",
    ];
    on.execute("CREATE TABLE a (id bigint, email text, UNIQUE (email))")
        .await;
    on.execute("CREATE INDEX a_id_idx ON a (id)").await;
    on.run(&migrations(&texts)).await.expect("one is missing");
    let schema = on.schema().await;
    let table = schema.table(&"a".into()).expect("it is there");
    assert_eq!((table.constraints.len(), table.indexes.len()), (1, 1));
    let checks = schema.table(&"b".into()).expect("it is there");
    assert_eq!(checks.constraints.len(), 3);
}

/// Only what was not run yet: the rest is still held to what the journal says.
async fn a_begun_migration_may_be_repaired(on: On) {
    let table = "CREATE TABLE a (id bigint);";
    let index = "CREATE INDEX CONCURRENTLY by_id ON a (id);";
    let wrong = "INSERT INTO a (id) SELECT id FROM there_is_none;";
    let right = "INSERT INTO a (id) VALUES (2);";
    let rows = "INSERT INTO a (id) VALUES (1);";
    let first = format!("{rows}\n{index}\n{wrong}");
    on.run(&migrations(&[table, &first]))
        .await
        .expect_err("there is none");
    let changed = format!("INSERT INTO a (id) VALUES (7);\n{index}\n{right}");
    if on.id() == "postgres" {
        let failure = on.run(&migrations(&[table, &changed])).await;
        let failure = failure.expect_err("what is done was changed");
        assert!(matches!(failure.error, Error::Changed { .. }), "{failure}");
    }
    let repaired = format!("{rows}\n{index}\n{right}");
    on.run(&migrations(&[table, &repaired]))
        .await
        .expect("it is repaired");
    assert_eq!(on.value("SELECT sum(id) FROM a").await, "3");
}

/// `SQLite` takes a quoted name that means no column for a string.
async fn an_index_on_a_column_that_is_gone_is_refused(on: On) {
    let table = "CREATE TABLE a (id bigint PRIMARY KEY, name text);";
    on.run(&migrations(&[table])).await.expect("it is made");
    on.execute("ALTER TABLE a RENAME COLUMN name TO other")
        .await;
    let all = migrations(&[table, "CREATE INDEX by_name ON a (\"name\");"]);
    on.run(&all).await.expect_err("there is no such column");
    assert!(on.schema().await.index(&"by_name".into()).is_none());
}

async fn an_enum_type_lives_on_in_later_migrations(on: On) {
    let all = migrations(&[
        "CREATE TYPE mood AS ENUM ('glad');",
        "ALTER TYPE mood ADD VALUE 'sad';",
        "CREATE TABLE a (id bigint PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');",
    ]);
    on.run(&all).await.expect("the type is known");
    on.execute("INSERT INTO a (id) VALUES (1)").await;
    assert_eq!(on.value("SELECT mood FROM a").await, "sad");
}

/// Two spellings name one column there; which of them it has shows in what the catalog says.
#[tokio::test]
async fn a_renaming_of_case_alone_is_done_on_sqlite() {
    let on = On::sqlite();
    let all = migrations(&[
        "-- limosa: dialect sqlite\n\nCREATE TABLE a (id INTEGER PRIMARY KEY, fromOCR TEXT);",
        "-- limosa: dialect sqlite\n\nALTER TABLE a RENAME COLUMN fromOCR TO from_ocr;",
        "-- limosa: dialect sqlite\n\nALTER TABLE a RENAME COLUMN from_ocr TO From_OCR;",
    ]);
    let name = "SELECT name FROM pragma_table_xinfo('a') WHERE cid = 1";
    let report = on.run(&all).await.expect("a new database");
    assert_eq!(on.value(name).await, "From_OCR");
    assert_eq!(report.migrations[2].steps[0].verdict, Verdict::Execute);

    on.execute("DROP TABLE limosa_journal").await;
    let again = on.run(&all).await.expect("it is there");
    assert!(matches!(
        again.migrations[2].steps[0].verdict,
        Verdict::Adopt { .. }
    ));
}

/// The model does not hold a virtual table, and so cannot say that it is gone.
#[tokio::test]
async fn a_virtual_table_is_renamed_and_dropped() {
    let on = On::sqlite();
    let sqlite = |text: &str| format!("-- limosa: dialect sqlite\n\n{text}");
    let texts = [
        sqlite("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE VIRTUAL TABLE f USING fts5 (t);"),
        sqlite("ALTER TABLE f RENAME TO g;"),
        sqlite("DROP TABLE g; CREATE TABLE g (id INTEGER PRIMARY KEY, t TEXT);"),
    ];
    let texts = texts.each_ref().map(String::as_str);
    on.run(&migrations(&texts[..2]))
        .await
        .expect("a new database");
    let tables = "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_list
        WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE '%!_%' ESCAPE '!' ORDER BY name)";
    assert_eq!(on.value(tables).await, "a,g");

    on.run(&migrations(&texts)).await.expect("it gives way");
    assert_eq!(
        on.value("SELECT count(*) FROM pragma_table_xinfo('g')")
            .await,
        "2"
    );
    let left = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'";
    assert_eq!(on.value(left).await, "0");
}

#[tokio::test]
async fn a_virtual_table_in_the_place_of_a_table_is_refused() {
    let on = On::sqlite();
    on.execute("CREATE VIRTUAL TABLE f USING fts5 (t)").await;
    let all = migrations(&["CREATE TABLE f (t text);"]);
    let failure = on.run(&all).await.expect_err("it is another thing");
    let said = failure.error.to_string();
    assert!(
        said.contains("should be a table, but is a table of another kind"),
        "{said}"
    );
}
