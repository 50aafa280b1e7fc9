//! What is there still behind a copy: rows, numbers, words, and all that refers to the table.

use limosa_core::migration::Migrations;
use limosa_sql::Language;

use crate::change::{FAMILY, changed, database, migration, refused, run, words};
use crate::common::{execute, value};

#[test]
fn what_refers_to_the_table_is_kept() {
    let mut session = changed(FAMILY, "ALTER TABLE p ALTER COLUMN n TYPE text");
    assert_eq!(value(&mut session, "SELECT group_concat(p) FROM c"), "1,2");
    assert_eq!(value(&mut session, "SELECT group_concat(c) FROM d"), "7,8");
    assert_eq!(value(&mut session, "SELECT typeof(n) FROM p"), "text");
    execute(&mut session, &["DELETE FROM p WHERE id = 1"]);
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "1");
}

#[test]
fn words_that_the_model_does_not_know_are_kept() {
    let mut session = changed(
        "CREATE TABLE t ( -- people\n  id INTEGER PRIMARY KEY ON CONFLICT REPLACE, -- the key\n  \
         a VARCHAR(20) COLLATE NOCASE NOT NULL ON CONFLICT IGNORE DEFAULT 'x', /* a */\n  \
         b INT UNIQUE ON CONFLICT FAIL, g TEXT GENERATED ALWAYS AS (upper(a)) STORED,\n  \
         v AS (b + 1), CHECK (t.b > 0), UNIQUE (a COLLATE RTRIM, b) ON CONFLICT ABORT); \
         INSERT INTO t (id, a, b) VALUES (3, 'y', 1), (9, 'z', NULL)",
        "ALTER TABLE t ALTER COLUMN b SET DEFAULT 5",
    );
    assert_eq!(
        words(&mut session, "t"),
        "CREATE TABLE \"t\" ( -- people\n  id INTEGER PRIMARY KEY ON CONFLICT REPLACE, -- the key\n  \
         a VARCHAR(20) COLLATE NOCASE NOT NULL ON CONFLICT IGNORE DEFAULT 'x', /* a */\n  \
         b INT UNIQUE ON CONFLICT FAIL DEFAULT 5, g TEXT GENERATED ALWAYS AS (upper(a)) STORED,\n  \
         v AS (b + 1), CHECK (b > 0), UNIQUE (a COLLATE RTRIM, b) ON CONFLICT ABORT)"
    );
    assert_eq!(value(&mut session, "SELECT group_concat(g) FROM t"), "Y,Z");
}

#[test]
fn numbers_go_on_from_where_they_were() {
    let mut session = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); \
         INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id > 1;",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    );
    execute(&mut session, &["INSERT INTO t (a) VALUES ('new')"]);
    assert_eq!(value(&mut session, "SELECT max(id) FROM t"), "4");
    assert_eq!(
        value(
            &mut session,
            "SELECT group_concat(name) FROM sqlite_sequence"
        ),
        "t"
    );
}

#[test]
fn rowids_are_kept() {
    let mut session = changed(
        "CREATE TABLE t (a TEXT, rowid TEXT); INSERT INTO t (_rowid_, a) VALUES (-5, 'x'), (90, 'y'); \
         CREATE TABLE u (id INT PRIMARY KEY, a TEXT); INSERT INTO u (rowid, id) VALUES (50, 1), (40, 2)",
        "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'q'; ALTER TABLE u ALTER COLUMN a SET DEFAULT 'q'",
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(_rowid_) FROM t"),
        "-5,90"
    );
    assert_eq!(
        value(
            &mut session,
            "SELECT group_concat(rowid || ':' || id) FROM (SELECT rowid, id FROM u ORDER BY id)"
        ),
        "50:1,40:2"
    );
}

#[test]
fn options_of_tables_are_kept() {
    let mut session = changed(
        "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, x ANY) WITHOUT ROWID, STRICT; \
         INSERT INTO t VALUES ('a', 1, X'00'), ('b', 2, 'text')",
        "ALTER TABLE t ALTER COLUMN n TYPE text; ALTER TABLE t ALTER COLUMN n SET NOT NULL",
    );
    assert!(words(&mut session, "t").ends_with(" WITHOUT ROWID, STRICT"));
    assert_eq!(
        value(&mut session, "SELECT group_concat(typeof(x)) FROM t"),
        "blob,text"
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(quote(n)) FROM t"),
        "'1','2'"
    );
    refused(
        "CREATE TABLE t (k TEXT CONSTRAINT t_pkey PRIMARY KEY) WITHOUT ROWID",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        &["WITHOUT ROWID must have one"],
    );
}

#[test]
fn indexes_triggers_views_and_statistics_are_kept() {
    let mut session = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE TABLE log (a TEXT); \
         CREATE INDEX i ON t (a COLLATE NOCASE DESC, upper(b)) WHERE b IS NOT NULL; \
         CREATE UNIQUE INDEX u ON t (b); \
         CREATE VIEW v AS SELECT /* why */ a FROM t; \
         CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END; \
         CREATE TRIGGER h AFTER INSERT ON log BEGIN UPDATE t SET b = 'seen' WHERE id = 1; END; \
         INSERT INTO t VALUES (1, 'x', 'y'); ANALYZE;",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    );
    assert_eq!(
        words(&mut session, "i"),
        "CREATE INDEX i ON t (a COLLATE NOCASE DESC, upper(b)) WHERE b IS NOT NULL"
    );
    assert_eq!(
        words(&mut session, "v"),
        "CREATE VIEW v AS SELECT /* why */ a FROM t"
    );
    assert_eq!(
        value(
            &mut session,
            "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 't'"
        ),
        "2"
    );
    execute(&mut session, &["INSERT INTO t (a) VALUES ('new')"]);
    assert_eq!(
        value(&mut session, "SELECT group_concat(a) FROM log"),
        "x,new"
    );
    assert_eq!(value(&mut session, "SELECT count(*) FROM v"), "2");
}

/// Also where its table has got another name on the way.
#[test]
fn triggers_work_on() {
    let watched = "CREATE TABLE log (n); CREATE TABLE t (id INT PRIMARY KEY, n INTEGER); \
        CREATE TRIGGER w AFTER INSERT ON t BEGIN UPDATE t SET n = 8 WHERE id = -1; END;";
    for change in [
        "ALTER TABLE t DROP COLUMN id",
        "ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN id",
    ] {
        refused(watched, change, &["the trigger w reads it"]);
    }
    changed(
        watched,
        "ALTER TABLE t RENAME TO u; ALTER TABLE u ALTER COLUMN n SET NOT NULL",
    );
}

/// Each database writes down in its own way what a new name makes of a view.
#[test]
fn columns_that_views_read_are_renamed() {
    let mut session = database(FAMILY);
    let text =
        "CREATE VIEW v AS SELECT n AS own FROM p WHERE n > 0; ALTER TABLE p RENAME COLUMN n TO m";
    let first = migration(text, Language::Postgres);
    run(&mut session, &first).unwrap();
    assert_eq!(value(&mut session, "SELECT own FROM v"), "10");
    let mut next =
        migration("ALTER TABLE p ADD COLUMN z text", Language::Postgres).list()[0].clone();
    next.version = "2".into();
    let both = Migrations::new(vec![first.list()[0].clone(), next]).unwrap();
    let report = run(&mut session, &both).unwrap();
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}
