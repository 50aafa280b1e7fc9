//! Reading of expressions and queries.

use super::{Expr, Lexicon, Query};

/// Where and why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Where, in bytes.
    pub offset: usize,
    /// Why.
    pub message: String,
}

impl Expr {
    /// Reads an expression; what cannot be read is kept as [`Expr::Verbatim`].
    pub fn parse(text: &str, lexicon: &Lexicon) -> Self {
        Self::try_parse(text, lexicon).unwrap_or_else(|_| Self::Verbatim {
            dialect: lexicon.id.to_owned(),
            text: text.to_owned(),
        })
    }

    /// Reads an expression.
    ///
    /// # Errors
    /// Text that is no expression, or one that the tree cannot hold.
    pub fn try_parse(text: &str, lexicon: &Lexicon) -> Result<Self, ParseError> {
        let _ = (text, lexicon);
        unimplemented!()
    }
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Text that is no query, or one that the tree cannot hold.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Self, ParseError> {
        let _ = (text, lexicon);
        unimplemented!()
    }
}
