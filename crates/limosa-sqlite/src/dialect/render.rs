//! The words in which this dialect differs from common SQL.
//!
//! Functions and operators are allow-lists: what is not known to mean the same is refused.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{self, Expr, Query, Render};

use super::{ID, PRODUCT, SqliteDialect, translate, unsupported};

/// Functions that mean the same here under the same name ("Built-In Scalar SQL Functions",
/// "Built-in Aggregate Functions", "JSON Functions And Operators"), and this database's own ones
/// that Postgres has no namesake of.
const FUNCTIONS: [&str; 48] = [
    "abs",
    "avg",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "date",
    "datetime",
    "group_concat",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_type",
    "json_valid",
    "julianday",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "octet_length",
    "quote",
    "randomblob",
    "replace",
    "round",
    "rtrim",
    "strftime",
    "substr",
    "sum",
    "trim",
    "typeof",
    "upper",
];

/// Functions that mean the same here under another name.
const RENAMED: [(&str, &str); 6] = [
    ("char_length", "length"),
    ("character_length", "length"),
    ("substring", "substr"),
    ("btrim", "trim"),
    ("strpos", "instr"),
    ("string_agg", "group_concat"),
];

/// Further functions of this database alone.
const OWN: [&str; 8] = [
    "unixepoch",
    "unhex",
    "unicode",
    "zeroblob",
    "printf",
    "total",
    "likelihood",
    "time",
];

/// Operators that mean the same here.
const OPERATORS: [&str; 27] = [
    "NOT",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "=",
    "<>",
    "!=",
    "==",
    "<",
    "<=",
    ">",
    ">=",
    "&",
    "|",
    "<<",
    ">>",
    "->",
    "->>",
    "AND",
    "OR",
    "GLOB",
    "NOT GLOB",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
];

/// A random (version 4) UUID as text, RFC 9562 section 5.4. Without `random()`, which Postgres has
/// too, with another meaning.
pub(super) const RANDOM_UUID: &str = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' \
     || substr(hex(randomblob(2)), 2) || '-' || substr('89AB89AB89AB89AB', \
     instr('0123456789ABCDEF', substr(hex(randomblob(1)), 1, 1)), 1) || substr(hex(randomblob(2)), 2) \
     || '-' || hex(randomblob(6)))";

impl Render for SqliteDialect {
    fn id(&self) -> &'static str {
        ID
    }

    fn product(&self) -> &'static str {
        PRODUCT
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        format!("X'{}'", digits.concat())
    }

    fn boolean(&self, value: bool) -> &'static str {
        if value { "TRUE" } else { "FALSE" }
    }

    fn cast_type(&self, data_type: &DataType) -> Result<String, Unsupported> {
        match data_type {
            DataType::SmallInt | DataType::Integer | DataType::BigInt => Ok("INTEGER".into()),
            DataType::Real | DataType::Double => Ok("REAL".into()),
            DataType::Numeric(None) => Ok("NUMERIC".into()),
            DataType::Bytes => Ok("BLOB".into()),
            DataType::Text
            | DataType::Varchar(None)
            | DataType::Uuid
            | DataType::Json
            | DataType::Enum(_) => Ok("TEXT".into()),
            other => Err(unsupported(
                format!("cast to {}", translate::type_for_people(other)),
                "a cast changes the affinity of a value, and knows neither this type nor a length",
            )),
        }
    }

    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported> {
        let name = name.to_ascii_lowercase();
        let own = RENAMED
            .iter()
            .find(|(theirs, _)| *theirs == name)
            .map_or(name.as_str(), |(_, own)| *own);
        let scalar_extreme = matches!(own, "min" | "max") && args.len() > 1;
        if scalar_extreme || !(FUNCTIONS.contains(&own) || OWN.contains(&own)) {
            return Err(unsupported(
                format!("call {name}"),
                "it has no function that is known to mean the same",
            ));
        }
        Ok(format!("{own}({})", args.join(", ")))
    }

    fn operator(&self, operator: &str) -> Result<String, Unsupported> {
        if OPERATORS.contains(&operator) {
            return Ok(operator.to_owned());
        }
        match operator {
            // Both ignore the case of ASCII letters; of other letters only Postgres does.
            "ILIKE" => Ok("LIKE".into()),
            "NOT ILIKE" => Ok("NOT LIKE".into()),
            "LIKE" | "NOT LIKE" => Err(unsupported(
                format!("use {operator} here"),
                "its LIKE ignores case; only a pattern that is a plain string can be translated \
                 (to GLOB), or write ILIKE if case does not matter",
            )),
            _ => Err(unsupported(
                format!("use the operator {operator}"),
                "it has none that is known to mean the same",
            )),
        }
    }

    fn array(&self, items: &[String]) -> Result<String, Unsupported> {
        if items.is_empty() {
            return Ok("'[]'".into());
        }
        Err(unsupported(
            "write an array",
            "it has no arrays; a column of arrays holds JSON text, of constants alone",
        ))
    }

    // Operands of a set operator take no parentheses here ("SELECT", section 3).
    fn operand(&self, select: &str) -> String {
        format!("SELECT * FROM ({select})")
    }

    fn unlimited(&self) -> Option<&'static str> {
        Some("-1")
    }
}

/// An expression in this dialect's words.
pub(super) fn expression(expr: &Expr) -> Result<String, Unsupported> {
    without_zero(expr::render(&translate::expr(expr)?, &SqliteDialect)?)
}

/// A query in this dialect's words.
pub(super) fn query(query: &Query) -> Result<String, Unsupported> {
    without_zero(expr::render_query(
        &translate::query(query)?,
        &SqliteDialect,
    )?)
}

/// A statement's text ends at its first zero byte.
fn without_zero(words: String) -> Result<String, Unsupported> {
    if words.contains('\0') {
        let reason = "the text of a statement ends there, and PostgreSQL's texts hold none";
        return Err(unsupported("write a text with a zero byte", reason));
    }
    Ok(words)
}
