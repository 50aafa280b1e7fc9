//! What an operation does, in a few words for people.

use crate::dialect::Dialect;
use crate::name::ObjectName;
use crate::operation::{Commented, Operation, TableChange};
use crate::schema::Constraint;

/// The operation in a few words, with types in the dialect's spelling.
pub fn summary(operation: &Operation, dialect: &dyn Dialect) -> String {
    match operation {
        Operation::CreateTable { table, .. } => format!("create table {}", table.name),
        Operation::DropTable { name, .. } => format!("drop table {name}"),
        Operation::RenameTable { from, to, .. } => format!("rename table {from} to {to}"),
        Operation::AlterTable { table, change, .. } => change_summary(table, change, dialect),
        Operation::CreateIndex {
            table,
            index,
            concurrently,
            ..
        } => {
            let unique = if index.unique { "unique " } else { "" };
            let how = if *concurrently && dialect.facts().concurrent_index {
                " concurrently"
            } else {
                ""
            };
            format!("create {unique}index {} on {table}{how}", index.name)
        }
        Operation::DropIndex { name, .. } => format!("drop index {name}"),
        Operation::RenameIndex { from, to, .. } => format!("rename index {from} to {to}"),
        Operation::CreateEnum { enum_type, .. } => format!("create enum type {}", enum_type.name),
        Operation::AddEnumLabel { name, label, .. } => format!("add label '{label}' to {name}"),
        Operation::RenameEnumLabel { name, from, to } => {
            format!("rename label '{from}' of {name} to '{to}'")
        }
        Operation::RenameEnum { from, to } => format!("rename type {from} to {to}"),
        Operation::DropEnum { name, .. } => format!("drop type {name}"),
        Operation::CreateView { view, .. } => format!("create view {}", view.name),
        Operation::DropView { name, .. } => format!("drop view {name}"),
        Operation::CreateTrigger { trigger, .. } => {
            format!("create trigger {} on {}", trigger.name, trigger.table)
        }
        Operation::DropTrigger { name, .. } => format!("drop trigger {name}"),
        Operation::Comment { on, .. } => format!("comment on {}", commented(on)),
        Operation::Insert(insert) => format!("insert into {}", insert.table),
        Operation::Update(update) => format!("update {}", update.table),
        Operation::Delete(delete) => format!("delete from {}", delete.table),
        Operation::Sql(sql) => sql.summary.clone(),
    }
}

fn change_summary(table: &ObjectName, change: &TableChange, dialect: &dyn Dialect) -> String {
    match change {
        TableChange::AddColumn { column, .. } => {
            let data_type = dialect.type_name(&column.data_type).unwrap_or_default();
            format!(
                "add column {table}.{} {}",
                column.name,
                data_type.to_lowercase()
            )
            .trim_end()
            .to_owned()
        }
        TableChange::DropColumn { name, .. } => format!("drop column {table}.{name}"),
        TableChange::RenameColumn { from, to } => format!("rename column {table}.{from} to {to}"),
        TableChange::SetType {
            column, data_type, ..
        } => {
            let data_type = dialect.type_name(data_type).unwrap_or_default();
            format!(
                "change type of {table}.{column} to {}",
                data_type.to_lowercase()
            )
        }
        TableChange::SetNullable {
            column,
            nullable: true,
        } => {
            format!("drop not null of {table}.{column}")
        }
        TableChange::SetNullable {
            column,
            nullable: false,
        } => {
            format!("set not null of {table}.{column}")
        }
        TableChange::SetDefault {
            column,
            default: Some(_),
        } => {
            format!("set default of {table}.{column}")
        }
        TableChange::SetDefault {
            column,
            default: None,
        } => {
            format!("drop default of {table}.{column}")
        }
        TableChange::SetIdentity { column, .. } => format!("change numbering of {table}.{column}"),
        TableChange::SetGenerated { column, .. } => {
            format!("change expression of {table}.{column}")
        }
        TableChange::AddConstraint { constraint, .. } => {
            let name = constraint
                .name()
                .map(|name| format!(" {name}"))
                .unwrap_or_default();
            format!("add {}{name} to {table}", kind(constraint))
        }
        TableChange::DropConstraint { name, .. } => format!("drop constraint {name} of {table}"),
        TableChange::RenameConstraint { from, to } => {
            format!("rename constraint {from} of {table} to {to}")
        }
        TableChange::ValidateConstraint { name } => {
            format!("validate constraint {name} of {table}")
        }
    }
}

fn kind(constraint: &Constraint) -> &'static str {
    match constraint {
        Constraint::PrimaryKey(_) => "primary key",
        Constraint::Unique(_) => "unique key",
        Constraint::ForeignKey(_) => "foreign key",
        Constraint::Check(_) => "check",
    }
}

fn commented(on: &Commented) -> String {
    match on {
        Commented::Table(name) => format!("table {name}"),
        Commented::Column(table, column) => format!("column {table}.{column}"),
        Commented::Index(name) => format!("index {name}"),
        Commented::View(name) => format!("view {name}"),
        Commented::Enum(name) => format!("type {name}"),
    }
}
