//! Constants in checks, indexes and generated columns mean the same on both databases: rows on either
//! side of a boundary are taken by both, or by none.

use crate::both::{As, Both, refusal, refusal_on};
use limosa_tests::On;

const ENUM: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')";

/// One condition over a column `v` of a type, with values that satisfy it and values that do not.
struct Case {
    data_type: &'static str,
    condition: &'static str,
    within: &'static [&'static str],
    without: &'static [&'static str],
}

const CASES: [Case; 22] = [
    Case {
        data_type: "boolean",
        condition: "v = 't'",
        within: &["true", "'yes'"],
        without: &["false", "'0'"],
    },
    Case {
        data_type: "boolean",
        condition: "v IS DISTINCT FROM 'off' AND v IS NOT NULL",
        within: &["true"],
        without: &["false", "NULL"],
    },
    Case {
        data_type: "timestamptz",
        condition: "v > '2020-01-01T00:00:00Z'",
        within: &[
            "'2020-01-01 00:00:00.000001+00'",
            "'2020-01-01 00:00:00-01'",
        ],
        without: &["'2020-01-01 00:00:00+00'", "'2020-01-01 01:00:00+01'"],
    },
    Case {
        data_type: "timestamptz",
        condition: "v BETWEEN '2020-01-01 02:00+02' AND '2020-01-02T00:00:00-01:00'",
        within: &["'2020-01-01 00:00+00'", "'2020-01-02 01:00Z'"],
        without: &["'2019-12-31 23:59:59.9Z'", "'2020-01-02 01:00:00.1Z'"],
    },
    Case {
        data_type: "timestamp",
        condition: "v >= '2020-02-29'",
        within: &["'2020-02-29T00:00:00'", "'infinity'"],
        without: &["'2020-02-28 23:59:59.999999'", "'-infinity'"],
    },
    Case {
        data_type: "date",
        condition: "v < '2020-03-01 10:00'",
        within: &["'2020-02-29'"],
        without: &["'2020-03-01'"],
    },
    Case {
        data_type: "date",
        condition: "v > '2020-02-29'::timestamp",
        within: &["'2020-03-01'"],
        without: &["'2020-02-29'", "'2020-02-28'"],
    },
    Case {
        data_type: "timestamp",
        condition: "v::date = '2020-02-29'",
        within: &["'2020-02-29 23:00'"],
        without: &["'2020-03-01'"],
    },
    Case {
        data_type: "time",
        condition: "v < '8:30'",
        within: &["'08:29:59.9'"],
        without: &["'08:30:00'", "'20:00'"],
    },
    Case {
        data_type: "uuid",
        condition: "v <> 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'",
        within: &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'"],
        without: &["'{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'"],
    },
    Case {
        data_type: "bytea",
        condition: "v <> '\\x00FF'",
        within: &["'\\x00'", "'\\x00ff00'"],
        without: &["'\\x00ff'"],
    },
    Case {
        data_type: "jsonb",
        condition: "v <> '{\"b\":1,\"a\":[]}'",
        within: &["'{}'", "'{\"a\": [], \"b\": 2}'"],
        without: &["'{\"a\": [], \"b\": 1}'"],
    },
    Case {
        data_type: "jsonb",
        condition: "v->>'on' = 'true'",
        within: &["'{\"on\": true}'", "'{\"on\": \"true\"}'"],
        without: &["'{\"on\": false}'", "'{\"on\": 1}'"],
    },
    Case {
        data_type: "jsonb",
        condition: "(v->>'n')::integer > 9",
        within: &["'{\"n\": 10}'", "'{\"n\": \"10\"}'"],
        without: &["'{\"n\": 9}'", "'{\"n\": \"9\"}'"],
    },
    Case {
        data_type: "text[]",
        condition: "v <> '{a,b}'",
        within: &["'{}'", "'{b,a}'"],
        without: &["'{a,b}'", "ARRAY['a', 'b']"],
    },
    Case {
        data_type: "mood",
        condition: "v <> 'sad'::mood",
        within: &["'ok'"],
        without: &["'sad'"],
    },
    Case {
        data_type: "numeric(8, 2)",
        condition: "v / 2 > '1.25'",
        within: &["2.51", "3"],
        without: &["2.5", "2"],
    },
    Case {
        data_type: "numeric(8, 2)",
        condition: "v::integer = 3",
        within: &["2.5", "3.49"],
        without: &["2.49", "3.5"],
    },
    Case {
        data_type: "integer",
        condition: "v IN ('1', '2')",
        within: &["1", "'2'"],
        without: &["3"],
    },
    Case {
        data_type: "char(4)",
        condition: "v = 'ab  '",
        within: &["'ab'"],
        without: &["'abc'"],
    },
    Case {
        data_type: "inet",
        condition: "v <> '10.0.0.1/32'",
        within: &["'10.0.0.2'"],
        without: &["'10.0.0.1'"],
    },
    Case {
        data_type: "text",
        condition: "v = ANY ('{a,b}'::text[]) OR v LIKE 'x%'",
        within: &["'a'", "'xyz'"],
        without: &["'c'", "'X'"],
    },
];

