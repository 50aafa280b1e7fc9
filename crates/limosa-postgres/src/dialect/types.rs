//! Types: from the model to their spelling and back.

use limosa_core::datatype::DataType;
use limosa_core::expr::Lexicon;
use limosa_core::shared::Shared;

use super::{Compiled, refuse, text};

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
        DataType::Other(name) => other(name)?,
    })
}

/// Names that other databases have for types of this one. Any name here may be that of a domain or of
/// an extension's type, but these are not.
const FOREIGN: [(&str, &str); 15] = [
    ("tinyint", "smallint"),
    ("mediumint", "integer"),
    ("unsigned big int", "numeric(20)"),
    ("unsigned bigint", "numeric(20)"),
    ("bigint unsigned", "numeric(20)"),
    ("int unsigned", "bigint"),
    ("unsigned int", "bigint"),
    ("clob", "text"),
    ("tinytext", "text"),
    ("mediumtext", "text"),
    ("longtext", "text"),
    ("nvarchar", "varchar"),
    ("tinyblob", "bytea"),
    ("longblob", "bytea"),
    ("character varying", "varchar"),
];

/// A type that the model does not know.
fn other(name: &str) -> Compiled<String> {
    let lower = name.trim().to_ascii_lowercase();
    if let Some((_, own)) = FOREIGN.iter().find(|(theirs, _)| *theirs == lower) {
        return Ok((*own).to_owned());
    }
    let base = lower.split('(').next().unwrap_or_default().trim();
    if let Some(own) = sized(base, &lower) {
        return Ok(own);
    }
    let reason = match base {
        "" => "a column without a type holds values of any; say which one is meant",
        "any" | "string" | "number" | "long" | "double precision" | "enum" | "set" => {
            "it has no type of this name, which holds numbers as well as texts on SQLite; say \
             which one is meant"
        }
        _ if base.contains(' ') && !base.contains(['"', '.']) && !KNOWN.contains(&base) => {
            "it has no type of this name"
        }
        _ => return Ok(name.to_owned()),
    };
    Err(refuse(format!("hold the type {name:?}"), reason))
}

/// Names of several words that the model does not know.
const KNOWN: [&str; 2] = ["bit varying", "interval year to month"];

/// A foreign name with a length, which says nothing of what its columns hold, or limits a text.
fn sized(base: &str, whole: &str) -> Option<String> {
    let arguments = &whole[whole.find('(')?..];
    match base {
        "int" | "integer" | "int4" => Some("integer".to_owned()),
        "bigint" | "int8" => Some("bigint".to_owned()),
        "smallint" | "tinyint" | "int2" => Some("smallint".to_owned()),
        "text" | "clob" => Some("text".to_owned()),
        "blob" => Some("bytea".to_owned()),
        "nvarchar" => Some(format!("varchar{arguments}")),
        _ => None,
    }
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
            item => DataType::Array(Shared::new(item)),
        },
        DataType::Other(name) => match read(&other(name).unwrap_or_else(|_| name.clone())) {
            DataType::Other(name) => DataType::Other(name.to_ascii_lowercase()),
            known => normal(&known),
        },
        other => other.clone(),
    }
}
