//! The normal form of expressions: two texts of one meaning become one tree.
//!
//! It is for comparison: what a file says with what a catalog gives back. `PostgreSQL` keeps parsed
//! trees and prints them in words of its own, so each rewrite here undoes one of its habits:
//!
//! | written | printed by the catalog | normal form | why it means the same |
//! |---|---|---|---|
//! | `'x'` | `'x'::text`, `'x'::mood` | `'x'` | the cast states the type that the context gave |
//! | `-1`, `'5'` | `'-1'::integer`, `'5'::bigint` | `-1`, `5` | input of the type is that number |
//! | `true`, `'t'` | `true` | `TRUE` | input of boolean |
//! | `0` beside a numeric | `(0)::numeric` | `0` | promotion that the context implies |
//! | `name = 'x'` | `(name)::text = 'x'::text` | `name = 'x'` | varchar and text have the same operators |
//! | `a IN (1, 2)` | `a = ANY (ARRAY[1, 2])` | `a IN (1, 2)` | definition of `IN` (9.24.1) |
//! | `a IN (1)` | `a = 1` | `a = 1` | a list of one |
//! | `a BETWEEN 1 AND 2` | `a >= 1 AND a <= 2` | as printed | definition of `BETWEEN` (9.2) |
//! | `a LIKE 'x'` | `a ~~ 'x'` | `LIKE` | read so already |
//! | `a SIMILAR TO 'x'` | `a ~ similar_to_escape('x')` | as printed | its implementation |
//! | `NOT a IN (q)`, `a IS NOT DISTINCT FROM b` | `NOT (a IN (q))`, `NOT (a IS DISTINCT FROM b)` | `NOT` within | three-valued logic keeps it |
//! | `(a, b) = (1, 2)` | `a = 1 AND b = 2` | as printed | definition of row comparison (9.24.5) |
//! | `a AND (b AND c)` | `a AND b AND c` | left to right | associative |
//! | `now()` | `now()`, `CURRENT_TIMESTAMP` | [`Expr::Now`] | same function |
//! | `CURRENT_DATE` | `('now'::text)::date` (old) | [`Expr::Today`] | its old implementation |
//! | `CASE .. END` | `CASE .. ELSE NULL::text END` | without `ELSE` | the default (9.18.1) |
//! | `1e3`, `.5`, `1_000` | `1000`, `0.5`, `1000` | as printed | the same number and scale |
//! | `nextval('s')` | `nextval('s'::regclass)` | `nextval('s')` | the argument's type |
//! | `interval '1 hour'` | `'01:00:00'::interval` | `'01:00:00'` | the type's output |
//! | `'2020-01-01'` | `'2020-01-01 00:00:00'::timestamp` | `'2020-01-01'` | the type's output |
//! | `timezone('utc', x)` | `x AT TIME ZONE 'utc'` | as printed | same function |
//! | `ARRAY[]::text[]` | the same | `'{}'` | the empty array |
//!
//! Casts of columns to `text`, `numeric` and `double precision` vanish even where an author wrote
//! them: the catalog does not tell them from its own. Collations, other casts and the order of
//! operands stay.

mod cast;
mod interval;
mod number;
mod operator;
mod query;
#[cfg(test)]
mod tests;
mod verbatim;

use super::walk::Part;
use super::{Call, Expr, Negated, Query};
use crate::datatype::DataType;
use crate::shared::Shared;

/// One rewrite may make room for another; each shortens a chain that the parser bounds.
const PASSES: usize = 16;

impl Expr {
    /// The normal form.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut tree = self.clone();
        for _ in 0..PASSES {
            let before = tree.clone();
            pass(&mut tree);
            if tree == before {
                break;
            }
        }
        tree
    }

    /// The normal form of a value that becomes one of this type, such as a column's default: also
    /// what the type makes of an untyped constant is settled then (`'5'` for an integer is `5`).
    #[must_use]
    pub fn normal_as(&self, to: &DataType) -> Self {
        match Self::Cast(Shared::new(self.normal()), to.clone()).normal() {
            Self::Cast(inner, own) if own == *to => inner.into_inner(),
            other => other,
        }
    }
}

impl Query {
    /// The normal form: of its expressions, and without aliases and qualifiers that say nothing.
    #[must_use]
    pub fn normal(&self) -> Self {
        let mut query = self.clone();
        for _ in 0..PASSES {
            let before = query.clone();
            normal_part(Part::Query(&mut query));
            if query == before {
                break;
            }
        }
        query
    }
}

/// One pass over a tree, from the leaves up.
fn pass(expr: &mut Expr) {
    expr.parts(&mut normal_part);
    let own = std::mem::replace(expr, Expr::Null);
    *expr = rewrite(own);
}

fn normal_part(part: Part<'_>) {
    match part {
        Part::Expr(expr) => pass(expr),
        Part::Query(query) => {
            query.parts(&mut normal_part);
            query::tidy(query);
        }
        Part::Table(..) => {}
    }
}

/// The normal form of an expression whose parts have theirs.
fn rewrite(expr: Expr) -> Expr {
    match expr {
        Expr::Number(digits) => Expr::Number(number::plain(&digits)),
        Expr::String(text) => Expr::String(cast::midnight(text)),
        Expr::Cast(inner, to) => cast::rewrite(inner.into_inner(), to),
        Expr::Unary(operator, inner) => operator::unary(operator, inner.into_inner()),
        Expr::Binary(left, operator, right) => {
            operator::binary(left.into_inner(), &operator, right.into_inner())
        }
        Expr::Quantified(left, operator, quantifier, right) => {
            operator::quantified(left, operator, quantifier, right.into_inner())
        }
        Expr::In(left, items, negated) => operator::membership(left, items, negated),
        Expr::Between(inner, low, high, negated) => operator::between(
            inner.into_inner(),
            low.into_inner(),
            high.into_inner(),
            negated,
        ),
        Expr::Array(items) if items.is_empty() => Expr::String("{}".to_owned()),
        Expr::Case(operand, branches, last) => {
            Expr::Case(operand, branches, last.filter(|last| **last != Expr::Null))
        }
        Expr::Is(inner, word, negated) => unknown(inner, word, negated),
        Expr::Call(call) => rewrite_call(call),
        Expr::Verbatim { dialect, text } => verbatim::rewrite(dialect, &text),
        other => other,
    }
}

fn unknown(inner: Shared<Expr>, word: String, negated: Negated) -> Expr {
    let word = if word == "UNKNOWN" {
        "NULL".to_owned()
    } else {
        word
    };
    Expr::Is(inner, word, negated)
}

fn rewrite_call(mut call: Call) -> Expr {
    let own = call.name.strip_prefix("pg_catalog.").unwrap_or(&call.name);
    let own = match own {
        "substr" => "substring",
        "btrim" => "trim",
        "character_length" => "char_length",
        name => name,
    };
    call.name = String::from(own);
    match (call.name.as_str(), call.args.as_mut_slice()) {
        ("now" | "transaction_timestamp", []) => Expr::Now,
        ("timezone", [zone, moment]) => {
            let [zone, moment] = [zone, moment].map(|arg| std::mem::replace(arg, Expr::Null));
            Expr::binary(moment, "AT TIME ZONE", zone)
        }
        _ => Expr::Call(call),
    }
}
