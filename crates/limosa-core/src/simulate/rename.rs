//! What gets another name, and everything that refers to it.

mod trigger;

use trigger::{Listed, Renamed};

use super::Misfit;
use super::alter::each_expression;
use super::create::tolerate;
use crate::datatype::DataType;
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::operation::{Mentions, Operation};
use crate::schema::{Constraint, Definition, Schema};

pub(super) fn apply(schema: &mut Schema, operation: &Operation) -> Result<(), Misfit> {
    match operation {
        Operation::RenameTable { from, to, mentions } => table(schema, from, to, *mentions),
        Operation::RenameIndex {
            from,
            to,
            if_exists,
        } => {
            if schema.index(&from.sibling(to.clone())).is_some() {
                return Err(Misfit::exists("index", to));
            }
            let Some(index) = schema.index_mut(from) else {
                return tolerate(*if_exists, || Misfit::missing("index", from));
            };
            index.name.clone_from(to);
            index.written = crate::schema::Written::default();
            Ok(())
        }
        Operation::RenameEnum { from, to } => enum_type(schema, from, to),
        Operation::RenameEnumLabel { name, from, to } => {
            let found = schema
                .enum_mut(name)
                .ok_or_else(|| Misfit::missing("type", name))?;
            let label = found.labels.iter_mut().find(|label| *label == from);
            let label = label.ok_or_else(|| Misfit::missing("label", format!("'{from}'")))?;
            label.clone_from(to);
            let name = found.name.clone();
            rename_in_defaults(schema, &name, from, to);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A default is a value of the type, not its spelling.
fn rename_in_defaults(schema: &mut Schema, name: &ObjectName, from: &str, to: &str) {
    let columns = schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns);
    for column in columns.filter(|column| column.data_type == DataType::Enum(name.clone())) {
        let mut default = column.default.as_mut();
        while let Some(Expr::Cast(inner, _)) = default {
            default = Some(&mut **inner);
        }
        if let Some(Expr::String(label)) = default
            && label == from
        {
            to.clone_into(label);
        }
    }
}

fn table(
    schema: &mut Schema,
    from: &ObjectName,
    to: &str,
    mentions: Mentions,
) -> Result<(), Misfit> {
    let new = from.sibling(to);
    if schema.table(&new).is_some() && !schema.same_object(from, &new) {
        return Err(Misfit::exists("table", to));
    }
    let other = schema
        .other_tables
        .iter()
        .position(|own| schema.same_object(own, from));
    if let Some(at) = other {
        to.clone_into(&mut schema.other_tables[at].name);
        return Ok(());
    }
    let snapshot = schema.without_objects();
    let found = schema
        .table_mut(from)
        .ok_or_else(|| Misfit::missing("table", from))?;
    to.clone_into(&mut found.name.name);
    each_expression(found, &mut |expr| {
        expr.rename_qualifier(&from.name, to, snapshot.case);
    });
    let mut columns = snapshot.tables.iter().flat_map(|table| &table.columns);
    let renamed = Renamed {
        from: &from.name,
        to,
        case: snapshot.case,
        mentions,
        listed: if columns.any(|column| snapshot.case.same(&column.name, &from.name)) {
            Listed::Column
        } else {
            Listed::Table
        },
    };
    for trigger in &mut schema.triggers {
        renamed.rewrite(trigger);
        if snapshot.same_object(&trigger.table, from) {
            to.clone_into(&mut trigger.table.name);
        }
    }
    if mentions == Mentions::Stay {
        return Ok(());
    }
    for constraint in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.constraints)
    {
        if let Constraint::ForeignKey(key) = constraint
            && snapshot.same_object(&key.table, from)
        {
            to.clone_into(&mut key.table.name);
        }
    }
    for view in &mut schema.views {
        if let Definition::Query(query) = &mut view.query {
            query.rename_table(from, &new, snapshot.case);
        }
    }
    Ok(())
}

fn enum_type(schema: &mut Schema, from: &ObjectName, to: &str) -> Result<(), Misfit> {
    let new = from.sibling(to);
    if schema.enum_type(&new).is_some() || schema.has_other_type(&new) {
        return Err(Misfit::exists("type", to));
    }
    let other = schema
        .other_types
        .iter()
        .position(|own| schema.same_object(own, from));
    if let Some(at) = other {
        to.clone_into(&mut schema.other_types[at].name);
        return Ok(());
    }
    let found = schema
        .enum_mut(from)
        .ok_or_else(|| Misfit::missing("type", from))?;
    let old = found.name.clone();
    to.clone_into(&mut found.name.name);
    let new = found.name.clone();
    for column in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.columns)
    {
        rename_in(&mut column.data_type, &old, &new);
    }
    Ok(())
}

fn rename_in(data_type: &mut DataType, from: &ObjectName, to: &ObjectName) {
    match data_type {
        DataType::Enum(name) if name == from => *name = to.clone(),
        DataType::Array(inner) => rename_in(inner, from, to),
        _ => {}
    }
}
