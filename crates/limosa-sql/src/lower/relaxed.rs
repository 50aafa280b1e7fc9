//! What `sqlparser` cannot read although the statement is in order.

use std::borrow::Cow;

use limosa_core::expr::Token;
use limosa_core::operation::Operation;
use limosa_core::schema::Storage;

use super::items::significant;
use super::{commas, on_conflict, type_words};
use crate::cursor::{Cursor, is_word};
use crate::language::Language;

/// A text that says the same in words that the parser knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Relaxed {
    pub(crate) text: String,
    /// Columns of a `CREATE TABLE` that the author required apart from their definitions.
    required: Vec<String>,
    /// What a `CREATE TABLE` of `SQLite` says behind its keys.
    clauses: Vec<on_conflict::Clause>,
    /// Options behind a table of `SQLite`.
    storage: Storage,
}

/// The statement without the names of its NOT NULL constraints, which the model does not hold, without
/// `OVERRIDING SYSTEM VALUE`, `STRICT, WITHOUT ROWID` behind it and `ON CONFLICT` behind its keys, with each type as
/// one word and a comma between constraints.
///
/// None if it has nothing of these: then the text needs no second look. Behind a column the name is left out;
/// `ADD CONSTRAINT name NOT NULL x` (`PostgreSQL` 18) becomes `ALTER COLUMN x SET NOT NULL`.
pub(crate) fn relaxed(text: &str, language: Language) -> Option<Relaxed> {
    let parted = commas::given(text, language);
    let (rest, clauses) = match on_conflict::taken(&parted, language) {
        Some((rest, clauses)) => (Cow::Owned(rest), clauses),
        None => (parted, Vec::new()),
    };
    let worded = type_words::quoted(&rest, language);
    let tokens = significant(&worded, language);
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
    /// Adds to a new table what was said apart from what the parser read.
    pub(crate) fn add(&self, mut operations: Vec<Operation>) -> Vec<Operation> {
        for operation in &mut operations {
            let Operation::CreateTable { table, .. } = operation else {
                continue;
            };
            table.storage.strict |= self.storage.strict;
            table.storage.without_rowid |= self.storage.without_rowid;
            for constraint in &mut table.constraints {
                self.clauses.iter().for_each(|one| one.say(constraint));
            }
            for column in &mut table.columns {
                column.nullable &= !self.required.contains(&column.name);
            }
        }
        operations
    }

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
