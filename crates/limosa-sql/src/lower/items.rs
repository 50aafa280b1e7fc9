//! The columns and constraints of a `CREATE TABLE`, by its tokens.

use limosa_core::expr::{Token, TokenKind, tokens};

use crate::cursor::is_word;
use crate::language::Language;

/// The tokens of a statement, without white space and comments.
pub(super) fn significant(text: &str, language: Language) -> Vec<Token<'_>> {
    let mut all = tokens(text, language.lexicon());
    all.retain(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment));
    all
}

/// What stands between the commas in the outer parentheses of a `CREATE`; nothing of any other statement.
pub(super) fn items<'t, 'a>(all: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut items = Vec::new();
    if !all.first().is_some_and(|first| is_word(first, "CREATE")) {
        return items;
    }
    let (mut depth, mut start) = (0_u32, 0);
    for (at, token) in all.iter().enumerate() {
        match token.text {
            "(" => {
                depth += 1;
                if depth == 1 {
                    start = at + 1;
                }
            }
            "," if depth == 1 => {
                items.push(&all[start..at]);
                start = at + 1;
            }
            ")" => {
                if depth == 1 {
                    items.push(&all[start..at]);
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    items
}
