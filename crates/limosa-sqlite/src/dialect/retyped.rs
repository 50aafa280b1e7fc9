//! What stands in a schema and reads a column whose type changes: checks, generated columns, indexes, foreign
//! keys, views.
//!
//! `PostgreSQL` reads all of it again by the new type, and refuses what has no meaning then (`operator does not
//! exist: integer = text`, `foreign key constraint cannot be implemented`). Here it would go on, and compare
//! numbers with texts.

use std::borrow::Cow;

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Expr, Part};
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Constraint, ForeignKey, Schema, Table};

use super::kind::{are_alike, can_refer};
use super::{names, readers, render, translate, typed, unsupported};

/// Refuses what has no meaning behind operations that are done at once.
pub(super) fn refuse_senseless(
    operations: &[&Operation],
    before: &Schema,
) -> Result<(), Unsupported> {
    if !operations.iter().any(|one| may_part_types(one)) {
        return Ok(());
    }
    let mut after = before.clone();
    for operation in operations {
        // What does not fit is told where it is compiled.
        if after.apply(operation).is_err() {
            return Ok(());
        }
    }
    let said = said(operations);
    for old in &before.tables {
        if let Some(new) = names::table(&after, &old.name) {
            refuse_readers((old, before), new, &said)?;
            refuse_generated(old, new, &said)?;
        }
    }
    for child in &after.tables {
        for constraint in &child.constraints {
            if let Constraint::ForeignKey(key) = constraint {
                refuse_reference((child, key), before, &after)?;
            }
        }
    }
    Ok(())
}

fn may_part_types(operation: &Operation) -> bool {
    let Operation::AlterTable { change, .. } = operation else {
        return false;
    };
    match change {
        TableChange::SetType { .. } => true,
        TableChange::AddConstraint { constraint, .. } => {
            matches!(**constraint, Constraint::ForeignKey(_))
        }
        _ => false,
    }
}

/// The expressions that operations say: these are new, and read by the types of then, whatever was said in
/// these words before.
pub(super) fn said<'o>(operations: &[&'o Operation]) -> Vec<&'o Expr> {
    let mut all = Vec::new();
    for operation in operations {
        match operation {
            Operation::AlterTable { change, .. } => match change {
                TableChange::AddConstraint { constraint, .. } => {
                    if let Constraint::Check(check) = &**constraint {
                        all.push(&check.expr);
                    }
                }
                TableChange::SetDefault {
                    default: Some(default),
                    ..
                } => all.push(default),
                TableChange::SetGenerated {
                    generated: Some(generated),
                    ..
                } => all.push(&generated.expr),
                _ => {}
            },
            Operation::CreateIndex { index, .. } => {
                all.extend(index.keys.iter().map(|key| &key.expr));
                all.extend(&index.predicate);
            }
            _ => {}
        }
    }
    all
}

fn refuse_readers(
    (old, schema): (&Table, &Schema),
    new: &Table,
    said: &[&Expr],
) -> Result<(), Unsupported> {
    for column in &new.columns {
        let Some(before) = names::column(old, &column.name) else {
            continue;
        };
        if are_alike(&before.data_type, &column.data_type) {
            continue;
        }
        refuse_default(old, before, column, said)?;
        let stays = |expr: &&Expr| !said.contains(expr) && typed::expressions(old).contains(expr);
        let minds = |expr: &&Expr| reads(expr, &column.name) && !is_plain_key(expr, new);
        let mut expressions = typed::expressions(new).into_iter().filter(stays);
        let own = expressions
            .find(minds)
            .map(render::expression)
            .transpose()?;
        // PostgreSQL lets no type change below a view, not even to one of the same kind.
        let view = || readers::views(old, &column.name, schema).next();
        let reader = own.or_else(|| view().map(|view| format!("the view {}", view.name)));
        if let Some(reader) = reader {
            return Err(unsupported(
                format!("make {}.{} {}", new.name, column.name, people(column)),
                format!(
                    "{reader} is there, which reads it as {}; drop that first, and add it again as it should be",
                    people(before)
                ),
            ));
        }
    }
    Ok(())
}

