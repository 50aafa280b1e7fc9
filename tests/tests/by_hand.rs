//! What somebody did by hand is taken for what it is, no more and no less.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::plan::{Unrecorded, Verdict};
use limosa_core::report::Report;
use limosa_sql::{Language, Reader};
use limosa_tests::{On, migrations, on_both};
use tempfile::TempDir;

on_both!(
    other_values_of_the_same_type_are_reckoned,
    other_values_behind_what_is_there_are_asked_about,
    other_values_of_a_type_that_is_there_are_asked_about,
    other_values_of_a_later_migration_are_reckoned,
    a_conversion_that_is_there_is_adopted,
    other_values_are_not_undone_in_silence,
    what_a_default_was_is_not_made_up,
    what_a_column_was_is_not_made_up,
    a_default_of_an_earlier_migration_is_restored,
    what_is_kept_of_a_refused_run_is_told,
);

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY, n integer);";
const HUNDREDFOLD: &str = "ALTER TABLE t ALTER COLUMN n TYPE integer USING n * 100;";
const LAST: &Extent = &Extent::Steps(1);

async fn conflict(on: &On, all: &Migrations) -> String {
    let before = on.schema().await;
    let failure = on.run(all).await.expect_err("nobody knows");
    assert!(
        matches!(failure.error, Error::Conflicts(_)),
        "{}",
        failure.error
    );
    assert_eq!(on.schema().await, before);
    failure.error.to_string()
}

async fn told(on: &On, all: &Migrations, unrecorded: Unrecorded) -> Report {
    let runner = Runner::new(all).unrecorded(unrecorded);
    let mut session = on.session().await;
    runner.run(session.as_mut()).await.expect("it was said")
}

async fn number(on: &On) -> String {
    on.value("SELECT n FROM t").await
}

#[track_caller]
fn last_is_adopted(report: &Report, adopted: bool) {
    let ran = report.migrations.last().expect("one at least");
    let step = ran.steps.last().expect("a step");
    let found = matches!(step.verdict, Verdict::Adopt { .. });
    assert_eq!(found, adopted, "{step:?}");
}

async fn other_values_of_the_same_type_are_reckoned(on: On) {
    let texts = [TABLE, "INSERT INTO t VALUES (1, 7);", HUNDREDFOLD];
    on.run(&migrations(&texts[..2])).await.expect("applied");
    let report = on.run(&migrations(&texts)).await.expect("applied");
    last_is_adopted(&report, false);
    assert_eq!(number(&on).await, "700");
    let report = on.run(&migrations(&texts)).await.expect("nothing is left");
    assert!(report.migrations.is_empty());
}

/// As a change of rows behind what is there already.
async fn other_values_behind_what_is_there_are_asked_about(on: On) {
    on.execute(TABLE).await;
    on.execute("INSERT INTO t VALUES (1, 7)").await;
    let all = migrations(&[TABLE, HUNDREDFOLD]);
    let message = conflict(&on, &all).await;
    assert!(message.contains("--unrecorded"), "{message}");
    let other = match on {
        On::Postgres(_) => On::postgres().await,
        On::Sqlite(_) => On::sqlite(),
    };
    other.execute(TABLE).await;
    other.execute("INSERT INTO t VALUES (1, 700)").await;
    last_is_adopted(&told(&on, &all, Unrecorded::Execute).await, false);
    last_is_adopted(&told(&other, &all, Unrecorded::Adopt).await, true);
    assert_eq!(number(&on).await, "700");
    assert_eq!(number(&other).await, "700");
}

/// The type is there; whether the values were reckoned with it nobody can see.
async fn other_values_of_a_type_that_is_there_are_asked_about(on: On) {
    let texts = [
        "CREATE TABLE t (id integer PRIMARY KEY, n text);",
        "ALTER TABLE t ALTER COLUMN n TYPE integer USING length(n);",
        "CREATE TABLE more (id integer);",
    ];
    on.run(&migrations(&texts[..1])).await.expect("applied");
    on.execute("DROP TABLE t").await;
    on.execute(TABLE).await;
    on.execute("INSERT INTO t VALUES (1, 7)").await;
    let all = migrations(&texts);
    let message = conflict(&on, &all).await;
    assert!(message.contains("of this type already"), "{message}");
    // Also where the database stands between no two of the statements.
    on.execute("CREATE TABLE more (id integer, other integer)")
        .await;
    let message = conflict(&on, &all).await;
    assert!(message.contains("of this type already"), "{message}");
    told(&on, &all, Unrecorded::Adopt).await;
    assert_eq!(number(&on).await, "7");
}

