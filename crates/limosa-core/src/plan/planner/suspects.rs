//! Which tables a statement may lock of which nobody knows what it does.

use std::collections::HashSet;

use crate::expr::{Lexicon, TokenKind, tokens};
use crate::name::ObjectName;
use crate::plan::words::words;
use crate::schema::Schema;

/// Statements that lock rows, or nothing that others would wait for.
const MILD: &[&str] = &[
    "ANALYZE", "COPY", "DELETE", "EXPLAIN", "GRANT", "INSERT", "MERGE", "RESET", "REVOKE", "SET",
    "SHOW", "UPDATE",
];

/// Objects beside the tables: `CREATE OR REPLACE FUNCTION`.
const BESIDE: &[&str] = &[
    "AGGREGATE",
    "COLLATION",
    "FUNCTION",
    "OPERATOR",
    "PROCEDURE",
    "ROLE",
    "ROUTINE",
    "USER",
];

/// Whether a statement may lock a table so that others wait.
pub(super) fn may_lock(text: &str, lexicon: &Lexicon) -> bool {
    let words = tokens(text, lexicon).into_iter();
    let words = words.filter(|token| token.kind == TokenKind::Word);
    let words: Vec<String> = words
        .take(4)
        .map(|token| token.text.to_ascii_uppercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [verb, ..] if MILD.contains(verb) => false,
        ["CREATE" | "ALTER" | "DROP", what, ..] if BESIDE.contains(what) => false,
        ["CREATE", "OR", "REPLACE", what] => !BESIDE.contains(what),
        _ => true,
    }
}

/// The tables whose names stand in a text, be it within a quoted body.
pub(super) fn named(text: &str, schema: &Schema) -> Vec<ObjectName> {
    let words: HashSet<String> = words(text).collect();
    let tables = schema.tables.iter().map(|table| &table.name);
    tables
        .filter(|name| words.contains(&name.name.to_lowercase()))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Table;

    #[track_caller]
    fn check(text: &str, may: bool) {
        assert_eq!(may_lock(text, &Lexicon::POSTGRES), may, "{text}");
    }

    #[test]
    fn tells_strong_locks_from_none() {
        check("DO $$ BEGIN END $$", true);
        check("LOCK TABLE a", true);
        check("/* x */ create policy p ON a", true);
        check("SELECT f()", true);
        check("insert INTO a SELECT 1", false);
        check("GRANT SELECT ON a TO b", false);
        check("CREATE OR REPLACE FUNCTION f() RETURNS int", false);
        check("DROP FUNCTION f()", false);
        check("CREATE OR REPLACE RULE f", true);
        check("", true);
    }

    #[test]
    fn finds_names_in_bodies() {
        let mut schema = Schema::default();
        for name in ["users", "Old Orders", "items"] {
            schema.tables.push(Table::new(name.into()).into());
        }
        let found = named(
            "DO $$ BEGIN EXECUTE 'LOCK public.USERS'; END $$; x_items",
            &schema,
        );
        assert_eq!(found, vec![ObjectName::from("users")]);
    }
}
