//! What simple checks allow: lists of values, and bounds of numbers.

use crate::expr::{Expr, Negated, Quantifier};
use crate::name::Case;
use crate::schema::{Check, Constraint, Table};

/// What one check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// The column has one of these values.
    OneOf(String, Vec<Expr>),
    /// The column is not below this number.
    AtLeast(String, i64),
    /// The column is not above this number.
    AtMost(String, i64),
}

impl Limit {
    pub(super) fn column(&self) -> &str {
        match self {
            Self::OneOf(column, _) | Self::AtLeast(column, _) | Self::AtMost(column, _) => column,
        }
    }

    /// A value that the check allows.
    fn inside(&self) -> Option<Expr> {
        match self {
            Self::OneOf(_, values) => values.first().cloned(),
            Self::AtLeast(_, bound) | Self::AtMost(_, bound) => {
                Some(Expr::Number(bound.to_string()))
            }
        }
    }

    /// What a trial with [`Limit::outside`] shows.
    pub(super) fn refusal(&self) -> &'static str {
        match self {
            Self::OneOf(..) => "a value outside its list is refused",
            Self::AtLeast(..) => "a value below its bound is refused",
            Self::AtMost(..) => "a value above its bound is refused",
        }
    }

    /// A value that it must refuse.
    pub(super) fn outside(&self) -> Option<Expr> {
        match self {
            Self::OneOf(_, values) => outside_of(values),
            Self::AtLeast(_, bound) => Some(Expr::Number(bound.checked_sub(1)?.to_string())),
            Self::AtMost(_, bound) => Some(Expr::Number(bound.checked_add(1)?.to_string())),
        }
    }
}

fn outside_of(values: &[Expr]) -> Option<Expr> {
    if values.iter().all(|value| matches!(value, Expr::String(_))) {
        let longest = values.iter().map(|value| match value {
            Expr::String(text) => text.len(),
            _ => 0,
        });
        // Not longer than the others: the column may be short.
        let text = "~".repeat(longest.max()?.max(1));
        let outside = Expr::String(text);
        return (!values.contains(&outside)).then_some(outside);
    }
    let numbers: Option<Vec<i64>> = values.iter().map(number).collect();
    Some(Expr::Number((numbers?.into_iter().max()? + 1).to_string()))
}

/// The limits of a check; none if it says anything else, too.
pub(super) fn of(check: &Check) -> Option<Vec<Limit>> {
    let mut limits = Vec::new();
    read(&check.expr, &mut limits).then_some(limits)
}

/// A value for a column that all simple checks allow.
pub(super) fn inside(table: &Table, column: &str, case: Case) -> Option<Expr> {
    let checks = table
        .constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Check(check) => of(check),
            _ => None,
        });
    let limits: Vec<Limit> = checks
        .flatten()
        .filter(|limit| case.same(limit.column(), column))
        .collect();
    let lists = limits
        .iter()
        .find(|limit| matches!(limit, Limit::OneOf(..)));
    lists.or(limits.first()).and_then(Limit::inside)
}

