//! For each type: values at its edges, written by one file on both databases, read by one query.
//!
//! The reading is a view of the same migration, so that both see it in their own words: the column
//! itself, or what is said beside the type in `docs/dialects.md`.

use crate::both::{As, Both, refusal};

/// Values that are the same, and values that are refused with a part of the message.
struct Case<'a> {
    data_type: &'a str,
    /// The canonical reading of the column `v`.
    reading: &'a str,
    kind: As,
    same: &'a [&'a str],
    refused: &'a [(&'a str, &'a str)],
}

const ENUM: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s')";

fn table(data_type: &str) -> String {
    // A numeric of any length holds these values all the same.
    format!(
        "{ENUM};\n/* limosa: accept loss */ CREATE TABLE t (id integer PRIMARY KEY, v {data_type});\n"
    )
}

async fn check(case: Case<'_>) {
    let rows: Vec<String> = (0..)
        .zip(case.same)
        .map(|(id, value)| format!("({id}, {value})"))
        .collect();
    let made = table(case.data_type);
    let view = format!(
        "CREATE VIEW shown AS SELECT id, {} AS v FROM t",
        case.reading
    );
    let insert = format!("INSERT INTO t (id, v) VALUES {}", rows.join(", "));
    // By UPDATE and by INSERT ... SELECT as well.
    let mut others = vec!["INSERT INTO t (id) VALUES (-1)".to_owned()];
    for (id, value) in (0..).zip(case.same) {
        others.push(format!("UPDATE t SET v = {value} WHERE id = -1"));
        others.push(format!(
            "INSERT INTO t (id, v) SELECT {}, v FROM t WHERE id = -1",
            1000 + id
        ));
        others.push(format!(
            "INSERT INTO t (id, v) SELECT {}, {value}",
            2000 + id
        ));
    }
    others.push("DELETE FROM t WHERE id = -1".to_owned());
    let text = format!("{made}{insert};\n{view}");
    let both = Both::with(&[text.as_str(), &others.join(";\n")]).await;
    let query = |from: usize| {
        format!("SELECT v FROM shown WHERE id >= {from} AND id < {from} + 1000 ORDER BY id")
    };
    let first = both.answer(&query(0), case.kind).await;
    assert_eq!(first.len(), case.same.len());
    for from in [1000, 2000] {
        let others = both.answer(&query(from), case.kind).await;
        assert!(others == first, "{} from {from}", case.data_type);
    }
    for (value, why) in case.refused {
        let insert = format!("{made}INSERT INTO t (id, v)\nVALUES (1, {value})");
        let said = refusal(&[&insert]).await;
        for part in [*why, "migration.sql:3"] {
            assert!(said.contains(part), "{value}: {said}");
        }
    }
}

#[tokio::test]
async fn booleans() {
    check(Case {
        data_type: "boolean",
        reading: "CASE WHEN v THEN 1 WHEN NOT v THEN 0 END",
        kind: As::Text,
        same: &[
            "true",
            "FALSE",
            "NULL",
            "'t'",
            "'f'",
            "'yes'",
            "'no'",
            "'on'",
            "'off'",
            "'1'",
            "'0'",
            "' TRUE '",
            "'y'::boolean",
            "1 = 1",
            "NOT true",
            "NULL::boolean",
            "'a' = 'b'",
        ],
        refused: &[("'maybe'", "maybe"), ("'2'", "2")],
    })
    .await;
}

#[tokio::test]
async fn integers() {
    let edges = [
        ("smallint", "32767", "-32768", "32768", "-32769"),
        (
            "integer",
            "2147483647",
            "-2147483648",
            "2147483648",
            "-2147483649",
        ),
        (
            "bigint",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "-9223372036854775809",
        ),
    ];
    for (data_type, most, least, above, below) in edges {
        check(Case {
            data_type,
            reading: "v",
            kind: As::Text,
            same: &[
                most,
                least,
                "0",
                "-0",
                "+7",
                "'42'",
                "' -42 '",
                "1.5",
                "2.5",
                "-2.5",
                "1.49",
                "1e3",
                "NULL",
                "'5'::smallint",
                "5::bigint",
                "7 / 2",
                "-7 / 2",
                "-7 % 3",
                "length('abc')",
                "CASE WHEN true THEN 1.5 ELSE 2 END",
                "coalesce(NULL, 7)",
            ],
            refused: &[
                (above, "out of the type's range"),
                (below, "out of the type's range"),
                ("'abc'", "as a number"),
                ("''", "as a number"),
            ],
        })
        .await;
    }
}

