//! Defaults by meaning: what `pg_get_expr` shows for a default that was written in another way.
//!
//! The server coerces a default to its column's type when it is stored, so that the text that comes
//! back has a cast, and literals are in the type's own output form.

use limosa_core::constant;
use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::shared::Shared;

use super::types;

/// The default as it compares, for a column of this type; none for `DEFAULT NULL`.
pub(super) fn normal(default: &Expr, column: &DataType) -> Option<Expr> {
    let expr = literal(&bare(default.normal(), column), column);
    match expr {
        Expr::Null => None,
        expr => Some(expr),
    }
}

/// Without the casts to the column's own type around it.
fn bare(expr: Expr, column: &DataType) -> Expr {
    match expr {
        Expr::Cast(inner, target) if is_implied(&inner, &types::normal(&target), column) => {
            bare(inner.into_inner(), column)
        }
        Expr::Unary(sign, inner) if sign == "-" => {
            Expr::Unary(sign, Shared::new(bare(inner.into_inner(), column)))
        }
        other => other,
    }
}

/// Whether a column of a type makes this cast by itself.
fn is_implied(inner: &Expr, target: &DataType, column: &DataType) -> bool {
    let is_literal = matches!(
        inner,
        Expr::String(_) | Expr::Number(_) | Expr::Null | Expr::Bool(_) | Expr::Bytes(_)
    ) || matches!(inner, Expr::Unary(sign, _) if sign == "-");
    match (target, column) {
        _ if target == column => true,
        (_, DataType::Array(_)) if matches!(inner, Expr::Array(items) if items.is_empty()) => true,
        _ => is_literal && family(target) == family(column),
    }
}

/// Types among which a literal's value stays what it is.
fn family(data_type: &DataType) -> u8 {
    match data_type {
        DataType::Text | DataType::Varchar(_) | DataType::Char(_) => 1,
        DataType::Other(name) if name == "bpchar" => 1,
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Real
        | DataType::Double
        | DataType::Numeric(_) => 2,
        DataType::Timestamp { zoned: false, .. } => 3,
        DataType::Timestamp { zoned: true, .. } => 4,
        DataType::Time { zoned: false, .. } => 5,
        DataType::Time { zoned: true, .. } => 6,
        DataType::Json => 7,
        DataType::Jsonb => 8,
        DataType::Enum(_) | DataType::Other(_) => 9,
        DataType::Array(_) => 10,
        DataType::Boolean => 11,
        DataType::Bytes => 12,
        DataType::Date => 13,
        DataType::Interval => 14,
        DataType::Uuid => 15,
    }
}

/// A literal in the output form of its column's type.
pub(super) fn literal(expr: &Expr, column: &DataType) -> Expr {
    match (expr, column) {
        (Expr::String(text), _) if family(column) == 2 => number(text),
        (Expr::Number(text), _) if family(column) == 2 => number(text),
        (Expr::Unary(sign, inner), _) if sign == "-" && family(column) == 2 => {
            match literal(inner, column) {
                Expr::Number(text) => number(&format!("-{text}")),
                other => Expr::Unary(sign.clone(), Shared::new(other)),
            }
        }
        (Expr::Number(text), _) if family(column) == 1 => Expr::String(text.clone()),
        (Expr::String(text), DataType::Boolean) => truth(text),
        // As another database writes it.
        (Expr::Number(digit), DataType::Boolean) => truth(digit),
        (Expr::String(text), DataType::Bytes) => {
            constant::bytes::read(text).map_or_else(|| expr.clone(), Expr::Bytes)
        }
        (Expr::String(text), DataType::Jsonb) => {
            let shown = constant::json::canonical(text);
            Expr::String(shown.unwrap_or_else(|| constant::json::dense(text)))
        }
        (Expr::String(text), DataType::Uuid) => shown(text, constant::uuid::read(text)),
        (
            Expr::String(text),
            DataType::Date | DataType::Time { .. } | DataType::Timestamp { .. },
        ) => shown(text, constant::moment::read(text, column)),
        (Expr::String(text), DataType::Other(name)) => {
            shown(text, constant::network::read(text, name))
        }
        (Expr::Array(items), DataType::Array(_)) if items.is_empty() => {
            Expr::String("{}".to_owned())
        }
        (other, _) => other.clone(),
    }
}

/// A number, signed; what is none stays a string.
fn number(text: &str) -> Expr {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || digits.parse::<f64>().is_err() {
        return Expr::String(text.to_owned());
    }
    let digits = Expr::Number(digits.to_owned());
    if text.starts_with('-') {
        Expr::Unary("-".to_owned(), Shared::new(digits))
    } else {
        digits
    }
}

/// The truth value, or the text as it is.
fn truth(text: &str) -> Expr {
    constant::boolean::read(text).map_or_else(|| Expr::String(text.to_owned()), Expr::Bool)
}

/// The form that was found, or the text as it is.
fn shown(text: &str, form: Option<String>) -> Expr {
    Expr::String(form.unwrap_or_else(|| text.to_owned()))
}
