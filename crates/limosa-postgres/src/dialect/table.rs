//! Tables: `CREATE`, `DROP`, `RENAME` and the parts of `ALTER` that are not about a column.

use limosa_core::name::ObjectName;
use limosa_core::operation::{Commented, Mentions, TableChange};
use limosa_core::schema::{Constraint, Schema, Table};

use super::{Compiled, column, constraint, index, text};

/// `CREATE TABLE`, with what it has no place for behind it: constraints that are not valid yet, second
/// keys over the same columns, indexes, comments.
pub(super) fn create(table: &Table) -> Compiled {
    let own = text::object(&table.name)?;
    let mut parts = Vec::new();
    for column in &table.columns {
        parts.push(column::definition(column)?);
    }
    let mut later = Vec::new();
    for (at, one) in table.constraints.iter().enumerate() {
        let definition = constraint::definition(one)?;
        if constraint::is_not_valid(one) || table.repeats_key(at) {
            later.push(add(&own, &definition));
        } else {
            parts.push(definition);
        }
    }
    let options = table.storage.options.as_deref();
    let options = options.map_or_else(String::new, |options| format!(" {options}"));
    let mut all = vec![format!(
        "CREATE TABLE {own} ({}){options}",
        parts.join(", ")
    )];
    all.extend(later);
    for index in &table.indexes {
        all.extend(index::create(&table.name, index, index::Build::Plain)?);
    }
    all.extend(comments(table)?);
    Ok(all)
}

fn comments(table: &Table) -> Compiled {
    let mut all = Vec::new();
    if let Some(comment) = &table.comment {
        let on = Commented::Table(table.name.clone());
        all.extend(text::comment(&on, Some(comment))?);
    }
    for column in &table.columns {
        all.extend(column_comment(&table.name, column)?);
    }
    Ok(all)
}

fn column_comment(table: &ObjectName, column: &limosa_core::schema::Column) -> Compiled {
    let Some(comment) = &column.comment else {
        return Ok(Vec::new());
    };
    let on = Commented::Column(table.clone(), column.name.clone());
    text::comment(&on, Some(comment))
}

pub(super) fn drop(name: &ObjectName, cascade: bool) -> Compiled {
    let name = text::object(name)?;
    Ok(vec![format!("DROP TABLE {name}{}", text::cascade(cascade))])
}

pub(super) fn rename(from: &ObjectName, to: &str, mentions: Mentions, before: &Schema) -> Compiled {
    let refers = |own: &Constraint| matches!(own, Constraint::ForeignKey(key) if before.same_object(&key.table, from));
    let mut tables = before.tables.iter();
    let other = tables.find(|table| {
        !before.same_object(&table.name, from) && table.constraints.iter().any(refers)
    });
    if let (Mentions::Stay, Some(other)) = (mentions, other) {
        return Err(super::refuse(
            format!("move the table {from} out of the way of a new one"),
            format!(
                "the foreign key of {} follows it; alter the table instead",
                other.name
            ),
        ));
    }
    let (from, to) = (text::object(from)?, text::name(to)?);
    Ok(vec![format!("ALTER TABLE {from} RENAME TO {to}")])
}

/// One change inside `ALTER TABLE`.
pub(super) fn alter(name: &ObjectName, change: &TableChange, before: &Schema) -> Compiled {
    let table = text::object(name)?;
    let action = match change {
        TableChange::AddColumn {
            column,
            constraints,
            ..
        } => {
            let mut all = add_column(&table, column, constraints)?;
            all.extend(column_comment(name, column)?);
            return Ok(all);
        }
        TableChange::DropColumn { name, cascade, .. } => {
            format!(
                "DROP COLUMN {}{}",
                text::name(name)?,
                text::cascade(*cascade)
            )
        }
        TableChange::RenameColumn { from, to } => {
            format!("RENAME COLUMN {} TO {}", text::name(from)?, text::name(to)?)
        }
        TableChange::AddConstraint {
            constraint,
            using_index: None,
            ..
        } => format!("ADD {}", constraint::definition(constraint)?),
        TableChange::AddConstraint {
            constraint,
            using_index: Some(index),
            ..
        } => format!("ADD {}", constraint::using_index(constraint, index)?),
        TableChange::DropConstraint { name, cascade, .. } => format!(
            "DROP CONSTRAINT {}{}",
            text::name(name)?,
            text::cascade(*cascade)
        ),
        TableChange::RenameConstraint { from, to } => format!(
            "RENAME CONSTRAINT {} TO {}",
            text::name(from)?,
            text::name(to)?
        ),
        TableChange::ValidateConstraint { name } => {
            format!("VALIDATE CONSTRAINT {}", text::name(name)?)
        }
        TableChange::SetType { column, .. }
        | TableChange::SetNullable { column, .. }
        | TableChange::SetDefault { column, .. }
        | TableChange::SetIdentity { column, .. }
        | TableChange::SetGenerated { column, .. } => {
            let present = before.table(name);
            let present = present.and_then(|table| table.column(column, before.case));
            return column::change(&table, change, present);
        }
    };
    Ok(vec![format!("ALTER TABLE {table} {action}")])
}

/// One statement for the column and its constraints: the table is locked, and rewritten, once.
fn add_column(
    table: &str,
    column: &limosa_core::schema::Column,
    constraints: &[Constraint],
) -> Compiled {
    let mut actions = vec![format!("ADD COLUMN {}", column::definition(column)?)];
    for constraint in constraints {
        actions.push(format!("ADD {}", constraint::definition(constraint)?));
    }
    Ok(vec![format!("ALTER TABLE {table} {}", actions.join(", "))])
}

fn add(table: &str, constraint: &str) -> String {
    format!("ALTER TABLE {table} ADD {constraint}")
}
