//! Constants as this database has to hold them, so that they read back as Postgres would show them.
//!
//! Postgres reads a constant by the type that it becomes: `'t'` is a boolean, `'{A0EE..}'` a UUID,
//! `'2024-01-01T10:00+02'` an instant. Here a value is what it was written as, so the type's own
//! form is written. What the type would refuse there is refused here.

mod array;

use limosa_core::constant::{Decimal, bytes, json, moment, network, uuid};
use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Call, Expr};
use limosa_core::shared::Shared;

use super::{translate, unsupported};

pub(super) use array::elements;
pub(super) use limosa_core::constant::json::is_list;

type Held = Result<Expr, Unsupported>;

/// A value as a column of this type holds it. What is no constant stays, but for the constants that
/// it may come to (`coalesce(a, '{}')`, `CASE`).
pub(super) fn of(value: &Expr, to: &DataType) -> Held {
    Ok(match value {
        Expr::String(text) => return string(text, to),
        Expr::Number(digits) => return number(digits, to),
        Expr::Bool(value) if is_text(to) => Expr::String(value.to_string()),
        Expr::Unary(sign, inner) => match (sign.as_str(), &**inner) {
            ("-", Expr::Number(digits)) => return number(&format!("-{digits}"), to),
            ("+", Expr::Number(digits)) => return number(digits, to),
            _ => value.clone(),
        },
        Expr::Array(items) => match to {
            DataType::Array(item) => array::of_items(items, item)?.unwrap_or_else(|| value.clone()),
            _ => value.clone(),
        },
        Expr::Cast(inner, own) if is_constant(value) => {
            let held = cast(inner, own)?;
            return match (own, to) {
                (own, to) if own == to => Ok(held),
                // As it is held, an array is JSON, which is no constant of an array.
                (DataType::Array(_), DataType::Array(_)) => of(inner, to),
                _ => of(&held, to),
            };
        }
        Expr::Now if *to == DataType::Date => Expr::Today,
        Expr::Now if matches!(to, DataType::Time { .. }) => Expr::TimeOfDay,
        Expr::Today if matches!(to, DataType::Timestamp { .. }) => {
            Expr::binary(Expr::Today, "||", Expr::String(" 00:00:00".into()))
        }
        Expr::Case(operand, branches, last) => Expr::Case(
            operand.clone(),
            branches
                .iter()
                .map(|(when, then)| Ok((when.clone(), of(then, to)?)))
                .collect::<Result<_, _>>()?,
            last.as_ref()
                .map(|last| of(last, to).map(Shared::new))
                .transpose()?,
        ),
        Expr::Call(call) if call.name == "coalesce" => Expr::Call(Call {
            args: call
                .args
                .iter()
                .map(|arg| of(arg, to))
                .collect::<Result<_, _>>()?,
            ..call.clone()
        }),
        other => other.clone(),
    })
}

/// What a constant is compared as: of this type, but of any length, scale and precision.
pub(super) fn beside(value: &Expr, of_type: &DataType) -> Held {
    match (value, of_type) {
        (Expr::Number(_) | Expr::Unary(..), of_type)
            if !is_text(of_type) && *of_type != DataType::Boolean =>
        {
            Ok(value.clone())
        }
        (value, DataType::Varchar(_)) => of(value, &DataType::Text),
        (Expr::String(text), DataType::Char(_)) => {
            Ok(Expr::String(text.trim_end_matches(' ').to_owned()))
        }
        (value, DataType::Numeric(_)) => of(value, &DataType::Numeric(None)),
        (value, DataType::Timestamp { zoned, .. }) => of(
            value,
            &DataType::Timestamp {
                precision: None,
                zoned: *zoned,
            },
        ),
        (value, other) => of(value, other),
    }
}

/// An explicit cast of a constant: a text is cut to the length of its type.
pub(super) fn cast(inner: &Expr, to: &DataType) -> Held {
    match (inner, to) {
        (Expr::String(text), DataType::Varchar(Some(length)) | DataType::Char(length)) => {
            let kept: String = text.chars().take(*length as usize).collect();
            string(&kept, to)
        }
        (inner, to) => of(inner, to),
    }
}

/// An explicit cast of a constant that is reckoned with: where the type has a fraction, so has the
/// number, since integers divide without a remainder.
pub(super) fn operand(inner: &Expr, to: &DataType) -> Held {
    Ok(match (cast(inner, to)?, to) {
        (
            Expr::Number(digits),
            DataType::Real | DataType::Double | DataType::Numeric(None | Some((_, 1..))),
        ) if digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-') =>
        {
            Expr::Number(format!("{digits}.0"))
        }
        (held, _) => held,
    })
}

/// Whether a value is a constant, or casts of one.
pub(super) fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) | Expr::Bytes(_) => true,
        Expr::Unary(sign, of) => matches!((sign.as_str(), &**of), ("-" | "+", Expr::Number(_))),
        Expr::Cast(inner, _) => is_constant(inner),
        Expr::Array(items) => items.iter().all(is_constant),
        _ => false,
    }
}

fn is_text(to: &DataType) -> bool {
    matches!(
        to,
        DataType::Text | DataType::Varchar(_) | DataType::Char(_)
    )
}

