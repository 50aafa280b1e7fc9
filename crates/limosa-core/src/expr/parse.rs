//! Reading of expressions and queries: a Pratt parser over [`tokens`].
//!
//! It reads what people write and what catalogs give back. What the tree cannot hold without loss is
//! an error, so that nothing is dropped in silence; a call with a window is kept as verbatim text.
//!
//! [`tokens`]: super::tokens

mod call;
mod cursor;
mod expr;
mod from;
mod infix;
mod literal;
mod primary;
mod query;
mod types;
mod words;

#[cfg(test)]
mod tests;

use super::{Expr, Lexicon, Query};
use crate::datatype::DataType;
use cursor::Cursor;

/// Where and why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Where, in bytes.
    pub offset: usize,
    /// Why.
    pub message: String,
}

/// What reading gives.
type Parsed<T> = Result<T, ParseError>;

impl Expr {
    /// Reads an expression; what cannot be read is kept as [`Expr::Verbatim`].
    pub fn parse(text: &str, lexicon: &Lexicon) -> Self {
        Self::try_parse(text, lexicon).unwrap_or_else(|_| Self::Verbatim {
            dialect: lexicon.id.to_owned(),
            text: text.trim_ascii().to_owned(),
        })
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// Text that is no expression, or one that the tree cannot hold.
    pub fn try_parse(text: &str, lexicon: &Lexicon) -> Result<Self, ParseError> {
        Cursor::new(text, lexicon).whole(Cursor::expr)
    }
}

impl Query {
    /// Reads a query; a semicolon may end it, as it does in `pg_get_viewdef`.
    ///
    /// # Errors
    /// Text that is no query, or one that the tree cannot hold.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Self, ParseError> {
        Cursor::new(text, lexicon).whole(|cursor| {
            let query = cursor.query()?;
            cursor.accept(";");
            Ok(query)
        })
    }
}

impl DataType {
    /// Reads the spelling of a type: the SQL standard's, `PostgreSQL`'s and `SQLite`'s usual names.
    ///
    /// `serial` and its kin read as the integer beneath them. A name that is none of these becomes
    /// [`DataType::Other`], in lower case unless it was quoted; only who knows the enum types of a
    /// schema can say that it is one ([`DataType::named`]).
    pub fn parse(text: &str, lexicon: &Lexicon) -> Self {
        let read = Cursor::new(text, lexicon).whole(Cursor::data_type);
        read.unwrap_or_else(|_| Self::Other(text.trim_ascii().to_ascii_lowercase()))
    }
}
