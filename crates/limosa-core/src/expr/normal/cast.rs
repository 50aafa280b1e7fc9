//! Casts that say no more than the context does.

use super::interval;
use crate::constant::{boolean, json};
use crate::datatype::DataType;
use crate::expr::Expr;
use crate::shared::Shared;

/// The normal form of a cast.
pub(super) fn rewrite(inner: Expr, to: DataType) -> Expr {
    match inner {
        Expr::Null => Expr::Null,
        Expr::String(text) => literal(text, &to),
        Expr::Number(digits) if holds(&to, &digits) => Expr::Number(digits),
        Expr::Bool(value) if to == DataType::Boolean => Expr::Bool(value),
        Expr::Bytes(bytes) if to == DataType::Bytes => Expr::Bytes(bytes),
        Expr::Array(items) if matches!(to, DataType::Array(_)) => Expr::Array(items),
        Expr::Now
            if matches!(
                to,
                DataType::Timestamp {
                    zoned: true,
                    precision: None
                }
            ) =>
        {
            Expr::Now
        }
        Expr::Today if to == DataType::Date => Expr::Today,
        inner if promotes(&to, &inner) => inner,
        inner => Expr::Cast(Shared::new(inner), to),
    }
}

/// What a type makes of a quoted constant.
fn literal(text: String, to: &DataType) -> Expr {
    match to {
        to if to.is_number() && is_number(text.trim()) => Expr::Number(text.trim().to_owned()),
        DataType::Boolean => boolean::read(&text).map_or(Expr::String(text), Expr::Bool),
        DataType::Date if text == "now" => Expr::Today,
        DataType::Timestamp { zoned: true, .. } if text == "now" => Expr::Now,
        DataType::Interval => Expr::String(interval::plain(&text).unwrap_or(text)),
        DataType::Json | DataType::Jsonb => Expr::String(json::dense(&text)),
        _ => Expr::String(text),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty() && plain(whole) && plain(fraction)
}

/// Whether a number stays the same in a type.
fn holds(to: &DataType, digits: &str) -> bool {
    match to {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => !digits.contains('.'),
        DataType::Numeric(None) | DataType::Real | DataType::Double => true,
        _ => false,
    }
}

/// Whether a cast is one that the catalog inserts by itself.
fn promotes(to: &DataType, inner: &Expr) -> bool {
    match to {
        DataType::Numeric(None) | DataType::Double => !matches!(inner, Expr::Bool(_)),
        to if is_text(to) => match inner {
            Expr::Column(_) | Expr::Subscript(..) => true,
            // A varchar where a function takes a text.
            Expr::Cast(_, own) => matches!(own, DataType::Varchar(_) | DataType::Text),
            // Of the type of its operands, of which one may be a varchar.
            Expr::Call(call) => is_choice(&call.name),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a function gives back one of its operands, manual section 9.18.
fn is_choice(function: &str) -> bool {
    matches!(function, "coalesce" | "nullif" | "greatest" | "least")
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text | DataType::Varchar(None) => true,
        DataType::Other(name) => name == "bpchar",
        _ => false,
    }
}

/// A day's first moment is printed with its time of day, and written without.
pub(super) fn midnight(text: String) -> String {
    match text.strip_suffix(" 00:00:00") {
        Some(day) if is_day(day) => day.to_owned(),
        _ => text,
    }
}

fn is_day(text: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}
