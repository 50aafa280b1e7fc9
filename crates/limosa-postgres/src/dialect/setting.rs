//! Statements that only set something for the session.

use limosa_core::expr::{Body, Expr, Lexicon, Query};

use super::transaction;

/// Whether all that a carried statement does ends with the session: settings that are not of the transaction alone
/// (`SET`, `RESET`, `set_config` as dumps say it).
pub(super) fn ends_with_session(text: &str) -> bool {
    let words = transaction::words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS", ..] => false,
        ["SET" | "RESET", ..] => true,
        ["SELECT", "SET_CONFIG", ..] | ["SELECT", "PG_CATALOG", "SET_CONFIG", ..] => {
            configures(text)
        }
        _ => false,
    }
}

/// Whether a query is `SELECT set_config(name, value, false)` and no more: `true` is of the transaction alone.
fn configures(text: &str) -> bool {
    let query = Query::parse(text, &Lexicon::POSTGRES);
    let Ok(Body::Select(select)) = query.map(|query| query.body) else {
        return false;
    };
    let [(Expr::Call(call), _)] = select.columns.as_slice() else {
        return false;
    };
    let is_of_session = matches!(
        call.args.as_slice(),
        [Expr::String(_), Expr::String(_), Expr::Bool(false)]
    );
    is_of_session && select.from.is_empty() && select.filter.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(ends_with_session(text), expected, "{text}");
    }

    #[test]
    fn settings_end_with_the_session() {
        check("SET search_path TO a", true);
        check("/* x */ reset all", true);
        check("SET LOCAL search_path TO a", false);
        check("SET TRANSACTION READ ONLY", false);
        check(
            "SELECT pg_catalog.set_config('search_path', '', false)",
            true,
        );
        check("select SET_CONFIG('a.b', E'c', FALSE) AS x", true);
        check("SELECT set_config('search_path', '', true)", false);
        check("SELECT set_config(name, 'x', false) FROM wanted", false);
        check("SELECT set_config('a.b', 'c', false), f()", false);
        check("SELECT set_config('a.b', f(), false)", false);
        check("SELECT set_config('a.b', 'c', false) WHERE f()", false);
        check("SELECT 1", false);
    }
}
