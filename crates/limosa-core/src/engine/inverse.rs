//! The inverse of an operation, given the schema before it.

use crate::operation::{Operation, TableChange};
use crate::schema::{Constraint, Schema, Table};
use crate::simulate::{constraint_columns, index_columns};

/// The operations that undo `operation`, in the order in which they are run; none if nothing can.
///
/// An operation that changed nothing because of its `IF [NOT] EXISTS` has an empty inverse.
pub(super) fn inverse(operation: &Operation, before: &Schema) -> Option<Vec<Operation>> {
    let operation = &*before.complete(operation);
    if operation.changes_rows() {
        return None;
    }
    let mut after = before.clone();
    if after.apply(operation).is_ok() && after == *before {
        return Some(Vec::new());
    }
    let one = |operation| Some(vec![operation]);
    match operation {
        Operation::CreateTable { table, .. } => one(Operation::DropTable {
            name: table.name.clone(),
            if_exists: false,
            cascade: false,
        }),
        Operation::DropTable { name, .. } => Some(create_again(before.table(name)?)),
        Operation::AlterTable { table, change, .. } => {
            let found = before.table(table)?;
            let changes = change_inverse(change, found, before)?;
            let alter = |change| Operation::AlterTable {
                table: table.clone(),
                if_exists: false,
                change,
            };
            let mut all: Vec<Operation> = changes.into_iter().map(alter).collect();
            all.extend(lost_indexes(change, found, before));
            Some(all)
        }
        Operation::CreateIndex {
            table,
            index,
            concurrently,
            ..
        } => one(Operation::DropIndex {
            name: table.sibling(index.name.clone()),
            if_exists: false,
            concurrently: *concurrently,
            cascade: false,
        }),
        Operation::DropIndex {
            name, concurrently, ..
        } => {
            let (table, index) = before.index(name)?;
            one(Operation::CreateIndex {
                table: table.name.clone(),
                index: index.clone().into(),
                if_not_exists: false,
                concurrently: *concurrently,
            })
        }
        _ => other_inverse(operation, before).map(|operation| vec![operation]),
    }
}

fn other_inverse(operation: &Operation, before: &Schema) -> Option<Operation> {
    Some(match operation {
        Operation::CreateEnum { enum_type, .. } => Operation::DropEnum {
            name: enum_type.name.clone(),
            if_exists: false,
            cascade: false,
        },
        Operation::DropEnum { name, .. } => Operation::CreateEnum {
            enum_type: before.enum_type(name)?.clone().into(),
            if_not_exists: false,
        },
        Operation::CreateView { view, .. } => match before.view(&view.name) {
            Some(old) => Operation::CreateView {
                view: old.clone().into(),
                or_replace: true,
                if_not_exists: false,
            },
            None => Operation::DropView {
                name: view.name.clone(),
                materialized: view.materialized,
                if_exists: false,
                cascade: false,
            },
        },
        Operation::DropView { name, .. } => Operation::CreateView {
            view: before.view(name)?.clone().into(),
            or_replace: false,
            if_not_exists: false,
        },
        Operation::CreateTrigger { trigger, .. } => {
            match before.trigger(&trigger.name, &trigger.table) {
                Some(old) => Operation::CreateTrigger {
                    trigger: old.clone().into(),
                    or_replace: true,
                    if_not_exists: false,
                },
                None => Operation::DropTrigger {
                    name: trigger.name.clone(),
                    table: Some(trigger.table.clone()),
                    if_exists: false,
                },
            }
        }
        Operation::DropTrigger { name, table, .. } => Operation::CreateTrigger {
            trigger: before
                .triggers
                .iter()
                .find(|own| {
                    before.case.same(&own.name, name)
                        && table
                            .as_ref()
                            .is_none_or(|table| before.same_object(&own.table, table))
                })?
                .clone()
                .into(),
            or_replace: false,
            if_not_exists: false,
        },
        Operation::Comment { on, .. } => Operation::Comment {
            on: on.clone(),
            text: before.comment(on),
        },
        _ => return operation.renamed_back(),
    })
}

