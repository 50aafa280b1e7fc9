//! Columns: their values in a new type, what goes with them, what they are generated from, how they compare.

use limosa_core::migration::Migrations;
use limosa_core::migrator::{Command, Migrator, Scope};
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, block_on};

use crate::change::{changed, database, migration, refused, run};
use crate::common::{execute, run as run_commands, value};

/// As PostgreSQL would say the values that it casts.
#[test]
fn values_take_the_form_of_their_new_type() {
    let table = "CREATE TABLE a (id integer PRIMARY KEY, ok boolean, day date, at timestamp);
        INSERT INTO a VALUES (1, true, '2020-01-02', '2020-01-02 10:11:12'), (2, false, NULL, NULL);";
    let change = "ALTER TABLE a ALTER COLUMN ok TYPE varchar(60), ALTER COLUMN day TYPE timestamp,
        ALTER COLUMN at TYPE date;";
    let mut session = Sqlite::in_memory().unwrap();
    run(
        &mut session,
        &migration(&format!("{table}{change}"), Language::Postgres),
    )
    .unwrap();
    let rows = "SELECT group_concat(concat_ws(' ', ok, day, at)) FROM a";
    assert_eq!(
        value(&mut session, rows),
        "true 2020-01-02 00:00:00 2020-01-02,false"
    );
}

#[test]
fn labels_of_enums_change_with_their_rows() {
    let mut session = Sqlite::in_memory().unwrap();
    let first = migration(
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'ok'); \
         INSERT INTO t VALUES (1, 'sad'), (2, 'ok')",
        Language::Postgres,
    );
    run(&mut session, &first).unwrap();
    let mut list = first.list().to_vec();
    let mut next = migration(
        "ALTER TYPE mood ADD VALUE 'glad'; ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
        Language::Postgres,
    )
    .list()[0]
        .clone();
    next.version = "2".into();
    list.push(next);
    let all = Migrations::new(list).unwrap();
    run(&mut session, &all).unwrap();
    execute(
        &mut session,
        &[
            "INSERT INTO t VALUES (3, 'glad')",
            "INSERT INTO t (id) VALUES (4)",
        ],
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(m) FROM t"),
        "sad,fine,glad,fine"
    );
}

#[test]
fn columns_go_with_what_holds_them() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c TEXT, \
        CONSTRAINT u UNIQUE (a, b), CHECK (a < b)); CREATE INDEX i ON t (a); CREATE INDEX j ON t (c); \
        INSERT INTO t VALUES (1, 2, 3, 'x')";
    let mut session = changed(before, "ALTER TABLE t DROP COLUMN a");
    assert_eq!(value(&mut session, "SELECT id || b || c FROM t"), "13x");
    assert_eq!(
        value(
            &mut session,
            "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        ),
        "j"
    );
    let viewed = format!("{before}; CREATE VIEW v AS SELECT a FROM t");
    refused(
        &viewed,
        "ALTER TABLE t DROP COLUMN a",
        &["the view v reads it"],
    );
    changed(&viewed, "ALTER TABLE t DROP COLUMN c");
    refused(
        "CREATE TABLE t (a TEXT, b TEXT); CREATE VIEW v AS SELECT b FROM t",
        "ALTER TABLE t DROP COLUMN b",
        &["the view v reads it"],
    );
    let watched = format!("{before}; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT NEW.a; END");
    refused(
        &watched,
        "ALTER TABLE t DROP COLUMN a",
        &["the trigger g reads it"],
    );
}

const WATCHED: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); CREATE TABLE u (id, a); CREATE TABLE log (x, b); CREATE TABLE a (x); \
    INSERT INTO t VALUES (1, 2, 3);";

