//! Rendering of expressions and queries in a dialect's words.

mod call;
mod expr;
mod query;
mod strength;

use super::{Expr, Query, With};
use crate::datatype::DataType;
use crate::dialect::Unsupported;
use crate::name::ObjectName;

pub(super) use call::BARE;
pub use call::standard_call;

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
    /// rendered already, the first one with its `DISTINCT`. [`standard_call`] spells what the
    /// dialect has nothing to say about.
    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported>;

    /// An operator in this dialect's spelling, or why it has none. Asked also for `= ANY`, `<> ALL`
    /// and the like, and for `[]`, the subscript.
    fn operator(&self, operator: &str) -> Result<String, Unsupported>;

    /// An array as a literal.
    fn array(&self, items: &[String]) -> Result<String, Unsupported>;

    /// The name of a table or view.
    fn object(&self, name: &ObjectName) -> Result<String, Unsupported> {
        let own = self.identifier(&name.name);
        Ok(match &name.schema {
            Some(schema) => format!("{}.{own}", self.identifier(schema)),
            None => own,
        })
    }

    /// A select with parentheses around it, as an operand of a set operator.
    fn operand(&self, select: &str) -> String {
        format!("({select})")
    }

    /// The number in a `LIMIT` that limits nothing, where `OFFSET` cannot stand alone.
    fn unlimited(&self) -> Option<&'static str> {
        None
    }
}

/// An expression in a dialect's words, with no more parentheses than all dialects together need.
pub fn render(expr: &Expr, dialect: &dyn Render) -> Result<String, Unsupported> {
    Writer(dialect).expr(expr)
}

/// A query in a dialect's words.
pub fn render_query(query: &Query, dialect: &dyn Render) -> Result<String, Unsupported> {
    Writer(dialect).query(query)
}

/// `WITH ... ` in a dialect's words, with the blank behind it; nothing if there is none.
pub fn render_with(with: &With, dialect: &dyn Render) -> Result<String, Unsupported> {
    Writer(dialect).with(&with.items, with.recursive)
}

/// Writes in the words of one dialect.
struct Writer<'a>(&'a dyn Render);

impl Writer<'_> {
    fn list(&self, items: &[Expr]) -> Result<String, Unsupported> {
        Ok(self.each(items)?.join(", "))
    }

    fn each(&self, items: &[Expr]) -> Result<Vec<String>, Unsupported> {
        items.iter().map(|item| self.expr(item)).collect()
    }

    fn names(&self, names: &[String]) -> String {
        let quoted: Vec<_> = names.iter().map(|name| self.0.identifier(name)).collect();
        quoted.join(", ")
    }
}