/// A column that is generated from one of another type is another one if its expression has to be written otherwise
/// for that: rounded, say. `PostgreSQL` changes no type below a generated column.
fn refuse_generated(old: &Table, new: &Table, said: &[&Expr]) -> Result<(), Unsupported> {
    let written = typed::changed(old, new, said)?;
    for (own, written) in new.columns.iter().zip(&written.columns) {
        let before = names::column(old, &own.name).and_then(|own| own.generated.as_ref());
        let (Some(how), true) = (&own.generated, before == own.generated.as_ref()) else {
            continue;
        };
        if written.generated.as_ref() != Some(how) && !said.contains(&&how.expr) {
            return Err(unsupported(
                format!(
                    "change the type of what {}.{} is generated from",
                    new.name, own.name
                ),
                "its values would be others; drop its expression first, and set it again as it should be",
            ));
        }
    }
    Ok(())
}

/// A default that stays becomes one of the new type, if that takes it by itself: a text takes any, as in `INSERT`.
fn refuse_default(
    table: &Table,
    before: &Column,
    after: &Column,
    said: &[&Expr],
) -> Result<(), Unsupported> {
    let is_said = |own: &Expr| said.contains(&own);
    let stays =
        after.default == before.default && after.default.as_ref().is_some_and(|own| !is_said(own));
    let is_taken = are_alike(&after.data_type, &DataType::Text);
    if !stays || is_taken {
        return Ok(());
    }
    Err(unsupported(
        format!("make {}.{} {}", table.name, after.name, people(after)),
        "its default is none of that type; drop the default first, and set it again as it should be",
    ))
}

fn people(column: &Column) -> Cow<'static, str> {
    translate::type_for_people(&column.data_type).into()
}

/// Whether an expression is a column by itself that an index holds: whatever type it has.
fn is_plain_key(expr: &Expr, table: &Table) -> bool {
    let mut keys = table.indexes.iter().flat_map(|index| &index.keys);
    matches!(expr, Expr::Column(_)) && keys.any(|key| std::ptr::eq(&raw const key.expr, expr))
}

/// Whether the type of a column matters to an expression: it does not to the question whether there is a value.
fn reads(expr: &Expr, column: &str) -> bool {
    match expr {
        Expr::Is(inner, word, _) if word == "NULL" && matches!(**inner, Expr::Column(_)) => false,
        Expr::Column(_) | Expr::Verbatim { .. } => names::contains(&expr.columns(), column),
        _ => {
            let mut found = false;
            expr.clone().parts(&mut |part| {
                found |= match part {
                    Part::Expr(inner) => reads(inner, column),
                    // No definition of a table has any.
                    Part::Query(_) | Part::Table(..) => false,
                };
            });
            found
        }
    }
}

/// Refuses a foreign key between types that do not compare, unless it is as it was.
fn refuse_reference(
    (child, key): (&Table, &ForeignKey),
    before: &Schema,
    after: &Schema,
) -> Result<(), Unsupported> {
    let Some((from, to)) = parted(child, key, after) else {
        return Ok(());
    };
    let old = names::table(before, &child.name);
    let same = |own: &&Constraint| matches!(own, Constraint::ForeignKey(own) if own == key);
    let was = old.is_some_and(|old| {
        old.constraints.iter().any(|own| same(&own)) && parted(old, key, before).is_some()
    });
    if was {
        return Ok(());
    }
    Err(unsupported(
        format!(
            "let {}.{} refer to {}.{}",
            child.name, from.name, key.table, to.name
        ),
        format!(
            "{} and {} do not compare; drop the foreign key first, or give both the same type",
            people(from),
            people(to)
        ),
    ))
}

/// The first pair of columns of a foreign key that do not compare.
fn parted<'s>(
    child: &'s Table,
    key: &ForeignKey,
    schema: &'s Schema,
) -> Option<(&'s Column, &'s Column)> {
    let parent = if names::same(&key.table, &child.name) {
        child
    } else {
        names::table(schema, &key.table)?
    };
    let references = key.referred(parent);
    let mut pairs = key.columns.iter().zip(references);
    pairs.find_map(|(from, to)| {
        let (from, to) = (names::column(child, from)?, names::column(parent, to)?);
        (!can_refer(&from.data_type, &to.data_type)).then_some((from, to))
    })
}
