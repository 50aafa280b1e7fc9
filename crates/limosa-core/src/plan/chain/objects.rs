//! Which objects an operation touches.

use std::fmt;

use crate::datatype::DataType;
use crate::name::ObjectName;
use crate::operation::{Commented, Operation, TableChange};
use crate::schema::{Column, Constraint, Schema};

/// Something that can be compared on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Object {
    /// A table with its columns, constraints and indexes.
    Table(ObjectName),
    /// An enum type.
    Enum(ObjectName),
    /// A view.
    View(ObjectName),
    /// A trigger on a table.
    Trigger(String, ObjectName),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(name) => write!(f, "table {name}"),
            Self::Enum(name) => write!(f, "type {name}"),
            Self::View(name) => write!(f, "view {name}"),
            Self::Trigger(name, table) => write!(f, "trigger {name} on {table}"),
        }
    }
}

impl Object {
    /// The same object by the one name that it has in a schema, however an operation calls it: whether the
    /// default schema is said, and in which case, makes no other object of it.
    fn in_one_name(self, schema: &Schema) -> Self {
        let one = |name: &ObjectName, own: Option<&ObjectName>| schema.short(own.unwrap_or(name));
        match self {
            Self::Table(name) => Self::Table(one(&name, schema.table(&name).map(|own| &own.name))),
            Self::Enum(name) => {
                Self::Enum(one(&name, schema.enum_type(&name).map(|own| &own.name)))
            }
            Self::View(name) => Self::View(one(&name, schema.view(&name).map(|own| &own.name))),
            Self::Trigger(own, table) => {
                let on = schema.table(&table).map(|own| &own.name);
                Self::Trigger(own, one(&table, on))
            }
        }
    }
}

/// The objects that an operation touches, given the schema before it.
pub(crate) fn touched(operation: &Operation, before: &Schema) -> Vec<Object> {
    let named = named(operation, before).into_iter();
    named.map(|object| object.in_one_name(before)).collect()
}

fn named(operation: &Operation, before: &Schema) -> Vec<Object> {
    match &*before.complete(operation) {
        Operation::CreateTable { table, .. } => vec![Object::Table(table.name.clone())],
        Operation::DropTable { name, .. } => with_referring(name, before),
        Operation::RenameTable { from, to, .. } => {
            let mut objects = with_referring(from, before);
            objects.push(Object::Table(from.sibling(to.clone())));
            objects
        }
        Operation::AlterTable { table, change, .. } => match change {
            TableChange::DropColumn { .. }
            | TableChange::RenameColumn { .. }
            | TableChange::DropConstraint { .. } => with_referring(table, before),
            _ => vec![Object::Table(table.clone())],
        },
        Operation::CreateIndex { table, .. } => vec![Object::Table(table.clone())],
        Operation::DropIndex { name, .. } | Operation::RenameIndex { from: name, .. } => {
            let table = before.index(name).map(|(table, _)| table.name.clone());
            table.map(Object::Table).into_iter().collect()
        }
        Operation::CreateEnum { enum_type, .. } => vec![Object::Enum(enum_type.name.clone())],
        Operation::DropEnum { name, .. } => vec![Object::Enum(name.clone())],
        Operation::AddEnumLabel { name, .. } | Operation::RenameEnumLabel { name, .. } => {
            let mut objects = with_columns_of(name, before);
            objects.push(Object::Enum(name.clone()));
            objects
        }
        Operation::RenameEnum { from, to } => {
            let tables = before
                .tables
                .iter()
                .map(|table| Object::Table(table.name.clone()));
            let types = [from.clone(), from.sibling(to.clone())].map(Object::Enum);
            tables.chain(types).collect()
        }
        Operation::CreateView { view, .. } => vec![Object::View(view.name.clone())],
        Operation::DropView { name, .. } => vec![Object::View(name.clone())],
        Operation::CreateTrigger { trigger, .. } => {
            vec![Object::Trigger(trigger.name.clone(), trigger.table.clone())]
        }
        Operation::DropTrigger { name, .. } => before
            .triggers
            .iter()
            .filter(|own| before.case.same(&own.name, name))
            .map(|own| Object::Trigger(own.name.clone(), own.table.clone()))
            .collect(),
        Operation::Comment { on, .. } => match on {
            Commented::Table(name) | Commented::Column(name, _) => {
                vec![Object::Table(name.clone())]
            }
            Commented::Index(_) | Commented::View(_) | Commented::Enum(_) => Vec::new(),
        },
        Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_) | Operation::Sql(_) => {
            Vec::new()
        }
    }
}

/// The tables with a column of an enum type: where types live in the model alone, their checks list its
/// labels.
fn with_columns_of(name: &ObjectName, before: &Schema) -> Vec<Object> {
    let is_of = |column: &Column| matches!(&column.data_type, DataType::Enum(own) if before.same_object(own, name));
    let tables = before.tables.iter();
    tables
        .filter(|table| table.columns.iter().any(is_of))
        .map(|table| Object::Table(table.name.clone()))
        .collect()
}

/// The table and those whose foreign keys refer to it.
fn with_referring(name: &ObjectName, before: &Schema) -> Vec<Object> {
    let refers = |constraint: &Constraint| match constraint {
        Constraint::ForeignKey(key) => before.same_object(&key.table, name),
        _ => false,
    };
    let referring = before
        .tables
        .iter()
        .filter(|table| table.constraints.iter().any(refers))
        .map(|table| Object::Table(table.name.clone()));
    std::iter::once(Object::Table(name.clone()))
        .chain(referring)
        .collect()
}
