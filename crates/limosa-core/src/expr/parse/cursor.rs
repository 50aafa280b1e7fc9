//! Where the parser stands, and how it steps on.

use super::{ParseError, Parsed};
use crate::expr::{Lexicon, Token, TokenKind, tokens};

/// How many levels may be nested, and how high a tree may be, so that no text can exhaust the stack
/// here or in what walks the tree later.
const LIMIT: usize = 64;

/// The tokens that carry meaning, and a position among them.
pub(super) struct Cursor<'a> {
    pub(super) lexicon: &'a Lexicon,
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
    /// The height of the highest tree read at this level.
    height: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, lexicon: &'a Lexicon) -> Self {
        let mut tokens = tokens(text, lexicon);
        tokens.retain(|token| !token.is_trivia());
        Self {
            lexicon,
            text,
            tokens,
            at: 0,
            depth: 0,
            height: 0,
        }
    }

    /// Reads with `read`, which must use up the text.
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let found = read(&mut self)?;
        match self.peek() {
            None => Ok(found),
            Some(_) => Err(self.unexpected("the end")),
        }
    }

    /// Reads one level deeper.
    pub(super) fn level<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == LIMIT {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        let around = std::mem::take(&mut self.height);
        let found = read(self);
        self.depth -= 1;
        self.link()?;
        self.height = self.height.max(around);
        found
    }

    /// Notes that what was read at this level becomes one higher.
    pub(super) fn link(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > LIMIT * 4 {
            return Err(self.error("too long a chain of operators"));
        }
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.ahead(0)
    }

    /// The token `distance` further on.
    pub(super) fn ahead(&self, distance: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + distance).copied()
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to a position.
    pub(super) fn back(&mut self, position: usize) {
        self.at = position;
    }

    /// The text from the token at a position up to the last one read.
    pub(super) fn since(&self, position: usize) -> &'a str {
        let first = self.tokens[position].offset;
        let last = self.tokens[self.at - 1];
        &self.text[first..last.offset + last.text.len()]
    }

    /// Whether the next tokens are these words.
    pub(super) fn at_words(&self, words: &[&str]) -> bool {
        let is = |(distance, word): (usize, &&str)| {
            self.ahead(distance)
                .is_some_and(|token| token.is_word(word))
        };
        words.iter().enumerate().all(is)
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        self.at_words(&[word])
    }

    /// Takes these words if they come next.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let found = self.at_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        self.words(&[word])
    }

    pub(super) fn at_operator(&self, operator: &str) -> bool {
        self.peek().is_some_and(|token| token.is_operator(operator))
    }

    /// Takes an operator or punctuation if it comes next.
    pub(super) fn accept(&mut self, operator: &str) -> bool {
        let found = self.at_operator(operator);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, operator: &str) -> Parsed<()> {
        if self.accept(operator) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{operator}`")))
        }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.word(word) {
            Ok(())
        } else {
            Err(self.unexpected(word))
        }
    }

    /// An identifier of any kind, resolved.
    pub(super) fn name(&mut self) -> Parsed<String> {
        let name = self.peek().and_then(|token| token.identifier(self.lexicon));
        let name = name.ok_or_else(|| self.unexpected("a name"))?;
        self.at += 1;
        Ok(name)
    }

    /// What stands between parentheses.
    pub(super) fn parenthesised<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        self.expect("(")?;
        let found = read(self)?;
        self.expect(")")?;
        Ok(found)
    }

    /// One or more items with commas between them.
    pub(super) fn comma<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = vec![read(self)?];
        while self.accept(",") {
            items.push(read(self)?);
        }
        Ok(items)
    }

    pub(super) fn at_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError {
            offset: self.peek().map_or(self.text.len(), |token| token.offset),
            message: message.into(),
        }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> ParseError {
        let found = match self.peek() {
            Some(token) => format!("`{}`", token.text.chars().take(40).collect::<String>()),
            None => "the end".to_owned(),
        };
        self.error(format!("expected {wanted}, found {found}"))
    }
}