/// What a trigger of any table reads of a column that goes: this database drops it all the same, and the next
/// statement that fires the trigger fails.
#[test]
fn columns_that_triggers_read_stay() {
    for trigger in [
        "AFTER INSERT ON u BEGIN UPDATE t SET a = 1; END",
        "AFTER INSERT ON u BEGIN UPDATE t SET b = 1 WHERE \"A\" = 2; END",
        "AFTER INSERT ON u BEGIN INSERT INTO t (id, a) VALUES (1, 2); END",
        "AFTER INSERT ON u BEGIN INSERT INTO t VALUES (1, 2, 3); END",
        "AFTER INSERT ON u BEGIN INSERT INTO log (b) SELECT x.a FROM t AS x; END",
        "AFTER INSERT ON u BEGIN DELETE FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.a = u.a); END",
        "AFTER INSERT ON u WHEN NEW.a > (SELECT max(a) FROM t) BEGIN DELETE FROM log; END",
        "AFTER UPDATE OF a ON t BEGIN DELETE FROM log; END",
        "AFTER UPDATE ON t BEGIN DELETE FROM log WHERE x = OLD.a; END",
    ] {
        let before = format!("{WATCHED} CREATE TRIGGER g {trigger}");
        let reason = "SQLite cannot drop the column a: the trigger g reads it; drop that first";
        refused(&before, "ALTER TABLE t DROP COLUMN a", &[reason]);
        let table = if trigger.contains("ON t ") { "t" } else { "u" };
        let dropped = format!("DROP TRIGGER g ON {table}; ALTER TABLE t DROP COLUMN a");
        changed(&before, &dropped);
    }
    for trigger in [
        "AFTER INSERT ON u BEGIN UPDATE t SET b = NEW.a; END",
        "AFTER INSERT ON u BEGIN INSERT INTO t (id, b) VALUES (NEW.a, 'a'); END",
        "AFTER INSERT ON u BEGIN INSERT INTO t (b) VALUES (1); DELETE FROM u WHERE a = 1; END",
        "AFTER INSERT ON u BEGIN DELETE FROM t WHERE EXISTS (SELECT a FROM u WHERE u.a = b); END",
        "AFTER INSERT ON u BEGIN DELETE FROM t WHERE id IN (SELECT u.a FROM u); END",
        "AFTER INSERT ON u BEGIN INSERT INTO log (b) SELECT b AS a FROM t; END",
        "AFTER UPDATE OF b ON t BEGIN DELETE FROM u WHERE a = 5; END",
        "AFTER INSERT ON u BEGIN UPDATE t SET b = (SELECT count(*) FROM a); END",
        "AFTER INSERT ON u BEGIN INSERT INTO log SELECT * FROM u WHERE 1 NOT IN (SELECT id FROM t); END",
    ] {
        let before = format!("{WATCHED} CREATE TRIGGER g {trigger}");
        let mut session = changed(&before, "ALTER TABLE t DROP COLUMN a");
        execute(
            &mut session,
            &["UPDATE t SET b = 4", "INSERT INTO u VALUES (7, 8)"],
        );
    }
    // Whose column it is, only the database can tell.
    let before = format!(
        "{WATCHED} CREATE TRIGGER g AFTER INSERT ON u BEGIN UPDATE t SET b = 1 WHERE a IN (SELECT id FROM u); END"
    );
    let mut session = database(&before);
    let change = migration("ALTER TABLE t DROP COLUMN a", Language::Postgres);
    let failure = run(&mut session, &change).unwrap_err().to_string();
    assert!(
        failure.contains("a trigger on u would not work any more"),
        "{failure}"
    );
    assert_eq!(value(&mut session, "SELECT a FROM t"), "2");
    // Renamed, it is read under its new name.
    let mut session = changed(&before, "ALTER TABLE t RENAME COLUMN a TO c");
    execute(&mut session, &["INSERT INTO u VALUES (2, 8)"]);
    assert_eq!(value(&mut session, "SELECT b FROM t"), "1");
}

/// In a file of this database's own the statements run as they are.
#[test]
fn columns_that_triggers_write_to_stay_in_its_own_words_too() {
    let reason = "a trigger on u would not work any more";
    for body in [
        "UPDATE t SET a = 1",
        "INSERT INTO t (id, a) VALUES (1, 2)",
        "INSERT INTO t VALUES (1, 2, 3)",
    ] {
        let before = format!("{WATCHED} CREATE TRIGGER g AFTER INSERT ON u BEGIN {body}; END");
        let mut session = database(&before);
        let drop = "ALTER TABLE t DROP COLUMN a";
        for own in ["", "BEGIN; ", "PRAGMA foreign_keys = OFF; "] {
            let end = if own == "BEGIN; " { "; COMMIT" } else { "" };
            let change = migration(&format!("{own}{drop}{end}"), Language::Sqlite);
            let failure = run(&mut session, &change).unwrap_err().to_string();
            assert!(failure.contains(reason), "{own}{failure}");
            assert_eq!(value(&mut session, "SELECT a FROM t"), "2");
        }
        // Outside a transaction it is undone by itself.
        let alone = run_commands(&mut session, &[Command::Execute(drop)]).unwrap_err();
        assert!(alone.to_string().contains(reason), "{alone}");
        assert_eq!(value(&mut session, "SELECT a FROM t"), "2");
        let again = "CREATE TRIGGER g AFTER INSERT ON u BEGIN UPDATE t SET b = 9; END";
        let change = format!("{drop}; DROP TRIGGER g; {again}");
        run(&mut session, &migration(&change, Language::Sqlite)).unwrap();
        execute(&mut session, &["INSERT INTO u VALUES (1, 2)"]);
        assert_eq!(value(&mut session, "SELECT b FROM t"), "9");
    }
    // What was broken before does not hinder.
    let before =
        format!("{WATCHED} CREATE TRIGGER g AFTER INSERT ON u BEGIN UPDATE t SET no = 1; END");
    let change = migration("ALTER TABLE t DROP COLUMN a", Language::Sqlite);
    run(&mut database(&before), &change).unwrap();
}

