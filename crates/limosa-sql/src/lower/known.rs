//! Clauses that the databases know, and neither the parser nor the model does.

use crate::cursor::{Cursor, is_word};
use crate::language::Language;

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
    "ON ONLY",
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
    let mut before = "";
    while let Some(token) = cursor.peek() {
        let clause = depth == 0 && KNOWN.iter().any(|words| cursor.clone().words(words));
        let options = depth == 0 && before.eq_ignore_ascii_case("WITH") && token.text == "(";
        let like = depth == 1 && ["(", ","].contains(&before) && is_word(&token, "LIKE");
        if clause || options || like {
            return true;
        }
        before = token.text;
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        cursor.next();
    }
    false
}
