//! Two small dialects for the tests of this module.

use super::{Lexicon, Render, standard_call};
use crate::datatype::DataType;
use crate::dialect::Unsupported;

/// Like `PostgreSQL`.
pub(super) struct Big;

/// Like `SQLite`.
pub(super) struct Small;

/// What can be said, in words near to how it is read.
fn spell(data_type: &DataType) -> String {
    match data_type {
        DataType::Array(inner) => format!("{}[]", spell(inner)),
        DataType::Other(name) => name.clone(),
        DataType::Timestamp { zoned: true, .. } => "timestamptz".to_owned(),
        DataType::Timestamp { .. } => "timestamp".to_owned(),
        DataType::Double => "double precision".to_owned(),
        DataType::Varchar(Some(length)) => format!("varchar({length})"),
        other => format!("{other:?}").to_lowercase().replace("(none)", ""),
    }
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.concat()
}

impl Render for Big {
    fn id(&self) -> &'static str {
        Lexicon::POSTGRES.id
    }

    fn product(&self) -> &'static str {
        "Big"
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        format!("'\\x{}'::bytea", hex(bytes))
    }

    fn boolean(&self, value: bool) -> &'static str {
        if value { "TRUE" } else { "FALSE" }
    }

    fn cast_type(&self, data_type: &DataType) -> Result<String, Unsupported> {
        Ok(spell(data_type))
    }

    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported> {
        Ok(standard_call(name, args, self))
    }

    fn operator(&self, operator: &str) -> Result<String, Unsupported> {
        Ok(operator.to_owned())
    }

    fn array(&self, items: &[String]) -> Result<String, Unsupported> {
        Ok(format!("ARRAY[{}]", items.join(", ")))
    }
}

impl Small {
    fn refuse<T>(&self, what: &str) -> Result<T, Unsupported> {
        Err(Unsupported {
            product: self.product(),
            what: format!("use {what}"),
            reason: "it is small".to_owned(),
        })
    }
}

impl Render for Small {
    fn id(&self) -> &'static str {
        Lexicon::SQLITE.id
    }

    fn product(&self) -> &'static str {
        "Small"
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        format!("X'{}'", hex(bytes))
    }

    fn boolean(&self, value: bool) -> &'static str {
        if value { "TRUE" } else { "FALSE" }
    }

    fn cast_type(&self, data_type: &DataType) -> Result<String, Unsupported> {
        match data_type {
            DataType::Array(_) => self.refuse("arrays"),
            other => Ok(spell(other)),
        }
    }

    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported> {
        Ok(standard_call(name, args, self))
    }

    fn operator(&self, operator: &str) -> Result<String, Unsupported> {
        match operator {
            "IS DISTINCT FROM" => Ok("IS NOT".to_owned()),
            "IS NOT DISTINCT FROM" => Ok("IS".to_owned()),
            "ILIKE" => Ok("LIKE".to_owned()),
            "NOT ILIKE" => Ok("NOT LIKE".to_owned()),
            "=" | "<>" | "<" | "<=" | ">" | ">=" | "AND" | "OR" | "NOT" | "+" | "-" | "*" | "/"
            | "%" | "||" | "->" | "->>" | "GLOB" | "&" | "|" | "~" => Ok(operator.to_owned()),
            other => self.refuse(other),
        }
    }

    fn array(&self, _: &[String]) -> Result<String, Unsupported> {
        self.refuse("arrays")
    }

    fn operand(&self, select: &str) -> String {
        format!("SELECT * FROM ({select})")
    }

    fn unlimited(&self) -> Option<&'static str> {
        Some("-1")
    }
}
