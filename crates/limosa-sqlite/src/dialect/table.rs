//! Tables: creating, dropping, renaming, and the way into each change of one.

use limosa_core::dialect::Unsupported;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Mentions, TableChange};
use limosa_core::schema::{Column, Constraint, Schema, Table};

use super::{Compiled, Native, column, constraint, names, quoted, typed, unsupported, view};

/// `CREATE TABLE`.
pub(super) fn create(table: &Table, before: &Schema) -> Compiled {
    said(&typed::written(table)?, before)
}

/// `CREATE TABLE` of a table whose expressions are in this database's words.
pub(super) fn said(table: &Table, before: &Schema) -> Compiled {
    let mut items = Vec::new();
    for column in &table.columns {
        items.push(column::definition(column, table, before)?);
    }
    for constraint in &table.constraints {
        if !stands_behind_a_column(constraint, table) {
            items.push(constraint::of_table(constraint)?);
        }
    }
    Ok(vec![format!(
        "CREATE TABLE {} (\n  {}\n){}",
        names::object(&table.name)?,
        items.join(",\n  "),
        options(table)?
    )])
}

fn stands_behind_a_column(found: &Constraint, table: &Table) -> bool {
    let behind = |column: &Column| match found {
        Constraint::PrimaryKey(_) => column.identity.is_some(),
        other => column::is_inline(other, &column.name),
    };
    table.columns.iter().any(behind)
}

/// What stands behind the closing parenthesis. Postgres' storage parameters are left out: they
/// change how a table is stored, not what it holds.
fn options(table: &Table) -> Result<String, Unsupported> {
    if let Some(options) = &table.storage.options {
        let upper = options.trim_start().to_ascii_uppercase();
        if !upper.starts_with("WITH") && !upper.starts_with("TABLESPACE") {
            return Err(unsupported(
                format!("create the table {}", table.name),
                format!("it has nothing like {options}"),
            ));
        }
    }
    let words = [
        (table.storage.strict, "STRICT"),
        (table.storage.without_rowid, "WITHOUT ROWID"),
    ];
    let words: Vec<&str> = (words.iter().filter(|(on, _)| *on))
        .map(|(_, word)| *word)
        .collect();
    Ok(if words.is_empty() {
        String::new()
    } else {
        format!(" {}", words.join(", "))
    })
}

/// `DROP TABLE`. Not natively while foreign keys refer to the table: this database would delete the
/// referring rows, or leave a key that refers to nothing.
pub(super) fn drop(name: &ObjectName, cascade: bool, before: &Schema) -> Native {
    let referring = before.tables.iter().find(|table| {
        !names::same(&table.name, name) && table.constraints.iter().any(|found| refers(found, name))
    });
    match referring {
        Some(_) if cascade => return Ok(None),
        Some(table) => {
            return Err(unsupported(
                format!("drop the table {name}"),
                format!(
                    "{} refers to it; with CASCADE its foreign key would go too",
                    table.name
                ),
            ));
        }
        None => {}
    }
    let mut statements = view::drop_readers(name, cascade, before)?;
    statements.push(format!("DROP TABLE {}", names::object(name)?));
    Ok(Some(statements))
}

fn rename_column(table: &Table, from: &str, to: &str) -> Compiled {
    let is_key = matches!(table.primary_key(), [only] if only.eq_ignore_ascii_case(from));
    let is_in_another = table.constraints.iter().any(|own| {
        matches!(own, Constraint::Unique(key)
            if key.columns.len() > 1 && names::contains(&key.columns, from))
    });
    // "no such column" is what its own ALTER TABLE says to that.
    if table.storage.without_rowid && is_key && is_in_another {
        return Err(unsupported(
            format!("rename the column {from} of {}", table.name),
            "it cannot where the key of a table WITHOUT ROWID is part of a UNIQUE constraint too; drop that \
             one first, and add it again",
        ));
    }
    Ok(vec![format!(
        "ALTER TABLE {} RENAME COLUMN {} TO {}",
        names::object(&table.name)?,
        quoted(from),
        quoted(to)
    )])
}

pub(super) fn refers(constraint: &Constraint, name: &ObjectName) -> bool {
    matches!(constraint, Constraint::ForeignKey(key) if names::same(&key.table, name))
}

/// `ALTER TABLE ... RENAME TO`; foreign keys, views and triggers that name it follow, or stay
/// (`PRAGMA legacy_alter_table`).
pub(super) fn rename(from: &ObjectName, to: &str, mentions: Mentions) -> Compiled {
    let rename = format!(
        "ALTER TABLE {} RENAME TO {}",
        names::object(from)?,
        quoted(to)
    );
    Ok(match mentions {
        Mentions::Follow => vec![rename],
        Mentions::Stay => vec![
            "PRAGMA legacy_alter_table = ON".to_owned(),
            rename,
            "PRAGMA legacy_alter_table = OFF".to_owned(),
        ],
    })
}

/// One change of a table.
pub(super) fn alter(name: &ObjectName, change: &TableChange, before: &Schema) -> Native {
    let Some(table) = names::table(before, name) else {
        return Err(unsupported(
            format!("alter the table {name}"),
            "no such table is known",
        ));
    };
    match change {
        TableChange::RenameColumn { from, to } => rename_column(table, from, to).map(Some),
        TableChange::AddColumn {
            column,
            constraints,
            ..
        } => column::add(table, column, constraints, before),
        TableChange::DropColumn { name, .. } => column::drop(table, name, before),
        TableChange::AddConstraint { .. }
        | TableChange::DropConstraint { .. }
        | TableChange::RenameConstraint { .. } => Ok(None),
        // What exists has been checked.
        TableChange::ValidateConstraint { .. } => Ok(Some(Vec::new())),
        other => alter_column(table, other),
    }
}

/// A change of one column's definition: nothing to do where this database holds the same before and
/// after.
fn alter_column(table: &Table, change: &TableChange) -> Native {
    let (name, change): (&str, &dyn Fn(&mut Column)) = match change {
        TableChange::SetType {
            column,
            data_type,
            collation,
            ..
        } => {
            if change.reckons() {
                return Ok(None);
            }
            return redefine(table, column, |after| {
                after.data_type = data_type.clone();
                after.collation.clone_from(collation);
            });
        }
        TableChange::SetNullable { column, nullable } => {
            (column, &|after: &mut Column| after.nullable = *nullable)
        }
        TableChange::SetDefault { column, default } => (column, &|after: &mut Column| {
            after.default.clone_from(default);
        }),
        TableChange::SetIdentity { column, identity } => (column, &|after: &mut Column| {
            if !column::same_identity(after.identity, *identity) {
                after.identity = *identity;
            }
        }),
        TableChange::SetGenerated { column, generated } => (column, &|after: &mut Column| {
            after.generated.clone_from(generated);
        }),
        _ => {
            return Err(unsupported(
                format!("alter the table {}", table.name),
                "what changes is no property of a column",
            ));
        }
    };
    redefine(table, name, change)
}

fn redefine(table: &Table, name: &str, change: impl Fn(&mut Column)) -> Native {
    let Some(before) = names::column(table, name) else {
        return Err(unsupported(
            format!("alter the column {}.{name}", table.name),
            "no such column is known",
        ));
    };
    let mut after = before.clone();
    change(&mut after);
    Ok(column::is_same(table, before, &after).then(Vec::new))
}
