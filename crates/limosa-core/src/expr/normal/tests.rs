use crate::datatype::DataType;
use crate::expr::{Expr, Lexicon, Query};

/// What is written and what the catalog of Postgres 15 prints for it have one normal form.
#[track_caller]
fn same(written: &str, printed: &str) {
    let read = |text| {
        Expr::try_parse(text, &Lexicon::POSTGRES).unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    let (written, printed) = (read(written), read(printed));
    assert_eq!(written.normal(), printed.normal());
    assert_eq!(printed.normal().normal(), printed.normal());
}

#[track_caller]
fn different(one: &str, other: &str) {
    let read = |text| Expr::parse(text, &Lexicon::POSTGRES);
    assert_ne!(read(one).normal(), read(other).normal());
}

#[test]
fn defaults() {
    same("'x'", "'x'::text");
    same("'abc'", "'abc'::character varying");
    same("'ok'", "'ok'::mood");
    same("'ok'::Mood", "'ok'::mood");
    same("-1", "'-1'::integer");
    same("-1.5", "'-1.5'::numeric");
    same("1e10", "'10000000000'::numeric");
    same("1e-3", "0.001");
    same("9999999999", "'9999999999'::bigint");
    same("1_000", "1000");
    same("0x1F", "31");
    same(".5", "0.5");
    same("TRUE", "true");
    same("'t'::boolean", "true");
    same("true::boolean", "true");
    same("'{}'", "'{}'::jsonb");
    same("'{}'", "'{}'::text[]");
    same("'[]'", "'[]'::json");
    same("'{\"a\":1}'::jsonb", "'{\"a\": 1}'::jsonb");
    same("ARRAY[1, 2]", "ARRAY[1, 2]");
    same("nextval('s')", "nextval('s'::regclass)");
    same("now()", "CURRENT_TIMESTAMP");
    same("CURRENT_TIMESTAMP", "transaction_timestamp()");
    same("current_date", "('now'::text)::date");
    same(
        "now() at time zone 'utc'",
        "(now() AT TIME ZONE 'utc'::text)",
    );
    same("timezone('utc', now())", "(now() AT TIME ZONE 'utc'::text)");
    same("now() + interval '1 day'", "(now() + '1 day'::interval)");
    same("interval '1 hour'", "'01:00:00'::interval");
    same("interval '1 day 2 hours'", "'1 day 02:00:00'::interval");
    same("interval '2 weeks'", "'14 days'::interval");
    same("interval '18 months'", "'1 year 6 mons'::interval");
    same("E'a\\n''b\\\\'", "'a\n''b\\'::text");
    same("'\\x00ff'::bytea", "'\\x00FF'::bytea");
    same(
        "'2020-01-01'",
        "'2020-01-01 00:00:00'::timestamp without time zone",
    );
    same("null", "NULL::character varying");
    same("COALESCE(a, 0)", "coalesce(a, 0)");
    same("lower('AbC')", "lower('AbC'::text)");
    same("extract(epoch from now())", "EXTRACT(epoch FROM now())");
    same(
        "substring('abc' from 2 for 1)",
        "SUBSTRING('abc'::text FROM 2 FOR 1)",
    );
    same(
        "trim(both 'x' from 'xax')",
        "TRIM(BOTH 'x'::text FROM 'xax'::text)",
    );
    same("(array['a','b'])[1]", "(ARRAY['a'::text, 'b'::text])[1]");
    same("2 - -1", "(2 - '-1'::integer)");
    same("-(1+2)", "(- (1 + 2))");
    same("- (-1)", "1");
}

#[test]
fn checks() {
    same(
        "name in ('a','b')",
        "((name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
    );
    same(
        "txt in ('a','b')",
        "(txt = ANY (ARRAY['a'::text, 'b'::text]))",
    );
    same("a in (1,2)", "(a = ANY (ARRAY[1, 2]))");
    same("a in (1,-2)", "(a = ANY (ARRAY[1, '-2'::integer]))");
    same("a between 1 and 10", "((a >= 1) AND (a <= 10))");
    same(
        "name like 'a%' and txt not like 'b%' or name ilike 'c'",
        "((((name)::text ~~ 'a%'::text) AND (txt !~~ 'b%'::text)) OR ((name)::text ~~* 'c'::text))",
    );
    same(
        "txt similar to 'a|b'",
        "(txt ~ similar_to_escape('a|b'::text))",
    );
}

#[test]
fn a_choice_between_varchars_is_text_where_text_is_needed() {
    same(
        "txt || coalesce(name, '')",
        "(txt || (COALESCE(name, ''::character varying))::text)",
    );
    same(
        "lower(nullif(name, 'x'))",
        "lower((NULLIF(name, 'x'::character varying))::text)",
    );
    different("coalesce(name, '')::int", "coalesce(name, '')");
}

#[test]
fn a_varchar_is_text_where_a_function_takes_one() {
    same(
        "f(data ->> 'a')::varchar || f(CAST(b AS varchar))",
        "((f((data ->> 'a'::text)))::character varying || f(((b)::character varying)::text))",
    );
    different("f(b::varchar)", "f(b::varchar(3))");
}

#[test]
fn checks_of_more_kinds() {
    same("a is distinct from b", "(a IS DISTINCT FROM b)");
    same("a is not distinct from b", "(NOT (a IS DISTINCT FROM b))");
    same(
        "ok is true or ok is not false or ok is unknown",
        "((ok IS TRUE) OR (ok IS NOT FALSE) OR (ok IS UNKNOWN))",
    );
    same(
        "name not in ('a','b')",
        "((name)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
    );
    same(
        "length(name) > 3 and char_length(txt) < 5",
        "((length((name)::text) > 3) AND (char_length(txt) < 5))",
    );
    same(
        "case when a>1 then true else false end",
        "\nCASE\n    WHEN (a > 1) THEN true\n    ELSE false\nEND",
    );
    same(
        "case when a>1 then 'x' end = 'x'",
        "(\nCASE\n    WHEN (a > 1) THEN 'x'::text\n    ELSE NULL::text\nEND = 'x'::text)",
    );
    same(
        "name = 'x' and (txt <> 'y' and ok)",
        "(((name)::text = 'x'::text) AND (txt <> 'y'::text) AND ok)",
    );
    same(
        "n > 0 and n < 1.5 and f > 1",
        "((n > (0)::numeric) AND (n < 1.5) AND (f > (1)::double precision))",
    );
    same(
        "ts > '2020-01-01' and d >= date '2020-01-01'",
        "((ts > '2020-01-01 00:00:00'::timestamp without time zone) AND (d >= '2020-01-01'::date))",
    );
    same(
        "j ->> 'a' = 'b' and j -> 'a' -> 'b' is not null and j ? 'x'",
        "(((j ->> 'a'::text) = 'b'::text) AND (((j -> 'a'::text) -> 'b'::text) IS NOT NULL) AND (j ? 'x'::text))",
    );
    same("'a' = any(arr)", "('a'::text = ANY (arr))");
    same(
        "name ~ '^a' and name !~* 'b'",
        "(((name)::text ~ '^a'::text) AND ((name)::text !~* 'b'::text))",
    );
    same(
        "coalesce(a,0)+b*2-3 > 0 and (a+b)*2 = 1 and a-(b-1)=0",
        "((((COALESCE(a, 0) + (b * 2)) - 3) > 0) AND (((a + b) * 2) = 1) AND ((a - (b - 1)) = 0))",
    );
    same("(a,b) = (1,2)", "((a = 1) AND (b = 2))");
    same("a not between 1 and 2", "((a < 1) OR (a > 2))");
    same(
        "c in ('a','b')",
        "(c = ANY (ARRAY['a'::bpchar, 'b'::bpchar]))",
    );
    same(
        "txt collate \"C\" > 'a'",
        "((txt COLLATE \"C\") > 'a'::text)",
    );
    same(
        "extract(year from ts) > 2000",
        "(EXTRACT(year FROM ts) > (2000)::numeric)",
    );
    same("not (a > 1 and b > 1)", "(NOT ((a > 1) AND (b > 1)))");
    same(
        "a % 2 = 0 and a ^ 2 > 1 and -a < 1 and @a > 0",
        "(((a % 2) = 0) AND (((a)::double precision ^ (2)::double precision) > (1)::double precision) AND ((- a) < 1) AND ((@ a) > 0))",
    );
    same(
        "f in (1, 2.5)",
        "(f = ANY (ARRAY[(1)::double precision, (2.5)::double precision]))",
    );
    same("a <> all (array[1,2])", "(a <> ALL (ARRAY[1, 2]))");
    same(
        "kind in ('a','b')",
        "(kind = ANY (ARRAY['a'::\"char\", 'b'::\"char\"]))",
    );
    same(
        "txt like 'a\\%' escape '!'",
        "(txt ~~ like_escape('a\\%'::text, '!'::text))",
    );
    same("txt in ('a')", "(txt = 'a'::text)");
    same("name in ('a')", "((name)::text = 'a'::text)");
    same("a != -1", "(a <> '-1'::integer)");
    same(
        "ar <> '{}' and cardinality(ar) > 0",
        "((ar <> '{}'::integer[]) AND (cardinality(ar) > 0))",
    );
    same(
        "m in ('sad','ok')",
        "(m = ANY (ARRAY['sad'::mood, 'ok'::mood]))",
    );
    same("iv > interval '1 hour'", "(iv > '01:00:00'::interval)");
    same(
        "vc <> '' and length(trim(vc)) > 0 and vc || 'a' > vc",
        "(((vc)::text <> ''::text) AND (length(TRIM(BOTH FROM vc)) > 0) AND (((vc)::text || 'a'::text) > (vc)::text))",
    );
    same(
        "a not in (select b from g)",
        "(NOT (a IN ( SELECT b FROM g)))",
    );
}

#[test]
fn what_differs_stays_different() {
    different("a > 1", "a >= 1");
    different("1.0", "1");
    different("'x'", "'X'");
    different("a AND b", "b AND a");
    different("a AND b OR c", "a AND (b OR c)");
    different("a - b - c", "a - (b - c)");
    different("txt COLLATE \"C\" = 'a'", "txt = 'a'");
    different("a::integer", "a");
    different("1.5::integer", "1.5");
    different("a::date", "a");
    different("a LIKE 'x'", "a ILIKE 'x'");
    different("clock_timestamp()", "now()");
    different("CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP");
    different("a IS NULL", "a IS NOT NULL");
    different("a IN (1, 2)", "a NOT IN (1, 2)");
    different("interval '1 month'", "interval '30 days'");
    different("interval '-1 day'", "interval '1 day'");
    different("a[1:2]", "a[1:3]");
}

#[test]
fn verbatim_text_is_compared_by_its_tokens() {
    let read = |text| Expr::parse(text, &Lexicon::POSTGRES).normal();
    assert_eq!(read("A[1 :2] /* x */"), read("a[1:2]"));
    assert_ne!(read("\"A\"[1:2]"), read("a[1:2]"));
}

#[track_caller]
fn default(text: &str, data_type: &DataType, expected: &Expr) {
    let read = Expr::parse(text, &Lexicon::POSTGRES);
    assert_eq!(&read.normal_as(data_type), expected);
}

#[test]
fn a_type_settles_untyped_constants() {
    default("'5'", &DataType::BigInt, &Expr::Number("5".to_owned()));
    default("'t'", &DataType::Boolean, &Expr::Bool(true));
    default(
        "'{\"a\": 1}'",
        &DataType::Jsonb,
        &Expr::String("{\"a\":1}".to_owned()),
    );
    default(
        "'{\"a\": 1}'",
        &DataType::Text,
        &Expr::String("{\"a\": 1}".to_owned()),
    );
    default(
        "'1 hour'",
        &DataType::Interval,
        &Expr::String("01:00:00".to_owned()),
    );
    default("now()", &DataType::TIMESTAMP, &Expr::Now);
    default(
        "lower('A')",
        &DataType::Varchar(Some(3)),
        &Expr::call("lower", vec![Expr::String("A".to_owned())]),
    );
}

#[track_caller]
fn same_query(written: &str, printed: &str) {
    let read = |text| Query::parse(text, &Lexicon::POSTGRES).unwrap().normal();
    assert_eq!(read(written), read(printed));
}

#[test]
fn views() {
    same_query(
        "select a, b as bb, count(*) as n from t where ok group by a, b having count(*) > 1 order by a desc nulls last limit 5 offset 2",
        " SELECT t.a,\n    t.b AS bb,\n    count(*) AS n\n   FROM t\n  WHERE t.ok\n  GROUP BY t.a, t.b\n HAVING (count(*) > 1)\n  ORDER BY t.a DESC NULLS LAST\n OFFSET 2\n LIMIT 5;",
    );
    same_query(
        "select count(*) from t where name in ('a', 'b')",
        " SELECT count(*) AS count\n FROM t\n WHERE ((t.name)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]));",
    );
    same_query(
        "values (1,'a'),(2,'b')",
        " VALUES (1,'a'::text), (2,'b'::text);",
    );
    same_query(
        "select 1 union select 2",
        " SELECT 1 AS \"?column?\"\nUNION\n SELECT 2 AS \"?column?\";",
    );
}
