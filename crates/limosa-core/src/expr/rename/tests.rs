use crate::expr::testing::Big;
use crate::expr::{Expr, Lexicon, Query, render, render_query};
use crate::name::{Case, ObjectName};

#[track_caller]
fn columns(text: &str, expected: &[&str]) {
    assert_eq!(Expr::parse(text, &Lexicon::POSTGRES).columns(), expected);
}

#[test]
fn columns_are_found_once_and_in_order() {
    columns(
        "b > t.a AND lower(b) = CASE c WHEN 1 THEN d END",
        &["b", "a", "c", "d"],
    );
    columns("1 = 2 AND now() > CURRENT_DATE", &[]);
    columns(
        "a IN (SELECT b FROM t WHERE c) AND sum(d) FILTER (WHERE e) = f[g]",
        &["a", "b", "c", "d", "e", "f", "g"],
    );
    columns("a[1:lower(\"B\")]", &["a", "B"]);
}

#[track_caller]
fn renamed(text: &str, expected: &str) {
    let mut tree = Expr::parse(text, &Lexicon::POSTGRES);
    tree.rename_column("a", "x y", Case::Sensitive);
    assert_eq!(render(&tree, &Big).unwrap(), expected);
}

#[test]
fn columns_are_renamed_everywhere() {
    renamed("a + t.a > \"A\"", "\"x y\" + \"t\".\"x y\" > \"A\"");
    renamed("a(a, 'a')", "a(\"x y\", 'a')");
    renamed("a[1:a] || a(1)", "\"x y\"[1:\"x y\"] || a(1)");
    renamed(
        "EXISTS (SELECT 1 FROM a WHERE a = 1)",
        "EXISTS (SELECT 1 FROM \"a\" WHERE \"x y\" = 1)",
    );
}

#[test]
fn case_may_not_matter() {
    let mut tree = Expr::parse("Name = NAME2", &Lexicon::SQLITE);
    tree.rename_column("nAME", "b", Case::Insensitive);
    assert_eq!(tree, Expr::parse("b = NAME2", &Lexicon::SQLITE));
}

#[track_caller]
fn tables(text: &str, expected: &[&str]) {
    let found = Query::parse(text, &Lexicon::POSTGRES).unwrap().tables();
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[test]
fn tables_are_found_at_all_depths() {
    tables(
        "select 1 from a, s.b join a x on true where exists (select 1 from c)",
        &["a", "s.b", "c"],
    );
    tables(
        "with a as (select 1 from b) select 1 from a, s.a, (select 2 from d) e",
        &["b", "s.a", "d"],
    );
    tables(
        "select (select 1 from a) union select 2 from b order by (select 3 from c)",
        &["a", "b", "c"],
    );
    tables(
        "select 1 where 1 in (with a as (select 1) select 1 from a) or 2 in (select 1 from a)",
        &["a"],
    );
}

#[track_caller]
fn table_renamed(text: &str, expected: &str) {
    let mut tree = Query::parse(text, &Lexicon::POSTGRES).unwrap();
    tree.rename_table(
        &ObjectName::new("a"),
        &ObjectName::new("z"),
        Case::Sensitive,
    );
    assert_eq!(render_query(&tree, &Big).unwrap(), expected);
}

#[test]
fn tables_are_renamed() {
    table_renamed(
        "select a.b, a.* from a where a.c",
        "SELECT \"z\".\"b\", \"z\".* FROM \"z\" WHERE \"z\".\"c\"",
    );
    table_renamed(
        "select x.b from a x",
        "SELECT \"x\".\"b\" FROM \"z\" AS \"x\"",
    );
    table_renamed(
        "select a.b from b a, s.a c",
        "SELECT \"a\".\"b\" FROM \"b\" AS \"a\", \"s\".\"a\" AS \"c\"",
    );
    table_renamed(
        "with a as (select 1) select 1 from a",
        "WITH \"a\" AS (SELECT 1) SELECT 1 FROM \"a\"",
    );
}