#[tokio::test]
async fn floating_point() {
    for data_type in ["double precision", "real"] {
        let limit = if data_type == "real" { "3e38" } else { "1e308" };
        check(Case {
            data_type,
            reading: "v",
            kind: As::Number,
            same: &[
                "0",
                "-0.0",
                "'-0'",
                "1.5",
                "-2.25",
                "'0.5'",
                "1024",
                "1e3",
                limit,
                "NULL",
                "'1e-3'::double precision * 1000",
                "0.5::real",
                "7 / 2.0",
                "10 / 4::double precision",
                "123456789012345678901234567890e-25",
            ][..if data_type == "real" { 14 } else { 15 }],
            refused: &[
                ("'NaN'", "NaN"),
                ("'Infinity'", "Infinity"),
                ("'-inf'", "-inf"),
                ("1e400", "out of the type's range"),
                ("1e-400", "out of the type's range"),
                ("'x'", "as a number"),
            ],
        })
        .await;
    }
}

#[tokio::test]
async fn decimals() {
    check(Case {
        data_type: "numeric(12, 3)",
        reading: "v",
        kind: As::Number,
        same: &[
            "0",
            "1.5",
            "-1.5",
            "'12.345'",
            "1.2345",
            "1.0005",
            "-1.0005",
            "2.0015",
            "999999999.999",
            "-999999999.999",
            "1e3",
            "1.5e-2",
            "NULL",
            "'7'::numeric",
            "1",
            "7 / 2.0",
            "0.1 + 0.2",
            "0.1 * 3",
            "1.115::numeric(5, 2)",
        ],
        refused: &[
            ("1000000000", "before the point"),
            ("999999999.9995", "before the point"),
            ("'NaN'", "NaN"),
            ("'Infinity'", "Infinity"),
        ],
    })
    .await;
    check(Case {
        data_type: "numeric(15)",
        reading: "v",
        kind: As::Number,
        same: &[
            "999999999999999",
            "-999999999999999",
            "0.5",
            "1.5",
            "-2.5",
            "0.49",
        ],
        refused: &[("1e15", "before the point")],
    })
    .await;
    check(Case {
        data_type: "numeric",
        reading: "v",
        kind: As::Number,
        same: &[
            "9223372036854775807",
            "-9223372036854775808",
            "123456789012.345",
            "0.000000000000001",
            "1e20",
            "1.50",
        ],
        refused: &[
            ("9223372036854775808", "15 digits"),
            ("1234567890123.4567", "15 digits"),
            ("'0.1234567890123456'", "15 digits"),
        ],
    })
    .await;
}

