//! What something new would refer to, and somebody has renamed or dropped by hand.
//!
//! `SQLite` takes a foreign key or a view that refers to nothing. The migrations have made what it means, so
//! that it would be wrong from the first row on.

use super::Planner;
use crate::name::ObjectName;
use crate::operation::{Operation, TableChange};
use crate::schema::{Constraint, Definition, ForeignKey, Schema, View};

/// The objects that an operation refers to and that the migrations have made, of those that a schema does not
/// have.
pub(super) fn reasons(
    planner: &Planner<'_>,
    schema: &Schema,
    operation: &Operation,
) -> Vec<String> {
    let gone = match operation {
        Operation::CreateTable { table, .. } => {
            let others =
                keys(&table.constraints).filter(|key| !schema.same_object(&key.table, &table.name));
            others
                .flat_map(|key| of_key(planner, schema, key))
                .collect()
        }
        Operation::AlterTable { change, .. } => match change {
            TableChange::AddColumn { constraints, .. } => keys(constraints)
                .flat_map(|key| of_key(planner, schema, key))
                .collect(),
            TableChange::AddConstraint { constraint, .. } => keys(std::slice::from_ref(constraint))
                .flat_map(|key| of_key(planner, schema, key))
                .collect(),
            _ => Vec::new(),
        },
        Operation::CreateView { view, .. } => of_view(planner, schema, view),
        _ => Vec::new(),
    };
    let reason = |what: String| {
        format!(
            "it refers to {what}, which the migrations have made and which is not there any more"
        )
    };
    gone.into_iter().map(reason).collect()
}

fn keys(constraints: &[Constraint]) -> impl Iterator<Item = &ForeignKey> {
    constraints.iter().filter_map(|own| match own {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    })
}

fn of_key(planner: &Planner<'_>, schema: &Schema, key: &ForeignKey) -> Vec<String> {
    let Some(made) = planner.chain.table(&key.table) else {
        return Vec::new();
    };
    let Some(found) = schema.table(&key.table) else {
        return vec![format!("the table {}", key.table)];
    };
    let is_gone = |name: &&String| {
        made.column(name, schema.case).is_some() && found.column(name, schema.case).is_none()
    };
    let columns = key.references.iter().filter(is_gone);
    columns
        .map(|name| format!("the column {}.{name}", key.table))
        .collect()
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
