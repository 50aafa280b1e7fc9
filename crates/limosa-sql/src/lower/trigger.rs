//! `CREATE TRIGGER`: known by its name and table; its text belongs to one dialect.

use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::Trigger;

use crate::cursor::Cursor;
use crate::language::Language;

pub(super) fn read(
    mut cursor: Cursor<'_>,
    text: &str,
    language: Language,
) -> Option<Vec<Operation>> {
    if !cursor.words("CREATE") {
        return None;
    }
    let or_replace = cursor.words("OR REPLACE");
    cursor.words("CONSTRAINT");
    if !cursor.words("TRIGGER") {
        return None;
    }
    let if_not_exists = cursor.words("IF NOT EXISTS");
    let name = cursor.object()?.name;
    let table = table(&mut cursor)?;
    if cursor.at_end() {
        return None;
    }
    Some(vec![Operation::CreateTrigger {
        trigger: Trigger {
            name,
            table,
            dialect: language.id().to_owned(),
            text: text.to_owned(),
        }
        .into(),
        or_replace,
        if_not_exists,
    }])
}

/// The table stands behind the first `ON`: `AFTER UPDATE OF a OR INSERT ON t`.
fn table(cursor: &mut Cursor<'_>) -> Option<ObjectName> {
    while !cursor.words("ON") {
        cursor.next()?;
    }
    cursor.object()
}
