//! `DO` blocks that guard one statement.
//!
//! `DO $$ BEGIN CREATE TYPE ...; EXCEPTION WHEN duplicate_object THEN null; END $$`: the usual way to say
//! `IF NOT EXISTS` where `PostgreSQL` has no such words.

use limosa_core::operation::{Operation, TableChange};

use crate::cursor::{Cursor, is_word};
use crate::language::Language;
use crate::split::split;

const DUPLICATES: &[&str] = &[
    "DUPLICATE_OBJECT",
    "DUPLICATE_TABLE",
    "DUPLICATE_COLUMN",
    "DUPLICATE_ALIAS",
    "INVALID_TABLE_DEFINITION",
];

/// The guarded statement, if the text is such a block and holds no other.
pub(crate) fn inner(text: &str, language: Language) -> Option<&str> {
    let lexicon = language.lexicon();
    let mut cursor = Cursor::new(text, lexicon);
    if !lexicon.dollar_quotes || !cursor.words("DO") {
        return None;
    }
    cursor.words("LANGUAGE plpgsql");
    let body = dollar_body(cursor.next()?.text)?;
    cursor.words("LANGUAGE plpgsql");
    if !cursor.at_end() {
        return None;
    }
    let body = trimmed_begin(body, language)?;
    let pieces = split(body, lexicon).ok()?;
    let [statement, tail @ ..] = pieces.statements.as_slice() else {
        return None;
    };
    let tail_offset = tail.first()?.offset;
    is_handler(&body[tail_offset..], language).then_some(statement.text)
}

fn dollar_body(quoted: &str) -> Option<&str> {
    let end = quoted.get(1..)?.find('$')? + 2;
    quoted
        .strip_prefix(&quoted[..end])?
        .strip_suffix(&quoted[..end])
}

fn trimmed_begin(body: &str, language: Language) -> Option<&str> {
    let mut cursor = Cursor::new(body, language.lexicon());
    cursor.words("BEGIN").then(|| cursor.rest())
}

/// `EXCEPTION WHEN duplicate_object [OR ...] THEN null; END`.
fn is_handler(text: &str, language: Language) -> bool {
    let mut cursor = Cursor::new(text, language.lexicon());
    if !cursor.words("EXCEPTION") {
        return false;
    }
    while cursor.words("WHEN") || cursor.words("OR") {
        let known = cursor
            .next()
            .is_some_and(|token| DUPLICATES.iter().any(|name| is_word(&token, name)));
        let closed = cursor.words("THEN NULL") && cursor.operator(";");
        if !known || (!closed && !cursor.clone().words("OR")) {
            return false;
        }
    }
    let end = cursor.words("END");
    cursor.operator(";");
    end && cursor.at_end()
}

/// The operation of a guarded statement: that the object is there already is no error.
pub(crate) fn soften(mut operations: Vec<Operation>) -> Option<Vec<Operation>> {
    let [operation] = operations.as_mut_slice() else {
        return None;
    };
    match operation {
        Operation::CreateEnum { if_not_exists, .. }
        | Operation::CreateTable { if_not_exists, .. }
        | Operation::CreateIndex { if_not_exists, .. }
        | Operation::CreateTrigger { if_not_exists, .. }
        | Operation::AlterTable {
            change:
                TableChange::AddColumn { if_not_exists, .. }
                | TableChange::AddConstraint { if_not_exists, .. },
            ..
        } => *if_not_exists = true,
        _ => return None,
    }
    Some(operations)
}
