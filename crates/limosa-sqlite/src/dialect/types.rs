//! Types: the spelling that a column is declared with, and what a declared spelling means.
//!
//! A declared type only sets a column's affinity ("Datatypes In SQLite", section 3); the spellings
//! are those that projects on both databases use most.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Lexicon;

use super::unsupported;

/// Types of Postgres whose values are text with a fixed spelling, and nothing else.
const TEXTUAL: [&str; 9] = [
    "inet", "cidr", "macaddr", "macaddr8", "xml", "name", "bpchar", "citext", "regclass",
];

/// Types that `SQLite`'s own users declare and the model does not know, in whatever case a migration that was not
/// written for this database has them. Those that were are told by [`is_own`].
const NATIVE: [&str; 9] = [
    "any",
    "string",
    "tinyint",
    "mediumint",
    "int2",
    "int8",
    "unsigned big int",
    "clob",
    "nvarchar",
];

/// The spelling of a type.
pub(super) fn spelling(data_type: &DataType) -> Result<String, Unsupported> {
    Ok(match data_type {
        DataType::SmallInt => "SMALLINT".into(),
        DataType::Integer => "INTEGER".into(),
        DataType::BigInt => "BIGINT".into(),
        DataType::Real => "REAL".into(),
        DataType::Double => "DOUBLE PRECISION".into(),
        DataType::Numeric(None) => "NUMERIC".into(),
        DataType::Numeric(Some((precision, scale))) => format!("NUMERIC({precision},{scale})"),
        DataType::Boolean => "BOOLEAN".into(),
        DataType::Varchar(Some(length)) => format!("VARCHAR({length})"),
        DataType::Char(length) => format!("CHAR({length})"),
        DataType::Bytes => "BLOB".into(),
        DataType::Date => "DATE".into(),
        DataType::Time { .. } => "TIME".into(),
        DataType::Timestamp { .. } => "DATETIME".into(),
        DataType::Text
        | DataType::Varchar(None)
        | DataType::Interval
        | DataType::Uuid
        | DataType::Json
        | DataType::Jsonb
        | DataType::Enum(_)
        | DataType::Array(_) => "TEXT".into(),
        DataType::Other(name) => other(name)?,
    })
}

fn other(name: &str) -> Result<String, Unsupported> {
    let lower = name.trim().to_ascii_lowercase();
    let base = lower.split('(').next().unwrap_or_default().trim();
    if TEXTUAL.contains(&base) {
        return Ok("TEXT".into());
    }
    let upper = name.trim().to_ascii_uppercase();
    if NATIVE.contains(&base) || is_own(name) {
        return Ok(upper);
    }
    let reason = match base {
        "tsvector" | "tsquery" => {
            "its full-text search (FTS5) is a virtual table, not a type of column"
        }
        _ => "it has no type of this name, and would take any value for it",
    };
    Err(unsupported(format!("hold the type {name}"), reason))
}

/// Whether somebody declared it for this database, which takes any words, or none: [`parse`] gives them in upper
/// case, as files in its language are read. A type of PostgreSQL's is in lower case, or in quotes.
fn is_own(name: &str) -> bool {
    !name.contains(|c: char| c == '"' || c.is_ascii_lowercase())
}

/// The spelling in a `STRICT` table, which knows five types ("STRICT Tables", section 2).
pub(super) fn strict(data_type: &DataType) -> Result<String, Unsupported> {
    Ok(match data_type {
        DataType::SmallInt | DataType::Integer | DataType::BigInt | DataType::Boolean => {
            "INTEGER".into()
        }
        DataType::Real | DataType::Double => "REAL".into(),
        DataType::Bytes => "BLOB".into(),
        DataType::Other(name) if name.eq_ignore_ascii_case("any") => "ANY".into(),
        DataType::Numeric(_) => {
            return Err(unsupported(
                "hold a numeric in a STRICT table",
                "a strict column is an integer, a real, a text, a blob or any",
            ));
        }
        other => {
            spelling(other)?;
            "TEXT".into()
        }
    })
}

/// The type that a declared spelling means.
pub(super) fn parse(name: &str) -> DataType {
    let upper = name.trim().to_ascii_uppercase();
    match upper.as_str() {
        "DATETIME" => DataType::TIMESTAMP,
        "BLOB" => DataType::Bytes,
        "DOUBLE" => DataType::Double,
        "" => DataType::Other(String::new()),
        // The most frequent ones without a reader: a schema has as many of them as columns.
        "BIGINT" => DataType::BigInt,
        "BOOLEAN" => DataType::Boolean,
        "INTEGER" => DataType::Integer,
        "TEXT" => DataType::Text,
        _ => match DataType::parse(name.trim(), &Lexicon::SQLITE) {
            DataType::Other(_) => DataType::Other(upper),
            known => known,
        },
    }
}

/// The type that this database holds for one.
pub(super) fn held(data_type: &DataType) -> DataType {
    match (spelling(data_type), data_type) {
        (Ok(name), _) => parse(&name),
        // Its own users may write any word.
        (Err(_), DataType::Other(name)) => parse(name),
        (Err(_), other) => other.clone(),
    }
}

/// The type that a `STRICT` table holds for one.
pub(super) fn held_strictly(data_type: &DataType) -> DataType {
    strict(data_type).map_or_else(|_| data_type.clone(), |name| parse(&name))
}

/// Whether a column of this type compares without regard to case (`citext`).
pub(super) fn ignores_case(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Other(name) if name.eq_ignore_ascii_case("citext"))
}

#[cfg(test)]
mod tests;
