//! A column whose type changes, and what stands there that reads it: done on both databases, or refused on both,
//! on SQLite when planning.

use limosa_core::error::Error;
use limosa_tests::{On, migrations};

/// Tables before a change, and the change.
struct Case {
    before: &'static str,
    change: &'static str,
}

impl Case {
    async fn on(&self, on: &On) -> Result<(), Error> {
        on.run(&migrations(&[self.before]))
            .await
            .expect(self.before);
        let ran = on.run(&migrations(&[self.before, self.change])).await;
        ran.map(drop).map_err(|failure| failure.error)
    }

    /// Both do it; these rows are taken behind it, and those are not.
    async fn is_done(&self, taken: &[&str], refused: &[&str]) {
        for on in [On::postgres().await, On::sqlite()] {
            let done = self.on(&on).await;
            done.unwrap_or_else(|error| panic!("{}, {}: {error}", on.id(), self.change));
            for row in taken {
                on.execute(row).await;
            }
            for row in refused {
                let again = migrations(&[self.before, self.change, row]);
                on.run(&again).await.expect_err(row);
            }
        }
    }

    /// Neither does it; on SQLite that is known before anything is begun.
    async fn is_refused(&self, reason: &str) {
        let error = self.on(&On::postgres().await).await;
        let error = error.expect_err(self.change);
        let code = error.database().and_then(|one| one.code.clone());
        let code = code.unwrap_or_default();
        // What does not exist, or cannot be done.
        assert!(
            code.starts_with("42") || code == "0A000",
            "{}: {error}",
            self.change
        );
        let error = self.on(&On::sqlite()).await.expect_err(self.change);
        assert!(matches!(error, Error::Conflicts(_)), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

async fn is_done(before: &'static str, change: &'static str, taken: &[&str], refused: &[&str]) {
    Case { before, change }.is_done(taken, refused).await;
}

async fn is_refused(before: &'static str, change: &'static str, reason: &str) {
    Case { before, change }.is_refused(reason).await;
}

#[tokio::test]
async fn checks_that_have_no_meaning_then() {
    for (before, change) in [
        (
            "CREATE TABLE t (c text CHECK (c IN ('1', '2'))); INSERT INTO t VALUES ('1'), ('2');",
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING c::integer;",
        ),
        (
            "CREATE TABLE t (c integer CHECK (c < 1000)); INSERT INTO t VALUES (1);",
            "ALTER TABLE t ALTER COLUMN c TYPE text;",
        ),
        (
            "CREATE TABLE t (c text CHECK (length(c) < 5 OR c IS NULL));",
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING length(c);",
        ),
        (
            "CREATE TABLE t (c boolean, CHECK (c));",
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING 1;",
        ),
        (
            "CREATE TABLE t (c date CHECK (c > '2020-01-01'));",
            "ALTER TABLE t ALTER COLUMN c TYPE text;",
        ),
        (
            "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (c text CHECK (c <> 'x'));",
            "ALTER TABLE t ALTER COLUMN c TYPE mood USING c::mood;",
        ),
    ] {
        is_refused(before, change, "which reads it as").await;
    }
}

#[tokio::test]
async fn indexes_and_generated_columns_that_have_no_meaning_then() {
    for (before, change) in [
        (
            "CREATE TABLE t (c text); CREATE INDEX i ON t (lower(c));",
            "ALTER TABLE t ALTER COLUMN c TYPE boolean USING c = 'x';",
        ),
        (
            "CREATE TABLE t (c text, d text); CREATE INDEX i ON t (d) WHERE c > 'x';",
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING 1;",
        ),
        (
            "CREATE TABLE t (c text, d text GENERATED ALWAYS AS (upper(c)) STORED);",
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING 1;",
        ),
    ] {
        let reason = "which reads it as";
        is_refused(before, change, reason).await;
    }
}

#[tokio::test]
async fn views_that_have_no_meaning_then() {
    for view in ["SELECT c FROM t", "SELECT d FROM t WHERE c < 9"] {
        let before = format!("CREATE TABLE t (c integer, d text); CREATE VIEW v AS {view};");
        let reason = "the view v is there, which reads it as integer; drop that first";
        let change = "ALTER TABLE t ALTER COLUMN c TYPE text;";
        is_refused(before.leak(), change, reason).await;
    }
    is_done(
        "CREATE TABLE t (c integer, d text); CREATE VIEW v AS SELECT d FROM t WHERE c < 9;",
        "DROP VIEW v; ALTER TABLE t ALTER COLUMN c TYPE text; CREATE VIEW v AS SELECT d FROM t WHERE c < '9';",
        &["INSERT INTO t VALUES ('8', 'x')"],
        &[],
    )
    .await;
    // One of the same kind only PostgreSQL refuses.
    let case = Case {
        before: "CREATE TABLE t (c integer, d text); CREATE VIEW v AS SELECT d FROM t WHERE c < 9;",
        change: "ALTER TABLE t ALTER COLUMN c TYPE bigint;",
    };
    case.on(&On::sqlite()).await.expect("it means the same");
    let error = case.on(&On::postgres().await).await.expect_err("a view");
    let code = error.database().and_then(|one| one.code.clone());
    assert_eq!(code.as_deref(), Some("0A000"), "{error}");
}

#[tokio::test]
async fn what_has_a_meaning_then_goes_along() {
    is_done(
        "CREATE TABLE t (c integer CHECK (c < 1000)); INSERT INTO t VALUES (7);",
        "ALTER TABLE t ALTER COLUMN c TYPE double precision;",
        &["INSERT INTO t VALUES (999.5)"],
        &["INSERT INTO t VALUES (1000.5);"],
    )
    .await;
    is_done(
        "CREATE TABLE t (c integer, CHECK (c / 2 > 1)); INSERT INTO t VALUES (4);",
        "ALTER TABLE t ALTER COLUMN c TYPE numeric(9, 2);",
        &["INSERT INTO t VALUES (3)"],
        &["INSERT INTO t VALUES (2);"],
    )
    .await;
    is_done(
        "CREATE TABLE t (c integer CHECK (c IS NOT NULL)); CREATE INDEX i ON t (c); INSERT INTO t VALUES (7);",
        "ALTER TABLE t ALTER COLUMN c TYPE text;",
        &["INSERT INTO t VALUES ('x')"],
        &["INSERT INTO t VALUES (NULL);"],
    )
    .await;
    is_done(
        "CREATE TABLE t (c text CHECK (c <> 'q')); INSERT INTO t VALUES ('x');",
        "ALTER TABLE t ALTER COLUMN c TYPE varchar(3);",
        &["INSERT INTO t VALUES ('y')"],
        &["INSERT INTO t VALUES ('q');"],
    )
    .await;
    is_done(
        "CREATE TABLE t (c date CHECK (c > '2020-01-01')); INSERT INTO t VALUES ('2021-01-01');",
        "ALTER TABLE t ALTER COLUMN c TYPE timestamp;",
        &["INSERT INTO t VALUES ('2020-01-01 00:00:01')"],
        &["INSERT INTO t VALUES ('2020-01-01 00:00:00');"],
    )
    .await;
}

#[tokio::test]
async fn generated_columns_of_another_type() {
    let before = "CREATE TABLE t (c text, n integer, d double precision, f boolean, at timestamp); \
                  INSERT INTO t VALUES ('x', 1, 2.5, true, '2020-01-01 12:00:00');";
    for column in [
        "bigint GENERATED ALWAYS AS (lower(c))",
        "boolean GENERATED ALWAYS AS (n + 1)",
        "integer GENERATED ALWAYS AS (n > 1)",
        "timestamp GENERATED ALWAYS AS (upper(c))",
    ] {
        let change = format!("ALTER TABLE t ADD COLUMN g {column} STORED;");
        is_refused(before, change.leak(), "the expression is of type").await;
    }
    for column in [
        "bigint GENERATED ALWAYS AS (d * 2)",
        "double precision GENERATED ALWAYS AS (n)",
        "boolean GENERATED ALWAYS AS (n > 1)",
        "text GENERATED ALWAYS AS (n)",
        "text GENERATED ALWAYS AS (c || n)",
        "date GENERATED ALWAYS AS (at)",
        "integer GENERATED ALWAYS AS (length(c))",
    ] {
        let change = format!("ALTER TABLE t ADD COLUMN g {column} STORED;");
        is_done(
            before,
            change.leak(),
            &["INSERT INTO t (n) VALUES (NULL)"],
            &[],
        )
        .await;
    }
}

#[tokio::test]
async fn defaults_that_are_none_of_the_type() {
    for (before, change) in [
        (
            "CREATE TABLE t (c integer DEFAULT 1);",
            "ALTER TABLE t ALTER COLUMN c TYPE boolean USING c > 0;",
        ),
        (
            "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (c text DEFAULT 'a');",
            "ALTER TABLE t ALTER COLUMN c TYPE mood USING c::mood;",
        ),
    ] {
        is_refused(before, change, "its default is none of that type").await;
    }
    is_done(
        "CREATE TABLE t (id integer, c text DEFAULT '1'); INSERT INTO t VALUES (1, '7');",
        "ALTER TABLE t ALTER COLUMN c DROP DEFAULT, ALTER COLUMN c TYPE integer USING c::integer, \
         ALTER COLUMN c SET DEFAULT 3;",
        &["INSERT INTO t (id) VALUES (2)"],
        &[],
    )
    .await;
    is_done(
        "CREATE TABLE t (id integer, c integer DEFAULT 1); INSERT INTO t VALUES (1, 7);",
        "ALTER TABLE t ALTER COLUMN c TYPE text;",
        &["INSERT INTO t (id) VALUES (2)"],
        &[],
    )
    .await;
}

/// A check that is added again is read by the new type, in whatever words.
#[tokio::test]
async fn a_check_that_is_added_again_is_a_new_one() {
    let before = "CREATE TABLE t (id integer PRIMARY KEY, c text CONSTRAINT few CHECK (c IN ('1', '2'))); \
                  INSERT INTO t VALUES (1, '1'), (2, '2');";
    for change in [
        "ALTER TABLE t DROP CONSTRAINT few, ALTER COLUMN c TYPE integer USING c::integer, \
         ADD CONSTRAINT few CHECK (c IN ('1', '2'));",
        "ALTER TABLE t DROP CONSTRAINT few; ALTER TABLE t ALTER COLUMN c TYPE integer USING c::integer; \
         ALTER TABLE t ADD CONSTRAINT few CHECK (c IN (1, 2));",
        "ALTER TABLE t DROP CONSTRAINT few, ALTER COLUMN c TYPE boolean USING c = '2', \
         ADD CONSTRAINT few CHECK (c IN ('1', '0'));",
    ] {
        let case = Case { before, change };
        if change.contains("boolean") {
            case.is_done(&["INSERT INTO t VALUES (3, NULL)"], &[]).await;
        } else {
            case.is_done(
                &["INSERT INTO t VALUES (3, 2)"],
                &["INSERT INTO t VALUES (4, 3);"],
            )
            .await;
        }
    }
}

const REFERRED: &str = "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p integer REFERENCES p (id)); \
                        INSERT INTO p VALUES (3); INSERT INTO c VALUES (3);";

#[tokio::test]
async fn foreign_keys_between_what_does_not_compare() {
    for change in [
        "ALTER TABLE p ALTER COLUMN id TYPE text;",
        "ALTER TABLE c ALTER COLUMN p TYPE double precision;",
        "ALTER TABLE c ALTER COLUMN p TYPE text;",
        "ALTER TABLE c ALTER COLUMN p TYPE numeric(9, 2);",
        "ALTER TABLE c ADD COLUMN q text; ALTER TABLE c ADD FOREIGN KEY (q) REFERENCES p (id);",
        "ALTER TABLE p ALTER COLUMN id TYPE text; ALTER TABLE c ALTER COLUMN p TYPE double precision;",
    ] {
        is_refused(REFERRED, change, "do not compare").await;
    }
}

#[tokio::test]
async fn foreign_keys_between_what_compares() {
    for change in [
        "ALTER TABLE p ALTER COLUMN id TYPE double precision;",
        "ALTER TABLE p ALTER COLUMN id TYPE numeric(12, 2);",
        "ALTER TABLE c ALTER COLUMN p TYPE smallint;",
        "ALTER TABLE c DROP CONSTRAINT c_p_fkey; ALTER TABLE c ALTER COLUMN p TYPE text; \
         ALTER TABLE p ALTER COLUMN id TYPE text; ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p (id);",
    ] {
        is_done(
            REFERRED,
            change,
            &["INSERT INTO p VALUES (4)", "INSERT INTO c VALUES (4)"],
            &["INSERT INTO c VALUES (5);"],
        )
        .await;
    }
}

/// In one statement all expressions read the rows as they were; a later one reads what it leaves. A type that the
/// column has already is no sign that this was done.
#[tokio::test]
async fn using_makes_new_values() {
    let before = "CREATE TABLE t (id integer PRIMARY KEY, a bigint, b bigint, c text); \
                  INSERT INTO t VALUES (1, 4, 5, 'abc'), (2, NULL, 7, 'x');";
    for (change, expected) in [
        (
            "ALTER TABLE t ALTER COLUMN a TYPE bigint USING a * 100;",
            ["400,5,abc", "-,7,x"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a TYPE bigint USING b, ALTER COLUMN b TYPE bigint USING a;",
            ["5,4,abc", "7,-,x"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a TYPE bigint USING b; ALTER TABLE t ALTER COLUMN b TYPE bigint USING a;",
            ["5,5,abc", "7,7,x"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN a TYPE bigint USING a + 1, ALTER COLUMN c TYPE integer USING length(c), \
             ALTER COLUMN b TYPE integer USING length(c) + b;",
            ["5,8,3", "-,8,1"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN c TYPE integer USING length(c); \
             ALTER TABLE t ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN b TYPE integer USING c + b;",
            ["4,8,3", "-,8,1"],
        ),
        (
            "ALTER TABLE t ALTER COLUMN c TYPE text USING c || c;",
            ["4,5,abcabc", "-,7,xx"],
        ),
    ] {
        for on in [On::postgres().await, On::sqlite()] {
            let all = migrations(&[before, change]);
            on.run(&migrations(&[before])).await.expect(before);
            on.run(&all).await.expect(change);
            let sql = "SELECT coalesce(CAST(a AS text), '-') || ',' || coalesce(CAST(b AS text), '-') || ',' || c \
                       FROM t ORDER BY id";
            let found: Vec<String> = on.column(sql).await.into_iter().flatten().collect();
            assert_eq!(found, expected, "{}: {change}", on.id());
            // Nothing of it is recorded, and nobody can see whether it was done.
            on.execute("DROP TABLE limosa_journal").await;
            on.run(&all).await.expect_err(change);
        }
    }
}

/// The half goes to the even neighbour of a floating-point number, and away from zero of a numeric.
#[tokio::test]
async fn numbers_are_rounded_alike() {
    let before = "CREATE TABLE t (id integer PRIMARY KEY, d double precision, n numeric(9, 2), a bigint, b integer, \
                  c bigint GENERATED ALWAYS AS (d * 3) STORED); \
                  INSERT INTO t (id, d, n) VALUES (1, -113.5, -113.5), (2, 2.5, 2.5), (3, 3.5, 3.5), (4, -0.5, -0.5), \
                  (5, 0.25, 0.25), (6, 7, 7), (7, NULL, NULL), (8, 4503599627370497.5, 1.5), (9, 2.75, 2.75);";
    let rows = "UPDATE t SET a = d, b = n; INSERT INTO t (id, a, b) SELECT id + 10, round(d), round(n) FROM t;";
    let change = "ALTER TABLE t ALTER COLUMN d TYPE bigint USING d + 1, ALTER COLUMN n TYPE bigint USING n - 2;";
    let mut found = Vec::new();
    for on in [On::postgres().await, On::sqlite()] {
        on.run(&migrations(&[before, rows])).await.expect("rows");
        let shown = |name: &str| format!("coalesce(CAST({name} AS text), '-')");
        let columns = ["id", "a", "b", "c"].map(shown).join(" || ' ' || ");
        let sql = format!("SELECT {columns} FROM t ORDER BY id");
        let mut rows = on.column(&sql).await;
        on.execute("ALTER TABLE t DROP COLUMN c").await;
        on.execute("DELETE FROM limosa_journal").await;
        on.execute("DROP TABLE limosa_journal").await;
        let columns = ["d", "n"].map(shown).join(" || ' ' || ");
        let after = format!("SELECT {columns} FROM t WHERE id < 10 ORDER BY id");
        let bare = before.replace("c bigint GENERATED ALWAYS AS (d * 3) STORED", "e integer");
        on.execute("DROP TABLE t").await;
        on.run(&migrations(&[&bare, change])).await.expect(change);
        rows.extend(on.column(&after).await);
        found.push(rows);
    }
    assert_eq!(found[0], found[1]);
}

/// Where types live in the model alone, a text is no enum without its labels.
#[tokio::test]
async fn a_text_becomes_an_enum_and_back() {
    let before = "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (c text, d mood); \
                  INSERT INTO t VALUES ('a', 'b');";
    is_done(
        before,
        "ALTER TABLE t ALTER COLUMN c TYPE mood USING c::mood;",
        &["INSERT INTO t VALUES ('b', 'b')"],
        &["INSERT INTO t VALUES ('x', 'b');"],
    )
    .await;
    is_done(
        before,
        "ALTER TABLE t ALTER COLUMN d TYPE text;",
        &["INSERT INTO t VALUES ('x', 'x')"],
        &[],
    )
    .await;
}