/// Of a table that somebody made by hand nothing is known about the migrations behind it.
async fn other_values_of_a_later_migration_are_reckoned(on: On) {
    let first = "CREATE TABLE first (id integer);";
    on.run(&migrations(&[first])).await.expect("applied");
    on.execute(TABLE).await;
    on.execute("INSERT INTO t VALUES (1, 7)").await;
    let all = migrations(&[first, TABLE, HUNDREDFOLD]);
    last_is_adopted(&on.run(&all).await.expect("applied"), false);
    assert_eq!(number(&on).await, "700");
}

async fn a_conversion_that_is_there_is_adopted(on: On) {
    on.execute(TABLE).await;
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY, n text);",
        "ALTER TABLE t ALTER COLUMN n TYPE integer USING n::integer;",
    ]);
    last_is_adopted(&on.run(&all).await.expect("all is there"), true);
}

async fn undo(on: &On, all: &Migrations) -> Result<Report, Error> {
    let mut session = on.session().await;
    let undone = Runner::new(all)
        .rollback(session.as_mut(), LAST, Consent::Given)
        .await;
    undone.map_err(|failure| failure.error)
}

async fn cannot_be_undone(on: &On, all: &Migrations, why: &str) {
    let before = on.schema().await;
    let error = undo(on, all).await.expect_err("nobody knows");
    let text = error.to_string();
    assert!(matches!(error, Error::NotInvertible { .. }), "{text}");
    assert!(text.contains(why) && text.contains("down.sql"), "{text}");
    assert_eq!(on.schema().await, before);
}

async fn other_values_are_not_undone_in_silence(on: On) {
    let all = migrations(&[TABLE, HUNDREDFOLD]);
    on.run(&all).await.expect("applied");
    cannot_be_undone(&on, &all, "it has no inverse").await;
}

/// A table that no migration made: its default was 1, is 2, and nothing but a person knows of the 1.
async fn what_a_default_was_is_not_made_up(on: On) {
    on.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer DEFAULT 1)")
        .await;
    let all = migrations(&["ALTER TABLE t ALTER COLUMN n SET DEFAULT 2;"]);
    on.run(&all).await.expect("applied");
    cannot_be_undone(&on, &all, "no migration made what it changes").await;
}

async fn what_a_column_was_is_not_made_up(on: On) {
    for change in [
        "ALTER TABLE t ALTER COLUMN n DROP DEFAULT;",
        "ALTER TABLE t ALTER COLUMN n SET NOT NULL;",
        "ALTER TABLE t ALTER COLUMN n DROP NOT NULL;",
        "ALTER TABLE t ALTER COLUMN n TYPE bigint;",
    ] {
        on.execute("DROP TABLE IF EXISTS t").await;
        on.execute("DROP TABLE IF EXISTS limosa_journal").await;
        on.execute(TABLE).await;
        let all = migrations(&[change]);
        on.run(&all).await.expect("applied");
        cannot_be_undone(&on, &all, "no migration made what it changes").await;
    }
}

/// A comment that stays does no harm; that it does is said.
#[tokio::test]
async fn what_a_comment_was_is_not_made_up_on_postgres() {
    let on = On::postgres().await;
    on.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer); COMMENT ON TABLE t IS 'old'")
        .await;
    let comments =
        "COMMENT ON TABLE t IS 'new'; COMMENT ON COLUMN t.n IS 'new'; COMMENT ON TABLE u IS 'new';";
    let all = migrations(&[
        "CREATE TABLE u (id integer);",
        comments,
        "COMMENT ON TABLE t IS 'newer';",
    ]);
    on.run(&all).await.expect("applied");
    let comment = async |of: &str| on.value(&format!("SELECT coalesce({of}, 'none')")).await;
    let of_t = "obj_description('t'::regclass)";
    let report = undo(&on, &all).await.expect("the one before is known");
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(comment(of_t).await, "new");
    let report = undo(&on, &all).await.expect("what is known is undone");
    let why = "stays: no migration made what it changes, so that nothing tells how that was before";
    let expected =
        ["table t", "column t.n"].map(|what| format!("2_migration_2: comment on {what} {why}"));
    assert_eq!(report.warnings, expected);
    assert_eq!(comment(of_t).await, "new");
    assert_eq!(comment("obj_description('u'::regclass)").await, "none");
}

