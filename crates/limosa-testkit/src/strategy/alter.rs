//! What changes.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::operation::{Commented, LabelPosition, Operation, TableChange};
use limosa_core::schema::{Column, Constraint, Table};
use limosa_core::shared::List;

use super::builder::{Builder, needed};
use super::column::{Moment, column, value};
use super::dice::Dice;
use super::{Reach, create, names};

fn alter(table: &Table, change: TableChange) -> Operation {
    Operation::AlterTable {
        table: table.name.clone(),
        if_exists: false,
        change,
    }
}

/// A table that no view reads, and a column of it for which something holds.
fn place(
    builder: &Builder,
    dice: &mut Dice,
    holds: impl Fn(&Table, &Column) -> bool,
) -> Option<(Table, Column)> {
    let table = builder.table(dice, |table| {
        !builder.is_viewed(table) && table.columns.iter().any(|column| holds(table, column))
    })?;
    let fitting: Vec<_> = table
        .columns
        .iter()
        .filter(|column| holds(&table, column))
        .collect();
    let column = (*dice.pick(&fitting)?).clone();
    Some((table, column))
}

pub(super) fn add_column(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    let name = builder.name(dice);
    let column = column(dice, name, &builder.schema, builder.reach, Moment::Add);
    let change = TableChange::AddColumn {
        column: column.into(),
        constraints: List::new(),
        if_not_exists: false,
    };
    Some(alter(&table, change))
}

pub(super) fn rename_column(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let (table, column) = place(builder, dice, |_, _| true)?;
    let to = builder.name(dice);
    let from = column.name;
    Some(alter(&table, TableChange::RenameColumn { from, to }))
}

pub(super) fn rename_table(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |table| !builder.is_viewed(table))?;
    let to = builder.name(dice);
    let from = table.name;
    Some(Operation::RenameTable {
        from,
        to,
        mentions: limosa_core::operation::Mentions::Follow,
    })
}

pub(super) fn widen(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let narrow =
        |column: &Column| matches!(column.data_type, DataType::SmallInt | DataType::Integer);
    let (table, column) = place(builder, dice, |_, column| narrow(column))?;
    let change = TableChange::SetType {
        column: column.name,
        data_type: DataType::BigInt,
        collation: None,
        using: None,
    };
    Some(alter(&table, change))
}

/// To a type that every value has a place in, and from which `PostgreSQL` converts back by itself. Nothing else may
/// speak of the column.
pub(super) fn retype(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let wider = |column: &Column| match column.data_type {
        DataType::SmallInt | DataType::Integer => Some(DataType::Double),
        DataType::Varchar(Some(_)) => Some(DataType::Text),
        _ => None,
    };
    let holds = |table: &Table, column: &Column| {
        wider(column).is_some() && column.default.is_none() && !needed(table).contains(&column.name)
    };
    let (table, column) = place(builder, dice, holds)?;
    let change = TableChange::SetType {
        data_type: wider(&column)?,
        column: column.name,
        collation: None,
        using: None,
    };
    Some(alter(&table, change))
}

/// Other values of the same type, which no catalog shows.
pub(super) fn reckon(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let holds = |table: &Table, column: &Column| {
        matches!(column.data_type, DataType::Integer | DataType::BigInt)
            && column.identity.is_none()
            && column.generated.is_none()
            && !needed(table).contains(&column.name)
    };
    let (table, column) = place(builder, dice, holds)?;
    let own = Expr::column(column.name.clone());
    let change = TableChange::SetType {
        data_type: column.data_type,
        column: column.name,
        collation: None,
        using: Some(Expr::binary(own, "+", Expr::Number("1".into()))),
    };
    Some(alter(&table, change))
}

fn set_nullable(table: &Table, column: String, nullable: bool) -> Operation {
    alter(table, TableChange::SetNullable { column, nullable })
}

pub(super) fn drop_not_null(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let holds = |table: &Table, column: &Column| {
        !column.nullable && !table.primary_key().contains(&column.name)
    };
    let (table, column) = place(builder, dice, holds)?;
    Some(set_nullable(&table, column.name, true))
}

