//! What `sqlparser` cannot read although the statement is in order.

use std::borrow::Cow;

use limosa_core::expr::{Token, TokenKind, tokens};
use limosa_core::schema::Storage;

use super::{commas, on_conflict, type_words};
use crate::cursor::{Cursor, is_word};
use crate::language::Language;

/// A text that says the same in words that the parser knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Relaxed {
    pub(crate) text: String,
    /// Columns of a `CREATE TABLE` that the author required apart from their definitions.
    pub(crate) required: Vec<String>,
    /// What a `CREATE TABLE` of `SQLite` says behind its keys.
    pub(crate) clauses: Vec<on_conflict::Clause>,
    /// Options behind a table of `SQLite`.
    pub(crate) storage: Storage,
}

/// The statement without the names of its NOT NULL constraints, which the model does not hold,
/// without `STRICT, WITHOUT ROWID` behind it and `ON CONFLICT` behind its keys, with each type as one word and a
/// comma between constraints.
///
/// None if there are none: then the text needs no second look. Behind a column the name is left out;
/// `ADD CONSTRAINT name NOT NULL x` (`PostgreSQL` 18) becomes `ALTER COLUMN x SET NOT NULL`.
pub(crate) fn relaxed(text: &str, language: Language) -> Option<Relaxed> {
    let parted = commas::given(text, language);
    let (rest, clauses) = match on_conflict::taken(&parted, language) {
        Some((rest, clauses)) => (Cow::Owned(rest), clauses),
        None => (parted, Vec::new()),
    };
    let worded = type_words::quoted(&rest, language);
    let mut tokens = tokens(&worded, language.lexicon());
    tokens.retain(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment));
    let mut relaxed = Relaxed {
        text: worded.to_string(),
        clauses,
        ..Relaxed::default()
    };
    relaxed.take_storage(&tokens, language);
    relaxed.take_overriding(&tokens);
    for at in (1..tokens.len().saturating_sub(3)).rev() {
        if let [before, constraint, _, not, null, rest @ ..] = &tokens[at - 1..]
            && is_word(constraint, "CONSTRAINT")
            && is_word(not, "NOT")
            && is_word(null, "NULL")
        {
            relaxed.replace(before, constraint, not, rest.first(), language);
        }
    }
    (relaxed.text != text).then_some(relaxed)
}

impl Relaxed {
    /// Several options in a row, which the parser knows only alone.
    fn take_storage(&mut self, tokens: &[Token<'_>], language: Language) {
        let Some(close) = tokens.iter().rposition(|token| token.text == ")") else {
            return;
        };
        let end = tokens[close].offset + 1;
        let mut cursor = Cursor::new(&self.text[end..], language.lexicon());
        let mut storage = Storage::default();
        loop {
            if cursor.words("STRICT") {
                storage.strict = true;
            } else if cursor.words("WITHOUT ROWID") {
                storage.without_rowid = true;
            } else {
                return;
            }
            if !cursor.operator(",") {
                break;
            }
        }
        if language == Language::Sqlite && cursor.at_end() {
            self.text.truncate(end);
            self.storage = storage;
        }
    }

    /// `OVERRIDING SYSTEM VALUE` of an `INSERT`: the given numbers are taken, as they are where nothing
    /// is said of it.
    fn take_overriding(&mut self, tokens: &[Token<'_>]) {
        let said = ["OVERRIDING", "SYSTEM", "VALUE"];
        let is_insert = tokens.first().is_some_and(|token| is_word(token, "INSERT"));
        let place = tokens.windows(4).position(|four| {
            said.iter()
                .zip(four)
                .all(|(word, token)| is_word(token, word))
        });
        if let Some(at) = place.filter(|_| is_insert) {
            self.text
                .replace_range(tokens[at].offset..tokens[at + 3].offset, "");
        }
    }

    fn replace(
        &mut self,
        before: &Token<'_>,
        constraint: &Token<'_>,
        not: &Token<'_>,
        column: Option<&Token<'_>>,
        language: Language,
    ) {
        let end = |token: &Token<'_>| token.offset + token.text.len();
        match column.map(|column| (column, column.identifier(language.lexicon()))) {
            Some((column, Some(_))) if is_word(before, "ADD") => {
                let instead = format!("ALTER COLUMN {} SET NOT NULL", column.text);
                self.text
                    .replace_range(before.offset..end(column), &instead);
            }
            Some((column, Some(name))) if before.text == "," => {
                self.text.replace_range(before.offset..end(column), "");
                self.required.push(name);
            }
            _ => self.text.replace_range(constraint.offset..not.offset, ""),
        }
    }
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
