//! `ALTER COLUMN ... DROP IDENTITY` and `DROP EXPRESSION`, which `sqlparser` does not know.

use limosa_core::operation::{Operation, TableChange};

use crate::cursor::Cursor;
use crate::language::Language;

pub(super) fn read(mut cursor: Cursor<'_>, _: &str, _: Language) -> Option<Vec<Operation>> {
    if !cursor.words("ALTER TABLE") {
        return None;
    }
    let if_exists = cursor.words("IF EXISTS");
    cursor.words("ONLY");
    let table = cursor.object()?;
    if !cursor.words("ALTER") {
        return None;
    }
    cursor.words("COLUMN");
    let column = cursor.name()?;
    let change = if cursor.words("DROP IDENTITY") {
        TableChange::SetIdentity {
            column,
            identity: None,
        }
    } else if cursor.words("DROP EXPRESSION") {
        TableChange::SetGenerated {
            column,
            generated: None,
        }
    } else {
        return None;
    };
    // What is not there any more need not be dropped: the plan looks.
    cursor.words("IF EXISTS");
    cursor.at_end().then(|| {
        vec![Operation::AlterTable {
            table,
            if_exists,
            change,
        }]
    })
}
