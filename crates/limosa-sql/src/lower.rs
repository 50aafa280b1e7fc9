//! From statements to operations.
//!
//! Small statements are read by hand from their tokens; tables, indexes, views and rows through
//! `sqlparser`'s tree. Either way every part of a statement is accounted for: a part that the model has
//! no place for makes the whole statement [`Unheld`], and it is carried verbatim.

mod alter_column;
mod alter_table;
mod column;
mod commas;
mod comment;
mod constraint;
mod create_table;
mod data;
mod drop;
mod index;
mod items;
mod known;
mod names;
mod on_conflict;
mod relaxed;
mod rename;
mod trigger;
mod type_words;
mod types;
mod view;

use limosa_core::expr::{TokenKind, tokens};
use limosa_core::operation::Operation;
use sqlparser::ast::Statement;

use crate::cursor::Cursor;
use crate::language::Language;
use names::Names;

pub(crate) use known::is_known_tail;
pub(crate) use relaxed::relaxed;

/// The model has no place for a part of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unheld(pub(crate) &'static str);

type Lowered<T> = Result<T, Unheld>;

/// Reads one family of statements; none for any other statement.
type ByHand = fn(Cursor<'_>, &str, Language) -> Option<Vec<Operation>>;

/// The operations of a statement that needs no parser.
pub(crate) fn by_hand(text: &str, language: Language) -> Option<Vec<Operation>> {
    let cursor = Cursor::new(text, language.lexicon());
    let readers: [ByHand; 6] = [
        types::read,
        drop::read,
        comment::read,
        rename::read,
        trigger::read,
        alter_column::read,
    ];
    readers
        .iter()
        .find_map(|read| read(cursor.clone(), text, language))
}

/// Whether a statement is of a kind that the model knows, so that failing to read it is worth a word.
pub(crate) fn is_modelled(text: &str, language: Language) -> bool {
    let kinds = [
        "CREATE TABLE",
        "CREATE UNLOGGED TABLE",
        "CREATE TEMP TABLE",
        "CREATE TEMPORARY TABLE",
        "ALTER TABLE",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "CREATE VIEW",
        "CREATE OR REPLACE VIEW",
        "CREATE MATERIALIZED VIEW",
        "CREATE TRIGGER",
        "DROP TABLE",
        "DROP INDEX",
        "DROP VIEW",
        "DROP TYPE",
        "DROP TRIGGER",
        "INSERT",
        "UPDATE",
        "DELETE",
    ];
    let cursor = Cursor::new(text, language.lexicon());
    kinds.iter().any(|kind| cursor.clone().words(kind)) || data::is_behind_with(cursor)
}

/// The operations of a parsed statement.
pub(crate) fn lower(tree: Statement, text: &str, language: Language) -> Lowered<Vec<Operation>> {
    // A view's query is read from its text.
    if !matches!(tree, Statement::CreateView(_)) && has_based_number(text, language) {
        return Err(Unheld("a number of another base than ten"));
    }
    let names = Names::new(language);
    match tree {
        Statement::CreateTable(create) => create_table::lower(create, names),
        Statement::AlterTable(alter) => alter_table::lower(alter, names),
        Statement::CreateIndex(create) => index::lower(create, names),
        Statement::CreateView(create) => view::lower(create, text, names),
        Statement::Query(query) => data::behind_with(*query, names),
        Statement::Insert(insert) => data::insert(insert, names),
        Statement::Update(update) => data::update(update, names),
        Statement::Delete(delete) => data::delete(delete, names),
        _ => Err(Unheld("a kind of statement")),
    }
}

/// Whether a number such as `0x1F` is in a statement: the parser's tree holds it as the bytes
/// `X'1F'`, which is another value.
fn has_based_number(text: &str, language: Language) -> bool {
    tokens(text, language.lexicon()).iter().any(|token| {
        let digits = token.text.as_bytes();
        token.kind == TokenKind::Number && matches!(digits, [b'0', base, ..] if base.is_ascii_alphabetic() && !base.eq_ignore_ascii_case(&b'e'))
    })
}
