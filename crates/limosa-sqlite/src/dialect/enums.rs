//! Enum types, which live in the model alone: a column of one is a text with a check.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Expr, Negated};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Check, Column, Schema};

use super::{Compiled, names, needs_rebuild, unsupported};

/// The check that keeps an enum column to its labels; none if the column is of no known enum.
pub(super) fn check(column: &Column, schema: &Schema) -> Option<Check> {
    let DataType::Enum(name) = &column.data_type else {
        return None;
    };
    let found = (schema.enums.iter()).find(|found| names::same(&found.name, name))?;
    let labels = found.labels.iter().cloned().map(Expr::String).collect();
    Some(Check {
        name: None,
        expr: Expr::In(
            Box::new(Expr::column(column.name.clone())),
            labels,
            Negated::No,
        ),
        validated: true,
    })
}

/// `ALTER TYPE ... ADD VALUE`.
pub(super) fn add_label(name: &ObjectName, before: &Schema) -> Compiled {
    unused_or(name, before, |column| {
        needs_rebuild(
            format!("add a label to the enum {name}"),
            &format!("the check of {column} lists the labels"),
        )
    })
}

/// `ALTER TYPE ... RENAME VALUE`.
pub(super) fn rename_label(name: &ObjectName, before: &Schema) -> Compiled {
    unused_or(name, before, |column| {
        needs_rebuild(
            format!("rename a label of the enum {name}"),
            &format!("the check of {column} lists the labels"),
        )
    })
}

/// `DROP TYPE`.
pub(super) fn drop(name: &ObjectName, before: &Schema) -> Compiled {
    unused_or(name, before, |column| {
        unsupported(
            format!("drop the enum {name}"),
            format!("the column {column} is of this type"),
        )
    })
}

fn unused_or(
    name: &ObjectName,
    before: &Schema,
    refusal: impl Fn(String) -> Unsupported,
) -> Compiled {
    match user(name, before) {
        None => Ok(Vec::new()),
        Some(column) => Err(refusal(column)),
    }
}

/// A column of this type.
fn user(name: &ObjectName, before: &Schema) -> Option<String> {
    before.tables.iter().find_map(|table| {
        let column = table
            .columns
            .iter()
            .find(|column| is_of(&column.data_type, name))?;
        Some(format!("{}.{}", table.name.name, column.name))
    })
}

fn is_of(data_type: &DataType, name: &ObjectName) -> bool {
    match data_type {
        DataType::Enum(own) => names::same(own, name),
        DataType::Array(item) => is_of(item, name),
        _ => false,
    }
}
