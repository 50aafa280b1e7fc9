//! `ALTER COLUMN ... DROP IDENTITY`, `DROP EXPRESSION`, `SET EXPRESSION` and `TYPE ... COLLATE`, which
//! `sqlparser` does not know.

use limosa_core::expr::Expr;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::Generated;

use crate::cursor::Cursor;
use crate::language::Language;

pub(super) fn read(
    mut cursor: Cursor<'_>,
    text: &str,
    language: Language,
) -> Option<Vec<Operation>> {
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
    } else if cursor.words("TYPE") || cursor.words("SET DATA TYPE") {
        return collated(cursor, text, language);
    } else if cursor.words("SET EXPRESSION AS") {
        return expression(&mut cursor, language).map(|generated| {
            vec![Operation::AlterTable {
                table,
                if_exists,
                change: TableChange::SetGenerated {
                    column,
                    generated: Some(generated),
                },
            }]
        });
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

/// A parenthesised expression, and nothing behind it. Before `PostgreSQL` 18 every generated column is stored.
fn expression(cursor: &mut Cursor<'_>, language: Language) -> Option<Generated> {
    let text = cursor.rest();
    let mut depth = 0_usize;
    loop {
        if cursor.operator("(") {
            depth += 1;
        } else if cursor.operator(")") {
            depth = depth.checked_sub(1)?;
        } else {
            cursor.next()?;
        }
        if depth == 0 {
            break;
        }
    }
    let inner = text.trim_end().strip_prefix('(')?.strip_suffix(')')?;
    cursor.at_end().then(|| Generated {
        expr: Expr::parse(inner, language.lexicon()),
        stored: true,
    })
}

/// `TYPE ... COLLATE name ...`: the statement without the collation is read as ever.
fn collated(mut cursor: Cursor<'_>, text: &str, language: Language) -> Option<Vec<Operation>> {
    while !cursor.peek()?.is_word("COLLATE") {
        // The collation of an expression stands behind it.
        if cursor.next()?.is_word("USING") {
            return None;
        }
    }
    let before = &text[..text.len() - cursor.rest().len()];
    cursor.next();
    let name = cursor.name()?;
    let rest = cursor.rest();
    let plain = format!("{before} {rest}");
    let read = crate::statement(&plain, language).ok()?.operations;
    let mut operations: Vec<Operation> = read.iter().map(|one| (**one).clone()).collect();
    match operations.as_mut_slice() {
        [
            Operation::AlterTable {
                change: TableChange::SetType { collation, .. },
                ..
            },
        ] => *collation = Some(name),
        _ => return None,
    }
    Some(operations)
}
