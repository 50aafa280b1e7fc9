//! Tables: their keys and checks, their names, and how people write them.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::operation::Operation;
use limosa_core::schema::{
    Action, Check, Column, Constraint, Deferrable, ForeignKey, Generated, Identity, Index,
};

use crate::model::{add, check, column, create, index, key, pg, primary, table, users};
use crate::world::World;

#[test]
fn keys_and_checks_come_back() {
    let mut orders = table(
        "orders",
        vec![
            Column {
                nullable: false,
                ..column("a", DataType::Integer)
            },
            column("b", DataType::Text),
            column("user_id", DataType::BigInt),
            column("total", DataType::Numeric(None)),
            Column {
                generated: Some(Generated {
                    expr: pg("total * 2"),
                    stored: true,
                }),
                ..column("twice", DataType::Numeric(None))
            },
            Column {
                collation: Some("NOCASE".into()),
                ..column("folded", DataType::Text)
            },
        ],
        vec![
            primary(&["a", "b"]),
            Constraint::Unique(key(&["b", "total"])),
            check(Some("positive"), "total >= 0"),
            check(None, "a <> 7 OR b IS NOT NULL"),
            check(None, "b IN ('x', 'y') AND b LIKE 'x%'"),
        ],
    );
    let mut foreign = ForeignKey::new(vec!["user_id".into()], "users".into(), vec!["id".into()]);
    foreign.on_delete = Action::Cascade;
    foreign.on_update = Action::SetNull;
    foreign.deferrable = Deferrable::InitiallyDeferred;
    foreign.name = Some("orders_user".into());
    orders.constraints.push(Constraint::ForeignKey(foreign));
    let own = ForeignKey::new(
        vec!["a".into(), "b".into()],
        "orders".into(),
        vec!["a".into(), "b".into()],
    );
    orders.constraints.push(Constraint::ForeignKey(own));
    World::new().go(&create(users())).go(&create(orders));
}

#[test]
fn hostile_names_come_back() {
    let hostile = "a\"b'c; DROP TABLE x -- é[`]";
    let mut world = World::new();
    let columns = vec![
        column(hostile, DataType::Text),
        column("select", DataType::Text),
        column("CHECK", DataType::Text),
        column("1st", DataType::Text),
    ];
    let checks = vec![Constraint::Check(Check {
        name: Some(hostile.into()),
        expr: Expr::binary(Expr::column(hostile), "<>", Expr::String("'\"--".into())),
        validated: true,
    })];
    world
        .go(&create(table(hostile, columns, checks)))
        .go(&index(
            hostile,
            Index::on_columns("order by", [hostile, "select"]),
        ))
        .go(&Operation::RenameTable {
            from: hostile.into(),
            to: "Group By".into(),
            mentions: limosa_core::operation::Mentions::Follow,
        });
}

#[test]
fn names_compare_without_case() {
    let mut world = World::new();
    let plain = table(
        "users",
        vec![
            column("Name", DataType::Text),
            column("AGE", DataType::Integer),
        ],
        vec![Constraint::Unique(key(&["Name"]))],
    );
    world
        .go_as_written(
            "create table Users ([Name] text, `AGE` INTEGER, constraint u unique (\"Name\"))",
            &create(plain),
        )
        .go(&add("USERS", column("extra", DataType::Text), vec![]));
}

#[test]
fn tables_as_sqlites_users_write_them_come_back() {
    let mut expected = table(
        "t",
        vec![
            Column {
                identity: Some(Identity::Autoincrement),
                nullable: false,
                ..column("id", DataType::Integer)
            },
            Column {
                default: Some(pg("CURRENT_TIMESTAMP")),
                nullable: false,
                ..column("at", DataType::TIMESTAMP)
            },
            Column {
                default: Some(Expr::String("x, y".into())),
                ..column("note", DataType::Varchar(Some(10)))
            },
            Column {
                generated: Some(Generated {
                    expr: pg("id + 1"),
                    stored: false,
                }),
                ..column("next", DataType::Integer)
            },
        ],
        vec![primary(&["id"]), check(Some("c"), "id > 0")],
    );
    World::new().go_as_written(
        "CREATE TABLE t ( -- the table\n id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,\n \
         at timestamp not null default (CURRENT_TIMESTAMP), note VARCHAR (10) DEFAULT \"x, y\", \
         next int generated always as (id + 1) virtual, CONSTRAINT c CHECK (id > 0) )",
        &create(expected.clone()),
    );
    expected.columns.truncate(1);
    expected.columns[0].identity = None;
    expected.constraints.truncate(1);
    expected.storage.strict = true;
    expected.storage.without_rowid = true;
    World::new().go_as_written(
        "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID",
        &create(expected.clone()),
    );
    World::new().go(&create(expected));
}