fn string(text: &str, to: &DataType) -> Held {
    if text.contains('\0') {
        return Err(refused(
            text,
            "a text",
            "a text ends at its first zero byte",
        ));
    }
    let known = |found: Option<String>, kind: &str, form: &str| {
        found
            .map(Expr::String)
            .ok_or_else(|| refused(text, kind, form))
    };
    match to {
        DataType::Boolean => translate::boolean(text).map(Expr::Bool),
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Real
        | DataType::Double
        | DataType::Numeric(_) => number(text.trim(), to),
        DataType::Varchar(Some(length)) => fitted(text, *length).map(Expr::String),
        DataType::Char(length) => {
            fitted(text, *length).map(|text| Expr::String(text.trim_end_matches(' ').to_owned()))
        }
        DataType::Bytes => bytes::read(text)
            .map(Expr::Bytes)
            .ok_or_else(|| refused(text, "bytes", "it is neither '\\x..' nor the escape form")),
        DataType::Uuid => known(
            uuid::read(text),
            "a uuid",
            "it has not 32 hexadecimal digits",
        ),
        DataType::Json => json::is_valid(text)
            .then(|| Expr::String(text.to_owned()))
            .ok_or_else(|| refused(text, "json", "it is no JSON")),
        DataType::Jsonb => known(
            json::canonical(text),
            "jsonb",
            "it is no JSON, or holds what jsonb does not (\\u0000, half a surrogate pair)",
        ),
        DataType::Date | DataType::Time { .. } | DataType::Timestamp { .. } => known(
            moment::read(text, to),
            "a moment",
            "only a date or time in digits from the year 1 to 9999, such as 2024-12-31 \
             23:59:59.999+02, or infinity, is the same on both",
        ),
        DataType::Interval => Ok(interval(text)),
        DataType::Array(item) => array::of_text(text, item),
        DataType::Other(name) => Ok(Expr::String(
            network::read(text, name).unwrap_or_else(|| text.to_owned()),
        )),
        DataType::Text | DataType::Varchar(None) | DataType::Enum(_) => {
            Ok(Expr::String(text.to_owned()))
        }
    }
}

/// The text as a type of this length takes it: what is too long may only end in blanks.
fn fitted(text: &str, length: u32) -> Result<String, Unsupported> {
    let count = text.chars().count();
    let length = length as usize;
    if count <= length {
        return Ok(text.to_owned());
    }
    if text.chars().skip(length).all(|c| c == ' ') {
        return Ok(text.chars().take(length).collect());
    }
    Err(unsupported(
        format!("hold a text of {count} characters where the type has {length}"),
        "it would keep all of them, and PostgreSQL refuses the text",
    ))
}

/// The printed form, as far as it is known; the text otherwise.
fn interval(text: &str) -> Expr {
    let span = Expr::Cast(
        Shared::new(Expr::String(text.to_owned())),
        DataType::Interval,
    )
    .normal();
    match span {
        Expr::Cast(inner, _) if matches!(*inner, Expr::String(_)) => inner.into_inner(),
        Expr::String(text) => Expr::String(text),
        _ => Expr::String(text.to_owned()),
    }
}

fn number(text: &str, to: &DataType) -> Held {
    let read = || {
        Decimal::parse(text).ok_or_else(|| {
            refused(
                text,
                "a number",
                "only finite numbers in decimal digits are the same on both",
            )
        })
    };
    let within = |limit: i64| {
        let rounded = read()?.rounded(0).to_string();
        let fits = rounded
            .parse::<i64>()
            .is_ok_and(|value| (-limit - 1..=limit).contains(&value));
        if fits {
            return Ok(Expr::Number(rounded));
        }
        Err(refused(
            text,
            &translate::type_for_people(to),
            "it is out of the type's range; it would be kept here and refused by PostgreSQL",
        ))
    };
    match to {
        DataType::SmallInt => within(i64::from(i16::MAX)),
        DataType::Integer => within(i64::from(i32::MAX)),
        DataType::BigInt => within(i64::MAX),
        DataType::Real | DataType::Double => {
            let shown = read()?.to_string();
            if fits_float(text, to) {
                Ok(Expr::Number(float_text(text, shown)))
            } else {
                Err(refused(
                    text,
                    "a floating-point number",
                    "it is out of the type's range",
                ))
            }
        }
        DataType::Numeric(limits) => {
            let mut number = read()?;
            if let Some((precision, scale)) = limits {
                number = number.rounded(usize::try_from(*scale).unwrap_or(0));
                let whole = i64::try_from(number.whole_digits()).unwrap_or(i64::MAX);
                if whole > i64::from(*precision) - i64::from(*scale) {
                    return Err(refused(
                        text,
                        &format!("a numeric({precision}, {scale})"),
                        "it has more digits than that before the point",
                    ));
                }
            }
            if !number.is_exact() {
                return Err(refused(
                    text,
                    "a numeric",
                    "it keeps 15 digits of a number with a fraction, and would round it in silence",
                ));
            }
            Ok(Expr::Number(number.to_string()))
        }
        DataType::Boolean if text == "0" || text == "1" => Ok(Expr::Bool(text == "1")),
        to if is_text(to) => match Decimal::parse(text) {
            Some(number) => string(&number.to_string(), to),
            None => Ok(Expr::String(text.to_owned())),
        },
        _ => Ok(Expr::Number(text.to_owned())),
    }
}

/// As it was written; digits without a point and exponent beyond 64 bits stay a float here too.
fn float_text(text: &str, shown: String) -> String {
    if text.contains(['e', 'E']) {
        text.trim_start_matches('+').to_owned()
    } else {
        shown
    }
}

fn fits_float(text: &str, to: &DataType) -> bool {
    let finite = match to {
        DataType::Real => text.parse::<f32>().is_ok_and(f32::is_finite),
        _ => text.parse::<f64>().is_ok_and(f64::is_finite),
    };
    let vanishes = match to {
        DataType::Real => text.parse::<f32>() == Ok(0.0),
        _ => text.parse::<f64>() == Ok(0.0),
    };
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    finite && !(vanishes && mantissa.contains(|c: char| ('1'..='9').contains(&c)))
}

fn refused(text: &str, kind: &str, reason: &str) -> Unsupported {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    unsupported(format!("hold {shown:?} as {kind}"), reason)
}

#[cfg(test)]
mod tests;
