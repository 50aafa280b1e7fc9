//! Types come back through the catalog as what they were, whichever language they were written in.

use limosa_core::datatype::DataType;
use limosa_core::migration::{Migration, Migrations};
use limosa_core::operation::Operation;
use limosa_core::schema::{Column, EnumType, Schema, Table};
use limosa_core::shared::Shared;
use limosa_sqlite::SqliteDialect;
use limosa_testkit::conformance::differences;
use limosa_tests::{On, migrations};

use crate::both::{As, Both, refusal_on};

/// Both databases show the same tables, and see no drift in a second run.
async fn check(text: &str) {
    let (postgres, sqlite) = (On::postgres().await, On::sqlite());
    let list = migrations(&[text]);
    for on in [&postgres, &sqlite] {
        if let Err(failure) = on.run(&list).await {
            panic!("{}: {failure}", on.id());
        }
    }
    let (one, other) = (postgres.schema().await, sqlite.schema().await);
    let found = differences(&one, &other, &SqliteDialect);
    assert!(found.is_empty(), "{}", found.join("\n"));
    // A run that has something to do compares the schema first.
    let more = migrations(&[text, "CREATE TABLE last (id integer PRIMARY KEY)"]);
    for on in [&postgres, &sqlite] {
        let report = on.run(&more).await.expect("no drift");
        let warnings = format!("{report:?}");
        assert!(!warnings.contains("should be"), "{}: {warnings}", on.id());
    }
}

#[tokio::test]
async fn types_of_postgres_come_back() {
    let types = [
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "float(10)",
        "numeric(10, 2)",
        "numeric(15)",
        "boolean",
        "text",
        "varchar",
        "varchar(20)",
        "char(3)",
        "char",
        "bytea",
        "date",
        "time",
        "time(3)",
        "timetz",
        "timestamp",
        "timestamp(3)",
        "timestamptz",
        "timestamptz(0)",
        "interval",
        "uuid",
        "json",
        "jsonb",
        "mood",
        "text[]",
        "integer[][]",
        "timestamptz[]",
        "inet",
        "cidr",
        "macaddr",
        "xml",
        "int4",
        "int8",
        "float8",
        "bool",
        "decimal(8, 3)",
    ];
    let columns: Vec<String> = (0..)
        .zip(types)
        .map(|(at, own)| format!("c{at} {own}"))
        .collect();
    check(&format!(
        "CREATE TYPE mood AS ENUM ('sad', 'ok');
         CREATE TABLE t (id bigserial PRIMARY KEY, {})",
        columns.join(", ")
    ))
    .await;
}

/// One of each variant at least. A new one has to be added here: the match has no arm for the rest.
fn every_type() -> Vec<DataType> {
    let mood = || DataType::Enum("mood".into());
    let all = [
        DataType::SmallInt,
        DataType::Integer,
        DataType::BigInt,
        DataType::Real,
        DataType::Double,
        DataType::Numeric(None),
        DataType::Numeric(Some((10, 2))),
        DataType::Numeric(Some((20, 0))),
        DataType::Boolean,
        DataType::Text,
        DataType::Varchar(None),
        DataType::Varchar(Some(20)),
        DataType::Char(3),
        DataType::Bytes,
        DataType::Date,
        DataType::Interval,
        DataType::Uuid,
        DataType::Json,
        DataType::Jsonb,
        mood(),
        DataType::Array(Shared::new(DataType::Text)),
        DataType::Array(Shared::new(mood())),
        DataType::Array(Shared::new(DataType::TIMESTAMPTZ)),
        DataType::Other("inet".to_owned()),
        DataType::Other("macaddr".to_owned()),
    ];
    let mut all = Vec::from(all);
    for precision in [None, Some(0), Some(3), Some(6)] {
        for zoned in [false, true] {
            all.push(DataType::Time { precision, zoned });
            all.push(DataType::Timestamp { precision, zoned });
        }
    }
    let kind = |own: &DataType| match own {
        DataType::SmallInt => 0,
        DataType::Integer => 1,
        DataType::BigInt => 2,
        DataType::Real => 3,
        DataType::Double => 4,
        DataType::Numeric(_) => 5,
        DataType::Boolean => 6,
        DataType::Text => 7,
        DataType::Varchar(_) => 8,
        DataType::Char(_) => 9,
        DataType::Bytes => 10,
        DataType::Date => 11,
        DataType::Time { .. } => 12,
        DataType::Timestamp { .. } => 13,
        DataType::Interval => 14,
        DataType::Uuid => 15,
        DataType::Json => 16,
        DataType::Jsonb => 17,
        DataType::Enum(_) => 18,
        DataType::Array(_) => 19,
        DataType::Other(_) => 20,
    };
    let kinds: std::collections::BTreeSet<i32> = all.iter().map(kind).collect();
    assert_eq!(kinds.len(), 21, "a variant has no sample");
    all
}