fn read(expr: &Expr, limits: &mut Vec<Limit>) -> bool {
    match bare(expr) {
        Expr::Binary(left, operator, right) if operator == "AND" => {
            read(left, limits) && read(right, limits)
        }
        // NULL passes a check, and what is made up is not NULL.
        Expr::Is(of, word, Negated::Yes) if word == "NULL" => column(of).is_some(),
        Expr::Binary(left, operator, right) => match comparison(left, operator, right) {
            Some(limit) => {
                limits.push(limit);
                true
            }
            None => false,
        },
        Expr::In(of, values, Negated::No) => list(of, values, limits),
        Expr::Quantified(of, operator, Quantifier::Any, array) if operator == "=" => {
            match bare(array) {
                Expr::Array(values) => list(of, values, limits),
                _ => false,
            }
        }
        Expr::Between(of, low, high, Negated::No) => {
            match (column(of), number(low), number(high)) {
                (Some(column), Some(low), Some(high)) => {
                    limits.push(Limit::AtLeast(column.clone(), low));
                    limits.push(Limit::AtMost(column, high));
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn list(of: &Expr, values: &[Expr], limits: &mut Vec<Limit>) -> bool {
    let Some(column) = column(of) else {
        return false;
    };
    let values: Vec<Expr> = values.iter().map(bare).cloned().collect();
    let plain = |value: &Expr| matches!(value, Expr::String(_) | Expr::Number(_));
    let all_plain = !values.is_empty() && values.iter().all(plain);
    if all_plain {
        limits.push(Limit::OneOf(column, values));
    }
    all_plain
}

fn comparison(left: &Expr, operator: &str, right: &Expr) -> Option<Limit> {
    if operator == "=" {
        let value = bare(right);
        let plain = matches!(value, Expr::String(_) | Expr::Number(_));
        return plain.then_some(Limit::OneOf(column(left)?, vec![value.clone()]));
    }
    let (column, operator, bound) = match (column(left), number(right)) {
        (Some(column), Some(bound)) => (column, operator, bound),
        _ => (column(right)?, turned(operator)?, number(left)?),
    };
    match operator {
        ">" => Some(Limit::AtLeast(column, bound.checked_add(1)?)),
        ">=" => Some(Limit::AtLeast(column, bound)),
        "<" => Some(Limit::AtMost(column, bound.checked_sub(1)?)),
        "<=" => Some(Limit::AtMost(column, bound)),
        _ => None,
    }
}

fn turned(operator: &str) -> Option<&'static str> {
    Some(match operator {
        ">" => "<",
        ">=" => "<=",
        "<" => ">",
        "<=" => ">=",
        _ => return None,
    })
}

/// Without casts and collations around it.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast(inner, _) | Expr::Collate(inner, _) => bare(inner),
        other => other,
    }
}

fn column(expr: &Expr) -> Option<String> {
    match bare(expr) {
        Expr::Column(path) => path.last().cloned(),
        _ => None,
    }
}

fn number(expr: &Expr) -> Option<i64> {
    match bare(expr) {
        Expr::Number(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Lexicon;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let check = Check {
            name: None,
            expr: Expr::parse(text, &Lexicon::POSTGRES),
            validated: true,
        };
        let shown = of(&check).map(|limits| {
            let one = |limit: &Limit| match limit {
                Limit::OneOf(column, values) => format!("{column} of {}", values.len()),
                Limit::AtLeast(column, bound) => format!("{column} >= {bound}"),
                Limit::AtMost(column, bound) => format!("{column} <= {bound}"),
            };
            limits.iter().map(one).collect::<Vec<_>>().join(", ")
        });
        assert_eq!(shown.unwrap_or_else(|| "?".to_owned()), expected, "{text}");
    }

    #[test]
    fn reads_simple_checks() {
        check("a IN ('x', 'y')", "a of 2");
        check("(a)::text = ANY (ARRAY['x'::text, 'y'::text])", "a of 2");
        check("a > 0", "a >= 1");
        check("0 <= a AND a < 10", "a >= 0, a <= 9");
        check("a BETWEEN 1 AND 5", "a >= 1, a <= 5");
        check("a = 'x'", "a of 1");
        check("a > b", "?");
        check("length(a) > 3", "?");
        check("a > 0 OR b > 0", "?");
        check("a NOT IN (1)", "?");
    }

    #[test]
    fn goes_outside() {
        let string = |text: &str| Expr::String(text.to_owned());
        let list = Limit::OneOf("a".to_owned(), vec![string("on"), string("off")]);
        assert_eq!(list.outside(), Some(string("~~~")));
        let least = Limit::AtLeast("a".to_owned(), 1);
        assert_eq!(least.outside(), Some(Expr::Number("0".to_owned())));
    }
}
