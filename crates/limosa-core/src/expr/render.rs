//! Rendering of expressions and queries in a dialect's words.

use super::{Expr, Query};
use crate::datatype::DataType;
use crate::dialect::Unsupported;

/// What a dialect says differently. The rest is common SQL.
pub trait Render {
    /// A quoted identifier. The only place where a dialect quotes one.
    fn identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A quoted string. The only place where a dialect quotes one.
    fn string(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// The dialect's identifier, to recognise its own verbatim text.
    fn id(&self) -> &'static str;

    /// The product's name, for refusals.
    fn product(&self) -> &'static str;

    /// Bytes as a literal.
    fn bytes(&self, bytes: &[u8]) -> String;

    /// `TRUE` or `FALSE`.
    fn boolean(&self, value: bool) -> &'static str;

    /// The current instant as a value.
    fn now(&self) -> &'static str {
        "CURRENT_TIMESTAMP"
    }

    /// The spelling of a type in a cast.
    fn cast_type(&self, data_type: &DataType) -> Result<String, Unsupported>;

    /// A function under the name and with the arguments that this dialect knows; arguments are
    /// rendered already.
    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported>;

    /// An operator in this dialect's spelling, or why it has none.
    fn operator(&self, operator: &str) -> Result<String, Unsupported>;

    /// An array as a literal.
    fn array(&self, items: &[String]) -> Result<String, Unsupported>;
}

/// An expression in a dialect's words.
pub fn render(expr: &Expr, dialect: &(impl Render + ?Sized)) -> Result<String, Unsupported> {
    let _ = (expr, dialect);
    unimplemented!()
}

/// A query in a dialect's words.
pub fn render_query(
    query: &Query,
    dialect: &(impl Render + ?Sized),
) -> Result<String, Unsupported> {
    let _ = (query, dialect);
    unimplemented!()
}
