//! `ALTER INDEX ... RENAME TO`.

use limosa_core::operation::Operation;

use crate::cursor::Cursor;
use crate::language::Language;

pub(super) fn read(mut cursor: Cursor<'_>, _: &str, _: Language) -> Option<Vec<Operation>> {
    if !cursor.words("ALTER INDEX") {
        return None;
    }
    let if_exists = cursor.words("IF EXISTS");
    let from = cursor.object()?;
    let to = cursor.words("RENAME TO").then(|| cursor.name())??;
    cursor.at_end().then(|| {
        vec![Operation::RenameIndex {
            from,
            to,
            if_exists,
        }]
    })
}