#[tokio::test]
async fn texts() {
    let long = format!("'{}'", "ä".repeat(500_000));
    check(Case {
        data_type: "text",
        reading: "v",
        kind: As::Text,
        same: &[
            "'a'",
            "''",
            "' '",
            "'it''s'",
            "E'a\\nb\\t\\\\'",
            "'C:\\dir'",
            "U&'\\0061\\+01F600'",
            "$$a'b$$",
            "'%_'",
            "'a''''b'",
            "'a\\''b'",
            "NULL",
            "'ß漢字🦆'",
            "'NULL'",
            "'null'",
            "'5'",
            "5",
            "1.50",
            "-7",
            "true",
            "'a'::varchar",
            "'abcdef'::varchar(3)",
            "'abc'::char(5)",
            "'a' || 'b'",
            "'a' || 5",
            "'a' || 1.50",
            "'a' || true",
            "upper('abc')",
            "concat('a', NULL, 5)",
            "CASE WHEN 1 > 0 THEN 'x' ELSE 'y' END",
            "'1'::text || '2'",
            "5::text",
            "(1 = 1)::text",
            "substr('abcdef', 2, 3)",
            "replace('aXb', 'X', '-')",
            "trim('  a ')",
            "coalesce(NULL, 'x')",
            "nullif('a', 'b')",
            &long,
        ],
        refused: &[
            (
                "(1.5::double precision * length('a'))::text",
                "write double as text",
            ),
            ("substr('abc', -1, 3)", "call substr"),
            ("md5('a')", "call md5"),
            ("to_char(now(), 'YYYY')", "call to_char"),
        ],
    })
    .await;
    check(Case {
        data_type: "varchar(3)",
        reading: "v",
        kind: As::Text,
        same: &[
            "'abc'",
            "'äöü'",
            "''",
            "'abc   '",
            "'ab '",
            "'abcdef'::varchar(3)",
            "123",
            "NULL",
        ],
        refused: &[
            ("'abcd'", "4 characters"),
            ("'漢字漢字'", "4 characters"),
            ("1234", "4 characters"),
        ],
    })
    .await;
    check(Case {
        data_type: "char(4)",
        reading: "v::text",
        kind: As::Text,
        same: &[
            "'ab'",
            "'abcd'",
            "'ab  '",
            "''",
            "'ä'",
            "NULL",
            "'abcdef'::char(4)",
        ],
        refused: &[("'abcde'", "5 characters")],
    })
    .await;
}

#[tokio::test]
async fn bytes() {
    let long = format!("'\\x{}'", "00ff".repeat(500_000));
    check(Case {
        data_type: "bytea",
        reading: "encode(v, 'hex')",
        kind: As::Text,
        same: &[
            "'\\x'",
            "'\\x00ff'",
            "'\\xDEADbeef'",
            "'\\xde ad'",
            "'abc'",
            "'a\\000b\\\\c'",
            "''",
            "'\\x00'::bytea",
            "E'\\\\x27'",
            "'ä'",
            "NULL",
            "'it''s'",
            &long,
        ],
        refused: &[
            ("'\\x0'", "as bytes"),
            ("'\\xzz'", "as bytes"),
            ("'\\9'", "as bytes"),
        ],
    })
    .await;
}