/// Each of the values is taken as the condition says, and the catalogs show the same.
async fn check(case: &Case, both: &Both, made: &[&str]) {
    let mut texts = made.to_vec();
    let rows: Vec<(bool, String)> = (case.within.iter().map(|value| (true, value)))
        .chain(case.without.iter().map(|value| (false, value)))
        .zip(1..)
        .map(|((fits, value), id)| {
            (
                fits,
                format!("INSERT INTO t (id, v) VALUES ({id}, {value})"),
            )
        })
        .collect();
    for (fits, row) in &rows {
        texts.push(row);
        assert_eq!(both.takes(&texts).await, *fits, "{}: {row}", case.condition);
        if !fits {
            texts.pop();
        }
    }
    both.agree(&texts).await;
}

#[tokio::test]
async fn checks() {
    for case in &CASES {
        let table = format!(
            "{ENUM};\nCREATE TABLE t (id integer PRIMARY KEY, v {}, CHECK ({}))",
            case.data_type, case.condition
        );
        let both = Both::with(&[&table]).await;
        check(case, &both, &[&table]).await;
    }
}

/// A check that comes later, and one of a column that comes later: on SQLite the table is built anew.
#[tokio::test]
async fn checks_that_are_added() {
    for case in &CASES {
        let table = format!(
            "{ENUM};\nCREATE TABLE t (id integer PRIMARY KEY, v {})",
            case.data_type
        );
        let added = format!("ALTER TABLE t ADD CHECK ({})", case.condition);
        let more = "ALTER TABLE t ADD COLUMN w integer UNIQUE";
        let texts = [table.as_str(), &added, more];
        let both = Both::with(&texts[..1]).await;
        // Each in a run of its own, then what the catalog shows is built anew.
        both.run(&texts[..2]).await;
        both.run(&texts).await;
        check(case, &both, &texts).await;
    }
}

#[tokio::test]
async fn checks_of_new_columns() {
    for case in &CASES {
        let table = format!("{ENUM};\nCREATE TABLE t (id integer PRIMARY KEY)");
        let added = format!(
            "ALTER TABLE t ADD COLUMN v {} CHECK ({})",
            case.data_type, case.condition
        );
        let both = Both::with(&[&table, &added]).await;
        check(case, &both, &[&table, &added]).await;
    }
}

/// A unique key that holds for the rows within the condition: a second row is one too many.
#[tokio::test]
async fn partial_indexes() {
    for case in &CASES {
        let table = format!(
            "{ENUM};\nCREATE TABLE t (id integer PRIMARY KEY, v {}, one integer DEFAULT 1);\n\
             CREATE UNIQUE INDEX t_one ON t (one) WHERE {}",
            case.data_type, case.condition
        );
        let both = Both::with(&[&table]).await;
        let first = format!("INSERT INTO t (id, v) VALUES (0, {})", case.within[0]);
        assert!(both.takes(&[&table, &first]).await);
        let turned = Case {
            within: case.without,
            without: case.within,
            ..*case
        };
        check(&turned, &both, &[&table, &first]).await;
    }
}

#[tokio::test]
async fn generated_columns() {
    for case in &CASES {
        let table = format!(
            "{ENUM};\nCREATE TABLE t (id integer PRIMARY KEY, v {}, w boolean GENERATED ALWAYS AS ({}) STORED)",
            case.data_type, case.condition
        );
        let rows: Vec<String> = (case.within.iter().chain(case.without))
            .zip(1..)
            .map(|(value, id)| format!("({id}, {value})"))
            .collect();
        let insert = format!("INSERT INTO t (id, v) VALUES {}", rows.join(", "));
        let both = Both::with(&[&table, &insert]).await;
        let query = "SELECT CASE WHEN w THEN 1 ELSE 0 END FROM t ORDER BY id";
        let shown = both.answer(query, As::Text).await;
        let within = shown.iter().flatten().filter(|one| *one == "1").count();
        assert_eq!(within, case.within.len(), "{}", case.condition);
        both.agree(&[&table, &insert]).await;
    }
}