fn create_again(table: &Table) -> Vec<Operation> {
    let mut bare = table.clone();
    let indexes = std::mem::take(&mut bare.indexes);
    let create = Operation::CreateTable {
        table: bare.into(),
        if_not_exists: false,
    };
    let indexes = indexes.into_iter().map(|index| Operation::CreateIndex {
        table: table.name.clone(),
        index: index.into(),
        if_not_exists: false,
        concurrently: false,
    });
    std::iter::once(create).chain(indexes).collect()
}

/// The changes of the same table that undo a change.
fn change_inverse(
    change: &TableChange,
    table: &Table,
    before: &Schema,
) -> Option<Vec<TableChange>> {
    let case = before.case;
    let column = |name: &str| table.column(name, case);
    Some(vec![match change {
        TableChange::AddColumn { column, .. } => TableChange::DropColumn {
            name: column.name.clone(),
            if_exists: false,
            cascade: false,
        },
        TableChange::DropColumn { name, .. } => TableChange::AddColumn {
            column: column(name)?.clone().into(),
            constraints: constraints_of(table, name, before).into(),
            if_not_exists: false,
        },
        TableChange::RenameColumn { .. } | TableChange::RenameConstraint { .. } => {
            change.renamed_back()?
        }
        TableChange::SetType { column: name, .. } => TableChange::SetType {
            column: name.clone(),
            data_type: column(name)?.data_type.clone(),
            collation: column(name)?.collation.clone(),
            using: None,
        },
        TableChange::SetNullable { column: name, .. } => TableChange::SetNullable {
            column: name.clone(),
            nullable: column(name)?.nullable,
        },
        TableChange::SetDefault { column: name, .. } => TableChange::SetDefault {
            column: name.clone(),
            default: column(name)?.default.clone(),
        },
        TableChange::SetIdentity { column: name, .. } => TableChange::SetIdentity {
            column: name.clone(),
            identity: column(name)?.identity,
        },
        TableChange::AddConstraint {
            constraint,
            using_index: None,
            ..
        } => TableChange::DropConstraint {
            name: constraint.name()?.to_owned(),
            if_exists: false,
            cascade: false,
        },
        TableChange::DropConstraint { name, .. } => TableChange::AddConstraint {
            constraint: table.constraint(name, case)?.clone().into(),
            using_index: None,
            if_not_exists: false,
        },
        TableChange::ValidateConstraint { .. } => return Some(Vec::new()),
        TableChange::SetGenerated {
            column: name,
            generated: Some(_),
        } if column(name)?.generated.is_some() => TableChange::SetGenerated {
            column: name.clone(),
            generated: column(name)?.generated.clone(),
        },
        TableChange::SetGenerated { .. } | TableChange::AddConstraint { .. } => return None,
    }])
}

/// The constraints that went with a column.
fn constraints_of(table: &Table, column: &str, before: &Schema) -> Vec<Constraint> {
    let is_about = |constraint: &&Constraint| {
        constraint_columns(constraint)
            .iter()
            .any(|own| before.case.same(own, column))
    };
    table.constraints.iter().filter(is_about).cloned().collect()
}

/// The indexes that went with a column.
fn lost_indexes(change: &TableChange, table: &Table, before: &Schema) -> Vec<Operation> {
    let TableChange::DropColumn { name, .. } = change else {
        return Vec::new();
    };
    let is_about = |columns: Vec<String>| columns.iter().any(|own| before.case.same(own, name));
    table
        .indexes
        .iter()
        .filter(|index| is_about(index_columns(index)))
        .map(|index| Operation::CreateIndex {
            table: table.name.clone(),
            index: index.clone().into(),
            if_not_exists: false,
            concurrently: false,
        })
        .collect()
}
