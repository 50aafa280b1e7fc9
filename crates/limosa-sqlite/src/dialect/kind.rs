//! Kinds of types: what `PostgreSQL` has operators between.
//!
//! Here any value compares with any other, and the affinity of a column decides how. So what has no meaning
//! there is asked of the types alone.

use limosa_core::datatype::DataType;

/// A kind of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Boolean,
    /// Days and moments.
    Moment,
    Time,
    Interval,
    Bytes,
    Uuid,
    Json,
}

/// The kind of a type; none of one that is not known, or is alone of its kind.
fn of(data_type: &DataType) -> Option<Kind> {
    Some(match data_type {
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Real
        | DataType::Double
        | DataType::Numeric(_) => Kind::Number,
        DataType::Text | DataType::Varchar(_) | DataType::Char(_) => Kind::Text,
        DataType::Boolean => Kind::Boolean,
        DataType::Date | DataType::Timestamp { .. } => Kind::Moment,
        DataType::Time { .. } => Kind::Time,
        DataType::Interval => Kind::Interval,
        DataType::Bytes => Kind::Bytes,
        DataType::Uuid => Kind::Uuid,
        DataType::Json | DataType::Jsonb => Kind::Json,
        DataType::Array(_) | DataType::Enum(_) | DataType::Other(_) => return None,
    })
}

/// Whether an expression that reads a value of one type can read one of the other. Of what is not known it is
/// not known, and taken for granted.
pub(super) fn are_alike(a: &DataType, b: &DataType) -> bool {
    match (of(a), of(b)) {
        (Some(a), Some(b)) => a == b,
        _ => matches!(a, DataType::Other(_)) || matches!(b, DataType::Other(_)) || a == b,
    }
}

/// Whether a column of one type takes values of the other by itself, as by an assignment cast.
pub(super) fn takes(to: &DataType, from: &DataType) -> bool {
    let spans = [Kind::Moment, Kind::Time, Kind::Interval];
    match (of(to), of(from)) {
        (Some(Kind::Text), _) => true,
        (Some(Kind::Time | Kind::Interval), Some(from)) if spans.contains(&from) => true,
        _ => are_alike(to, from),
    }
}

/// Whether a foreign key of one type can refer to a key of the other: there is an operator of the key's own
/// family, or the value becomes one of the key's type by itself (`CREATE TABLE`, "REFERENCES", as the server
/// does it).
pub(super) fn can_refer(from: &DataType, to: &DataType) -> bool {
    let width = |own: &DataType| match own {
        own if own.is_integer() => 0,
        DataType::Numeric(_) => 1,
        _ => 2,
    };
    match (of(from), of(to)) {
        (Some(Kind::Number), Some(Kind::Number)) => width(from) <= width(to),
        (Some(Kind::Time), Some(Kind::Interval)) => true,
        _ => are_alike(from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::parse;
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &[&str]) {
        let all = [
            "BIGINT",
            "NUMERIC",
            "REAL",
            "TEXT",
            "VARCHAR(9)",
            "DATE",
            "TIMESTAMP",
            "TIME",
            "INTERVAL",
            "BOOLEAN",
            "UUID",
            "BLOB",
        ];
        let found = all.into_iter();
        let found = found.filter(|to| can_refer(&parse(from), &parse(to)));
        assert_eq!(found.collect::<Vec<_>>(), to, "{from}");
    }

    /// As the server answers.
    #[test]
    fn keys_refer_to_what_they_compare_with() {
        check("INTEGER", &["BIGINT", "NUMERIC", "REAL"]);
        check("NUMERIC", &["NUMERIC", "REAL"]);
        check("DOUBLE PRECISION", &["REAL"]);
        check("CHAR(3)", &["TEXT", "VARCHAR(9)"]);
        check("TIMESTAMP", &["DATE", "TIMESTAMP"]);
        check("TIME", &["TIME", "INTERVAL"]);
        check("BOOLEAN", &["BOOLEAN"]);
        check("UUID", &["UUID"]);
        check("BLOB", &["BLOB"]);
    }
}
