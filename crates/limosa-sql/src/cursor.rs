//! A reader of tokens, for the statements that are simple enough to be read by hand.
//!
//! Used where `sqlparser` does not know a statement, and where its tree says less than the text.

use limosa_core::expr::{Lexicon, Token, TokenKind, tokens};
use limosa_core::name::ObjectName;

/// A position in the tokens of a statement, without white space and comments.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    lexicon: &'a Lexicon,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, lexicon: &'a Lexicon) -> Self {
        let mut tokens = tokens(text, lexicon);
        tokens.retain(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment));
        Self {
            text,
            tokens,
            at: 0,
            lexicon,
        }
    }

    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(crate) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The text from here on.
    pub(crate) fn rest(&self) -> &'a str {
        self.peek().map_or("", |token| &self.text[token.offset..])
    }

    /// Takes these words if all of them are next.
    pub(crate) fn words(&mut self, words: &str) -> bool {
        let mut at = self.at;
        for word in words.split(' ') {
            match self.tokens.get(at) {
                Some(token) if is_word(token, word) => at += 1,
                _ => return false,
            }
        }
        self.at = at;
        true
    }

    /// Takes an operator or punctuation.
    pub(crate) fn operator(&mut self, operator: &str) -> bool {
        let found = self
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Operator && token.text == operator);
        self.at += usize::from(found);
        found
    }

    /// Takes an identifier, folded and without quotes.
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.peek()?;
        let name = token.identifier(self.lexicon)?;
        self.at += 1;
        Some(name)
    }

    /// Takes a name with at most one schema in front of it.
    pub(crate) fn object(&mut self) -> Option<ObjectName> {
        let first = self.name()?;
        if !self.operator(".") {
            return Some(ObjectName::new(first));
        }
        let second = self.name()?;
        let more = self.peek().is_some_and(|token| token.text == ".");
        (!more).then(|| ObjectName::qualified(first, second))
    }

    /// Takes a string literal.
    pub(crate) fn string(&mut self) -> Option<String> {
        let text = self.peek()?.string()?;
        self.at += 1;
        Some(text)
    }
}

/// Whether a token is this unquoted word.
pub(crate) fn is_word(token: &Token<'_>, word: &str) -> bool {
    token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word)
}
