//! Operations and their parts, in few words.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Lexicon};
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Check, Column, Constraint, Identity, Index, Key, Table};

/// An expression of a Postgres file.
pub(crate) fn pg(text: &str) -> Expr {
    Expr::try_parse(text, &Lexicon::POSTGRES).unwrap()
}

pub(crate) fn column(name: &str, data_type: DataType) -> Column {
    Column::new(name, data_type)
}

pub(crate) fn create(table: Table) -> Operation {
    Operation::CreateTable {
        table: table.into(),
        if_not_exists: false,
    }
}

pub(crate) fn table(
    name: impl Into<ObjectName>,
    columns: Vec<Column>,
    constraints: Vec<Constraint>,
) -> Table {
    Table {
        columns: columns.into(),
        constraints: constraints.into(),
        ..Table::new(name.into())
    }
}

pub(crate) fn alter(name: &str, change: TableChange) -> Operation {
    Operation::AlterTable {
        table: name.into(),
        if_exists: false,
        change,
    }
}

pub(crate) fn add(name: &str, column: Column, constraints: Vec<Constraint>) -> Operation {
    alter(
        name,
        TableChange::AddColumn {
            column: column.into(),
            constraints: constraints.into(),
            if_not_exists: false,
        },
    )
}

pub(crate) fn index(name: &str, index: Index) -> Operation {
    Operation::CreateIndex {
        table: name.into(),
        index: index.into(),
        if_not_exists: false,
        concurrently: true,
    }
}

pub(crate) fn primary(columns: &[&str]) -> Constraint {
    Constraint::PrimaryKey(key(columns))
}

pub(crate) fn key(columns: &[&str]) -> Key {
    Key::new(None, columns.iter().map(|&name| name.to_owned()).collect())
}

pub(crate) fn check(name: Option<&str>, expr: &str) -> Constraint {
    Constraint::Check(Check {
        name: name.map(str::to_owned),
        expr: pg(expr),
        validated: true,
    })
}

pub(crate) fn numbered() -> Column {
    Column {
        nullable: false,
        identity: Some(Identity::Serial),
        ..column("id", DataType::BigInt)
    }
}

pub(crate) fn users() -> Table {
    table(
        "users",
        vec![numbered(), column("name", DataType::Text)],
        vec![primary(&["id"])],
    )
}
