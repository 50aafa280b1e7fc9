//! Reads the statements that the catalog keeps, token by token.
//!
//! They have passed the library's own parser, so that reading them cannot fail on what is
//! well-formed; what is not understood is passed over.

use limosa_core::expr::{Expr, Lexicon, Token, TokenKind, tokens};

/// A place in a statement.
pub(crate) struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        let tokens = tokens(text, &Lexicon::SQLITE);
        let tokens = tokens
            .into_iter()
            .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment))
            .collect();
        Self {
            text,
            tokens,
            at: 0,
        }
    }

    /// The next token.
    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    /// The next token, which is passed.
    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// Whether the next token is this keyword or punctuation.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| is_word(token, word))
    }

    /// Where the next token starts; at the end, the text's end.
    pub(crate) fn offset(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.offset)
    }

    /// What is left behind the last token that was passed, white space and comments included.
    pub(crate) fn rest_with_space(&self) -> &'a str {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let end = last.map_or(0, |token| token.offset + token.text.len());
        self.text.get(end..).unwrap_or_default()
    }

    /// Whether the next token is one of these keywords.
    pub(crate) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Passes these keywords if all of them come next.
    pub(crate) fn eat(&mut self, words: &[&str]) -> bool {
        let next = self.tokens.get(self.at..).unwrap_or_default();
        let all = next.len() >= words.len()
            && next
                .iter()
                .zip(words)
                .all(|(token, word)| is_word(*token, word));
        if all {
            self.at += words.len();
        }
        all
    }

    /// The name that comes next. Strings are taken for names there ("Double-quoted String Literals
    /// Are Accepted" tells the other half).
    pub(crate) fn name(&mut self) -> Option<String> {
        let token = self.next()?;
        token
            .identifier(&Lexicon::SQLITE)
            .or_else(|| token.string())
    }

    /// What stands between the parentheses that come next.
    pub(crate) fn parenthesised(&mut self) -> Option<&'a str> {
        if !self.is("(") {
            return None;
        }
        let start = self.next()?.offset + 1;
        let mut depth = 1;
        while let Some(token) = self.next() {
            depth = nested(depth, token);
            if depth == 0 {
                return self.text.get(start..token.offset);
            }
        }
        self.text.get(start..)
    }

    /// A reader of what stands between the parentheses that come next; of nothing if none do.
    pub(crate) fn inside(mut self) -> Self {
        self.tokens.drain(..self.at.min(self.tokens.len()));
        self.at = 0;
        if !self.is("(") {
            self.tokens.clear();
            return self;
        }
        let mut depth = 0;
        let end = self.tokens.iter().position(|token| {
            depth = nested(depth, *token);
            depth == 0
        });
        if let Some(end) = end {
            self.text = &self.text[..self.tokens[end].offset];
            self.tokens.truncate(end);
        }
        self.at = 1;
        self
    }

    /// The words behind the parentheses that come next.
    pub(crate) fn behind(&self) -> impl Iterator<Item = &'a str> {
        let mut depth = 0;
        let rest = self.tokens.get(self.at..).unwrap_or_default().iter();
        let behind = rest.skip_while(move |token| {
            depth = nested(depth, **token);
            depth > 0
        });
        behind.skip(1).map(|token| token.text)
    }

    /// The names in the parentheses that come next; a collation or order behind one is left out.
    pub(crate) fn names(&mut self) -> Vec<String> {
        self.parenthesised()
            .map(|inner| {
                let items = items(inner).into_iter();
                items.filter_map(|item| Reader::new(item).name()).collect()
            })
            .unwrap_or_default()
    }

    /// The expression in the parentheses that come next.
    pub(crate) fn expression(&mut self) -> Option<Expr> {
        self.parenthesised()
            .map(|inner| Expr::parse(inner.trim(), &Lexicon::SQLITE))
    }

    /// The rest of the text.
    pub(crate) fn rest(&self) -> &'a str {
        self.peek()
            .and_then(|token| self.text.get(token.offset..))
            .unwrap_or_default()
            .trim_end_matches([';', ' ', '\n', '\r', '\t'])
    }

    /// The text before the last word, if that is the word.
    pub(crate) fn without_last(&self, word: &str) -> Option<&'a str> {
        let last = self.tokens.last().filter(|token| is_word(**token, word))?;
        self.text.get(..last.offset)
    }
}

fn is_word(token: Token<'_>, word: &str) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Operator)
        && token.text.eq_ignore_ascii_case(word)
}

fn nested(depth: u32, token: Token<'_>) -> u32 {
    match (token.kind, token.text) {
        (TokenKind::Operator, "(") => depth + 1,
        (TokenKind::Operator, ")") => depth.saturating_sub(1),
        _ => depth,
    }
}

/// The items of a list as they stand between the commas, white space and comments included.
pub(crate) fn spans(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for token in tokens(text, &Lexicon::SQLITE) {
        depth = nested(depth, token);
        if depth == 0 && token.kind == TokenKind::Operator && token.text == "," {
            all.push(&text[start..token.offset]);
            start = token.offset + 1;
        }
    }
    all.push(&text[start..]);
    all
}

/// The items of a list, without the commas between them.
pub(crate) fn items(text: &str) -> Vec<&str> {
    spans(text).into_iter().map(str::trim).collect()
}