#[tokio::test]
async fn uuids() {
    check(Case {
        data_type: "uuid",
        reading: "v",
        kind: As::Text,
        same: &[
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
            "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'",
            "'a0eebc999c0b4ef8bb6d6bb9bd380a11'",
            "'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'",
            "'{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}'::uuid",
            "'00000000-0000-0000-0000-000000000000'",
            "NULL",
        ],
        refused: &[
            ("'a0eebc99'", "as a uuid"),
            ("'g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "as a uuid"),
            ("''", "as a uuid"),
        ],
    })
    .await;
}

const MOMENTS: [&str; 22] = [
    "'2024-02-29 03:04:05'",
    "'2024-02-29T03:04:05'",
    "'2024-02-29 03:04'",
    "'2024-02-29'",
    "'2024-2-9 3:04:05'",
    "'20240229'",
    "'2024-02-29 03:04:05.1'",
    "'2024-02-29 03:04:05.12'",
    "'2024-02-29 03:04:05.123'",
    "'2024-02-29 03:04:05.1234'",
    "'2024-02-29 03:04:05.12345'",
    "'2024-02-29 03:04:05.123456'",
    "'2024-02-29 03:04:05.1234567'",
    "'2024-02-29 03:04:05.9999999'",
    "'2016-12-31 23:59:60'",
    "'2024-12-31 24:00:00'",
    "'0001-01-01 00:00:00'",
    "'9999-12-31 23:59:59.999999'",
    "'epoch'",
    "'1969-12-31 23:59:59.5'",
    "NULL",
    "'2024-02-29'::date",
];

const NO_MOMENTS: [(&str, &str); 8] = [
    ("'0044-03-15 12:00:00 BC'", "as a moment"),
    ("'10000-01-01 00:00:00'", "as a moment"),
    ("'2023-02-29'", "as a moment"),
    ("'2024-13-01'", "as a moment"),
    ("'now'", "as a moment"),
    ("'yesterday'", "as a moment"),
    ("'Jan 1 2024'", "as a moment"),
    ("'2024-01-01 10:00 Europe/Berlin'", "as a moment"),
];

#[tokio::test]
async fn timestamps() {
    let mut same = MOMENTS.to_vec();
    same.extend([
        "'2024-02-29 03:04:05+02'",
        "'2024-02-29 03:04:05Z'",
        "'infinity'",
        "'-infinity'",
        "timestamp '2024-02-29 03:04:05'",
    ]);
    check(Case {
        data_type: "timestamp",
        reading: "v",
        kind: As::Text,
        same: &same,
        refused: &NO_MOMENTS,
    })
    .await;
    // The last moment of all would be rounded into the year 10000.
    let rounded: Vec<&str> = MOMENTS
        .into_iter()
        .filter(|one| !one.contains("9999-"))
        .collect();
    for data_type in ["timestamp(0)", "timestamp(3)", "timestamp(6)"] {
        check(Case {
            data_type,
            reading: "v",
            kind: As::Text,
            same: &rounded,
            refused: &[],
        })
        .await;
    }
}

#[tokio::test]
async fn instants() {
    // Without an offset a constant depends on the session; these all have one.
    let mut same = vec![
        "'2024-02-29 03:04:05+02'",
        "'2024-02-29 03:04:05-0330'",
        "'2024-02-29T03:04:05Z'",
        "'2024-02-29 03:04:05.123456+14:00'",
        "'2024-01-01 00:30:00+01'",
        "'2024-12-31 23:59:60Z'",
        "'2024-02-29 03:04:05 UTC'",
        "'2024-02-29 03:04:05 +05:30'",
        "'infinity'",
        "'-infinity'",
        "NULL",
        "timestamptz '2024-02-29 03:04:05-08'",
        "'2024-02-29 03:04:05-08'::timestamp with time zone",
        "'1900-01-01 00:00:00+01:00:00'",
    ];
    // The servers of the tests run in UTC.
    same.extend(&MOMENTS[..14]);
    check(Case {
        data_type: "timestamptz",
        reading: "v AT TIME ZONE 'utc'",
        kind: As::Text,
        same: &same,
        refused: &NO_MOMENTS,
    })
    .await;
}

#[tokio::test]
async fn dates_and_times() {
    check(Case {
        data_type: "date",
        reading: "v",
        kind: As::Text,
        same: &[
            "'2024-02-29'",
            "'0001-01-01'",
            "'9999-12-31'",
            "'2024-1-1'",
            "'20240101'",
            "'2024-01-01 23:59:59'",
            "'infinity'",
            "'-infinity'",
            "'epoch'",
            "NULL",
            "'2024-01-01 10:00'::timestamp",
            "date '2024-01-01'",
        ],
        refused: &[
            ("'2023-02-29'", "as a moment"),
            ("'0001-01-01 BC'", "as a moment"),
            ("'today'", "as a moment"),
        ],
    })
    .await;
    check(Case {
        data_type: "time",
        reading: "v",
        kind: As::Text,
        same: &[
            "'03:04:05'",
            "'03:04'",
            "'00:00:00'",
            "'24:00:00'",
            "'23:59:60'",
            "'03:04:05.5'",
            "'03:04:05.123456'",
            "'03:04:05.1234567'",
            "NULL",
            "'03:04:05+02'",
        ],
        refused: &[
            ("'25:00'", "as a moment"),
            ("'noon'", "as a moment"),
            ("'10:00 PM'", "as a moment"),
        ],
    })
    .await;
    check(Case {
        data_type: "interval",
        reading: "v",
        kind: As::Text,
        same: &[
            "'1 day'",
            "'2 days 03:04:05'",
            "'1 year 2 months'",
            "'90 minutes'",
            "NULL",
        ],
        refused: &[],
    })
    .await;
}

#[tokio::test]
async fn json() {
    let plain = [
        "'{}'",
        "'[]'",
        "'null'",
        "'\"a\"'",
        "'1'",
        "NULL",
        "'{\"a\": 1}'",
    ];
    let mut same = plain.to_vec();
    same.extend([
        "'{\"b\":1,\"a\":2,\"b\":3}'",
        "'{\"aa\":1,\"b\":[1,2,{\"c\":null}]}'",
        "' [ 1 , 2 ] '",
        "'{\"a\":\"\\u00e4\\n\\\"\\\\ \\/ \\ud83e\\udd86\"}'",
        "'1.50'",
        "'1e5'",
        "'1.5E-3'",
        "'-0'",
        "'-0.0'",
        "'12345678901234567890.123'",
        "'{\"\":true}'::jsonb",
        "'[[[[]]]]'",
        "'{\"it''s\":\"it''s\"}'",
        "'{\"a\":1}'::json",
    ]);
    check(Case {
        data_type: "jsonb",
        reading: "v",
        kind: As::Text,
        same: &same,
        refused: &[
            ("'{'", "as jsonb"),
            ("''", "as jsonb"),
            ("'{a:1}'", "as jsonb"),
            ("'01'", "as jsonb"),
            ("'\"\\u0000\"'", "as jsonb"),
            ("'\"\\ud83e\"'", "as jsonb"),
        ],
    })
    .await;
    let mut same = plain.to_vec();
    same.extend([
        "'{\"b\":1,\"a\":2,\"b\":3}'",
        "' [ 1 , 2 ] '",
        "'\"\\u00e4\"'",
        "'1.50'",
    ]);
    check(Case {
        data_type: "json",
        reading: "v",
        kind: As::Text,
        same: &same,
        refused: &[("'{'", "as json"), ("'nul'", "as json")],
    })
    .await;
}

#[tokio::test]
async fn arrays() {
    check(Case {
        data_type: "text[]",
        reading: "array_to_json(v)",
        kind: As::Text,
        same: &[
            "'{}'",
            "'{a,b}'",
            "'{\"a b\",\"c,d\",\"e\\\"f\"}'",
            "'{NULL,\"NULL\",null}'",
            "'{{a,b},{c,d}}'",
            "ARRAY['a','it''s']",
            "ARRAY['a',NULL]",
            "ARRAY[]::text[]",
            "ARRAY['a','b']::text[]",
            "'{a}'::text[]",
            "NULL",
            "'{ a , b }'",
            "'{\"\"}'",
            "ARRAY['5','x\"y\\z']",
            "'{a\\,b}'",
        ],
        refused: &[
            ("'a,b'", "as an array"),
            ("'{a'", "as an array"),
            ("'[1,2]'", "as an array"),
        ],
    })
    .await;
    check(Case {
        data_type: "integer[]",
        reading: "array_to_json(v)",
        kind: As::Text,
        same: &[
            "'{}'",
            "'{1,-2,NULL}'",
            "ARRAY[1, 2, 3]",
            "'{{1,2},{3,4}}'",
            "ARRAY[ARRAY[1],ARRAY[2]]",
        ],
        refused: &[
            ("'{a}'", "as a number"),
            ("ARRAY[3000000000]", "out of the type's range"),
        ],
    })
    .await;
    check(Case {
        data_type: "boolean[]",
        reading: "array_to_json(v)",
        kind: As::Text,
        same: &["'{t,f,NULL}'", "ARRAY[true, false]"],
        refused: &[("'{maybe}'", "maybe")],
    })
    .await;
    check(Case {
        data_type: "uuid[]",
        reading: "array_to_json(v)",
        kind: As::Text,
        same: &["'{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'"],
        refused: &[("'{x}'", "as a uuid")],
    })
    .await;
}

#[tokio::test]
async fn enums_and_others() {
    check(Case {
        data_type: "mood",
        reading: "v",
        kind: As::Text,
        same: &["'sad'", "'it''s'", "'ok'::mood", "NULL"],
        refused: &[],
    })
    .await;
    check(Case {
        data_type: "inet",
        reading: "v",
        kind: As::Text,
        same: &[
            "'10.0.0.1'",
            "'10.0.0.1/32'",
            "'10.0.0.0/8'",
            "'::1'",
            "'2001:DB8::0:1/64'",
            "NULL",
        ],
        refused: &[],
    })
    .await;
    check(Case {
        data_type: "macaddr",
        reading: "v",
        kind: As::Text,
        same: &[
            "'08:00:2B:01:02:03'",
            "'08-00-2b-01-02-03'",
            "'08002b010203'",
            "NULL",
        ],
        refused: &[],
    })
    .await;
}
