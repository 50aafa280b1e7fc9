//! How strongly an expression's outermost operator holds it together.
//!
//! The classes are what `PostgreSQL` (manual, 4.1.6) and `SQLite` (its page on expressions) agree on:
//! where the two differ, as for `||` and arithmetic, both kinds are of a class that needs
//! parentheses in the other.

use crate::expr::Expr;

/// From the loosest to the tightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Text of unknown structure.
    Unknown,
    Or,
    And,
    Not,
    /// Comparisons, `IS`, `IN`, `LIKE`, `BETWEEN`.
    Predicate,
    /// All other operators.
    Other,
    Sum,
    Product,
    Sign,
    Atom,
}

/// The strength of an infix operator.
pub(super) fn of_operator(operator: &str) -> Strength {
    match operator {
        "OR" => Strength::Or,
        "AND" => Strength::And,
        "=" | "<>" | "<" | "<=" | ">" | ">=" | "GLOB" | "MATCH" | "REGEXP" => Strength::Predicate,
        "+" | "-" => Strength::Sum,
        "*" | "/" | "%" => Strength::Product,
        _ if is_predicate(operator) => Strength::Predicate,
        _ => Strength::Other,
    }
}

fn is_predicate(operator: &str) -> bool {
    let words = ["IS ", "LIKE", "ILIKE", "SIMILAR TO"];
    operator.starts_with("NOT ") || words.iter().any(|word| operator.starts_with(word))
}

/// The strength of an expression.
pub(super) fn of(expr: &Expr) -> Strength {
    match expr {
        Expr::Verbatim { .. } => Strength::Unknown,
        Expr::Number(digits) if digits.starts_with('-') => Strength::Sign,
        Expr::Unary(operator, _) => match operator.as_str() {
            "NOT" => Strength::Not,
            "-" | "+" => Strength::Sign,
            _ => Strength::Other,
        },
        Expr::Binary(_, operator, _) => of_operator(operator),
        Expr::Is(..)
        | Expr::In(..)
        | Expr::InQuery(..)
        | Expr::Between(..)
        | Expr::Quantified(..) => Strength::Predicate,
        Expr::Collate(..) => Strength::Other,
        _ => Strength::Atom,
    }
}
