//! Values by type, each one new, and the comparison with what a database shows of them.

use crate::datatype::DataType;
use crate::expr::Expr;
use crate::schema::Schema;

/// A made-up value.
pub(super) struct Made {
    pub(super) value: Expr,
    /// Whether another number makes another value.
    pub(super) fresh: bool,
    /// Whether the database is sure to take it.
    pub(super) sure: bool,
}

impl Made {
    fn fresh(value: Expr) -> Self {
        Self {
            value,
            fresh: true,
            sure: true,
        }
    }

    /// One of a few values, or the same at each time.
    pub(super) fn fixed(value: Expr) -> Self {
        Self {
            value,
            fresh: false,
            sure: true,
        }
    }
}

/// The value of a type that a number stands for.
pub(super) fn make(data_type: &DataType, number: u32, schema: &Schema) -> Made {
    let digits = |value: u64| Expr::Number(value.to_string());
    let text = |text: String| Made::fresh(Expr::String(text));
    let n = u64::from(number);
    match data_type {
        DataType::SmallInt => Made::fresh(digits(20_000 + n % 10_000)),
        DataType::Integer => Made::fresh(digits(1_900_000_000 + n)),
        DataType::BigInt => Made::fresh(digits(4_000_000_000_000 + n)),
        DataType::Real | DataType::Double => Made::fresh(Expr::Number(format!("{number}.5"))),
        DataType::Numeric(precision) => numeric(*precision, n),
        DataType::Boolean => Made::fixed(Expr::Bool(true)),
        DataType::Varchar(Some(length)) | DataType::Char(length) => short(*length, number),
        DataType::Text | DataType::Varchar(None) => text(format!("limosa {number}")),
        DataType::Bytes => Made::fresh(Expr::Bytes(number.to_be_bytes().to_vec())),
        DataType::Date => text(format!("{}-01-02", year(number))),
        DataType::Time { .. } => text(format!("12:{:02}:{:02}", number / 60 % 60, number % 60)),
        DataType::Timestamp { zoned: false, .. } => {
            text(format!("{}-01-02 12:04:05", year(number)))
        }
        DataType::Timestamp { zoned: true, .. } => {
            text(format!("{}-01-02 12:04:05+00", year(number)))
        }
        DataType::Interval => text(format!("{} days", number + 2)),
        DataType::Uuid => text(format!("f1a50000-0000-4000-8000-{number:012x}")),
        DataType::Json | DataType::Jsonb => text(format!("{{\"limosa\": {number}}}")),
        DataType::Array(_) => Made::fixed(Expr::String("{}".to_owned())),
        DataType::Enum(name) => {
            let label = schema
                .enum_type(name)
                .and_then(|found| found.labels.first());
            Made {
                sure: label.is_some(),
                ..Made::fixed(Expr::String(label.cloned().unwrap_or_default()))
            }
        }
        DataType::Other(name) => Made {
            sure: false,
            ..other(name, number)
        },
    }
}

/// As [`make`], with numbers that can be reckoned with: `a * b` fits the type of `a`.
pub(super) fn make_small(data_type: &DataType, number: u32, schema: &Schema) -> Made {
    match data_type {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => {
            Made::fresh(Expr::Number((number % 10_000 + 1).to_string()))
        }
        _ => make(data_type, number, schema),
    }
}

fn year(number: u32) -> u32 {
    3000 + number % 5000
}

fn numeric(precision: Option<(u32, i32)>, n: u64) -> Made {
    let whole = match precision {
        None => 18,
        Some((precision, scale)) => i64::from(precision) - i64::from(scale),
    };
    let Some(limit) = u32::try_from(whole.clamp(0, 18))
        .ok()
        .map(|digits| 10_u64.pow(digits))
    else {
        return Made::fixed(Expr::Number("0".to_owned()));
    };
    Made {
        fresh: limit > 10_000,
        ..Made::fresh(Expr::Number((n % limit).to_string()))
    }
}

