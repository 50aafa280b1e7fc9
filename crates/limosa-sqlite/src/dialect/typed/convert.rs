//! Conversions of values from one type to another.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Expr, Negated};
use limosa_core::shared::Shared;

use super::super::{translate, unsupported};

type Converted = Result<Expr, Unsupported>;

/// A value of one type where it becomes one of another by being stored.
pub(super) fn assign(value: Expr, from: &DataType, to: &DataType) -> Converted {
    use DataType as T;
    Ok(match (from, to) {
        (from, to) if from == to => value,
        (from, to) if from.is_integer() && to.is_number() => value,
        (from @ (T::Numeric(_) | T::Double | T::Real), to) if to.is_integer() => {
            rounded(value, from)
        }
        (_, T::Numeric(Some(_))) if is_rounded(&value, 2) => value,
        (from, T::Numeric(Some((_, scale)))) if from.is_number() => {
            let scale = Expr::Number((*scale).max(0).to_string());
            Expr::call("round", vec![value, scale])
        }
        (T::Timestamp { .. }, T::Timestamp { precision, .. }) => whole(value, *precision)?,
        (T::Timestamp { .. }, T::Date) => part(value, "1", Some("10")),
        (T::Timestamp { .. }, T::Time { precision, .. }) => {
            part(whole(value, *precision)?, "12", None)
        }
        (T::Date, T::Timestamp { .. }) if value != Expr::Today => {
            Expr::binary(value, "||", Expr::String(" 00:00:00".into()))
        }
        (from, T::Text | T::Varchar(_) | T::Char(_)) => shown(value, from)?,
        _ => value,
    })
}

/// A moment in a column that keeps fewer digits.
fn whole(value: Expr, precision: Option<u32>) -> Converted {
    if value == Expr::Now || precision.is_none_or(|digits| digits >= 6) {
        return Ok(value);
    }
    Err(unsupported(
        "round a moment to a precision",
        "its date functions cut off instead; write the values with as many digits as the column has",
    ))
}

/// An explicit cast of what is no constant.
pub(super) fn cast(value: Expr, from: Option<&DataType>, to: &DataType) -> Converted {
    use DataType as T;
    let Some(from) = from else {
        return Ok(match (value, to) {
            (value, T::Varchar(Some(length)) | T::Char(length)) => {
                let length = length.to_string();
                part(value, "1", Some(&length))
            }
            (value, to) => Expr::Cast(Shared::new(value), to.clone()),
        });
    };
    Ok(match (from, to) {
        (from, to) if from == to => value,
        (T::Boolean, to) if to.is_integer() => Expr::Cast(Shared::new(value), T::Integer),
        (from, T::Boolean) if from.is_integer() => {
            Expr::binary(value, "<>", Expr::Number("0".into()))
        }
        (from, to) if is_textual(from) && to.is_number() => checked(value, to),
        (from @ (T::Numeric(_) | T::Double | T::Real), to) if to.is_integer() => {
            rounded(value, from)
        }
        (from, T::Numeric(Some(_))) if from.is_number() => assign(value, from, to)?,
        (from, T::Numeric(None)) if from.is_number() => value,
        (from, to) if from.is_number() && to.is_number() => {
            Expr::Cast(Shared::new(value), to.clone())
        }
        (from, T::Varchar(Some(length)) | T::Char(length)) => {
            let length = length.to_string();
            part(shown(value, from)?, "1", Some(&length))
        }
        (from, T::Text | T::Varchar(None)) => {
            let text = shown(value, from)?;
            if is_textual(from) || *from == T::Boolean {
                text
            } else {
                Expr::Cast(Shared::new(text), T::Text)
            }
        }
        (from, T::Json | T::Jsonb) if is_textual(from) => Expr::call("json", vec![value]),
        (T::Json | T::Jsonb, T::Json | T::Jsonb) => value,
        (from, T::Uuid) if is_textual(from) => Expr::call("lower", vec![value]),
        (from, T::Enum(_)) if is_textual(from) => value,
        (T::Timestamp { .. }, T::Timestamp { .. } | T::Date | T::Time { .. })
        | (T::Date, T::Timestamp { .. }) => assign(value, from, to)?,
        (from, T::Other(_)) if is_textual(from) => value,
        _ => {
            return Err(unsupported(
                format!(
                    "cast {} to {}",
                    translate::type_for_people(from),
                    translate::type_for_people(to)
                ),
                "a cast changes the affinity of a value, and does not read it as another type",
            ));
        }
    })
}

/// A value as the text that Postgres shows for it.
pub(super) fn shown(value: Expr, from: &DataType) -> Converted {
    use DataType as T;
    Ok(match from {
        T::Boolean => {
            let text = |value: &str| Expr::String(value.to_owned());
            let no = Expr::Unary("NOT".into(), Shared::new(value.clone()));
            Expr::Case(
                None,
                vec![(value, text("true")), (no, text("false"))].into(),
                None,
            )
        }
        T::Numeric(_) if matches!(value, Expr::Number(_)) => match value {
            Expr::Number(digits) => Expr::String(digits),
            other => other,
        },
        T::Real | T::Double | T::Numeric(_) => {
            return Err(no_text(
                from,
                "its text of a number has other digits behind the point",
            ));
        }
        T::Timestamp { zoned: true, .. } => {
            return Err(no_text(
                from,
                "PostgreSQL's text of an instant depends on the session's time zone",
            ));
        }
        T::Bytes => return Err(no_text(from, "it would take the bytes for a text")),
        T::Array(_) => return Err(no_text(from, "an array is JSON text here")),
        _ => value,
    })
}

