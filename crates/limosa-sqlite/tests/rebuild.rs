//! New copies of tables: what they keep, and what they refuse.

mod common;

use common::{execute, value};
use limosa_core::dialect::{Dialect, Transaction};
use limosa_core::engine::Runner;
use limosa_core::error::Failure;
use limosa_core::migration::{Migration, Migrations, Script, TransactionMode};
use limosa_core::migrator::{Migrator, Scope};
use limosa_core::operation::{Effect, Operation, Sql};
use limosa_core::report::Report;
use limosa_sql::{Language, Text};
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use limosa_testkit::conformance::differences;
use rusqlite::Connection;

fn sql(text: &str) -> Operation {
    Operation::Sql(
        Sql {
            dialect: Some("sqlite".into()),
            summary: text.into(),
            effect: Effect::Unknown,
            text: text.into(),
        }
        .into(),
    )
}

/// One migration from its text.
fn migration(text: &str, language: Language) -> Migrations {
    let text = Text::read(text, language).unwrap();
    let checksum = text.checksum();
    let script = Script {
        only: None,
        path: None,
        up: text.statements,
        down: None,
        transaction: TransactionMode::WherePossible,
        checksum,
    };
    let migration = Migration {
        version: "1".into(),
        name: "change".into(),
        scripts: vec![script],
    };
    Migrations::new(vec![migration]).unwrap()
}

fn run(session: &mut Sqlite<Connection>, migrations: &Migrations) -> Result<Report, Failure> {
    block_on(Runner::new(migrations).run(session))
}

/// A database that these statements made.
fn database(before: &str) -> Sqlite<Connection> {
    let session = Sqlite::in_memory().unwrap();
    session.connection().execute_batch(before).unwrap();
    session
}

/// Changes a database and checks that the model is what the catalog shows.
#[track_caller]
fn changed(before: &str, change: &str) -> Sqlite<Connection> {
    let mut session = database(before);
    let migrations = migration(change, Language::Postgres);
    let start = block_on(session.inspect(&Scope::default())).unwrap();
    let report = run(&mut session, &migrations).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(report.migrations.len(), 1);
    let mut model = start;
    for statement in &migrations.list()[0].scripts[0].up {
        for operation in &statement.operations {
            model.apply(operation).unwrap();
        }
    }
    let found = block_on(session.inspect(&Scope::default())).unwrap();
    let differences = differences(&model, &found, &SqliteDialect);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
    assert_eq!(value(&mut session, "PRAGMA legacy_alter_table"), "0");
    let health = value(&mut session, "PRAGMA integrity_check");
    assert_eq!(health, "ok");
    session
}

/// What the catalog says about an object.
fn words(session: &mut Sqlite<Connection>, name: &str) -> String {
    value(
        session,
        &format!("SELECT sql FROM sqlite_schema WHERE name = '{name}'"),
    )
}

/// A change that is refused when planning, with this in the reason; nothing is changed.
#[track_caller]
fn refused(before: &str, change: &str, reasons: &[&str]) {
    let mut session = database(before);
    let dump = |session: &mut Sqlite<Connection>| {
        block_on(session.query("SELECT type, name, sql FROM sqlite_schema")).unwrap()
    };
    let start = dump(&mut session);
    let migrations = migration(change, Language::Postgres);
    let failure = run(&mut session, &migrations).unwrap_err();
    let text = failure.error.to_string();
    for reason in reasons {
        assert!(text.contains(reason), "{text}");
    }
    assert_eq!(dump(&mut session), start, "the journal too is not made");
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
}

const FAMILY: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT, n INTEGER); \
    CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE); \
    CREATE TABLE d (c INTEGER REFERENCES c ON DELETE SET NULL); \
    INSERT INTO p VALUES (1, 'x', 10), (2, NULL, NULL); \
    INSERT INTO c VALUES (7, 1), (8, 2); INSERT INTO d VALUES (7), (8);";

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
fn a_rebuild_by_hand_with_foreign_keys_off_keeps_the_referring_rows() {
    let mut session = Sqlite::in_memory().unwrap();
    execute(
        &mut session,
        &[
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO c VALUES (1)",
        ],
    );
    let migration = [
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE new_p (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO new_p (id) SELECT id FROM p",
        "DROP TABLE p",
        "ALTER TABLE new_p RENAME TO p",
        "PRAGMA foreign_keys=ON",
    ]
    .into_iter()
    .fold(Migration::builder("1", "rebuild"), |builder, text| {
        builder.up(sql(text))
    })
    .build();
    let migrations = Migrations::new(vec![migration]).unwrap();
    block_on(Runner::new(&migrations).run(&mut session)).unwrap();
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "1");
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
}