/// Triggers follow a table that gets another name, here and in the model.
#[test]
fn columns_of_a_renamed_table_that_triggers_read_stay() {
    let renamed = "ALTER TABLE t RENAME TO s";
    let reason = "SQLite cannot drop the column a: the trigger g reads it; drop that first";
    for (trigger, after) in [
        (
            "ON u BEGIN UPDATE t SET a = 1; END",
            "ON u BEGIN UPDATE \"s\" SET a = 1; END",
        ),
        (
            "ON u BEGIN INSERT INTO t(id, a) VALUES (1, 2); END",
            "ON u BEGIN INSERT INTO \"s\"(id, a) VALUES (1, 2); END",
        ),
        (
            "ON u BEGIN DELETE FROM u WHERE id IN (SELECT t.a FROM log, t); END",
            "ON u BEGIN DELETE FROM u WHERE id IN (SELECT \"s\".a FROM log, \"s\"); END",
        ),
        (
            "ON t BEGIN DELETE FROM log WHERE x = NEW.a; END",
            "ON \"s\" BEGIN DELETE FROM log WHERE x = NEW.a; END",
        ),
    ] {
        let before = format!("{WATCHED} CREATE TRIGGER g AFTER INSERT {trigger}");
        let drop = format!("{renamed}; ALTER TABLE s DROP COLUMN a");
        refused(&before, &drop, &[reason]);
        let mut session = database(&before);
        let mut model = block_on(session.inspect(&Scope::default())).unwrap();
        let change = migration(renamed, Language::Postgres);
        run(&mut session, &change).unwrap();
        let made = &change.list()[0].scripts[0].up[0].operations[0];
        model.apply(made).unwrap();
        let found = block_on(session.inspect(&Scope::default())).unwrap();
        assert_eq!(model.triggers, found.triggers);
        assert!(
            found.triggers[0].text.ends_with(after),
            "{:?}",
            found.triggers
        );
    }
}

const GENERATED: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INTEGER, \
    s TEXT GENERATED ALWAYS AS (upper(a)) STORED, v INTEGER AS (n + 1)); \
    CREATE INDEX by_s ON t (s); CREATE INDEX by_v ON t (v, lower(a)) WHERE v > 1; \
    INSERT INTO t (a, n) VALUES ('x', 1), ('y', 2), (NULL, NULL);";

