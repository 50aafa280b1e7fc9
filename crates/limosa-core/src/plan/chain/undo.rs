//! The way back in time: what a schema was before an operation, as far as it can be told.
//!
//! What an operation made is taken away, and what it renamed gets its old name again, so that the
//! operation can be simulated. What it dropped cannot be had back.

use std::borrow::Cow;

use crate::name::Case;
use crate::naming;
use crate::operation::{Operation, TableChange};
use crate::schema::{Constraint, Schema, Table};
use crate::simulate::{constraint_columns, index_columns};

/// Undoes an operation if it was done; else leaves the schema as it is.
pub(in crate::plan) fn undo(schema: &mut Schema, operation: &Operation) {
    let names = schema.without_objects();
    if let Operation::RenameIndex { .. } = operation
        && let Cow::Owned(rename) = schema.complete(operation)
    {
        return undo(schema, &rename);
    }
    match operation {
        Operation::CreateTable { table, .. } => {
            schema
                .tables
                .retain(|own| !names.same_object(&own.name, &table.name));
        }
        Operation::CreateIndex { table, index, .. } if index.name.is_empty() => {
            if let Some(found) = schema.table_mut(table) {
                let at = (found.indexes.iter())
                    .rposition(|own| naming::could_be_index(found, index, &own.name));
                at.map(|at| found.indexes.remove(at));
            }
        }
        Operation::CreateIndex { table, index, .. } => {
            schema.remove_index(&table.sibling(index.name.clone()));
        }
        Operation::CreateView { view, .. } => {
            schema
                .views
                .retain(|own| !names.same_object(&own.name, &view.name));
        }
        Operation::CreateTrigger { trigger, .. } => {
            schema.remove_trigger(&trigger.name, Some(&trigger.table));
        }
        Operation::AlterTable { table, change, .. } => {
            let case = schema.case;
            if let Some(found) = schema.table_mut(table) {
                undo_change(found, change, case);
            }
            rename_back(schema, operation);
        }
        Operation::CreateEnum { enum_type, .. } => {
            schema
                .enums
                .retain(|own| !names.same_object(&own.name, &enum_type.name));
        }
        Operation::AddEnumLabel { name, label, .. } => {
            if let Some(found) = schema.enum_mut(name) {
                found.labels.retain(|own| own != label);
            }
        }
        _ => rename_back(schema, operation),
    }
}

/// A table that has the old name of one that was renamed came behind that, with what nobody understands.
pub(super) fn take_place_back(schema: &mut Schema, operation: &Operation) {
    if let Operation::RenameTable { from, to, .. } = operation
        && schema.table(&from.sibling(to.clone())).is_some()
    {
        let names = schema.without_objects();
        (schema.tables).retain(|own| !names.same_object(&own.name, from));
        (schema.triggers).retain(|own| !names.same_object(&own.table, from));
    }
}

/// A renaming was done if the new name is there and the old one is not.
fn rename_back(schema: &mut Schema, operation: &Operation) {
    let Some(back) = operation.renamed_back() else {
        return;
    };
    if has_old_name(schema, &back) && !has_old_name(schema, operation) {
        // Both names were looked up just now.
        let _ = schema.apply(&back);
    }
}

/// Whether something has the name that a renaming takes away.
fn has_old_name(schema: &Schema, renaming: &Operation) -> bool {
    match renaming {
        Operation::RenameTable { from, .. } => schema.table(from).is_some(),
        Operation::RenameIndex { from, .. } => schema.index(from).is_some(),
        Operation::RenameEnum { from, .. } => schema.enum_type(from).is_some(),
        Operation::RenameEnumLabel { name, from, .. } => {
            (schema.enum_type(name)).is_some_and(|own| own.labels.contains(from))
        }
        Operation::AlterTable { table, change, .. } => {
            schema.table(table).is_some_and(|own| match change {
                TableChange::RenameColumn { from, .. } => own.column(from, schema.case).is_some(),
                TableChange::RenameConstraint { from, .. } => {
                    own.constraint(from, schema.case).is_some()
                }
                _ => false,
            })
        }
        _ => false,
    }
}

/// What goes with a column that was there before all migrations, and is gone: what they added over it.
pub(super) fn drop_what_needs(schema: &mut Schema, operation: &Operation) {
    let Operation::AlterTable {
        table,
        change: TableChange::DropColumn { name, .. },
        ..
    } = operation
    else {
        return;
    };
    let case = schema.case;
    let needs = |columns: &[String]| columns.iter().any(|own| case.same(own, name));
    if let Some(found) = schema.table_mut(table) {
        found
            .constraints
            .retain(|own| !needs(&constraint_columns(own)));
        found.indexes.retain(|own| !needs(&index_columns(own)));
    }
}

fn undo_change(table: &mut Table, change: &TableChange, case: Case) {
    match change {
        TableChange::AddColumn { column, .. } => {
            table
                .columns
                .retain(|own| !case.same(&own.name, &column.name));
            table.constraints.retain(|own| {
                let columns = constraint_columns(own);
                !columns.iter().any(|name| case.same(name, &column.name))
            });
        }
        TableChange::AddConstraint { constraint, .. } => {
            let named = |own: &&Constraint| own.name() == constraint.name();
            let is_it = |own: &Constraint| match constraint.name() {
                // A database that keeps no names may have it without its own.
                Some(_) if table.constraints.iter().any(|own| named(&own)) => named(&own),
                Some(_) => own.name().is_none() && own.repeats(constraint),
                None => is_like(table, own, constraint),
            };
            let at = table.constraints.iter().rposition(is_it);
            at.map(|at| table.constraints.remove(at));
        }
        _ => {}
    }
}

/// Whether a constraint can be the one that was added without a name.
fn is_like(table: &Table, own: &Constraint, wanted: &Constraint) -> bool {
    let columns = constraint_columns(wanted);
    std::mem::discriminant(own) == std::mem::discriminant(wanted)
        && constraint_columns(own) == columns
        && own
            .name()
            .is_none_or(|name| naming::could_be_named(table, wanted, name))
}
