//! Enum types, which live in the model alone: a column of one is a text with a check.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Negated};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Check, Column, Constraint, Schema, Table};
use limosa_core::shared::Shared;

use super::normalise::physical;
use super::{Compiled, names, unsupported};

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
            Shared::new(Expr::column(column.name.clone())),
            labels,
            Negated::No,
        ),
        validated: true,
    })
}

/// Whether a column has the type: its check lists the labels.
pub(super) fn is_used(name: &ObjectName, before: &Schema) -> bool {
    user(name, before).is_some()
}

/// `DROP TYPE`.
pub(super) fn drop(name: &ObjectName, before: &Schema) -> Compiled {
    match user(name, before) {
        None => Ok(Vec::new()),
        Some(column) => Err(unsupported(
            format!("drop the enum {name}"),
            format!("the column {column} is of this type"),
        )),
    }
}

/// The schema with the enum columns that the catalog shows as texts with a check.
pub(super) fn recognise(schema: &mut Schema) {
    if schema.enums.is_empty() {
        return;
    }
    let types = Schema {
        enums: schema.enums.clone(),
        ..schema.without_objects()
    };
    for table in &mut schema.tables {
        for at in 0..table.columns.len() {
            recognise_column(table, at, &types);
        }
    }
}

fn recognise_column(table: &mut Table, at: usize, schema: &Schema) {
    let column = &table.columns[at];
    if column.data_type != DataType::Text {
        return;
    }
    for found in &schema.enums {
        let mut typed = column.clone();
        typed.data_type = DataType::Enum(found.name.clone());
        let Some(own) = check(&typed, schema).map(|check| physical(&check.expr)) else {
            continue;
        };
        let is_own = |constraint: &Constraint| matches!(constraint, Constraint::Check(check) if physical(&check.expr) == own);
        if let Some(place) = table.constraints.iter().position(is_own) {
            table.constraints.remove(place);
            table.columns[at] = typed;
            return;
        }
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

pub(super) fn is_of(data_type: &DataType, name: &ObjectName) -> bool {
    match data_type {
        DataType::Enum(own) => names::same(own, name),
        DataType::Array(item) => is_of(item, name),
        _ => false,
    }
}
