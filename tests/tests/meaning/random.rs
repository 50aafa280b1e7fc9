//! Random values of each type, written by one file on both databases, read back alike.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::both::{As, Both};

/// A column: its type, its canonical reading, how it is compared, and constants for it.
struct Kind {
    data_type: &'static str,
    reading: &'static str,
    compared: As,
    constant: BoxedStrategy<String>,
}

fn kind(
    data_type: &'static str,
    reading: &'static str,
    compared: As,
    constant: impl Strategy<Value = String> + 'static,
) -> Kind {
    Kind {
        data_type,
        reading,
        compared,
        constant: constant.boxed(),
    }
}

fn kinds() -> Vec<Kind> {
    let text = As::Text;
    vec![
        kind("smallint", "v", text, any::<i16>().prop_map(quoted_or_not)),
        kind("integer", "v", text, any::<i32>().prop_map(quoted_or_not)),
        kind("bigint", "v", text, any::<i64>().prop_map(quoted_or_not)),
        kind("boolean", "CASE WHEN v THEN 1 ELSE 0 END", text, truth()),
        kind("numeric(15, 4)", "v", As::Number, decimal()),
        kind("double precision", "v", As::Number, float()),
        kind("text", "v", text, words().prop_map(|text| string(&text))),
        kind(
            "varchar(40)",
            "v",
            text,
            words().prop_map(|text| string(&text)),
        ),
        kind("bytea", "encode(v, 'hex')", text, bytes()),
        kind("uuid", "v", text, uuid()),
        kind("date", "v", text, day().prop_map(|day| format!("'{day}'"))),
        kind(
            "time",
            "v",
            text,
            clock().prop_map(|clock| format!("'{clock}'")),
        ),
        kind("timestamp", "v", text, moment()),
        kind("timestamp(3)", "v", text, moment()),
        kind("timestamptz", "v AT TIME ZONE 'utc'", text, moment()),
        kind("jsonb", "v", text, json().prop_map(|json| string(&json))),
        kind("json", "v", text, json().prop_map(|json| string(&json))),
        kind("text[]", "array_to_json(v)", text, array()),
        kind(
            "integer[]",
            "array_to_json(v)",
            text,
            vec(any::<i32>(), 0..4).prop_map(|all| {
                let all: Vec<String> = all.iter().map(i32::to_string).collect();
                format!("'{{{}}}'", all.join(","))
            }),
        ),
    ]
}

fn quoted_or_not(number: impl std::fmt::Display) -> String {
    let shown = number.to_string();
    if shown.ends_with('7') {
        format!("' {shown} '")
    } else {
        shown
    }
}

fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// All but the zero byte, and what tells quotes and escapes apart more often than not.
fn words() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => any::<char>(),
        3 => prop::sample::select(vec!['\'', '"', '\\', '{', '}', ',', ' ', 'a', '\n', '%', '[', 'ä']),
    ];
    vec(
        character.prop_filter("PostgreSQL has none", |c| *c != '\0'),
        0..20,
    )
    .prop_map(|all| all.into_iter().collect())
}

fn truth() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "true", "false", "'t'", "'f'", "'YES'", "'no'", "'on'", "'Off'", "'1'", "'0'", "NOT true",
    ])
    .prop_map(str::to_owned)
}

fn decimal() -> impl Strategy<Value = String> {
    (
        -99_999_999_999_i64..=99_999_999_999,
        0..1_000_000_u32,
        0..7_usize,
    )
        .prop_map(|(whole, fraction, digits)| {
            let fraction = format!("{fraction:06}");
            format!("{whole}.{}", &fraction[..digits])
        })
}

/// Fifteen digits, which both read exactly.
fn float() -> impl Strategy<Value = String> {
    (
        -999_999_999_999_999_i64..=999_999_999_999_999,
        -300..280_i32,
    )
        .prop_map(|(mantissa, exponent)| format!("{mantissa}e{exponent}"))
}

fn bytes() -> impl Strategy<Value = String> {
    (vec(any::<u8>(), 0..20), any::<bool>()).prop_map(|(bytes, escaped)| {
        let all: Vec<String> = if escaped {
            bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
        } else {
            bytes.iter().map(|byte| format!("{byte:02X}")).collect()
        };
        let all = all.concat();
        if escaped {
            format!("'{all}'")
        } else {
            format!("'\\x{all}'")
        }
    })
}

