//! Names, lists and literals, and the comments on objects.

use limosa_core::expr::{Expr, Query, Render, render, render_query};
use limosa_core::name::ObjectName;
use limosa_core::operation::Commented;

use super::{Compiled, IDENTIFIER_BYTES, PostgresDialect, refuse};

/// A quoted identifier. What the server would cut off, or could not hold, is refused.
pub(super) fn name(name: &str) -> Compiled<String> {
    let complaint = if name.is_empty() {
        "an identifier cannot be empty".to_owned()
    } else if name.contains('\0') {
        "an identifier cannot hold a zero byte".to_owned()
    } else if name.len() > IDENTIFIER_BYTES {
        format!(
            "it has {} bytes, and identifiers are cut off in silence after {IDENTIFIER_BYTES}",
            name.len()
        )
    } else {
        return Ok(PostgresDialect.identifier(name));
    };
    Err(refuse(format!("name something {name:?}"), complaint))
}

/// A quoted name with its schema.
pub(super) fn object(object: &ObjectName) -> Compiled<String> {
    let own = name(&object.name)?;
    match &object.schema {
        Some(schema) => Ok(format!("{}.{own}", name(schema)?)),
        None => Ok(own),
    }
}

/// Quoted identifiers with commas between them.
pub(super) fn names(list: &[String]) -> Compiled<String> {
    let quoted: Vec<String> = list.iter().map(|one| name(one)).collect::<Result<_, _>>()?;
    Ok(quoted.join(", "))
}

/// A quoted string.
pub(super) fn string(text: &str) -> Compiled<String> {
    without_zero(PostgresDialect.string(text))
}

/// An expression in this dialect's words.
pub(super) fn expression(expr: &Expr) -> Compiled<String> {
    without_zero(render(expr, &PostgresDialect)?)
}

/// A query in this dialect's words.
pub(super) fn query(query: &Query) -> Compiled<String> {
    without_zero(render_query(query, &PostgresDialect)?)
}

/// The protocol and the server both end texts at a zero byte.
pub(super) fn without_zero(words: String) -> Compiled<String> {
    if words.contains('\0') {
        let reason = "a text cannot hold a zero byte";
        return Err(refuse("keep a text with a zero byte", reason));
    }
    Ok(words)
}

/// ` CASCADE` if it was asked for.
pub(super) fn cascade(asked: bool) -> &'static str {
    if asked { " CASCADE" } else { "" }
}

/// `COMMENT ON`.
pub(super) fn comment(on: &Commented, text: Option<&str>) -> Compiled {
    let on = match on {
        Commented::Table(table) => format!("TABLE {}", object(table)?),
        Commented::Column(table, column) => format!("COLUMN {}.{}", object(table)?, name(column)?),
        Commented::Index(index) => format!("INDEX {}", object(index)?),
        Commented::View(view) => format!("VIEW {}", object(view)?),
        Commented::Enum(name) => format!("TYPE {}", object(name)?),
    };
    let text = text.map_or_else(|| Ok("NULL".to_owned()), string)?;
    Ok(vec![format!("COMMENT ON {on} IS {text}")])
}
