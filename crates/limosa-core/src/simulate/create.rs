//! What comes into being.

use super::Misfit;
use crate::operation::{LabelPosition, Operation};
use crate::schema::{EnumType, Index, Schema, Table, Trigger};
use crate::shared::Shared;

pub(super) fn apply(schema: &mut Schema, operation: &Operation) -> Result<(), Misfit> {
    match operation {
        Operation::CreateTable {
            table,
            if_not_exists,
        } => {
            if schema.table(&table.name).is_some() {
                return tolerate(*if_not_exists, || Misfit::exists("table", &table.name));
            }
            let table = keys_not_null(table, schema);
            schema.tables.push(table);
        }
        Operation::CreateIndex {
            table,
            index,
            if_not_exists,
            ..
        } => {
            let name = table.sibling(index.name.clone());
            if schema.index(&name).is_some() {
                return tolerate(*if_not_exists, || Misfit::exists("index", name));
            }
            let table = schema
                .table_mut(table)
                .ok_or_else(|| Misfit::missing("table", table))?;
            table.indexes.reserve_exact(1);
            table.indexes.push(Index::clone(index));
        }
        Operation::CreateEnum {
            enum_type,
            if_not_exists,
        } => {
            if schema.enum_type(&enum_type.name).is_some() {
                return tolerate(*if_not_exists, || Misfit::exists("type", &enum_type.name));
            }
            schema.enums.push(EnumType::clone(enum_type));
        }
        Operation::CreateView {
            view,
            or_replace,
            if_not_exists,
        } => {
            if schema.view(&view.name).is_some() {
                if !*or_replace {
                    return tolerate(*if_not_exists, || Misfit::exists("view", &view.name));
                }
                let same: Vec<bool> = schema
                    .views
                    .iter()
                    .map(|v| schema.same_object(&v.name, &view.name))
                    .collect();
                let mut same = same.into_iter();
                schema.views.retain(|_| !same.next().unwrap_or_default());
            }
            schema.views.push(view.clone());
        }
        Operation::CreateTrigger {
            trigger,
            or_replace,
            if_not_exists,
        } => {
            if schema.trigger(&trigger.name, &trigger.table).is_some() {
                if !*or_replace {
                    return tolerate(*if_not_exists, || Misfit::exists("trigger", &trigger.name));
                }
                schema.remove_trigger(&trigger.name, Some(&trigger.table));
            }
            schema.triggers.push(Trigger::clone(trigger));
        }
        _ => {}
    }
    Ok(())
}

pub(super) fn enum_label(schema: &mut Schema, operation: &Operation) -> Result<(), Misfit> {
    let Operation::AddEnumLabel {
        name,
        label,
        position,
        if_not_exists,
    } = operation
    else {
        return Ok(());
    };
    let found = schema
        .enum_mut(name)
        .ok_or_else(|| Misfit::missing("type", name))?;
    if found.labels.contains(label) {
        return tolerate(*if_not_exists, || {
            Misfit::exists("label", format!("{name} '{label}'"))
        });
    }
    let at = label_index(found, position.as_ref())?;
    found.labels.insert(at, label.clone());
    Ok(())
}

fn label_index(found: &EnumType, position: Option<&LabelPosition>) -> Result<usize, Misfit> {
    let of = |label: &String| {
        let at = found.labels.iter().position(|own| own == label);
        at.ok_or_else(|| Misfit::missing("label", format!("'{label}' in {}", found.name)))
    };
    match position {
        None => Ok(found.labels.len()),
        Some(LabelPosition::Before(label)) => of(label),
        Some(LabelPosition::After(label)) => of(label).map(|at| at + 1),
    }
}

fn keys_not_null(table: &Shared<Table>, schema: &Schema) -> Shared<Table> {
    let mut table = table.clone();
    let is_nullable = |name: &&String| {
        let column = table.column(name, schema.case);
        column.is_some_and(|column| column.nullable)
    };
    let nullable = table.primary_key().iter().filter(is_nullable);
    for name in nullable.cloned().collect::<Vec<_>>() {
        if let Some(column) = table.column_mut(&name, schema.case) {
            column.nullable = false;
        }
    }
    table
}

pub(super) fn tolerate(allowed: bool, misfit: impl FnOnce() -> Misfit) -> Result<(), Misfit> {
    if allowed { Ok(()) } else { Err(misfit()) }
}
