//! Rows that do not fit what is wanted: they are found first, and told.

use limosa_sql::Language;

use crate::change::{changed, database, migration, refused, run, words};
use crate::common::value;

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

/// An expression by itself compares otherwise than the column that it is held in.
#[test]
fn generated_values_are_asked_about_as_they_are_held() {
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, v INTEGER AS (n + 1), s TEXT AS (n + 2)); \
        INSERT INTO t (n) VALUES (6);";
    for change in [
        "ALTER TABLE t ALTER COLUMN v TYPE text; ALTER TABLE t ADD CHECK (v <> '7')",
        "ALTER TABLE t ADD CHECK (s <> '8')",
    ] {
        refused(rows, change, &["1 rows of t do not satisfy", "id = 1"]);
    }
    changed(
        rows,
        "ALTER TABLE t ALTER COLUMN v TYPE text; ALTER TABLE t ADD CHECK (v = '7' AND s = '8')",
    );
}