async fn a_default_of_an_earlier_migration_is_restored(on: On) {
    on.execute(TABLE).await;
    let all = migrations(&[
        "ALTER TABLE t ALTER COLUMN n SET DEFAULT 2;",
        "ALTER TABLE t ALTER COLUMN n SET DEFAULT 3;",
    ]);
    on.run(&all).await.expect("applied");
    undo(&on, &all).await.expect("it was 2");
    on.execute("INSERT INTO t (id) VALUES (1)").await;
    assert_eq!(number(&on).await, "2");
}

/// What only an earlier step shows: the table that a statement of unknown effect made, the row that stands
/// in the way of a rebuild. What was recorded before is told.
async fn what_is_kept_of_a_refused_run_is_told(on: On) {
    let texts = [
        "CREATE TABLE t (id integer PRIMARY KEY, n text);",
        match on {
            On::Postgres(_) => {
                "DO $$ BEGIN CREATE TABLE b (id text); END $$; CREATE TABLE b (id integer);"
            }
            On::Sqlite(_) => {
                "INSERT INTO t VALUES (1, 'x'); \
                 ALTER TABLE t ALTER COLUMN n TYPE integer USING n::integer;"
            }
        },
    ];
    let failure = on.run(&migrations(&texts)).await.expect_err("a conflict");
    let (error, report) = (&failure.error, &failure.report);
    assert!(matches!(error, Error::Conflicts(_)), "{error}");
    assert!(!report.is_untouched(), "{report:?}");
    assert_eq!(report.migrations.len(), 1, "{report:?}");
    let begun = report.begun.as_ref().map(|part| (part.done, part.steps));
    match on {
        On::Postgres(_) => assert_eq!(begun, None),
        On::Sqlite(_) => assert_eq!(begun, Some((1, 2))),
    }
    let again = on.run(&migrations(&texts)).await.expect_err("as before");
    assert!(again.report.is_untouched(), "{:?}", again.report);
}

/// Migrations of versions 1, 2, 3 ... in `SQLite`'s own words.
fn native(texts: &[&str]) -> Migrations {
    let directory = TempDir::new().expect("a directory");
    for (text, version) in texts.iter().zip(1..) {
        let one = directory.path().join(format!("{version}_one"));
        std::fs::create_dir(&one).expect("a directory");
        std::fs::write(one.join("migration.sql"), text).expect("a file");
    }
    let reader = Reader::new().language(Language::Sqlite);
    reader.read_dir(directory.path()).expect("readable")
}

