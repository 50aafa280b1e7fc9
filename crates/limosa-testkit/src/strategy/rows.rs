//! Rows that fit their table.

use limosa_core::expr::Expr;
use limosa_core::operation::{Assignment, Delete, Insert, Operation, Source, Update};
use limosa_core::schema::{Column, Constraint, Table};
use limosa_core::shared::List;

use super::builder::{Builder, needed};
use super::column::value;
use super::dice::Dice;

/// One to three rows; columns that may be left out sometimes are, those of foreign keys always.
pub(super) fn insert(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    let given: Vec<Column> = table
        .columns
        .iter()
        .filter(|one| is_given(&table, one, dice))
        .cloned()
        .collect();
    let mut rows = Vec::new();
    for _ in 0..=dice.below(3) {
        let number = builder.number();
        let values = given.iter();
        let row = values.map(|column| value(dice, &column.data_type, &builder.schema, number));
        rows.push(row.collect());
    }
    Some(Operation::Insert(
        Insert {
            with: limosa_core::expr::With::default(),
            table: table.name,
            columns: given.into_iter().map(|column| column.name).collect(),
            source: Source::Values(rows.into()),
            on_conflict: None,
        }
        .into(),
    ))
}

fn is_given(table: &Table, column: &Column, dice: &mut Dice) -> bool {
    let refers = table.constraints.iter().any(|constraint| {
        matches!(constraint, Constraint::ForeignKey(key) if key.columns.contains(&column.name))
    });
    let required = !column.nullable && column.default.is_none();
    required || !(refers || dice.one_in(3))
}

fn first_is(table: &Table, number: usize) -> Expr {
    let id = Expr::column(table.columns[0].name.clone());
    Expr::binary(id, "=", Expr::Number(number.to_string()))
}

/// A column that no key needs gets another value in one row or none.
pub(super) fn update(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |table| {
        table
            .columns
            .iter()
            .any(|one| !needed(table).contains(&one.name))
    })?;
    let needed = needed(&table);
    let free: Vec<&Column> = table
        .columns
        .iter()
        .filter(|one| !needed.contains(&one.name))
        .collect();
    let column = *dice.pick(&free)?;
    let number = dice.below(100);
    let new = value(dice, &column.data_type, &builder.schema, number);
    Some(Operation::Update(
        Update {
            with: limosa_core::expr::With::default(),
            set: vec![Assignment {
                column: column.name.clone(),
                value: Some(if column.nullable && dice.one_in(3) {
                    Expr::Null
                } else {
                    new?
                }),
            }]
            .into(),
            alias: None,
            from: List::new(),
            filter: Some(first_is(&table, number)),
            table: table.name,
        }
        .into(),
    ))
}

/// One row or none goes; nothing refers to it, since foreign keys are left empty.
pub(super) fn delete(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    Some(Operation::Delete(
        Delete {
            with: limosa_core::expr::With::default(),
            filter: Some(first_is(&table, dice.below(50))),
            alias: None,
            using: List::new(),
            table: table.name,
        }
        .into(),
    ))
}