/// The last characters of a text that must be short.
fn short(length: u32, number: u32) -> Made {
    let text = format!("limosa{number:06}");
    let skip = text.len().saturating_sub(length as usize);
    Made {
        fresh: length >= 4,
        ..Made::fresh(Expr::String(text[skip..].to_owned()))
    }
}

fn other(name: &str, number: u32) -> Made {
    let byte = number % 250 + 1;
    let text = match name {
        "inet" | "cidr" => format!("192.0.{}.{byte}", number / 250 % 250),
        "macaddr" => format!("02:00:00:00:{:02x}:{byte:02x}", number / 250 % 250),
        "money" => return Made::fresh(Expr::Number(number.to_string())),
        "point" => format!("({number},1)"),
        "int4range" | "int8range" | "numrange" => format!("[{number},{})", number + 1),
        "xml" => format!("<limosa>{number}</limosa>"),
        "ltree" => format!("limosa.n{number}"),
        _ => format!("limosa {number}"),
    };
    Made::fresh(Expr::String(text))
}

/// Whether a database shows a value as it should; types with many spellings only have to be there.
pub(super) fn is_shown(data_type: &DataType, value: &Expr, shown: Option<&str>) -> bool {
    let Some(shown) = shown else {
        return *value == Expr::Null;
    };
    match (value, data_type) {
        (Expr::Null, _) => false,
        (Expr::Number(number), _) => same_number(number, shown),
        (Expr::Bool(value), _) => {
            let spellings = if *value {
                ["t", "true", "1"]
            } else {
                ["f", "false", "0"]
            };
            spellings.contains(&shown.to_ascii_lowercase().as_str())
        }
        (Expr::Bytes(bytes), _) => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            shown.trim_start_matches("\\x") == digits.concat()
        }
        // The session's time zone moves it by half a day at most.
        (Expr::String(text), DataType::Timestamp { .. } | DataType::Date) => {
            text.get(..6) == shown.get(..6)
        }
        (Expr::String(text), DataType::Char(_)) => shown.trim_end() == text.trim_end(),
        (
            Expr::String(text),
            DataType::Text | DataType::Varchar(_) | DataType::Enum(_) | DataType::Uuid,
        ) => shown == text,
        _ => true,
    }
}

fn same_number(a: &str, b: &str) -> bool {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= f64::EPSILON * a.abs().max(1.0),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data_type: &DataType, expected: &str) {
        let value = match make(data_type, 1_234, &Schema::default()).value {
            Expr::Number(text) | Expr::String(text) => text,
            other => format!("{other:?}"),
        };
        assert_eq!(value, expected);
    }

    #[test]
    fn values_fit_their_types() {
        check(&DataType::SmallInt, "21234");
        check(&DataType::Numeric(Some((3, 1))), "34");
        check(&DataType::Numeric(Some((2, 2))), "0");
        check(&DataType::Varchar(Some(4)), "1234");
        check(&DataType::Varchar(Some(64)), "limosa001234");
        check(&DataType::TIMESTAMP, "4234-01-02 12:04:05");
    }

    #[test]
    fn values_are_recognised() {
        let number = |text: &str| Expr::Number(text.to_owned());
        let string = |text: &str| Expr::String(text.to_owned());
        assert!(is_shown(
            &DataType::Numeric(None),
            &number("5"),
            Some("5.00")
        ));
        assert!(!is_shown(&DataType::Integer, &number("5"), Some("6")));
        assert!(is_shown(&DataType::Boolean, &Expr::Bool(true), Some("1")));
        assert!(!is_shown(&DataType::Boolean, &Expr::Bool(true), Some("f")));
        assert!(!is_shown(&DataType::Text, &string("a"), Some("a ")));
        assert!(is_shown(&DataType::Char(3), &string("a"), Some("a  ")));
        assert!(!is_shown(&DataType::Text, &string("a"), None));
        let time = string("3001-01-02 12:04:05+00");
        assert!(is_shown(
            &DataType::TIMESTAMPTZ,
            &time,
            Some("3001-01-02 17:04:05+05")
        ));
        assert!(!is_shown(
            &DataType::TIMESTAMPTZ,
            &time,
            Some("1970-01-02 17:04:05+05")
        ));
    }
}
