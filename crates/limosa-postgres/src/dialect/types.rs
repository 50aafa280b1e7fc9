//! Types: from the model to their spelling and back.

use limosa_core::datatype::DataType;
use limosa_core::expr::Lexicon;

use super::{Compiled, text};

/// The spelling of a type, manual chapter 8.
pub(super) fn spell(data_type: &DataType) -> Compiled<String> {
    Ok(match data_type {
        DataType::SmallInt => "smallint".to_owned(),
        DataType::Integer => "integer".to_owned(),
        DataType::BigInt => "bigint".to_owned(),
        DataType::Real => "real".to_owned(),
        DataType::Double => "double precision".to_owned(),
        DataType::Numeric(None) => "numeric".to_owned(),
        DataType::Numeric(Some((precision, scale))) => format!("numeric({precision}, {scale})"),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Text => "text".to_owned(),
        DataType::Varchar(None) => "varchar".to_owned(),
        DataType::Varchar(Some(length)) => format!("varchar({length})"),
        DataType::Char(length) => format!("char({length})"),
        DataType::Bytes => "bytea".to_owned(),
        DataType::Date => "date".to_owned(),
        DataType::Time { precision, zoned } => moment("time", *precision, *zoned),
        DataType::Timestamp { precision, zoned } => moment("timestamp", *precision, *zoned),
        DataType::Interval => "interval".to_owned(),
        DataType::Uuid => "uuid".to_owned(),
        DataType::Json => "json".to_owned(),
        DataType::Jsonb => "jsonb".to_owned(),
        DataType::Enum(name) => text::object(name)?,
        DataType::Array(item) => format!("{}[]", spell(item)?),
        DataType::Other(name) => name.clone(),
    })
}

fn moment(word: &str, precision: Option<u32>, zoned: bool) -> String {
    let precision = precision.map_or_else(String::new, |digits| format!("({digits})"));
    let zone = if zoned { " with time zone" } else { "" };
    format!("{word}{precision}{zone}")
}

/// The type that a spelling means.
pub(super) fn read(name: &str) -> DataType {
    DataType::parse(name, &Lexicon::POSTGRES)
}

/// The type as the catalog shows it: a stated precision of six digits is the usual one, arrays have
/// no dimensions (manual section 8.15.1).
pub(super) fn normal(data_type: &DataType) -> DataType {
    let usual = |precision: Option<u32>| precision.filter(|digits| *digits < 6);
    match data_type {
        DataType::Time { precision, zoned } => DataType::Time {
            precision: usual(*precision),
            zoned: *zoned,
        },
        DataType::Timestamp { precision, zoned } => DataType::Timestamp {
            precision: usual(*precision),
            zoned: *zoned,
        },
        DataType::Array(item) => match normal(item) {
            DataType::Array(inner) => DataType::Array(inner),
            item => DataType::Array(Box::new(item)),
        },
        DataType::Other(name) => match read(name) {
            DataType::Other(name) => DataType::Other(name.to_ascii_lowercase()),
            known => normal(&known),
        },
        other => other.clone(),
    }
}
