mod postgres;
mod precedence;
mod queries;
mod sqlite;
mod types;

use crate::expr::testing::{Big, Small};
use crate::expr::{Expr, Lexicon, Query, render, render_query};

/// Reads as Postgres and writes what was read; reading that must give the same tree.
#[track_caller]
fn postgres(text: &str, expected: &str) {
    let tree = Expr::try_parse(text, &Lexicon::POSTGRES).unwrap_or_else(|error| panic!("{error}"));
    let shown = render(&tree, &Big).unwrap();
    assert_eq!(shown, expected);
    assert_eq!(Expr::try_parse(&shown, &Lexicon::POSTGRES), Ok(tree));
}

#[track_caller]
fn sqlite(text: &str, expected: &str) {
    let tree = Expr::try_parse(text, &Lexicon::SQLITE).unwrap_or_else(|error| panic!("{error}"));
    let shown = render(&tree, &Small).unwrap();
    assert_eq!(shown, expected);
    assert_eq!(Expr::try_parse(&shown, &Lexicon::SQLITE), Ok(tree));
}

#[track_caller]
fn query(text: &str, expected: &str) {
    let tree = Query::parse(text, &Lexicon::POSTGRES).unwrap_or_else(|error| panic!("{error}"));
    let shown = render_query(&tree, &Big).unwrap();
    assert_eq!(shown, expected);
    assert_eq!(Query::parse(&shown, &Lexicon::POSTGRES), Ok(tree));
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Expr::try_parse(text, &Lexicon::POSTGRES).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_no_expression_is_refused() {
    refused("", "expected an expression, found the end");
    refused("a b", "expected the end, found `b`");
    refused("(a", "expected `)`, found the end");
    refused("a +", "expected an expression, found the end");
    refused("a; b", "expected the end, found `;`");
    refused("'a", "expected an expression, found `'a`");
    refused("a IN ()", "expected an expression, found `)`");
    refused("CASE END", "expected an expression, found `END`");
    refused("a = FROM", "expected an expression, found `FROM`");
    refused("$1", "a parameter is not held");
    refused(
        "string_agg(a, ',' ORDER BY b)",
        "expected `)`, found `ORDER`",
    );
    refused("f(a => 1)", "a named argument is not held");
    refused("arr[1:2]", "expected `]`, found `:`");
    refused("ROW(1)", "a row of one value is not held");
}

#[test]
fn errors_say_where() {
    let error = Expr::try_parse("  a = = 1", &Lexicon::POSTGRES).unwrap_err();
    assert_eq!(error.offset, 6);
}

#[test]
fn what_cannot_be_read_is_verbatim() {
    let found = Expr::parse(" a[1:2] ", &Lexicon::POSTGRES);
    let expected = Expr::Verbatim {
        dialect: "postgres".to_owned(),
        text: "a[1:2]".to_owned(),
    };
    assert_eq!(found, expected);
}

#[test]
fn nesting_and_chains_have_limits() {
    for text in [
        format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        "NOT ".repeat(100_000) + "a",
        "- ".repeat(100_000) + "a",
        "a + ".repeat(100_000) + "a",
        "CASE WHEN ".repeat(100_000),
        "ARRAY[".to_owned() + &"[".repeat(100_000),
        "EXISTS (SELECT ".repeat(100_000),
        format!("a{}", "[1]".repeat(100_000)),
        format!("a{}", "::text".repeat(100_000)),
    ] {
        assert!(Expr::try_parse(&text, &Lexicon::POSTGRES).is_err());
    }
    let text = "SELECT 1".to_owned() + &" UNION SELECT 1".repeat(100_000);
    assert!(Query::parse(&text, &Lexicon::POSTGRES).is_err());
    let text = "SELECT 1 FROM t".to_owned() + &" CROSS JOIN t".repeat(100_000);
    assert!(Query::parse(&text, &Lexicon::POSTGRES).is_err());
}

#[test]
fn usual_depths_are_read() {
    let text = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    assert!(Expr::try_parse(&text, &Lexicon::POSTGRES).is_ok());
    let text = "a || ".repeat(150) + "a";
    let tree = Expr::try_parse(&text, &Lexicon::POSTGRES).unwrap();
    assert!(render(&tree, &Big).is_ok());
    let text = "x IN (".to_owned() + &"1, ".repeat(10_000) + "1)";
    assert!(Expr::try_parse(&text, &Lexicon::POSTGRES).is_ok());
}