/// Each type of the model is made, shown by the catalog as what the database holds for it, and the same
/// when it is made again from what was shown.
#[tokio::test]
async fn every_type_of_the_model_comes_back() {
    let mut table = Table::new("t".into());
    table.columns = (0..)
        .zip(every_type())
        .map(|(at, data_type)| Column::new(format!("c{at}"), data_type))
        .collect();
    let postgres = (On::postgres().await, On::postgres().await);
    for (on, again) in [postgres, (On::sqlite(), On::sqlite())] {
        let first = made(&on, &table).await;
        let second = made(&again, &first).await;
        let session = on.session().await;
        let dialect = session.dialect();
        let types = |table: &Table, schema: &Schema| -> Vec<DataType> {
            let table = dialect.normalise(table, schema);
            table
                .columns
                .iter()
                .map(|own| own.data_type.clone())
                .collect()
        };
        let schema = on.schema().await;
        assert_eq!(
            types(&table, &schema),
            types(&first, &schema),
            "{}",
            on.id()
        );
        assert_eq!(
            types(&first, &schema),
            types(&second, &schema),
            "{}",
            on.id()
        );
    }
}

/// Makes a table, with the enum that it needs, and reads it back.
async fn made(on: &On, table: &Table) -> Table {
    let mood = EnumType {
        name: "mood".into(),
        labels: vec!["sad".to_owned(), "ok".to_owned()],
        comment: None,
    };
    let migration = Migration::builder("1", "types")
        .up(Operation::CreateEnum {
            enum_type: mood.into(),
            if_not_exists: false,
        })
        .up(Operation::CreateTable {
            table: table.clone().into(),
            if_not_exists: false,
        })
        .accept_loss()
        .build();
    let list = Migrations::new(vec![migration]).expect("one");
    if let Err(failure) = on.run(&list).await {
        panic!("{}: {failure}", on.id());
    }
    let schema = on.schema().await;
    let found = schema.table(&table.name).expect("it was made");
    Table::clone(found)
}

#[tokio::test]
async fn defaults_come_back() {
    let defaults = [
        ("boolean", "'t'"),
        ("boolean", "'0'"),
        ("integer", "'5'"),
        ("integer", "-5"),
        ("bigint", "5::bigint"),
        ("text", "''"),
        ("text", "'it''s'::text"),
        ("text", "5"),
        ("varchar(5)", "'abc'::varchar(5)"),
        ("timestamptz", "now()"),
        ("timestamp", "CURRENT_TIMESTAMP"),
        ("timestamp", "'2024-01-01'"),
        ("timestamp", "'2024-01-01T10:00:00.50'"),
        ("date", "CURRENT_DATE"),
        ("date", "'2024-01-01'"),
        ("uuid", "gen_random_uuid()"),
        ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"),
        ("jsonb", "'{}'"),
        ("jsonb", "'{\"b\":1,\"a\":[1, 2]}'::jsonb"),
        ("json", "'[]'"),
        ("bytea", "'\\x00ff'"),
        ("text[]", "'{}'"),
        ("text[]", "ARRAY[]::text[]"),
        ("text[]", "'{a,b}'"),
        ("integer[]", "ARRAY[1, 2]"),
        ("mood", "'ok'"),
        ("mood", "'sad'::mood"),
        ("mood[]", "ARRAY[]::mood[]"),
        ("mood[]", "ARRAY['ok']::mood[]"),
        ("bigint[]", "ARRAY[1]::integer[]"),
        ("numeric(10, 2)", "0.00"),
        ("numeric(10, 2)", "'1.5'"),
        ("double precision", "1.5"),
        ("double precision", "'0'"),
        ("interval", "'1 day'"),
        ("inet", "'127.0.0.1'"),
        ("time", "'10:00'"),
        ("timestamptz", "'2024-01-01 00:00:00+00'"),
    ];
    let columns: Vec<String> = (0..)
        .zip(defaults)
        .map(|(at, (own, default))| format!("c{at} {own} NOT NULL DEFAULT {default}"))
        .collect();
    let text = format!(
        "CREATE TYPE mood AS ENUM ('sad', 'ok');
         CREATE TABLE t (id integer PRIMARY KEY, {});
         INSERT INTO t (id) VALUES (1)",
        columns.join(", ")
    );
    let (postgres, sqlite) = (On::postgres().await, On::sqlite());
    let list = migrations(&[&text]);
    for on in [&postgres, &sqlite] {
        if let Err(failure) = on.run(&list).await {
            panic!("{}: {failure}", on.id());
        }
    }
}