#[test]
fn a_rebuild_by_hand_is_known_for_what_it_is() {
    let mut session = database(FAMILY);
    let text = "CREATE TABLE new_p (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'none', n INTEGER); \
        INSERT INTO new_p SELECT id, coalesce(a, 'none'), n FROM p; \
        DROP TABLE p; ALTER TABLE new_p RENAME TO p;";
    run(&mut session, &migration(text, Language::Sqlite)).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(p) FROM c"), "1,2");
    assert_eq!(
        value(&mut session, "SELECT group_concat(a) FROM p"),
        "x,none"
    );
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
fn several_changes_of_one_table_are_one_rebuild() {
    let text = "ALTER TABLE p ALTER COLUMN n TYPE bigint, ALTER COLUMN n SET DEFAULT 3; \
        ALTER TABLE p ADD COLUMN m integer NOT NULL DEFAULT 7; \
        ALTER TABLE p ADD CONSTRAINT positive CHECK (n > 0); \
        CREATE INDEX by_m ON p (m); \
        ALTER TABLE p ALTER COLUMN m DROP DEFAULT";
    let mut session = database(FAMILY);
    let migrations = migration(text, Language::Postgres);
    let plan = block_on(Runner::new(&migrations).plan(&mut session)).unwrap();
    let steps = &plan.migrations[0].steps;
    let copies = steps
        .iter()
        .flat_map(|step| &step.statements)
        .filter(|text| text.starts_with("INSERT"));
    assert_eq!(copies.count(), 1, "{steps:#?}");
    assert_eq!(steps[0].transaction, Transaction::WithoutForeignKeys);
    run(&mut session, &migrations).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(m) FROM p"), "7,7");
    assert!(words(&mut session, "by_m").contains("(\"m\")"));
    assert!(words(&mut session, "p").contains("CONSTRAINT \"positive\" CHECK (\"n\" > 0)"));
}

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

/// The table is not copied: nothing of it changes.
#[test]
fn an_index_among_changes_that_come_to_nothing_is_made() {
    let mut session = changed(
        "CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE TABLE b (n integer NOT NULL);
         INSERT INTO a VALUES (1, 2);",
        "CREATE INDEX of_n ON a (n); ALTER TABLE a ALTER COLUMN n SET NOT NULL;
         ALTER TABLE a ALTER COLUMN n DROP NOT NULL; CREATE UNIQUE INDEX of_both ON a (n, id);",
    );
    let indexes =
        "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'a'";
    assert_eq!(value(&mut session, indexes), "of_n,of_both");
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

#[test]
fn values_that_would_be_lost_are_found_first() {
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY, a); \
        INSERT INTO t (a) VALUES ('1'), (2), ('x'), (NULL), (X'00'), (1.5), (1e300);";
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN a TYPE integer",
        &["4 rows of t hold a value in a that is lost as INTEGER: id = 3; id = 5; id = 6; id = 7"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN a TYPE text",
        &["1 rows of t hold", "id = 5"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN a TYPE boolean",
        &["id = 2"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        &["1 rows of t hold NULL in a: id = 4"],
    );
    refused(
        rows,
        "ALTER TABLE t ADD COLUMN b text NOT NULL",
        &["7 rows of t would have no value for b"],
    );
    refused(
        rows,
        "ALTER TABLE t ADD CHECK (a <> 'x')",
        &["1 rows of t do not satisfy", "id = 3"],
    );
}

#[test]
fn rows_that_a_new_key_forbids_are_found_first() {
    let rows = "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT COLLATE NOCASE, l TEXT); \
        CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT); \
        INSERT INTO p VALUES (1, 'a', 'a'), (2, 'A', 'A'), (3, NULL, NULL), (4, NULL, NULL); \
        INSERT INTO t VALUES (1, 1, 'x'), (2, 7, 'y'), (3, NULL, 'z'), (4, 7, 'x');";
    refused(
        rows,
        "ALTER TABLE p ADD UNIQUE (k)",
        &["1 values of p (k) stand in several rows: 'a' in 2 rows"],
    );
    changed(rows, "ALTER TABLE p ADD UNIQUE (l)");
    refused(
        rows,
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id)",
        &[
            "2 rows of t refer by a to rows of p that are not there: id = 2 refers to 7; id = 4 refers to 7",
        ],
    );
    refused(
        rows,
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (id)",
        &["2 rows of t refer by a"],
    );
}

/// What an earlier step of the run does to the rows cannot be asked when planning. That step is kept.
#[test]
fn rows_that_the_run_itself_makes_wrong_are_named() {
    for (before, change, reason) in [
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
            "UPDATE t SET a = NULL WHERE id = 2; ALTER TABLE t ALTER COLUMN a SET NOT NULL",
            "1 rows of t hold NULL in a: id = 2",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
            "UPDATE t SET a = 'a'; ALTER TABLE t ADD UNIQUE (a)",
            "1 values of t (a) stand in several rows: 'a' in 2 rows",
        ),
        (
            "CREATE TABLE t (id TEXT); INSERT INTO t VALUES ('a')",
            "UPDATE t SET id = NULL; ALTER TABLE t ADD PRIMARY KEY (id)",
            "1 rows of t hold NULL in id",
        ),
    ] {
        let mut session = database(before);
        let start = words(&mut session, "t");
        let failure = run(&mut session, &migration(change, Language::Postgres)).unwrap_err();
        assert!(failure.to_string().contains(reason), "{failure}");
        assert_eq!(words(&mut session, "t"), start);
        assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
    }
}

#[test]
fn keys_come_and_go() {
    let mut session = changed(
        "CREATE TABLE t (a INTEGER, b TEXT, UNIQUE (b), CHECK (a > 0)); INSERT INTO t VALUES (1, 'x'), (5, 'y')",
        "ALTER TABLE t ADD PRIMARY KEY (a); ALTER TABLE t DROP CONSTRAINT t_b_key; \
         ALTER TABLE t DROP CONSTRAINT t_a_check",
    );
    assert_eq!(
        value(&mut session, "SELECT group_concat(rowid) FROM t"),
        "1,5"
    );
    let text = words(&mut session, "t");
    assert!(
        !text.contains("UNIQUE") && !text.contains("CHECK"),
        "{text}"
    );
    let mut session = changed(
        "CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY, b TEXT); INSERT INTO t VALUES (3, 'x')",
        "ALTER TABLE t DROP CONSTRAINT k",
    );
    assert_eq!(value(&mut session, "SELECT a FROM t"), "3");
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

#[test]
fn old_orphans_do_not_hinder_and_new_ones_do() {
    let before = "PRAGMA foreign_keys = OFF; CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); \
        CREATE TABLE c (p INTEGER REFERENCES p); INSERT INTO p VALUES (1, 'x'); \
        INSERT INTO c VALUES (1), (99); PRAGMA foreign_keys = ON";
    let mut session = changed(before, "ALTER TABLE p ALTER COLUMN a SET NOT NULL");
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "2");
    let mut session = database(before);
    let text = "PRAGMA foreign_keys = OFF; UPDATE c SET p = 98 WHERE p = 1;";
    let failure = run(&mut session, &migration(text, Language::Sqlite)).unwrap_err();
    assert!(
        failure.to_string().contains("rows of c would refer"),
        "{failure}"
    );
    assert_eq!(value(&mut session, "SELECT group_concat(p) FROM c"), "1,99");
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
fn a_callers_transaction_is_in_the_way() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(&format!("{FAMILY} BEGIN"))
        .unwrap();
    let migrations = migration(
        "ALTER TABLE p ALTER COLUMN n SET DEFAULT 1",
        Language::Postgres,
    );
    let mut session = Sqlite::new(&mut connection);
    let failure = block_on(Runner::new(&migrations).run(&mut session)).unwrap_err();
    assert!(
        failure.to_string().contains("in a transaction already"),
        "{failure}"
    );
}

#[test]
fn rebuilds_are_compiled_without_a_session() {
    let mut session = database(FAMILY);
    let schema = block_on(session.inspect(&Scope::default())).unwrap();
    let read = limosa_sql::statement(
        "ALTER TABLE p ALTER COLUMN a SET NOT NULL",
        Language::Postgres,
    );
    let compiled = SqliteDialect
        .compile_all(&read.unwrap().operations().collect::<Vec<_>>(), &schema)
        .unwrap();
    assert_eq!(
        compiled.statements,
        [
            "PRAGMA legacy_alter_table = ON",
            "CREATE TABLE \"limosa_new_p\" (id INTEGER PRIMARY KEY, a TEXT NOT NULL, n INTEGER)",
            "INSERT OR ABORT INTO \"limosa_new_p\" (rowid, \"id\", \"a\", \"n\") \
             SELECT rowid, \"id\", \"a\", \"n\" FROM \"p\" NOT INDEXED",
            "DROP TABLE \"p\"",
            "ALTER TABLE \"limosa_new_p\" RENAME TO \"p\"",
            "PRAGMA legacy_alter_table = OFF",
        ]
    );
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
    for (change, reason) in [
        ("SET NOT NULL", "1 rows of t would hold NULL in s: id = 3"),
        ("SET DEFAULT 'x'", "it is a generated column"),
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

/// Also where its table has got another name on the way.
#[test]
fn triggers_work_on() {
    let watched = "CREATE TABLE log (n); CREATE TABLE t (id INT PRIMARY KEY, n INTEGER); \
        CREATE TRIGGER w AFTER INSERT ON t BEGIN UPDATE t SET n = 8 WHERE id = -1; END;";
    for change in [
        "ALTER TABLE t DROP COLUMN id",
        "ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN id",
    ] {
        refused(
            watched,
            change,
            &["would not work any more", "no such column: id"],
        );
    }
    changed(
        watched,
        "ALTER TABLE t RENAME TO u; ALTER TABLE u ALTER COLUMN n SET NOT NULL",
    );
}

/// A check or a key that stays is asked about again where the values do not.
#[test]
fn new_values_satisfy_the_constraints_that_stay() {
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n < 1000), u INTEGER UNIQUE, \
        p INTEGER REFERENCES t); CREATE TABLE c (t INTEGER REFERENCES t); \
        INSERT INTO t VALUES (1, 17, 20, NULL), (2, 18, 21, 1); INSERT INTO c VALUES (2);";
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN n TYPE text",
        &["SQLite cannot make t.n text: \"n\" < 1000 is there, which reads it as integer"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN n TYPE bigint USING n * 100",
        &["2 rows of t do not satisfy"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN u TYPE bigint USING u / 10",
        &["1 values of t (u) stand in several rows: 2 in 2 rows"],
    );
    refused(
        rows,
        "ALTER TABLE t ALTER COLUMN id TYPE bigint USING id + 10",
        &[
            "1 rows of t refer by p to rows of t that are not there",
            "1 rows of c refer by t to rows of t that are not there",
        ],
    );
}

#[test]
fn what_foreign_keys_refer_to_stays() {
    let tables = "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE, l TEXT, m TEXT); \
        CREATE UNIQUE INDEX by_l ON p (l); \
        CREATE TABLE c (p INTEGER REFERENCES p, k TEXT REFERENCES p (k), l TEXT REFERENCES p (l)); \
        INSERT INTO p VALUES (1, 'a', 'b', 'c'); INSERT INTO c VALUES (1, 'a', 'b');";
    for change in [
        "ALTER TABLE p DROP COLUMN id",
        "ALTER TABLE p DROP CONSTRAINT p_pkey",
        "ALTER TABLE p DROP CONSTRAINT p_k_key",
        "DROP INDEX by_l",
    ] {
        refused(tables, change, &[]);
    }
    let mut session = changed(tables, "ALTER TABLE p DROP COLUMN m");
    execute(&mut session, &["INSERT INTO c VALUES (1, 'a', 'b')"]);
    // What refers to itself all around goes, and what is left loses its foreign key.
    let circle = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b); \
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a); \
        INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (2, 1);";
    let mut session = changed(circle, "DROP TABLE a CASCADE");
    assert_eq!(value(&mut session, "SELECT a FROM b"), "1");
}

