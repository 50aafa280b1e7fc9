//! Operators and predicates.

use crate::expr::{Expr, Negated, Quantifier};
use crate::shared::{List, Shared};

/// The normal form of a prefix operation.
pub(super) fn unary(operator: String, inner: Expr) -> Expr {
    match (operator.as_str(), inner) {
        ("-", Expr::Number(digits)) => Expr::Number(match digits.strip_prefix('-') {
            Some(digits) => digits.to_owned(),
            None => format!("-{digits}"),
        }),
        ("NOT", inner) => negation(inner),
        (_, inner) => Expr::Unary(operator, Shared::new(inner)),
    }
}

/// `NOT x`, with the word moved into predicates that have a place for it.
fn negation(inner: Expr) -> Expr {
    match inner {
        Expr::In(left, items, negated) => Expr::In(left, items, flip(negated)),
        Expr::InQuery(left, query, negated) => Expr::InQuery(left, query, flip(negated)),
        Expr::Binary(left, operator, right) => match opposite(&operator) {
            Some(opposite) => Expr::Binary(left, opposite.to_owned(), right),
            None => not(Expr::Binary(left, operator, right)),
        },
        inner => not(inner),
    }
}

fn not(inner: Expr) -> Expr {
    Expr::Unary("NOT".to_owned(), Shared::new(inner))
}

fn flip(negated: Negated) -> Negated {
    match negated {
        Negated::No => Negated::Yes,
        Negated::Yes => Negated::No,
    }
}

/// The operator that is true where another is false, and unknown where that one is.
fn opposite(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "IS DISTINCT FROM" => "IS NOT DISTINCT FROM",
        "IS NOT DISTINCT FROM" => "IS DISTINCT FROM",
        "LIKE" => "NOT LIKE",
        "NOT LIKE" => "LIKE",
        "ILIKE" => "NOT ILIKE",
        "NOT ILIKE" => "ILIKE",
        "=" => "<>",
        "<>" => "=",
        _ => return None,
    })
}

/// The normal form of an infix operation.
pub(super) fn binary(left: Expr, operator: &str, right: Expr) -> Expr {
    let operator = match operator {
        "!=" => "<>",
        "~~" => "LIKE",
        "!~~" => "NOT LIKE",
        "~~*" => "ILIKE",
        "!~~*" => "NOT ILIKE",
        other => other,
    };
    match (operator, left, right) {
        ("AND" | "OR", left, right) => chain(left, operator, right),
        ("SIMILAR TO", left, right) => Expr::binary(left, "~", similar(right)),
        ("NOT SIMILAR TO", left, right) => Expr::binary(left, "!~", similar(right)),
        ("=", Expr::Row(left), Expr::Row(right)) if left.len() == right.len() => {
            each(left, "=", right, "AND")
        }
        ("<>", Expr::Row(left), Expr::Row(right)) if left.len() == right.len() => {
            each(left, "<>", right, "OR")
        }
        (_, left, right) => Expr::binary(left, operator, right),
    }
}

/// `a AND (b AND c)` as `(a AND b) AND c`.
fn chain(left: Expr, operator: &str, right: Expr) -> Expr {
    match right {
        Expr::Binary(first, own, second) if own == operator => chain(
            chain(left, operator, first.into_inner()),
            operator,
            second.into_inner(),
        ),
        right => Expr::binary(left, operator, right),
    }
}

fn similar(pattern: Expr) -> Expr {
    match pattern {
        Expr::Call(call) if call.name == "similar_to_escape" => Expr::Call(call),
        pattern => Expr::call("similar_to_escape", vec![pattern]),
    }
}

/// The comparison of two rows, item by item.
fn each(left: List<Expr>, operator: &str, right: List<Expr>, joined: &str) -> Expr {
    let pairs = left.into_iter().zip(right);
    let compared = pairs.map(|(left, right)| binary(left, operator, right));
    let whole = compared.reduce(|all, next| chain(all, joined, next));
    whole.unwrap_or(Expr::Bool(joined == "AND"))
}

/// `= ANY (ARRAY[...])` as `IN`.
pub(super) fn quantified(
    left: Shared<Expr>,
    operator: String,
    quantifier: Quantifier,
    right: Expr,
) -> Expr {
    let negated = match (operator.as_str(), quantifier) {
        ("=", Quantifier::Any) => Some(Negated::No),
        ("<>" | "!=", Quantifier::All) => Some(Negated::Yes),
        _ => None,
    };
    match (negated, right) {
        (Some(negated), Expr::Array(items)) => membership(left, items, negated),
        (Some(negated), Expr::Subquery(query)) => Expr::InQuery(left, query, negated),
        (_, right) => Expr::Quantified(left, operator, quantifier, Shared::new(right)),
    }
}

/// `IN` a list of one is equality.
pub(super) fn membership(left: Shared<Expr>, mut items: List<Expr>, negated: Negated) -> Expr {
    if items.len() != 1 {
        return Expr::In(left, items, negated);
    }
    let operator = match negated {
        Negated::No => "=",
        Negated::Yes => "<>",
    };
    binary(left.into_inner(), operator, items.remove(0))
}

pub(super) fn between(inner: Expr, low: Expr, high: Expr, negated: Negated) -> Expr {
    let (first, joined, second) = match negated {
        Negated::No => (">=", "AND", "<="),
        Negated::Yes => ("<", "OR", ">"),
    };
    let below = Expr::binary(inner.clone(), first, low);
    chain(below, joined, Expr::binary(inner, second, high))
}
