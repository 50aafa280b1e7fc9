//! What comes into being.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Body, Expr, Negated, Query, Relation, Select};
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{
    Action, Check, Column, Constraint, Definition, EnumType, ForeignKey, Index, IndexKey, Key,
    Table, View,
};
use limosa_core::shared::{List, Shared};

use super::builder::Builder;
use super::column::{Moment, column};
use super::dice::Dice;

/// A table with a `bigint` primary key in front, and columns, keys and checks behind.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it is an action as the others are"
)]
pub(super) fn table(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let mut table = Table::new(ObjectName::new(builder.name(dice)));
    let id = builder.name(dice);
    table.columns.push(Column {
        nullable: false,
        ..Column::new(&id, DataType::BigInt)
    });
    table
        .constraints
        .push(Constraint::PrimaryKey(Key::new(None, vec![id.clone()])));
    for _ in 0..dice.below(5) {
        let name = builder.name(dice);
        let schema = &builder.schema;
        table
            .columns
            .push(column(dice, name, schema, builder.reach, Moment::Create));
    }
    if dice.one_in(3) {
        let name = builder.name(dice);
        table.columns.push(Column::new(&name, DataType::BigInt));
        let own = (table.name.clone(), id.clone());
        table
            .constraints
            .push(foreign_key(builder, dice, name, own));
    }
    if dice.one_in(3) {
        let constraint = constraint(builder, dice, &table);
        table.constraints.push(constraint);
    }
    Some(Operation::CreateTable {
        table: table.into(),
        if_not_exists: false,
    })
}

/// A key to the primary key of any table, the own one included.
pub(super) fn foreign_key(
    builder: &Builder,
    dice: &mut Dice,
    column: String,
    own: (ObjectName, String),
) -> Constraint {
    let other = builder.table(dice, |_| true);
    let target = other.filter(|_| dice.one_in(2));
    let (table, key) = target.map_or(own, |table| {
        let key = table.columns[0].name.clone();
        (table.name, key)
    });
    let actions = [
        Action::NoAction,
        Action::Cascade,
        Action::SetNull,
        Action::Restrict,
    ];
    let on_delete = *dice.pick(&actions).expect("there are some");
    Constraint::ForeignKey(ForeignKey {
        on_delete,
        ..ForeignKey::new(vec![column], table, vec![key])
    })
}

/// A check or a unique key that every row of the builder satisfies.
pub(super) fn constraint(builder: &mut Builder, dice: &mut Dice, table: &Table) -> Constraint {
    let name = dice.one_in(2).then(|| builder.name(dice));
    let id = table.columns[0].name.clone();
    // JSON cannot be compared in PostgreSQL, and a unique key like the primary one is left out there.
    let comparable = |one: &&Column| one.data_type != DataType::Json && one.name != id;
    let last = table.columns.iter().rfind(comparable);
    if let Some(last) = last.filter(|_| dice.one_in(2)) {
        return Constraint::Unique(Key::new(name, vec![id, last.name.clone()]));
    }
    let zero = Expr::Number("0".to_owned());
    Constraint::Check(Check {
        name,
        expr: Expr::binary(Expr::column(id), ">", zero),
        validated: true,
    })
}

/// Plain, unique (with the primary key in it), descending, partial, by expression.
pub(super) fn index(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    // JSON has no order in PostgreSQL.
    let fits = |column: &&Column| column.data_type != DataType::Json;
    let table = builder.table(dice, |_| true)?;
    let columns: Vec<&Column> = table.columns.iter().filter(fits).collect();
    let column = *dice.pick(&columns)?;
    let mut index = Index::on_columns(&builder.name(dice), [column.name.as_str()]);
    match dice.below(6) {
        1 => index.keys[0].descending = true,
        2 => {
            let name = column.name.clone();
            let present = Expr::Is(
                Shared::new(Expr::column(name)),
                "NULL".to_owned(),
                Negated::Yes,
            );
            index.predicate = Some(present);
        }
        3 if column.data_type == DataType::Text => {
            let lower = Expr::call("lower", vec![Expr::column(column.name.clone())]);
            index.keys[0].expr = lower;
        }
        4 if column.name != table.columns[0].name => {
            index.unique = true;
            index.keys.push(IndexKey::column(&table.columns[0].name));
        }
        _ => {}
    }
    Some(Operation::CreateIndex {
        table: table.name,
        index: index.into(),
        if_not_exists: false,
        concurrently: dice.one_in(4),
    })
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is an action as the others are"
)]
pub(super) fn enum_type(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let name = ObjectName::new(builder.name(dice));
    let labels = (0..=dice.below(3)).map(|_| builder.name(dice)).collect();
    Some(Operation::CreateEnum {
        enum_type: EnumType {
            name,
            labels,
            comment: None,
        }
        .into(),
        if_not_exists: false,
    })
}

/// Some columns of one table.
pub(super) fn view(builder: &mut Builder, dice: &mut Dice) -> Option<Operation> {
    let table = builder.table(dice, |_| true)?;
    let count = 1 + dice.below(table.columns.len());
    let columns = table.columns[..count].iter();
    let id = Expr::column(table.columns[0].name.clone());
    let select = Select {
        columns: columns
            .map(|column| (Expr::column(column.name.clone()), None))
            .collect(),
        from: vec![Relation::Table(table.name, None)].into(),
        filter: Some(Expr::binary(id, ">", Expr::Number("3".to_owned()))),
        ..Select::default()
    };
    let query = Query {
        with: List::new(),
        recursive: false,
        body: Body::Select(Shared::new(select)),
        order_by: List::new(),
        limit: None,
        offset: None,
    };
    Some(Operation::CreateView {
        view: View {
            name: ObjectName::new(builder.name(dice)),
            columns: Vec::new(),
            query: Definition::Query(Shared::new(query)),
            materialized: false,
            comment: None,
        }
        .into(),
        or_replace: false,
        if_not_exists: false,
    })
}
