//! What `sqlparser` cannot read although the statement is in order.

use limosa_core::expr::{Token, TokenKind, tokens};

use crate::cursor::{Cursor, is_word};
use crate::language::Language;

/// The statement without the names of its NOT NULL constraints, which the model does not hold.
///
/// None if there are none: then the text needs no second look.
pub(crate) fn relaxed(text: &str, language: Language) -> Option<String> {
    let all = tokens(text, language.lexicon());
    let significant: Vec<&Token<'_>> = all
        .iter()
        .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment))
        .collect();
    let mut relaxed = text.to_owned();
    for window in significant.windows(4).rev() {
        let [constraint, _, not, null] = window else {
            continue;
        };
        let named =
            is_word(constraint, "CONSTRAINT") && is_word(not, "NOT") && is_word(null, "NULL");
        if named {
            relaxed.replace_range(constraint.offset..not.offset, "");
        }
    }
    (relaxed != text).then_some(relaxed)
}

/// Actions of `ALTER TABLE`, and ends of other statements, that the databases know and the model does
/// not (`PostgreSQL`, "ALTER TABLE", "CREATE TABLE", "CREATE VIEW").
const KNOWN: &[&str] = &[
    "ALTER CONSTRAINT",
    "ATTACH PARTITION",
    "CLUSTER ON",
    "DETACH PARTITION",
    "DISABLE RULE",
    "DISABLE TRIGGER",
    "ENABLE ALWAYS",
    "ENABLE REPLICA",
    "ENABLE ROW LEVEL SECURITY",
    "ENABLE TRIGGER",
    "EXCLUDE USING",
    "INHERIT",
    "NO INHERIT",
    "NOT OF",
    "PARTITION BY",
    "PARTITION OF",
    "REPLICA IDENTITY",
    "RESET",
    "RESTART",
    "SET ACCESS METHOD",
    "SET COMPRESSION",
    "SET GENERATED",
    "SET LOGGED",
    "SET SCHEMA",
    "SET STATISTICS",
    "SET STORAGE",
    "SET TABLESPACE",
    "SET UNLOGGED",
    "SET WITHOUT",
    "SET INCREMENT",
    "SET START",
    "TABLESPACE",
    "WITH CHECK OPTION",
    "WITH LOCAL CHECK OPTION",
    "WITH CASCADED CHECK OPTION",
    "WITH DATA",
    "WITH NO DATA",
    "WHERE CURRENT OF",
    "OVERRIDING",
];

/// Whether a statement that could not be parsed holds such a clause outside parentheses.
pub(crate) fn is_known_tail(text: &str, language: Language) -> bool {
    let mut cursor = Cursor::new(text, language.lexicon());
    let mut depth = 0_u32;
    while let Some(token) = cursor.peek() {
        if depth == 0 && KNOWN.iter().any(|words| cursor.clone().words(words)) {
            return true;
        }
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        cursor.next();
    }
    false
}
