//! What goes.

use limosa_core::datatype::DataType;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Table};

use super::builder::{Builder, needed};
use super::dice::Dice;

/// A column that nothing needs. One of an enum type stays: on `SQLite` a check holds it.
pub(super) fn column(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let fits = |table: &Table, column: &Column| {
        !needed(table).contains(&column.name) && !matches!(column.data_type, DataType::Enum(_))
    };
    let table = builder.table(dice, |table| {
        !builder.is_viewed(table) && table.columns.iter().any(|column| fits(table, column))
    })?;
    let free: Vec<_> = table
        .columns
        .iter()
        .filter(|column| fits(&table, column))
        .collect();
    let name = dice.pick(&free)?.name.clone();
    Some(Operation::AlterTable {
        table: table.name,
        if_exists: false,
        change: TableChange::DropColumn {
            name,
            if_exists: false,
            cascade: false,
        },
    })
}

pub(super) fn index_or_view(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    if let Some(view) = dice.pick(&builder.schema.views).filter(|_| dice.one_in(2)) {
        return Some(Operation::DropView {
            name: view.name.clone(),
            materialized: false,
            if_exists: false,
            cascade: false,
        });
    }
    let table = builder.table(dice, |table| !table.indexes.is_empty())?;
    let index = dice.pick(&table.indexes)?;
    Some(Operation::DropIndex {
        name: table.name.sibling(index.name.clone()),
        if_exists: false,
        concurrently: dice.one_in(3),
        cascade: false,
    })
}

/// A table that nothing refers to, or an enum type that no column has.
pub(super) fn table_or_enum(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let columns = || {
        builder
            .schema
            .tables
            .iter()
            .flat_map(|table| &table.columns)
    };
    let mut enums = builder.schema.enums.iter();
    let unused = enums.find(|one| {
        let data_type = DataType::Enum(one.name.clone());
        !columns().any(|column| column.data_type == data_type)
    });
    if let Some(unused) = unused.filter(|_| dice.one_in(2)) {
        return Some(Operation::DropEnum {
            name: unused.name.clone(),
            if_exists: false,
            cascade: false,
        });
    }
    let free = |table: &Table| !builder.is_viewed(table) && !builder.is_referred_to(table);
    Some(Operation::DropTable {
        name: builder.table(dice, free)?.name,
        if_exists: false,
        cascade: false,
    })
}
