//! Text that the tree does not hold: compared by its tokens.

use crate::expr::{Expr, Lexicon, tokens};

/// The text with one space between its tokens and its words folded.
pub(super) fn rewrite(dialect: String, text: &str) -> Expr {
    let known = [Lexicon::POSTGRES, Lexicon::SQLITE];
    let Some(lexicon) = known.iter().find(|lexicon| lexicon.id == dialect) else {
        let text = text.to_owned();
        return Expr::Verbatim { dialect, text };
    };
    let words: Vec<String> = tokens(text, lexicon)
        .iter()
        .filter(|token| !token.is_trivia())
        .map(|token| match token.kind {
            crate::expr::TokenKind::Word => token.text.to_ascii_lowercase(),
            _ => token.text.to_owned(),
        })
        .collect();
    let text = words.join(" ");
    Expr::Verbatim { dialect, text }
}
