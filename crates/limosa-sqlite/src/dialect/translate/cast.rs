//! Casts: dropped where the value is the same without one, refused where it would be another.
//!
//! Where the types of columns are known, `typed` has done most of this before.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::shared::Shared;

use super::super::{constant, unsupported};

/// The value of a cast of a translated expression.
pub(super) fn cast(inner: Expr, data_type: &DataType) -> Result<Expr, Unsupported> {
    if matches!(data_type, DataType::Interval) {
        return Err(unsupported(
            "reckon with an interval",
            "its date functions take modifiers such as '+1 day' instead",
        ));
    }
    Ok(match (inner, data_type) {
        (Expr::Null, _) => Expr::Null,
        (Expr::Bool(value), DataType::Boolean) => Expr::Bool(value),
        (Expr::Bool(value), own) if own.is_integer() => Expr::Number(i32::from(value).to_string()),
        (inner @ Expr::String(_), _) => constant::operand(&inner, data_type)?,
        (Expr::Now, DataType::Timestamp { .. } | DataType::Other(_)) => Expr::Now,
        (Expr::Now | Expr::Today, DataType::Date) => Expr::Today,
        (Expr::Now | Expr::TimeOfDay, DataType::Time { .. }) => Expr::TimeOfDay,
        (number @ Expr::Number(_), DataType::Numeric(_)) => number,
        (Expr::Number(digits), _) if data_type.is_integer() && digits.parse::<i64>().is_ok() => {
            Expr::Number(digits)
        }
        (already, DataType::Bytes) if matches!(already, Expr::Bytes(_)) => already,
        // The text of JSON is the value.
        (other, DataType::Jsonb) => Expr::Cast(Shared::new(other), DataType::Text),
        (other, data_type) => Expr::Cast(Shared::new(other), data_type.clone()),
    })
}

/// Postgres' words for truth values, manual section 8.6.
pub(in super::super) fn boolean(text: &str) -> Result<bool, Unsupported> {
    limosa_core::constant::boolean::read(text).ok_or_else(|| {
        unsupported(
            format!("read '{text}' as a boolean"),
            "it is none of the words for one",
        )
    })
}

/// The name of a type in a message.
pub(in super::super) fn type_for_people(data_type: &DataType) -> String {
    match data_type {
        DataType::Other(name) => name.clone(),
        DataType::Enum(name) => name.to_string(),
        other => {
            let text = format!("{other:?}").to_ascii_lowercase();
            text.split(['(', '{', ' '])
                .next()
                .unwrap_or_default()
                .to_owned()
        }
    }
}
