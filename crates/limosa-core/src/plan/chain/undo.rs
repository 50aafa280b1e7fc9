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
        Operation::RenameTable { from, to, mentions } => {
            let new = from.sibling(to.clone());
            let there = (schema.table(from).is_some(), schema.table(&new).is_some());
            let to = from.name.clone();
            let back = Operation::RenameTable {
                from: new,
                to,
                mentions: *mentions,
            };
            rename_back(schema, there, &back);
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
        Operation::RenameIndex { from, to, .. } => {
            let new = from.sibling(to.clone());
            let there = (schema.index(from).is_some(), schema.index(&new).is_some());
            let back = Operation::RenameIndex {
                from: new,
                to: from.name.clone(),
                if_exists: false,
            };
            rename_back(schema, there, &back);
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
            rename_column_back(schema, operation);
        }
        _ => undo_type(schema, operation),
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
fn rename_back(schema: &mut Schema, (old, new): (bool, bool), back: &Operation) {
    if new && !old {
        // Both names were looked up just now.
        let _ = schema.apply(back);
    }
}

fn rename_column_back(schema: &mut Schema, operation: &Operation) {
    let Operation::AlterTable { table, change, .. } = operation else {
        return;
    };
    let Some(found) = schema.table(table) else {
        return;
    };
    let case = schema.case;
    let (there, change) = match change {
        TableChange::RenameColumn { from, to } => (
            [from, to].map(|name| found.column(name, case).is_some()),
            TableChange::RenameColumn {
                from: to.clone(),
                to: from.clone(),
            },
        ),
        TableChange::RenameConstraint { from, to } => (
            [from, to].map(|name| found.constraint(name, case).is_some()),
            TableChange::RenameConstraint {
                from: to.clone(),
                to: from.clone(),
            },
        ),
        _ => return,
    };
    let back = Operation::AlterTable {
        table: table.clone(),
        if_exists: false,
        change,
    };
    rename_back(schema, there.into(), &back);
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

fn undo_type(schema: &mut Schema, operation: &Operation) {
    let names = schema.without_objects();
    match operation {
        Operation::CreateEnum { enum_type, .. } => {
            schema
                .enums
                .retain(|own| !names.same_object(&own.name, &enum_type.name));
        }
        Operation::RenameEnum { from, to } => {
            let new = from.sibling(to.clone());
            let there = (
                schema.enum_type(from).is_some(),
                schema.enum_type(&new).is_some(),
            );
            let to = from.name.clone();
            rename_back(schema, there, &Operation::RenameEnum { from: new, to });
        }
        Operation::AddEnumLabel { name, label, .. } => {
            if let Some(found) = schema.enum_mut(name) {
                found.labels.retain(|own| own != label);
            }
        }
        Operation::RenameEnumLabel { name, from, to } => {
            let Some(found) = schema.enum_type(name) else {
                return;
            };
            let there = (found.labels.contains(from), found.labels.contains(to));
            let back = Operation::RenameEnumLabel {
                name: name.clone(),
                from: to.clone(),
                to: from.clone(),
            };
            rename_back(schema, there, &back);
        }
        _ => {}
    }
}
