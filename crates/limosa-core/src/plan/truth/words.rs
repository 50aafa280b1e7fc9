//! The words of a definition, to be compared where its meaning cannot be.

use crate::expr::{Lexicon, TokenKind, tokens};

/// A text without what lies between its words.
pub(super) fn said(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let tokens = tokens(text, lexicon).into_iter();
    tokens
        .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment))
        .map(|token| token.text.to_owned())
        .collect()
}

/// The words of a query without qualifiers, parentheses, `AS` and the last semicolon.
pub(super) fn bare_words(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text, lexicon) {
        match (token.kind, token.text) {
            (TokenKind::Space | TokenKind::Comment, _) | (_, "(" | ")" | ";") => {}
            (_, ".") => {
                words.pop();
            }
            (TokenKind::String, text) => words.push(text.to_owned()),
            (_, word) => words.push(word.trim_matches('"').to_ascii_lowercase()),
        }
    }
    words.retain(|word| word != "as");
    words
}