fn uuid() -> impl Strategy<Value = String> {
    (any::<u128>(), 0..4_u8).prop_map(|(value, form)| {
        let digits = format!("{value:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits[range].to_owned());
        match form {
            0 => format!("'{}'", parts.join("-")),
            1 => format!("'{}'", parts.join("-").to_uppercase()),
            2 => format!("'{{{}}}'", parts.join("-")),
            _ => format!("'{digits}'"),
        }
    })
}

fn day() -> impl Strategy<Value = String> {
    // The first and the last year could be left by an offset.
    (2..9999_u32, 1..=12_u32, 1..=28_u32, any::<bool>()).prop_map(|(year, month, day, basic)| {
        if basic {
            format!("{year:04}{month:02}{day:02}")
        } else {
            format!("{year:04}-{month:02}-{day:02}")
        }
    })
}

fn clock() -> impl Strategy<Value = String> {
    (
        0..24_u32,
        0..60_u32,
        0..=60_u32,
        0..10_000_000_u32,
        0..8_usize,
    )
        .prop_map(|(hour, minute, second, fraction, digits)| {
            let fraction = format!("{fraction:07}");
            let point = if digits == 0 { "" } else { "." };
            format!(
                "{hour:02}:{minute:02}:{second:02}{point}{}",
                &fraction[..digits]
            )
        })
}

fn moment() -> impl Strategy<Value = String> {
    let offset = prop_oneof![
        Just("Z".to_owned()),
        (-14..=14_i32).prop_map(|hours| format!("{hours:+03}")),
        (-14..=14_i32, 0..60_u32).prop_map(|(hours, minutes)| format!("{hours:+03}:{minutes:02}")),
    ];
    (day(), clock(), offset, any::<bool>()).prop_map(|(day, clock, offset, marked)| {
        let mark = if marked { 'T' } else { ' ' };
        format!("'{day}{mark}{clock}{offset}'")
    })
}

fn json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec!["a", "b", "aa", "ä", "", "\\u0062", "\\\"", "it''s"]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (any::<i32>(), 0..1000_u32, -20..20_i32).prop_map(|(a, b, e)| format!("{a}.{b}e{e}")),
        prop::sample::select(vec![
            "\"x\"",
            "\"\"",
            "\"\\n\\u00e4\\/\"",
            "\"\\ud83e\\udd86\"",
            "\"\\u001f\""
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 20, 4, move |inner| {
        let key = key.clone();
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[ {} ]", items.join(" ,"))),
            vec((key, inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("\"{key}\":\t{value}"))
                    .collect();
                format!("{{{}}}", pairs.join(",\n"))
            }),
        ]
    })
}

fn array() -> impl Strategy<Value = String> {
    (
        vec(prop::option::weighted(0.8, words()), 0..4),
        any::<bool>(),
    )
        .prop_map(|(items, built)| {
            if built {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| item.as_ref().map_or("NULL".to_owned(), |text| string(text)))
                    .collect();
                return format!("ARRAY[{}]::text[]", items.join(", "));
            }
            let items: Vec<String> = items
                .iter()
                .map(|item| match item {
                    None => "NULL".to_owned(),
                    Some(text) => {
                        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
                    }
                })
                .collect();
            string(&format!("{{{}}}", items.join(",")))
        })
}

async fn law(kinds: &[Kind], rows: &[Vec<String>]) {
    let mut text = String::new();
    for (at, kind) in kinds.iter().enumerate() {
        let values: Vec<String> = (0..)
            .zip(&rows[at])
            .map(|(id, value)| format!("({id}, {value})"))
            .collect();
        text.push_str(&format!(
            "CREATE TABLE t{at} (id integer PRIMARY KEY, v {});\n\
             INSERT INTO t{at} (id, v) VALUES {};\n\
             CREATE VIEW shown{at} AS SELECT id, {} AS v FROM t{at};\n",
            kind.data_type,
            values.join(", "),
            kind.reading
        ));
        // Found again by the same constant.
        if kind.data_type != "json" && kind.data_type != "timestamp(3)" {
            text.push_str(&format!(
                "DELETE FROM t{at} WHERE id > 0 AND v = {};\n",
                rows[at][0]
            ));
        }
    }
    let both = Both::with(&[&text]).await;
    for (at, kind) in kinds.iter().enumerate() {
        for column in ["id", "v"] {
            let query = format!("SELECT {column} FROM shown{at} ORDER BY id");
            let compared = if column == "id" {
                As::Text
            } else {
                kind.compared
            };
            both.answer(&query, compared).await;
        }
    }
}

#[test]
fn random_values_are_the_same_on_both() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let kinds = kinds();
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let config = Config {
        cases: wanted.map_or(12, |text| text.parse().expect("a number")),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    };
    let rows: Vec<_> = kinds
        .iter()
        .map(|kind| vec(kind.constant.clone(), 10))
        .collect();
    let outcome = TestRunner::new(config).run(&rows, |rows| {
        runtime.block_on(law(&kinds, &rows));
        Ok::<(), TestCaseError>(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
