//! `COMMENT ON` what the model holds; on anything else it is carried verbatim.

use limosa_core::name::ObjectName;
use limosa_core::operation::{Commented, Operation};

use crate::cursor::Cursor;
use crate::language::Language;

type Make = fn(ObjectName) -> Commented;

pub(super) fn read(mut cursor: Cursor<'_>, _: &str, _: Language) -> Option<Vec<Operation>> {
    if !cursor.words("COMMENT ON") {
        return None;
    }
    let on = commented(&mut cursor)?;
    if !cursor.words("IS") {
        return None;
    }
    let text = if cursor.words("NULL") {
        None
    } else {
        // An empty comment is none (PostgreSQL, "COMMENT").
        Some(cursor.string()?).filter(|text| !text.is_empty())
    };
    cursor
        .at_end()
        .then(|| vec![Operation::Comment { on, text }])
}

fn commented(cursor: &mut Cursor<'_>) -> Option<Commented> {
    if cursor.words("COLUMN") {
        return column(cursor);
    }
    let kinds: [(&str, Make); 5] = [
        ("TABLE", Commented::Table),
        ("INDEX", Commented::Index),
        ("VIEW", Commented::View),
        ("MATERIALIZED VIEW", Commented::View),
        ("TYPE", Commented::Enum),
    ];
    let (_, commented) = kinds.iter().find(|(words, _)| cursor.words(words))?;
    Some(commented(cursor.object()?))
}

/// `table.column` or `schema.table.column`.
fn column(cursor: &mut Cursor<'_>) -> Option<Commented> {
    let mut parts = vec![cursor.name()?];
    while cursor.operator(".") {
        parts.push(cursor.name()?);
    }
    let column = parts.pop()?;
    let table = match parts.as_slice() {
        [table] => ObjectName::new(table),
        [schema, table] => ObjectName::qualified(schema, table),
        _ => return None,
    };
    Some(Commented::Column(table, column))
}