/// A strict table has no place for bytes in a text, whatever the text is about.
#[test]
fn bytes_are_no_dates() {
    refused(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY) STRICT; INSERT INTO t VALUES (1, X'00FF')",
        "ALTER TABLE t ALTER COLUMN a TYPE timestamp",
        &["1 rows of t hold a value in a that is lost"],
    );
}

#[test]
fn a_constraint_that_was_renamed_goes_with_its_column() {
    let mut session = changed(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER CONSTRAINT fk REFERENCES t); INSERT INTO t VALUES (1, 1)",
        "ALTER TABLE t RENAME CONSTRAINT fk TO other",
    );
    let mut next = migration("ALTER TABLE t DROP COLUMN p", Language::Postgres).list()[0].clone();
    next.version = "2".into();
    let first = migration(
        "ALTER TABLE t RENAME CONSTRAINT fk TO other",
        Language::Postgres,
    );
    let both = Migrations::new(vec![first.list()[0].clone(), next]).unwrap();
    run(&mut session, &both).unwrap();
    assert_eq!(value(&mut session, "SELECT count(*) FROM t"), "1");
}

/// One transaction for all that only changes the schema; rows that a DELETE takes along go with it.
#[test]
fn a_migration_with_a_rebuild_is_done_as_a_whole() {
    let rename = "ALTER TABLE p RENAME COLUMN n TO m; ALTER TABLE p DROP COLUMN m CASCADE; \
        ALTER TABLE p ALTER COLUMN a SET NOT NULL";
    refused(FAMILY, rename, &["1 rows of p hold NULL in a: id = 2"]);
    let mut session = database(FAMILY);
    let text = "ALTER TABLE p ALTER COLUMN n SET DEFAULT 4; DELETE FROM p WHERE id = 2";
    run(&mut session, &migration(text, Language::Postgres)).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(id) FROM c"), "7");
    assert_eq!(value(&mut session, "SELECT count(c) FROM d"), "1");
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