/// Only without rows: they could hold NULL. Foreign keys stay nullable, so that rows can be added.
pub(super) fn set_not_null(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let holds = |table: &Table, column: &Column| {
        column.nullable && !builder.has_rows(table) && !needed(table).contains(&column.name)
    };
    let (table, column) = place(builder, dice, holds)?;
    Some(set_nullable(&table, column.name, false))
}

pub(super) fn set_default(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let holds = |_: &Table, column: &Column| {
        matches!(
            column.data_type,
            DataType::Text | DataType::Integer | DataType::Boolean
        )
    };
    let (table, column) = place(builder, dice, holds)?;
    // A column without NULL keeps its default: rows leave it out.
    let drops = column.nullable && column.default.is_some() && dice.one_in(2);
    let default = value(dice, &column.data_type, &builder.schema, 7);
    let change = TableChange::SetDefault {
        column: column.name,
        default: default.filter(|_| !drops),
    };
    Some(alter(&table, change))
}

pub(super) fn add_constraint(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    let constraint = create::constraint(builder, dice, &table);
    // A second one that says the same is no other one where names do not count.
    let mut unnamed = constraint.clone();
    *unnamed.name_mut() = None;
    let is_there = table.constraints.iter().any(|own| {
        let mut own = own.clone();
        *own.name_mut() = None;
        own == unnamed
    });
    if is_there && builder.reach == Reach::Both {
        return None;
    }
    let change = TableChange::AddConstraint {
        constraint: constraint.into(),
        using_index: None,
        if_not_exists: false,
    };
    Some(alter(&table, change))
}

/// Between tables that are there already, so that cycles come about. Without rows, whose values
/// would have to be found on the other side.
pub(super) fn add_foreign_key(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let holds = |table: &Table, column: &Column| {
        column.data_type == DataType::BigInt
            && column.nullable
            && column.default.is_none()
            && !builder.has_rows(table)
            && !needed(table).contains(&column.name)
    };
    let (table, column) = place(builder, dice, holds)?;
    let own = (table.name.clone(), table.columns[0].name.clone());
    let change = TableChange::AddConstraint {
        constraint: create::foreign_key(builder, dice, column.name, own).into(),
        using_index: None,
        if_not_exists: false,
    };
    Some(alter(&table, change))
}

/// Renamed or dropped; a primary key is only renamed: others refer to it.
pub(super) fn change_constraint(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |table| !table.constraints.is_empty())?;
    let constraint = dice.pick(&table.constraints)?;
    let name = constraint.name()?.to_owned();
    let change = if matches!(constraint, Constraint::PrimaryKey(_)) || dice.one_in(2) {
        let to = builder.name(dice);
        TableChange::RenameConstraint { from: name, to }
    } else {
        TableChange::DropConstraint {
            name,
            if_exists: false,
            cascade: false,
        }
    };
    Some(alter(&table, change))
}

pub(super) fn enum_label(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let found = dice.pick(&builder.schema.enums)?.clone();
    let first = found.labels[0].clone();
    let new = builder.name(dice);
    let (name, position) = (found.name, LabelPosition::After(first.clone()));
    let data_type = DataType::Enum(name.clone());
    let tables = builder.schema.tables.iter();
    // A default could hold the label.
    let unused = tables
        .flat_map(|one| &one.columns)
        .all(|one| one.data_type != data_type);
    Some(if unused && dice.one_in(2) {
        Operation::RenameEnumLabel {
            name,
            from: first,
            to: new,
        }
    } else {
        Operation::AddEnumLabel {
            name,
            label: new,
            position: dice.one_in(2).then_some(position),
            if_not_exists: false,
        }
    })
}

pub(super) fn comment(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    let on = if dice.one_in(2) {
        let column = dice.pick(&table.columns)?.name.clone();
        Commented::Column(table.name, column)
    } else {
        Commented::Table(table.name)
    };
    let text = (!dice.one_in(4)).then(|| names::text(dice));
    Some(Operation::Comment { on, text })
}
