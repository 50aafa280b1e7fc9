//! What people write for Postgres, and what Postgres 15 prints.

use super::postgres;
use crate::expr::{Expr, Lexicon};

/// Prints as it was written.
#[track_caller]
fn same(text: &str) {
    postgres(text, text);
}

#[test]
fn constants() {
    postgres("null", "NULL");
    postgres("true", "TRUE");
    same("1.50");
    same("-1");
    postgres("- 1", "-1");
    postgres("E'a\\n''b\\\\'", "'a\n''b\\'");
    postgres("$$it's$$", "'it''s'");
    postgres("'\\x00fF'::bytea", "'\\x00ff'::bytea");
    postgres("DATE '2020-01-01'", "CAST('2020-01-01' AS date)");
    postgres("interval '1 day'", "CAST('1 day' AS interval)");
    postgres("interval '1' day", "CAST('1 day' AS interval)");
    postgres(
        "timestamp with time zone '2020-01-01'",
        "CAST('2020-01-01' AS timestamptz)",
    );
    postgres("B'101'", "CAST('101' AS \"bit\")");
    postgres("'101'::\"bit\"", "CAST('101' AS \"bit\")");
    postgres("now()", "CURRENT_TIMESTAMP");
    postgres("pg_catalog.now()", "CURRENT_TIMESTAMP");
    postgres("Transaction_Timestamp()", "CURRENT_TIMESTAMP");
    postgres("current_timestamp", "CURRENT_TIMESTAMP");
    postgres("CURRENT_TIMESTAMP(3)", "current_timestamp(3)");
    postgres("current_date", "CURRENT_DATE");
    postgres("localtimestamp", "LOCALTIMESTAMP");
    postgres("current_user", "CURRENT_USER");
    postgres("'{}'::text[]", "CAST('{}' AS text[])");
}

#[test]
fn names() {
    postgres("deletedAt", "\"deletedat\"");
    postgres("\"deletedAt\"", "\"deletedAt\"");
    postgres("public.T.a", "\"public\".\"t\".\"a\"");
    postgres("t.*", "\"t\".*");
    postgres("name = 'x'", "\"name\" = 'x'");
    postgres("date > time", "\"date\" > \"time\"");
    postgres("values", "\"values\"");
}

#[test]
fn calls() {
    postgres("Lower(a)", "lower(\"a\")");
    postgres("\"left\"('abc'::text, 2)", "left(CAST('abc' AS text), 2)");
    postgres("left('abc', 2)", "left('abc', 2)");
    postgres("app.\"F\"(1)", "app.f(1)");
    same("count(*)");
    same("count(DISTINCT \"a\")");
    same("sum(\"a\") FILTER (WHERE \"b\" > 1)");
    postgres("COALESCE(a, 0)", "coalesce(\"a\", 0)");
    postgres("EXTRACT(year FROM ts)", "EXTRACT('year' FROM \"ts\")");
    postgres(
        "POSITION(('a'::text) IN (txt))",
        "POSITION(CAST('a' AS text) IN \"txt\")",
    );
    postgres("TRIM(BOTH FROM txt)", "trim(\"txt\")");
    postgres(
        "TRIM(LEADING 'x'::text FROM txt)",
        "ltrim(\"txt\", CAST('x' AS text))",
    );
    postgres("trim(a)", "trim(\"a\")");
    postgres("trim(trailing from a)", "rtrim(\"a\")");
    postgres(
        "SUBSTRING('abc'::text FROM 2 FOR 1)",
        "substring(CAST('abc' AS text), 2, 1)",
    );
    postgres("substring(a for 2)", "substring(\"a\", 1, 2)");
    postgres("substring(a, 2)", "substring(\"a\", 2)");
    postgres(
        "overlay('abc' placing 'x' from 2)",
        "OVERLAY('abc' PLACING 'x' FROM 2)",
    );
    postgres("gen_random_uuid()", "gen_random_uuid()");
    postgres("nextval('s'::regclass)", "nextval(CAST('s' AS regclass))");
}

