//! What an operation does to a schema, without a database.

mod alter;
mod create;
mod remove;
mod rename;

pub(crate) use alter::{constraint_columns, index_columns};

use crate::operation::{Commented, Operation, TableChange};
use crate::schema::{Schema, Written};

/// Why an operation cannot be done on a schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(pub String);

impl Misfit {
    pub(crate) fn missing(kind: &str, name: impl std::fmt::Display) -> Self {
        Self(format!("there is no {kind} {name}"))
    }

    pub(crate) fn exists(kind: &str, name: impl std::fmt::Display) -> Self {
        Self(format!("{kind} {name} exists already"))
    }
}

impl Schema {
    /// The comment on an object, if it has one.
    pub fn comment(&self, on: &Commented) -> Option<String> {
        comment_slot(&mut self.clone(), on).ok()?.take()
    }

    /// Does an operation to the model. It is [completed](Schema::complete) first.
    ///
    /// Changes of rows and verbatim statements leave the model as it is.
    ///
    /// # Errors
    /// What the operation is about is not there, or is there already, and it does not say that this
    /// is all right. The schema may then be half changed: work on a copy.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), Misfit> {
        let operation = self.complete(operation);
        self.forget_words(&operation);
        match &*operation {
            Operation::CreateTable { .. }
            | Operation::CreateIndex { .. }
            | Operation::CreateEnum { .. }
            | Operation::CreateView { .. }
            | Operation::CreateTrigger { .. } => create::apply(self, &operation),
            Operation::DropTable { .. }
            | Operation::DropIndex { .. }
            | Operation::DropEnum { .. }
            | Operation::DropView { .. }
            | Operation::DropTrigger { .. } => remove::apply(self, &operation),
            Operation::RenameTable { .. }
            | Operation::RenameIndex { .. }
            | Operation::RenameEnum { .. }
            | Operation::RenameEnumLabel { .. } => rename::apply(self, &operation),
            Operation::AddEnumLabel { .. } => create::enum_label(self, &operation),
            Operation::AlterTable {
                table,
                if_exists,
                change,
            } => {
                if self.table(table).is_none() {
                    return if *if_exists {
                        Ok(())
                    } else {
                        Err(Misfit::missing("table", table))
                    };
                }
                alter::apply(self, table, change)
            }
            Operation::Comment { on, text } => comment(self, on, text.as_ref()),
            Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Sql(_) => Ok(()),
        }
    }
}

impl Schema {
    /// The catalog's words for a table are not its definition any more once it is changed.
    fn forget_words(&mut self, operation: &Operation) {
        let all = match operation {
            Operation::RenameTable { .. } => true,
            Operation::DropTable { .. } => operation.cascades(),
            Operation::AlterTable { table, change, .. } => {
                if let Some(table) = self.table_mut(table) {
                    table.written = Written::default();
                }
                matches!(change, TableChange::RenameColumn { .. }) || operation.cascades()
            }
            _ => false,
        };
        for table in self.tables.iter_mut().filter(|_| all) {
            table.written = Written::default();
            for index in &mut table.indexes {
                index.written = Written::default();
            }
        }
    }
}

fn comment(schema: &mut Schema, on: &Commented, text: Option<&String>) -> Result<(), Misfit> {
    *comment_slot(schema, on)? = text.filter(|text| !text.is_empty()).cloned();
    Ok(())
}

fn comment_slot<'a>(
    schema: &'a mut Schema,
    on: &Commented,
) -> Result<&'a mut Option<String>, Misfit> {
    let case = schema.case;
    match on {
        Commented::Table(name) => schema
            .table_mut(name)
            .map(|table| &mut table.comment)
            .ok_or_else(|| Misfit::missing("table", name)),
        Commented::Column(table, column) => schema
            .table_mut(table)
            .and_then(|table| table.column_mut(column, case))
            .map(|column| &mut column.comment)
            .ok_or_else(|| Misfit::missing("column", format!("{table}.{column}"))),
        Commented::Index(name) => schema
            .index_mut(name)
            .map(|index| &mut index.comment)
            .ok_or_else(|| Misfit::missing("index", name)),
        Commented::View(name) => {
            let at = schema
                .views
                .iter()
                .position(|view| schema.same_object(&view.name, name));
            let at = at.ok_or_else(|| Misfit::missing("view", name))?;
            Ok(&mut schema.views[at].comment)
        }
        Commented::Enum(name) => schema
            .enum_mut(name)
            .map(|found| &mut found.comment)
            .ok_or_else(|| Misfit::missing("type", name)),
    }
}