#[tokio::test]
async fn generated_values() {
    let table = "CREATE TABLE t (id integer PRIMARY KEY, at timestamp, price numeric(8, 2), data jsonb, flag boolean,
        day date GENERATED ALWAYS AS (at::date) STORED,
        half numeric(8, 2) GENERATED ALWAYS AS (price / 2) STORED,
        whole integer GENERATED ALWAYS AS (price) STORED,
        kind text GENERATED ALWAYS AS (data->>'kind') STORED,
        shown text GENERATED ALWAYS AS (CASE WHEN flag THEN 'on' ELSE 'off' END) STORED,
        since timestamp GENERATED ALWAYS AS (coalesce(at, '2020-01-01T00:00')) STORED)";
    let rows = "INSERT INTO t (id, at, price, data, flag) VALUES (1, '2024-02-29T10:00', 2.5, '{\"kind\": 5}', 't'),
        (2, NULL, 3, '{\"kind\": true}', 'f'), (3, '2024-01-01', 0.01, '{\"kind\": \"x\"}', NULL)";
    let both = Both::with(&[table, rows]).await;
    for column in ["day", "kind", "shown", "since", "whole"] {
        both.answer(&format!("SELECT {column} FROM t ORDER BY id"), As::Text)
            .await;
    }
    both.answer("SELECT half FROM t ORDER BY id", As::Number)
        .await;
    both.agree(&[table, rows]).await;
}

/// Keys of unique indexes mean what the types make of them.
#[tokio::test]
async fn unique_expressions() {
    let table = "CREATE TABLE t (id integer PRIMARY KEY, data jsonb);
        CREATE UNIQUE INDEX t_kind ON t ((data->>'kind'));
        CREATE INDEX t_plain ON t ((data->>'plain'))";
    let both = Both::with(&[table]).await;
    both.agree(&[table]).await;
    let both = Both::with(&[table]).await;
    let mut texts = vec![table];
    for (row, fits) in [
        ("INSERT INTO t VALUES (1, '{\"kind\": 5}')", true),
        ("INSERT INTO t VALUES (2, '{\"kind\": \"5\"}')", false),
        ("INSERT INTO t VALUES (3, '{\"kind\": true}')", true),
        ("INSERT INTO t VALUES (4, '{\"kind\": \"true\"}')", false),
        ("INSERT INTO t VALUES (5, '{\"kind\": 1}')", true),
        ("INSERT INTO t VALUES (6, '{\"kind\": null}')", true),
        ("INSERT INTO t VALUES (7, '{}')", true),
    ] {
        texts.push(row);
        assert_eq!(both.takes(&texts).await, fits, "{row}");
        if !fits {
            texts.pop();
        }
    }
}

/// The plan names what cannot be said with the same meaning.
#[tokio::test]
async fn what_has_no_equal_is_refused() {
    let table = "CREATE TABLE t (id integer PRIMARY KEY, d date, at timestamptz, p numeric(8, 2), j jsonb, u uuid);\n";
    for (statement, construct) in [
        (
            "ALTER TABLE t ADD CHECK (d + 1 > '2020-01-01')",
            "calculate with date",
        ),
        (
            "ALTER TABLE t ADD CHECK (at::text <> '')",
            "write timestamp as text",
        ),
        ("ALTER TABLE t ADD CHECK (p % 2 = 0)", "remainder"),
        ("ALTER TABLE t ADD CHECK (u <> 'x')", "as a uuid"),
        ("ALTER TABLE t ADD CHECK (at > 'yesterday')", "as a moment"),
        (
            "ALTER TABLE t ADD CHECK (j || '{}' <> '{}')",
            "use || on jsonb",
        ),
        (
            "ALTER TABLE t ADD COLUMN g text GENERATED ALWAYS AS (p::text) STORED",
            "write numeric as text",
        ),
        (
            "CREATE INDEX i ON t (d) WHERE at > 'tomorrow'",
            "as a moment",
        ),
        (
            "CREATE UNIQUE INDEX i ON t ((p::text))",
            "write numeric as text",
        ),
        ("CREATE TABLE u (d date, CHECK (d < 'x'))", "as a moment"),
    ] {
        let said = refusal(&[&format!("{table}\n{statement}")]).await;
        for part in [construct, "SQLite", "migration.sql:3"] {
            assert!(said.contains(part), "{statement}: {part:?} not in {said}");
        }
    }
}

