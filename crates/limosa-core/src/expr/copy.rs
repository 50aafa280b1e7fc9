//! Copies of expressions.

use super::Expr;

/// Written out, since what `derive` writes is compiled into all that copies an expression: twenty times
/// in an application.
impl Clone for Expr {
    fn clone(&self) -> Self {
        match self {
            Self::Null => Self::Null,
            Self::Bool(value) => Self::Bool(*value),
            Self::Number(digits) => Self::Number(digits.clone()),
            Self::String(text) => Self::String(text.clone()),
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Column(path) => Self::Column(path.clone()),
            Self::Star(table) => Self::Star(table.clone()),
            Self::Now => Self::Now,
            Self::Today => Self::Today,
            Self::TimeOfDay => Self::TimeOfDay,
            Self::Call(call) => Self::Call(call.clone()),
            Self::Unary(operator, inner) => Self::Unary(operator.clone(), inner.clone()),
            Self::Binary(left, operator, right) => {
                Self::Binary(left.clone(), operator.clone(), right.clone())
            }
            Self::Is(inner, word, negated) => Self::Is(inner.clone(), word.clone(), *negated),
            Self::In(inner, items, negated) => Self::In(inner.clone(), items.clone(), *negated),
            Self::InQuery(inner, query, negated) => {
                Self::InQuery(inner.clone(), query.clone(), *negated)
            }
            Self::Quantified(left, operator, quantifier, right) => {
                Self::Quantified(left.clone(), operator.clone(), *quantifier, right.clone())
            }
            Self::Between(inner, low, high, negated) => {
                Self::Between(inner.clone(), low.clone(), high.clone(), *negated)
            }
            Self::Case(operand, branches, last) => {
                Self::Case(operand.clone(), branches.clone(), last.clone())
            }
            Self::Cast(inner, to) => Self::Cast(inner.clone(), to.clone()),
            Self::Collate(inner, name) => Self::Collate(inner.clone(), name.clone()),
            Self::Exists(query) => Self::Exists(query.clone()),
            Self::Subquery(query) => Self::Subquery(query.clone()),
            Self::Array(items) => Self::Array(items.clone()),
            Self::Subscript(array, index) => Self::Subscript(array.clone(), index.clone()),
            Self::Row(items) => Self::Row(items.clone()),
            Self::Verbatim { dialect, text } => Self::Verbatim {
                dialect: dialect.clone(),
                text: text.clone(),
            },
        }
    }
}