fn no_text(from: &DataType, reason: &str) -> Unsupported {
    let kind = translate::type_for_people(from);
    unsupported(format!("write {kind} as text"), reason)
}

/// `now() + interval '1 day'`, for spans that are equally long everywhere.
pub(super) fn from_now(operator: &str, span: &Expr) -> Option<Expr> {
    let Expr::String(span) = span else {
        return None;
    };
    let mut words = span.split_whitespace();
    let (amount, unit) = (words.next()?.parse::<u32>().ok()?, words.next()?);
    let unit = unit.trim_end_matches('s').to_ascii_lowercase();
    let known = matches!(unit.as_str(), "day" | "hour" | "minute" | "second");
    let fits = known && words.next().is_none() && matches!(operator, "+" | "-");
    fits.then(|| {
        let modifier = Expr::String(format!("{operator}{amount} {unit}s"));
        Expr::call("datetime", vec![Expr::Now, modifier])
    })
}

fn is_textual(from: &DataType) -> bool {
    matches!(
        from,
        DataType::Text | DataType::Varchar(_) | DataType::Char(_)
    )
}

fn rounded(value: Expr, from: &DataType) -> Expr {
    let whole = if is_rounded(&value, 1) {
        value
    } else if matches!(from, DataType::Numeric(_)) {
        Expr::call("round", vec![value])
    } else {
        to_even(value)
    };
    Expr::Cast(Shared::new(whole), DataType::Integer)
}

/// A floating-point number without a fraction: PostgreSQL rounds the half to the even neighbour, and a numeric away
/// from zero, as `round` does here.
pub(super) fn to_even(value: Expr) -> Expr {
    let two = || Expr::Number("2".into());
    let round = |value: Expr| Expr::call("round", vec![value]);
    let off = Expr::binary(value.clone(), "-", round(value.clone()));
    let is_half = Expr::binary(
        Expr::call("abs", vec![off]),
        "=",
        Expr::Number("0.5".into()),
    );
    let even = Expr::binary(two(), "*", round(Expr::binary(value.clone(), "/", two())));
    round(Expr::Case(
        None,
        vec![(is_half, even)].into(),
        Some(Shared::new(value)),
    ))
}

/// Whether an expression is what a rounded floating-point number has become.
pub(super) fn is_to_even(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) if is_rounded(expr, 1) => match &call.args[0] {
            Expr::Case(None, _, Some(last)) => to_even((**last).clone()) == *expr,
            _ => false,
        },
        _ => false,
    }
}

fn is_rounded(value: &Expr, arguments: usize) -> bool {
    matches!(value, Expr::Call(call) if call.name == "round" && call.args.len() == arguments)
}

fn part(value: Expr, from: &str, length: Option<&str>) -> Expr {
    let numbers = [Some(from), length];
    let numbers = numbers
        .into_iter()
        .flatten()
        .map(|digits| Expr::Number(digits.to_owned()));
    Expr::call("substr", std::iter::once(value).chain(numbers).collect())
}

/// Whether an expression is what a text that is cast to a number has become.
pub(super) fn is_checked(expr: &Expr) -> bool {
    let Expr::Case(None, branches, Some(last)) = expr else {
        return false;
    };
    let refuses = matches!(&**last, Expr::Call(call) if call.name == "json");
    let asks = |when: &Expr| match when {
        Expr::In(kind, ..) => matches!(&**kind, Expr::Call(call) if call.name == "json_type"),
        _ => false,
    };
    refuses && branches.iter().any(|(when, _)| asks(when))
}

/// A text as a number; where it is none, both databases refuse the row: here `json` does, which takes
/// no such text.
fn checked(value: Expr, to: &DataType) -> Expr {
    let kind = Expr::call("json_type", vec![value.clone()]);
    let integer = Expr::String("integer".into());
    let (kinds, to) = if to.is_integer() {
        (vec![integer], DataType::BigInt)
    } else {
        (vec![integer, Expr::String("real".into())], DataType::Double)
    };
    let message = Expr::binary(value.clone(), "||", Expr::String(" is no number".into()));
    let is_null = Expr::Is(Shared::new(value.clone()), "NULL".into(), Negated::No);
    let fits = Expr::In(Shared::new(kind), kinds.into(), Negated::No);
    Expr::Case(
        None,
        vec![
            (is_null, Expr::Null),
            (fits, Expr::Cast(Shared::new(value), to)),
        ]
        .into(),
        Some(Shared::new(Expr::call("json", vec![message]))),
    )
}