#[tokio::test]
async fn types_of_sqlite_come_back() {
    check(
        "-- limosa: dialect sqlite

         CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, b BIGINT, c REAL, d DOUBLE, e FLOAT,
            f NUMERIC(10, 2), g BOOLEAN, h TEXT, i VARCHAR(20), j BLOB, k DATETIME, l TIMESTAMP, m DATE,
            n DOUBLE PRECISION, o SMALLINT, p DECIMAL(5, 1), q CHAR(3));",
    )
    .await;
}

#[tokio::test]
async fn values_of_sqlite_are_the_same_on_postgres() {
    let both = Both::with(&["-- limosa: dialect sqlite

         CREATE TABLE t (id INTEGER PRIMARY KEY, flag BOOLEAN NOT NULL DEFAULT 1, name TEXT DEFAULT \"none\",
            raw BLOB DEFAULT X'00ff', ratio REAL, at DATETIME DEFAULT CURRENT_TIMESTAMP, other BOOLEAN DEFAULT 0);
         INSERT INTO t (id, flag, name, ratio) VALUES (1, 0, \"a string\", 0.1234567890123);
         INSERT INTO t (id, raw) VALUES (2, X'27');
         UPDATE t SET flag = 0, name = ifnull(NULL, 'x') WHERE id = 2;
         INSERT INTO t (id, name) VALUES (2, 'y') ON CONFLICT (id) DO UPDATE SET flag = 1, name = excluded.name;
         CREATE VIEW shown AS SELECT id, CASE WHEN flag THEN 1 ELSE 0 END AS flag, CASE WHEN other THEN 1 ELSE 0 END AS other,
            name, lower(hex(raw)) AS raw, ratio FROM t;"])
    .await;
    for column in ["flag", "other", "name", "raw"] {
        let query = format!("SELECT {column} FROM shown ORDER BY id");
        both.answer(&query, As::Text).await;
    }
    both.answer("SELECT ratio FROM shown ORDER BY id", As::Number)
        .await;
}

#[tokio::test]
async fn what_postgres_cannot_hold_is_refused() {
    for (column, why) in [
        ("a STRING", "STRING"),
        ("a ANY", "ANY"),
        ("a", "without a type"),
        ("a TEXT COLLATE NOCASE", "the collation NOCASE"),
        ("a TEXT DEFAULT (strftime('%s', 'now'))", "strftime"),
    ] {
        let text = format!(
            "-- limosa: dialect sqlite\n\nCREATE TABLE t (id INTEGER PRIMARY KEY, {column})"
        );
        let said = refusal_on(&On::postgres().await, &[&text])
            .await
            .to_uppercase();
        for part in [&why.to_uppercase(), "POSTGRESQL", "MIGRATION.SQL:3"] {
            assert!(said.contains(part), "{column}: {said}");
        }
    }
}

#[tokio::test]
async fn other_names_of_types_are_known() {
    let text = "-- limosa: dialect sqlite\n\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TINYINT, b MEDIUMINT,
        c CLOB, d NVARCHAR(20), e INT(11), g BIGINT UNSIGNED, h TEXT(100), i INT8, j INT2)";
    let postgres = On::postgres().await;
    let list = migrations(&[text]);
    if let Err(failure) = postgres.run(&list).await {
        panic!("{failure}");
    }
    let shown = postgres
        .column("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 1 ORDER BY attnum")
        .await;
    let shown: Vec<String> = shown.into_iter().flatten().collect();
    assert_eq!(
        shown,
        [
            "smallint",
            "integer",
            "text",
            "character varying(20)",
            "integer",
            "numeric(20,0)",
            "text",
            "bigint",
            "smallint"
        ]
    );
}