/// `SQLite` keeps what `CURRENT_TIMESTAMP` says in a column of days, too.
#[tokio::test]
async fn a_moment_is_no_day() {
    for (data_type, told, found, same) in [
        ("DATE", "CURRENT_TIMESTAMP", "CURRENT_DATE", false),
        ("DATE", "CURRENT_DATE", "CURRENT_TIMESTAMP", false),
        ("DATE", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", true),
        ("DATE", "CURRENT_DATE", "CURRENT_DATE", true),
        ("TIME", "CURRENT_TIMESTAMP", "CURRENT_TIME", false),
        ("TIME", "CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP)", true),
        ("DATETIME", "CURRENT_DATE", "CURRENT_TIMESTAMP", false),
        ("DATETIME", "CURRENT_DATE", "CURRENT_DATE", true),
        ("DATETIME", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", true),
    ] {
        let table = |default: &str| format!("CREATE TABLE t (d {data_type} DEFAULT {default})");
        let on = On::sqlite();
        on.execute(&table(found)).await;
        let ran = on.run(&native(&[&table(told)])).await;
        assert_eq!(ran.is_ok(), same, "{data_type} {told} {found}: {ran:?}");
        if let Err(failure) = ran {
            let text = failure.error.to_string();
            let said = format!("default should be {told}, but is {found}");
            assert!(text.contains(&said), "{text}");
        }
    }
}

/// And it is the same behind a rebuild, and no drift.
#[tokio::test]
async fn a_moment_stays_one_in_a_rebuild() {
    let on = On::sqlite();
    let directory = TempDir::new().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    let table = "CREATE TABLE t (id INTEGER, n INTEGER, d DATE DEFAULT CURRENT_TIMESTAMP);";
    file("1_a/migration.sqlite.sql", table);
    file("2_b/migration.sql", "ALTER TABLE t ADD CHECK (n > 0);");
    let all = limosa_sql::read_dir(directory.path()).expect("readable");
    on.run(&all).await.expect("applied");
    on.execute("INSERT INTO t (id) VALUES (1)").await;
    assert_eq!(on.value("SELECT length(d) FROM t").await, "19");
    let verified = Runner::new(&all).verify(on.session().await.as_mut()).await;
    for one in verified.expect("evidence") {
        assert!(one.differences.is_empty(), "{one:?}");
    }
}

/// Files written for `PostgreSQL` go on meaning days.
#[tokio::test]
async fn a_day_stays_a_day() {
    let on = On::sqlite();
    let all = migrations(&["CREATE TABLE t (id integer, d date DEFAULT CURRENT_TIMESTAMP);"]);
    on.run(&all).await.expect("applied");
    on.execute("INSERT INTO t (id) VALUES (1)").await;
    assert_eq!(on.value("SELECT length(d) FROM t").await, "10");
    let other = On::sqlite();
    other
        .execute("CREATE TABLE t (id INTEGER, d DATE DEFAULT CURRENT_TIMESTAMP)")
        .await;
    let message = conflict(&other, &all).await;
    let said = "default should be CURRENT_DATE, but is CURRENT_TIMESTAMP";
    assert!(message.contains(said), "{message}");
    other
        .execute("DROP TABLE t; CREATE TABLE t (id INTEGER, d DATE DEFAULT CURRENT_DATE)")
        .await;
    last_is_adopted(&other.run(&all).await.expect("the same"), true);
    let verified = Runner::new(&all).verify(on.session().await.as_mut()).await;
    for one in verified.expect("evidence") {
        assert!(one.differences.is_empty(), "{one:?}");
    }
}

const CHECKED: &str =
    "CREATE TABLE t (id integer PRIMARY KEY, n integer, CONSTRAINT c CHECK (n > 0));";

/// Whether the table takes a negative number now.
fn is_checked(on: &On) -> bool {
    let On::Sqlite(directory) = on else {
        unreachable!("of SQLite alone")
    };
    let path = directory.path().join("test.db");
    let connection = rusqlite::Connection::open(path).expect("the file opens");
    let taken = connection.execute("INSERT INTO t (n) VALUES (-1)", []);
    taken.is_err()
}

/// By whatever name somebody made it, a constraint is dropped that the migrations drop.
#[tokio::test]
async fn a_check_of_another_name_is_dropped() {
    for by_hand in [
        "CREATE TABLE t (id integer PRIMARY KEY, n integer, CHECK (n > 0))",
        "CREATE TABLE t (id integer PRIMARY KEY, n integer CHECK (n > 0))",
        "CREATE TABLE t (id integer PRIMARY KEY, n integer CONSTRAINT other CHECK (n > 0))",
        "CREATE TABLE t (id integer PRIMARY KEY, n integer, CONSTRAINT other CHECK (n > 0))",
    ] {
        let drop = "ALTER TABLE t DROP CONSTRAINT c;";
        let rename = "ALTER TABLE t RENAME CONSTRAINT c TO d;";
        let texts = [CHECKED, rename, "ALTER TABLE t DROP CONSTRAINT d;"];
        for texts in [&[CHECKED, drop][..], &texts] {
            for at_once in [true, false] {
                let on = On::sqlite();
                on.execute(by_hand).await;
                on.execute("INSERT INTO t (n) VALUES (1)").await;
                if !at_once {
                    let report = on.run(&migrations(&texts[..1])).await.expect("it is there");
                    last_is_adopted(&report, true);
                }
                let report = on.run(&migrations(texts)).await.expect("applied");
                last_is_adopted(&report, false);
                assert!(!is_checked(&on), "{by_hand}: {texts:?}");
                let all = migrations(texts);
                let plan = Runner::new(&all).plan(on.session().await.as_mut()).await;
                let plan = plan.expect("a plan");
                assert!(plan.is_empty() && plan.drift.is_empty(), "{plan:?}");
            }
        }
    }
}

/// One of two checks of a column goes: the right one.
#[tokio::test]
async fn of_two_checks_without_names_the_right_one_is_dropped() {
    for (name, left) in [("t_n_check", "5"), ("t_n_check1", "-5")] {
        let on = On::sqlite();
        on.execute("CREATE TABLE t (id integer, n integer, CHECK (n > 0), CHECK (n < 10))")
            .await;
        let drop = format!("ALTER TABLE t DROP CONSTRAINT {name};");
        on.run(&migrations(&[
            "CREATE TABLE t (id integer, n integer, CHECK (n > 0), CHECK (n < 10));",
            &drop,
        ]))
        .await
        .expect("applied");
        let text = on
            .value("SELECT sql FROM sqlite_master WHERE name = 't'")
            .await;
        let kept = match name {
            "t_n_check" => "n < 10",
            _ => "n > 0",
        };
        assert!(
            text.contains(kept) && text.matches("CHECK").count() == 1,
            "{text} {left}"
        );
    }
}

/// A constraint that was added by hand is found, and undone with its migration.
#[tokio::test]
async fn an_adopted_check_without_a_name_is_undone() {
    let on = On::sqlite();
    let all = migrations(&[TABLE, "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0);"]);
    on.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer, CHECK (n > 0))")
        .await;
    last_is_adopted(&on.run(&all).await.expect("all is there"), true);
    undo(&on, &all).await.expect("it can be undone");
    assert!(!is_checked(&on));
    on.run(&all).await.expect_err("there is a row now");
}

/// Of a table that no migration made nobody knows what its constraints are called.
#[tokio::test]
async fn a_name_that_nothing_tells_is_refused() {
    let on = On::sqlite();
    on.execute("CREATE TABLE t (id integer, n integer, CHECK (n > 0))")
        .await;
    let all = migrations(&["ALTER TABLE t DROP CONSTRAINT c;"]);
    let message = conflict(&on, &all).await;
    for part in ["known by the name c", "\"n\" > 0", "IF EXISTS"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let all = migrations(&["ALTER TABLE t DROP CONSTRAINT IF EXISTS c;"]);
    on.run(&all).await.expect("it is none of that name");
}

/// `SQLite` shows no type: that a table's check is one's is known once the migrations have made it.
#[tokio::test]
async fn a_label_is_added_to_the_check_of_a_table_that_was_there() {
    let on = On::sqlite();
    let table = |name: &str, mood: &str| {
        format!("CREATE TABLE {name} (id integer PRIMARY KEY, mood {mood});")
    };
    let first = format!(
        "CREATE TYPE mood AS ENUM ('glad'); {} {}",
        table("a", "mood"),
        table("b", "mood")
    );
    // Neither `b` nor all of it: the database stands between no two of the statements.
    on.execute(&table("b", "TEXT CHECK (mood IN ('glad'))"))
        .await;
    let texts = [&first, "ALTER TYPE mood ADD VALUE 'sad';"];
    on.run(&migrations(&texts)).await.expect("applied");
    for name in ["a", "b"] {
        on.execute(&format!("INSERT INTO {name} VALUES (1, 'sad')"))
            .await;
    }
}

/// Two types with the same labels, and a text with a check that says the same.
const ALIKE: &str = "CREATE TYPE one AS ENUM ('x'); CREATE TYPE other AS ENUM ('x');
    CREATE TABLE t (id integer PRIMARY KEY, a one, b other, c text CHECK (c IN ('x')));";

fn takes(on: &On, column: &str, value: &str) -> bool {
    let On::Sqlite(directory) = on else {
        unreachable!("of SQLite alone")
    };
    let path = directory.path().join("test.db");
    let connection = rusqlite::Connection::open(path).expect("the file opens");
    let row = format!("INSERT INTO t ({column}) VALUES ('{value}')");
    connection.execute(&row, []).is_ok()
}

#[tokio::test]
async fn types_with_the_same_labels_are_told_apart() {
    for (change, column) in [
        ("ALTER TYPE one ADD VALUE 'y';", "a"),
        ("ALTER TYPE other ADD VALUE 'y';", "b"),
        ("ALTER TYPE one RENAME VALUE 'x' TO 'y';", "a"),
        ("ALTER TYPE other RENAME VALUE 'x' TO 'y';", "b"),
    ] {
        for at_once in [true, false] {
            let on = On::sqlite();
            let all = migrations(&[ALIKE, change]);
            if !at_once {
                on.run(&migrations(&[ALIKE])).await.expect("applied");
                on.execute("INSERT INTO t (id, a, b, c) VALUES (1, 'x', 'x', 'x')")
                    .await;
            }
            on.run(&all).await.expect("applied");
            for own in ["a", "b", "c"] {
                assert_eq!(
                    takes(&on, own, "y"),
                    own == column,
                    "{change} {own} {at_once}"
                );
            }
            let plan = Runner::new(&all).plan(on.session().await.as_mut()).await;
            assert!(plan.expect("a plan").drift.is_empty());
            if change.contains("RENAME") {
                on.execute("DELETE FROM t WHERE id > 1").await;
                undo(&on, &all).await.expect("it can be undone");
                for own in ["a", "b", "c"] {
                    assert!(!takes(&on, own, "y"), "{change} {own} {at_once}");
                    assert!(takes(&on, own, "x"), "{change} {own} {at_once}");
                }
            }
        }
    }
}

/// A text that becomes an enum gets its check, and loses it again.
#[tokio::test]
async fn a_text_becomes_an_enum_and_a_text_again() {
    let on = On::sqlite();
    let texts = [
        "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE t (id integer PRIMARY KEY, a text);",
        "ALTER TABLE t ALTER COLUMN a TYPE mood USING a::mood;",
        "ALTER TABLE t ALTER COLUMN a TYPE text;",
    ];
    for (count, refuses) in [(1, false), (2, true), (3, false)] {
        let report = on.run(&migrations(&texts[..count])).await.expect("applied");
        last_is_adopted(&report, false);
        assert_eq!(takes(&on, "a", "y"), !refuses, "{count}");
        on.execute("DELETE FROM t").await;
    }
    let on = On::sqlite();
    let report = on.run(&migrations(&texts[..2])).await.expect("applied");
    last_is_adopted(&report, false);
    assert!(!takes(&on, "a", "y"));
}

/// A column that somebody added without the check of its type is not the one that is meant.
#[tokio::test]
async fn a_column_without_the_check_of_its_enum_is_refused() {
    let on = On::sqlite();
    let texts = [
        "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE t (id integer PRIMARY KEY);",
        "ALTER TABLE t ADD COLUMN a mood;",
    ];
    on.run(&migrations(&texts[..1])).await.expect("applied");
    on.execute("ALTER TABLE t ADD COLUMN a text").await;
    let message = conflict(&on, &migrations(&texts)).await;
    assert!(message.contains("constraint CHECK"), "{message}");
}

/// `SQLite` would take a foreign key to a table that somebody has renamed, and refuse each row later on; and
/// the name of a column for a string.
#[tokio::test]
async fn what_refers_to_something_renamed_by_hand_is_refused() {
    let table = "CREATE TABLE t (id integer PRIMARY KEY, n integer);";
    for (made, by_hand, last) in [
        (
            "ALTER TABLE t ADD CHECK (n > 0);",
            "ALTER TABLE t RENAME COLUMN n TO m",
            "ALTER TABLE t RENAME COLUMN n TO m;",
        ),
        (
            "UPDATE t SET id = id + 1 WHERE n > 5;",
            "ALTER TABLE t RENAME COLUMN n TO m",
            "CREATE TABLE more (id integer);",
        ),
        (
            "CREATE UNIQUE INDEX by_n ON t (id) WHERE n IN (1, 2);",
            "ALTER TABLE t RENAME COLUMN n TO m",
            "ALTER TABLE t RENAME COLUMN n TO m;",
        ),
        // Nobody has said that it goes.
        (
            "ALTER TABLE t ADD CHECK (n > 0);",
            "ALTER TABLE t DROP COLUMN n",
            "CREATE TABLE more (id integer);",
        ),
        (
            "CREATE TABLE c (t integer REFERENCES t (id));",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE t RENAME TO u;",
        ),
        (
            "CREATE TABLE c (t integer REFERENCES t (id));",
            "ALTER TABLE t RENAME COLUMN id TO key",
            "ALTER TABLE t RENAME COLUMN id TO key;",
        ),
        (
            "CREATE VIEW v AS SELECT a.id FROM t AS a JOIN t AS b ON a.id = b.id;",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE t RENAME TO u;",
        ),
    ] {
        let on = On::sqlite();
        on.run(&migrations(&[table])).await.expect("applied");
        on.execute(by_hand).await;
        let message = conflict(&on, &migrations(&[table, &format!("{made} {last}")])).await;
        assert!(message.contains("is not there any more"), "{message}");
    }
}