#[test]
fn generated_columns_get_another_expression() {
    let mut session = changed(
        GENERATED,
        "ALTER TABLE t ALTER COLUMN s SET EXPRESSION AS (lower(a) || '!')",
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(s) FROM t"),
        "x!,y!"
    );
    let by_index = "SELECT a FROM t INDEXED BY by_s WHERE s = 'y!'";
    assert_eq!(value(&mut session, by_index), "y");
    // What a column is generated from changes with its values.
    let mut session = changed(
        GENERATED,
        "ALTER TABLE t ALTER COLUMN n TYPE bigint USING n * 10",
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(v) FROM t"),
        "11,21"
    );
    let by_index = "SELECT count(*) FROM t INDEXED BY by_v WHERE v > 1";
    assert_eq!(value(&mut session, by_index), "2");
    // A virtual one, and one that is an ordinary column from now on, with the values that it had.
    let mut session = changed(
        GENERATED,
        "ALTER TABLE t ALTER COLUMN v SET EXPRESSION AS (n * 2)",
    );
    assert_eq!(value(&mut session, "SELECT group_concat(v) FROM t"), "2,4");
    let mut session = changed(GENERATED, "ALTER TABLE t ALTER COLUMN s DROP EXPRESSION");
    execute(
        &mut session,
        &["UPDATE t SET a = 'z', s = 'own' WHERE id = 1"],
    );
    assert_eq!(
        value(
            &mut session,
            "SELECT group_concat(s) FROM (SELECT s FROM t ORDER BY id)"
        ),
        "own,Y"
    );
    // The values that an earlier statement of the run has made.
    let mut session = changed(
        GENERATED,
        "ALTER TABLE t ADD COLUMN m integer NOT NULL GENERATED ALWAYS AS (coalesce(n, 0) + 5) STORED;
         ALTER TABLE t ALTER COLUMN m DROP EXPRESSION;
         ALTER TABLE t ALTER COLUMN s SET EXPRESSION AS (lower(a) || '!');
         ALTER TABLE t ALTER COLUMN s DROP EXPRESSION;",
    );
    assert_eq!(
        value(
            &mut session,
            "SELECT group_concat(m || coalesce(s, '')) FROM t"
        ),
        "6x!,7y!,5"
    );
    for (change, reason) in [
        ("SET NOT NULL", "1 rows of t would hold NULL in s: id = 3"),
        ("SET DEFAULT 'x'", "it is a generated column"),
        (
            "TYPE boolean USING s IS NOT NULL",
            "cannot reckon the values of s with USING: it is a generated column",
        ),
        (
            "TYPE double precision",
            "2 rows of t hold a value in s that is lost as DOUBLE",
        ),
    ] {
        refused(
            GENERATED,
            &format!("ALTER TABLE t ALTER COLUMN s {change}"),
            &[reason],
        );
    }
    refused(
        GENERATED,
        "ALTER TABLE t DROP COLUMN n",
        &["v is generated from it"],
    );
    refused(
        GENERATED,
        "ALTER TABLE t ALTER COLUMN n TYPE double precision",
        &["SQLite cannot change the type of what t.v is generated from"],
    );
    changed(GENERATED, "ALTER TABLE t ALTER COLUMN n TYPE bigint");
    refused(
        GENERATED,
        "ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES t (id) ON DELETE SET NULL",
        &["it is a generated column"],
    );
}

const COLLATED: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT, UNIQUE (a)); \
    CREATE INDEX by_a ON t (a); CREATE UNIQUE INDEX by_b ON t (b); \
    INSERT INTO t (a, b) VALUES ('b', 'x'), ('A', 'X'), ('c', NULL);";

#[test]
fn collations_change() {
    let order = "SELECT group_concat(a) FROM (SELECT a FROM t ORDER BY a)";
    let mut session = changed(COLLATED, "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'q'");
    assert_eq!(value(&mut session, order), "A,b,c");
    let mut session = changed(
        COLLATED,
        "ALTER TABLE t ALTER COLUMN a TYPE text COLLATE \"C\"",
    );
    execute(&mut session, &["INSERT INTO t (a) VALUES ('a')"]);
    assert_eq!(value(&mut session, order), "A,a,b,c");
    let by_index = "SELECT count(*) FROM t INDEXED BY by_a WHERE a = 'a'";
    assert_eq!(value(&mut session, by_index), "1");
    // Values that are one to the new collation, of which a key or an index allows but one.
    let mut session = changed(
        "CREATE TABLE t (a TEXT UNIQUE); INSERT INTO t VALUES ('x'), ('Y')",
        "ALTER TABLE t ALTER COLUMN a TYPE text COLLATE \"NOCASE\"",
    );
    assert_eq!(
        value(&mut session, "SELECT count(*) FROM t WHERE a = 'X'"),
        "1"
    );
    refused(
        COLLATED,
        "ALTER TABLE t ALTER COLUMN b TYPE text COLLATE \"NOCASE\"",
        &["1 values of t (by_b) stand in several rows: ", "in 2 rows"],
    );
    refused(
        "CREATE TABLE t (a TEXT UNIQUE); INSERT INTO t VALUES ('x'), ('X')",
        "ALTER TABLE t ALTER COLUMN a TYPE text COLLATE \"NOCASE\"",
        &["1 values of t (a) stand in several rows"],
    );
}