/// The other direction: SQLite has 0 and 1 for booleans.
#[tokio::test]
async fn truth_values_of_sqlite() {
    let table = "-- limosa: dialect sqlite

        CREATE TABLE t (id INTEGER PRIMARY KEY, flag BOOLEAN CHECK (flag IN (0, 1)), other BOOLEAN, one INTEGER DEFAULT 1,
            all_of BOOLEAN GENERATED ALWAYS AS (flag = 1 AND coalesce(other, 0) = 1) STORED, CHECK (other IS NULL OR other = 1 OR id > 5));
        CREATE UNIQUE INDEX t_one ON t (one) WHERE flag = 1;";
    let both = Both::with(&[table]).await;
    both.agree(&[table]).await;
    let both = Both::with(&[table]).await;
    let mut texts = vec![table];
    for (row, fits) in [
        ("INSERT INTO t (id, flag, other) VALUES (1, 1, 1)", true),
        ("INSERT INTO t (id, flag, other) VALUES (2, 0, 1)", true),
        ("INSERT INTO t (id, flag, other) VALUES (3, 1, 1)", false),
        ("INSERT INTO t (id, flag, other) VALUES (4, 0, 0)", false),
        ("INSERT INTO t (id, flag, other) VALUES (6, 0, 0)", true),
        (
            "UPDATE t SET flag = 1, one = id WHERE flag = 0 AND other = 0",
            true,
        ),
        (
            "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE flag = 0)",
            true,
        ),
        (
            "INSERT INTO t (id, flag) SELECT id + 10, flag FROM t WHERE flag <> 1 OR all_of = 1",
            false,
        ),
        (
            "ALTER TABLE t ADD COLUMN third BOOLEAN DEFAULT 0 CHECK (third = 0)",
            true,
        ),
    ] {
        let row = format!("-- limosa: dialect sqlite\n\n{row};");
        let row: &'static str = row.leak();
        texts.push(row);
        assert_eq!(both.takes(&texts).await, fits, "{row}");
        if !fits {
            texts.pop();
        }
    }
    let query = "SELECT CASE WHEN flag THEN 1 ELSE 0 END + CASE WHEN all_of THEN 2 ELSE 0 END + CASE WHEN third THEN 4 ELSE 0 END FROM t ORDER BY id";
    both.answer(query, As::Text).await;
}

/// SQLite takes a name in double quotes that is no column for a string.
#[tokio::test]
async fn strings_in_double_quotes_are_refused() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT);\n";
    let on = On::postgres().await;
    for statement in [
        "UPDATE t SET kind = 'x' WHERE kind = \"none\"",
        "UPDATE t SET kind = \"none\"",
        "DELETE FROM t WHERE kind IN (\"none\", 'y')",
        "INSERT INTO t (kind) SELECT \"none\" FROM t AS u",
        "CREATE TABLE u (kind TEXT CHECK (kind <> \"none\"))",
        "CREATE INDEX i ON t (id) WHERE kind = \"none\"",
        "CREATE VIEW w AS SELECT id FROM t WHERE kind = \"none\"",
    ] {
        let text = format!("-- limosa: dialect sqlite\n\n{table}{statement};");
        let said = refusal_on(&on, &[&text]).await;
        let names = [
            "cannot read \"none\" as a column",
            "there is no column t.none",
        ];
        assert!(names.iter().any(|name| said.contains(name)), "{said}");
        for part in ["single quotes", "migration.sql:4"] {
            assert!(said.contains(part), "{statement}: {part:?} not in {said}");
        }
    }
    let text = format!(
        "-- limosa: dialect sqlite\n\n{table}INSERT INTO t (id, kind) VALUES (1, \"none\");
         UPDATE t SET kind = \"kind\" WHERE \"id\" = (SELECT max(\"t\".\"id\") FROM t);"
    );
    let both = Both::with(&[&text]).await;
    both.answer("SELECT kind FROM t", As::Text).await;
}
