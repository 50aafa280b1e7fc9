//! What a statement refers to, and somebody has renamed or dropped by hand.
//!
//! `SQLite` takes a foreign key or a view that refers to nothing, and the name of a column that is not there
//! for a string ("Double-quoted String Literals Are Accepted"). The migrations have made what is meant, so
//! that the statement would do something else.

use super::Planner;
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::operation::{Assignment, Operation, TableChange};
use crate::schema::{Constraint, Definition, ForeignKey, References, Schema, View};
use crate::simulate::{constraint_columns, index_columns};

/// Why an operation would not mean what it says: what it refers to was made by the migrations, and a schema
/// does not have it. Nothing where the database itself would say so.
pub(super) fn reasons(
    planner: &Planner<'_>,
    schema: &Schema,
    operation: &Operation,
) -> Vec<String> {
    if schema.references == References::Held {
        return Vec::new();
    }
    let mut gone: Vec<String> = keys_of(operation)
        .filter(|key| !makes(operation, &key.table, schema))
        .flat_map(|key| of_key(planner, schema, key))
        .collect();
    if let Operation::CreateView { view, .. } = operation {
        gone.extend(of_view(planner, schema, view));
    }
    if let Some((table, columns)) = speaks_of(operation) {
        gone.extend(of_table(planner, schema, table, &columns));
    }
    let reason = |what: String| {
        format!(
            "it refers to {what}, which the migrations have made and which is not there any more"
        )
    };
    gone.into_iter().map(reason).collect()
}

fn makes(operation: &Operation, name: &ObjectName, schema: &Schema) -> bool {
    matches!(operation, Operation::CreateTable { table, .. } if schema.same_object(&table.name, name))
}

/// The foreign keys that an operation makes.
fn keys_of(operation: &Operation) -> impl Iterator<Item = &ForeignKey> {
    let all = match operation {
        Operation::CreateTable { table, .. } => table.constraints.as_slice(),
        Operation::AlterTable { change, .. } => match change {
            TableChange::AddColumn { constraints, .. } => constraints.as_slice(),
            TableChange::AddConstraint { constraint, .. } => std::slice::from_ref(&**constraint),
            _ => &[],
        },
        _ => &[],
    };
    keys(all)
}

/// The columns of its own table that an operation names, but for those that it makes or changes itself.
fn speaks_of(operation: &Operation) -> Option<(&ObjectName, Vec<String>)> {
    Some(match operation {
        Operation::AlterTable { table, change, .. } => (table, of_change(change)),
        Operation::CreateIndex { table, index, .. } => (table, index_columns(index)),
        Operation::Insert(insert) => (&insert.table, insert.columns.clone()),
        Operation::Update(update) => {
            let values = update.set.iter().filter_map(|one| one.value.as_ref());
            let mut columns = of_all(values.chain(&update.filter));
            columns.extend(update.set.iter().map(|one: &Assignment| one.column.clone()));
            (&update.table, columns)
        }
        Operation::Delete(delete) => (&delete.table, of_all(&delete.filter)),
        _ => return None,
    })
}

fn of_change(change: &TableChange) -> Vec<String> {
    match change {
        TableChange::AddColumn {
            column,
            constraints,
            ..
        } => {
            let mut columns = of_all(column.generated.as_ref().map(|how| &how.expr));
            columns.extend(constraints.iter().flat_map(constraint_columns));
            columns.retain(|own| *own != column.name);
            columns
        }
        TableChange::AddConstraint { constraint, .. } => constraint_columns(constraint),
        TableChange::SetType {
            using: Some(using), ..
        } => using.columns(),
        TableChange::SetGenerated {
            generated: Some(how),
            ..
        } => how.expr.columns(),
        _ => Vec::new(),
    }
}

fn of_all<'e>(all: impl IntoIterator<Item = &'e Expr>) -> Vec<String> {
    all.into_iter().flat_map(Expr::columns).collect()
}

fn of_table(
    planner: &Planner<'_>,
    schema: &Schema,
    table: &ObjectName,
    columns: &[String],
) -> Vec<String> {
    let (Some(made), Some(found)) = (planner.chain.table(table), schema.table(table)) else {
        return Vec::new();
    };
    let is_gone = |name: &&String| {
        made.column(name, schema.case).is_some() && found.column(name, schema.case).is_none()
    };
    let gone = columns.iter().filter(is_gone);
    gone.map(|name| format!("the column {table}.{name}"))
        .collect()
}

fn keys(constraints: &[Constraint]) -> impl Iterator<Item = &ForeignKey> {
    constraints.iter().filter_map(|own| match own {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    })
}

fn of_key(planner: &Planner<'_>, schema: &Schema, key: &ForeignKey) -> Vec<String> {
    if planner.chain.table(&key.table).is_some() && schema.table(&key.table).is_none() {
        return vec![format!("the table {}", key.table)];
    }
    of_table(planner, schema, &key.table, &key.references)
}

fn of_view(planner: &Planner<'_>, schema: &Schema, view: &View) -> Vec<String> {
    let Definition::Query(query) = &view.query else {
        return Vec::new();
    };
    let has = |schema: &Schema, name: &ObjectName| {
        schema.table(name).is_some() || schema.view(name).is_some()
    };
    let read = query.tables().into_iter();
    let gone = read.filter(|name| has(&planner.chain, name) && !has(schema, name));
    gone.map(|name| format!("{name}")).collect()
}
