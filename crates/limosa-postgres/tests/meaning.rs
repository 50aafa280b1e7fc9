//! What an author wrote equals what the catalog gives back for it, whatever the wording.

use limosa_core::dialect::Dialect;
use limosa_core::diff::Comparison;
use limosa_core::expr::{Expr, Lexicon};
use limosa_core::migrator::{Command, Migrator, Scope};
use limosa_core::schema::{Check, Column, Constraint, Generated, Index, IndexKey, Schema, Table};
use limosa_postgres::{Postgres, PostgresDialect};
use limosa_testkit::postgres::Server;

fn expr(text: &str) -> Expr {
    Expr::parse(text, &Lexicon::POSTGRES)
}

/// Runs SQL and compares the table `t` with a model of what it says.
async fn check_all(sql: &str, models: Vec<Table>) {
    let database = Server::shared().await.database().await;
    let mut session = Postgres::connect(&database.url()).await.expect("connect");
    let done = session.run(&[Command::Execute(sql)]).await;
    done.unwrap_or_else(|interrupted| panic!("{sql}: {interrupted}"));
    let schema: Schema = session.inspect(&Scope::default()).await.expect("a schema");
    let comparison = Comparison::new(&PostgresDialect);
    let mut told = Vec::new();
    for model in &models {
        let found = schema.table(&model.name).expect("the table");
        let differences = comparison.tables(model, found, &schema);
        told.extend(
            differences
                .iter()
                .map(|one| format!("{}: {one}", model.name)),
        );
        let once = PostgresDialect.normalise(model, &schema);
        assert_eq!(
            PostgresDialect.normalise(&once, &schema),
            once,
            "not idempotent"
        );
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[tokio::test]
async fn types_and_defaults() {
    let cases = [
        ("int4", "0"),
        ("INT", "-1"),
        ("integer", "'7'"),
        ("bigint", "0"),
        ("int8", "'0'"),
        ("bigint", "-5"),
        ("smallint", "-1"),
        ("decimal(10)", "0"),
        ("numeric(10,2)", "0.00"),
        ("numeric", "-1.5"),
        ("float8", "0"),
        ("real", "1.5"),
        ("double precision", "'-2'"),
        ("bool", "false"),
        ("boolean", "'t'"),
        ("boolean", "TRUE"),
        ("text", "'x'"),
        ("text", "''"),
        ("text", "'it''s'::text"),
        ("varchar(255)", "'x'"),
        ("character varying(255)", "'x'::varchar"),
        ("varchar", "'x'"),
        ("char(3)", "'abc'"),
        ("character(3)", "'abc'::char(3)"),
        ("bpchar", "'x'"),
        ("timestamp", "CURRENT_TIMESTAMP"),
        ("timestamp(3)", "CURRENT_TIMESTAMP"),
        ("TIMESTAMP(6)", "now()"),
        ("timestamptz", "now()"),
        ("timestamp with time zone", "current_timestamp"),
        ("timestamptz", "CURRENT_TIMESTAMP(3)"),
        ("timestamp", "(now() at time zone 'utc')"),
        ("timestamp", "timezone('utc', now())"),
        ("timestamp", "'2020-01-01'"),
        ("timestamp", "'2020-01-01 10:00:00'"),
        ("date", "CURRENT_DATE"),
        ("date", "'2020-01-01'"),
        ("time", "'10:00:00'"),
        ("timetz(6)", "NULL"),
        ("interval", "'1 day'"),
        ("uuid", "gen_random_uuid()"),
        ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"),
        ("json", "'{\"a\":1}'"),
        ("jsonb", "'{}'"),
        ("jsonb", "'{\"a\":1, \"b\":[1,2]}'::jsonb"),
        ("jsonb", "'[]'"),
        ("bytea", "'\\x00ff'"),
        ("text[]", "'{}'"),
        ("text[]", "ARRAY[]::text[]"),
        ("int[]", "'{}'::int[]"),
        ("integer[][]", "NULL"),
        ("text[]", "ARRAY['a','b']"),
        ("mood", "'a'"),
        ("mood", "'a'::mood"),
        ("inet", "'127.0.0.1'"),
        ("text", "NULL"),
        ("text", "NULL::text"),
        ("text", "'a' || 'b'"),
        ("text", "upper('x')"),
        ("integer", "1 + 2 * 3"),
        ("integer", "(0)"),
        ("varchar(20)", "md5(random()::text)"),
        ("text", "E'a\\nb'"),
        ("text", "concat('a', 1::text)"),
        ("bigint", "(extract(epoch from now()) * 1000)::bigint"),
        ("timestamptz", "now() + interval '1 day'"),
    ];
    let (mut sql, mut models) = ("CREATE TYPE mood AS ENUM ('a')".to_owned(), Vec::new());
    for (number, (kind, default)) in cases.iter().enumerate() {
        let mut model = Table::new(format!("t{number}").as_str().into());
        sql = format!("{sql}; CREATE TABLE t{number} (a {kind} DEFAULT {default})");
        model.columns.push(Column {
            default: Some(expr(default)),
            ..Column::new("a", PostgresDialect.parse_type(kind))
        });
        models.push(model);
    }
    check_all(&sql, models).await;
}

#[tokio::test]
async fn checks_generated_columns_and_predicates() {
    let cases = [
        "n > 0",
        "n >= 0 AND n < 100",
        "s IN ('a', 'b')",
        "v IN ('a', 'b')",
        "v <> ''",
        "n IN (1, 2, 3)",
        "n NOT IN (1, 2)",
        "n BETWEEN 1 AND 9",
        "s LIKE 'a%'",
        "s NOT LIKE 'a%'",
        "s ~ '^[a-z]+$'",
        "length(s) <= 10",
        "char_length(v) > 0",
        "s IS NOT NULL OR n IS NULL",
        "NOT b",
        "b IS TRUE",
        "(n IS NULL) <> (s IS NULL)",
        "n::text = s",
        "CASE WHEN b THEN n > 0 ELSE n < 0 END",
        "coalesce(n, 0) > -1",
        "at > '2020-01-01'",
        "at IS NULL OR at > now()",
        "m = 'a'",
        "m IN ('a', 'b')",
        "big > 0",
        "price >= 0",
        "price > 0.5",
        "n % 2 = 0",
        "s IS DISTINCT FROM 'x'",
        "j ->> 'a' = 'b'",
        "j ? 'a'",
        "s = ANY (ARRAY['a', 'b'])",
        "lower(s) = s",
    ];
    let columns = [
        ("n", "integer"),
        ("s", "text"),
        ("v", "varchar(9)"),
        ("b", "boolean"),
        ("at", "timestamp"),
        ("m", "mood"),
        ("big", "bigint"),
        ("price", "numeric(10,2)"),
        ("j", "jsonb"),
    ];
    let definitions: Vec<String> = columns
        .iter()
        .map(|(name, kind)| format!("{name} {kind}"))
        .collect();
    let definitions = definitions.join(", ");
    let (mut sql, mut models) = ("CREATE TYPE mood AS ENUM ('a', 'b')".to_owned(), Vec::new());
    for (number, text) in cases.iter().enumerate() {
        let mut model = Table::new(format!("t{number}").as_str().into());
        for (name, kind) in columns {
            model
                .columns
                .push(Column::new(name, PostgresDialect.parse_type(kind)));
        }
        sql = format!(
            "{sql}; CREATE TABLE t{number} ({definitions}, CONSTRAINT c{number} CHECK ({text}))"
        );
        model.constraints.push(Constraint::Check(Check {
            name: Some(format!("c{number}")),
            expr: expr(text),
            validated: true,
        }));
        if !text.contains("now()") {
            sql = format!("{sql}; CREATE INDEX i{number} ON t{number} (n) WHERE {text}");
            let index = Index::on_columns(&format!("i{number}"), ["n"]);
            model.indexes.push(Index {
                predicate: Some(expr(text)),
                ..index
            });
        }
        models.push(model);
    }
    check_all(&sql, models).await;
}

#[tokio::test]
async fn index_keys_and_generated_columns() {
    let keys = [
        "lower(s)",
        "(j ->> 'a')",
        "(n + 1)",
        "coalesce(s, '')",
        "((n)::text)",
        "date(at)",
    ];
    let (mut sql, mut model) = (String::new(), Table::new("t".into()));
    for (name, kind) in [
        ("n", "int"),
        ("s", "varchar(9)"),
        ("j", "jsonb"),
        ("at", "timestamp"),
    ] {
        model
            .columns
            .push(Column::new(name, PostgresDialect.parse_type(kind)));
    }
    for (number, key) in keys.iter().enumerate() {
        sql = format!("{sql}; CREATE INDEX i{number} ON t ({key} DESC)");
        model.indexes.push(Index {
            keys: vec![IndexKey {
                expr: expr(key),
                descending: true,
                nulls_first: Some(true),
                operator_class: None,
            }]
            .into(),
            method: Some("btree".into()),
            ..Index::on_columns(&format!("i{number}"), [])
        });
    }
    model.columns.push(Column {
        generated: Some(Generated {
            expr: expr("n * 2"),
            stored: true,
        }),
        ..Column::new("g", PostgresDialect.parse_type("int"))
    });
    model.columns.push(Column {
        generated: Some(Generated {
            expr: expr("lower(s) || '!'"),
            stored: true,
        }),
        ..Column::new("h", PostgresDialect.parse_type("text"))
    });
    let create = "CREATE TABLE t (n int, s varchar(9), j jsonb, at timestamp, \
                  g int GENERATED ALWAYS AS (n * 2) STORED, \
                  h text GENERATED ALWAYS AS (lower(s) || '!') STORED)";
    check_all(&format!("{create}{sql}"), vec![model]).await;
}