#[test]
fn windows_are_kept_as_text() {
    let text = "row_number() OVER (PARTITION BY t.a ORDER BY t.b)";
    let expected = Expr::Verbatim {
        dialect: "postgres".to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(Expr::try_parse(text, &Lexicon::POSTGRES), Ok(expected));
    postgres(&format!("{text} > 1"), &format!("({text}) > 1"));
}

#[test]
fn predicates() {
    same("\"a\" IS NULL");
    same("\"a\" IS NOT TRUE");
    postgres("ok IS UNKNOWN", "\"ok\" IS NULL");
    same("\"a\" IS DISTINCT FROM \"b\"");
    same("\"a\" IN (1, 2)");
    same("\"a\" NOT IN (SELECT 1)");
    same("\"a\" = ANY (ARRAY[1, 2])");
    same("\"a\" <> ALL (SELECT 1)");
    postgres("a = some(b)", "\"a\" = ANY (\"b\")");
    same("\"a\" LIKE 'x' ESCAPE '!'");
    postgres(
        "txt ~~ like_escape('a'::text, '!'::text)",
        "\"txt\" LIKE CAST('a' AS text) ESCAPE CAST('!' AS text)",
    );
    postgres("a !~~* 'x'", "\"a\" NOT ILIKE 'x'");
    postgres("a similar to 'x'", "\"a\" SIMILAR TO 'x'");
    postgres("a != b", "\"a\" <> \"b\"");
    postgres("a OPERATOR(pg_catalog.=) b", "\"a\" = \"b\"");
    same("\"a\" ~ '^x' AND \"b\" !~* 'y'");
    same("\"j\" @> '{}' AND \"j\" ? 'x'");
    same("(\"a\", \"b\") = (1, 2)");
    postgres("ROW(a, b) < ROW(1, 2)", "(\"a\", \"b\") < (1, 2)");
    same("EXISTS (SELECT 1)");
    same("(SELECT 1) + 1");
    postgres("((SELECT 1) + 1)", "(SELECT 1) + 1");
    postgres("((SELECT 1))", "(SELECT 1)");
}

#[test]
fn structures() {
    postgres(
        "\nCASE a\n    WHEN 1 THEN 'x'::text\n    ELSE NULL::text\nEND",
        "CASE \"a\" WHEN 1 THEN CAST('x' AS text) ELSE CAST(NULL AS text) END",
    );
    same("CASE WHEN \"a\" > 1 THEN TRUE END");
    same("ARRAY[ARRAY[1, 2], ARRAY[3]]");
    postgres("ARRAY[[1, 2], [3]]", "ARRAY[ARRAY[1, 2], ARRAY[3]]");
    postgres("arr[1] = 'x'", "\"arr\"[1] = 'x'");
    postgres("(ARRAY['a'::text])[1]", "(ARRAY[CAST('a' AS text)])[1]");
    postgres("ARRAY[]::integer[]", "CAST(ARRAY[] AS integer[])");
    postgres("CAST(a AS varchar(3))", "CAST(\"a\" AS varchar(3))");
    postgres("a::timestamp without time zone", "CAST(\"a\" AS timestamp)");
    postgres(
        "(name)::text COLLATE \"de-x-icu\"",
        "CAST(\"name\" AS text) COLLATE \"de-x-icu\"",
    );
    postgres("a COLLATE pg_catalog.\"C\"", "\"a\" COLLATE \"C\"");
}

/// Every constraint, default and predicate that a server of version 15 printed for a table of many
/// kinds of them reads, and reads back.
#[test]
fn catalog_texts_are_read() {
    for text in include_str!("postgres15.txt").lines() {
        let tree = Expr::try_parse(text, &Lexicon::POSTGRES);
        let tree = tree.unwrap_or_else(|error| panic!("{text}: {error}"));
        let shown = crate::expr::render(&tree, &crate::expr::testing::Big).unwrap();
        assert_eq!(
            Expr::try_parse(&shown, &Lexicon::POSTGRES),
            Ok(tree),
            "{shown}"
        );
    }
}
