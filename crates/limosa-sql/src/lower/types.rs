//! `CREATE TYPE ... AS ENUM` and `ALTER TYPE`.

use limosa_core::name::ObjectName;
use limosa_core::operation::{LabelPosition, Operation};
use limosa_core::schema::EnumType;

use crate::cursor::Cursor;
use crate::language::Language;

pub(super) fn read(mut cursor: Cursor<'_>, _: &str, _: Language) -> Option<Vec<Operation>> {
    let operation = if cursor.words("CREATE TYPE") {
        create(&mut cursor)
    } else if cursor.words("ALTER TYPE") {
        let name = cursor.object()?;
        alter(name, &mut cursor)
    } else {
        None
    }?;
    cursor.at_end().then(|| vec![operation])
}

fn create(cursor: &mut Cursor<'_>) -> Option<Operation> {
    let name = cursor.object()?;
    let enumerated = cursor.words("AS ENUM") && cursor.operator("(");
    let mut labels = Vec::new();
    while enumerated && let Some(label) = cursor.string() {
        labels.push(label);
        if !cursor.operator(",") {
            break;
        }
    }
    (enumerated && cursor.operator(")")).then_some(Operation::CreateEnum {
        enum_type: EnumType {
            name,
            labels,
            comment: None,
        }
        .into(),
        if_not_exists: false,
    })
}

/// Renaming is known of enum types alone; another kind of type is told apart when planning.
fn alter(name: ObjectName, cursor: &mut Cursor<'_>) -> Option<Operation> {
    if cursor.words("ADD VALUE") {
        let if_not_exists = cursor.words("IF NOT EXISTS");
        let label = cursor.string()?;
        let position = match position(cursor) {
            Some(position) => Some(position(cursor.string()?)),
            None => None,
        };
        return Some(Operation::AddEnumLabel {
            name,
            label,
            position,
            if_not_exists,
        });
    }
    if cursor.words("RENAME VALUE") {
        let from = cursor.string()?;
        let to = cursor.words("TO").then(|| cursor.string())??;
        return Some(Operation::RenameEnumLabel { name, from, to });
    }
    let to = cursor.words("RENAME TO").then(|| cursor.name())??;
    Some(Operation::RenameEnum { from: name, to })
}

fn position(cursor: &mut Cursor<'_>) -> Option<fn(String) -> LabelPosition> {
    if cursor.words("BEFORE") {
        Some(LabelPosition::Before)
    } else if cursor.words("AFTER") {
        Some(LabelPosition::After)
    } else {
        None
    }
}
