//! Tokens of SQL text, by the rules of the dialect that it is written in.
//!
//! Every byte of the input belongs to exactly one token, so that text can be cut and put together
//! again without loss.

mod decode;
mod operator;
mod quote;
mod scan;
#[cfg(test)]
mod tests;

pub(super) use decode::unhex;

use serde::{Deserialize, Serialize};

/// How a dialect's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, always named"
)]
pub struct Lexicon {
    /// The dialect's identifier: `postgres`, `sqlite`.
    pub id: &'static str,
    /// What happens to an unquoted identifier.
    pub fold: Fold,
    /// The longest identifier in bytes: what is longer is cut, without an error. None: no limit.
    pub identifier_bytes: Option<usize>,
    /// `$tag$ ... $tag$` quotes a string.
    pub dollar_quotes: bool,
    /// `E'...'` quotes a string with backslash escapes.
    pub escape_strings: bool,
    /// `/* /* */ */` nests.
    pub nested_comments: bool,
    /// `` `name` `` and `[name]` quote identifiers.
    pub foreign_quotes: bool,
    /// Whether the base of a dialect is `PostgreSQL`-like casts `x::type`.
    pub double_colon: bool,
}

/// What happens to an unquoted identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// It becomes lower case.
    Lower,
    /// It stays as it is.
    Keep,
}

impl Lexicon {
    /// `PostgreSQL`, manual section 4.1 "Lexical Structure".
    pub const POSTGRES: Self = Self {
        id: "postgres",
        fold: Fold::Lower,
        identifier_bytes: Some(63),
        dollar_quotes: true,
        escape_strings: true,
        nested_comments: true,
        foreign_quotes: false,
        double_colon: true,
    };
    /// `SQLite`, its pages on keywords and on comment syntax.
    pub const SQLITE: Self = Self {
        id: "sqlite",
        fold: Fold::Keep,
        identifier_bytes: None,
        dollar_quotes: false,
        escape_strings: false,
        nested_comments: false,
        foreign_quotes: true,
        double_colon: false,
    };
}

impl Lexicon {
    /// An unquoted identifier as its database holds it.
    pub fn unquoted(&self, name: &str) -> String {
        match self.fold {
            // PostgreSQL folds no more than ASCII in UTF-8 databases.
            Fold::Lower => self.cut(name).to_ascii_lowercase(),
            Fold::Keep => self.cut(name).to_owned(),
        }
    }

    /// An identifier cut between characters to the length that its database holds.
    pub fn cut<'a>(&self, name: &'a str) -> &'a str {
        let Some(limit) = self.identifier_bytes.filter(|limit| name.len() > *limit) else {
            return name;
        };
        let end = (0..=limit).rev().find(|at| name.is_char_boundary(*at));
        &name[..end.unwrap_or_default()]
    }
}

/// A piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The text, quotes included.
    pub text: &'a str,
    /// Where it starts, in bytes.
    pub offset: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// White space.
    Space,
    /// `-- ...` up to the line's end, or `/* ... */`.
    Comment,
    /// An unquoted word: a keyword or an identifier.
    Word,
    /// A quoted identifier.
    Quoted,
    /// A string of any kind: `'..'`, `E'..'`, `X'..'`, `$$..$$`.
    String,
    /// A number.
    Number,
    /// A parameter: `$1`, `?`, `:name`.
    Parameter,
    /// An operator or punctuation; `::`, `->>`, `<=` are one token.
    Operator,
    /// A quote or comment without an end: the rest of the text.
    Unterminated,
}

impl Token<'_> {
    /// Whether it carries no meaning: white space or a comment.
    pub fn is_trivia(&self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }

    /// Whether it is this unquoted word, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this operator or punctuation.
    pub fn is_operator(&self, operator: &str) -> bool {
        self.kind == TokenKind::Operator && self.text == operator
    }
}

/// The tokens of a text. Concatenated, they are the text.
pub fn tokens<'a>(text: &'a str, lexicon: &Lexicon) -> Vec<Token<'a>> {
    let mut found = Vec::new();
    let mut offset = 0;
    while offset < text.len() {
        let (kind, length) = scan::token(&text[offset..], lexicon, offset);
        found.push(Token {
            kind,
            text: &text[offset..offset + length],
            offset,
        });
        offset += length;
    }
    found
}
