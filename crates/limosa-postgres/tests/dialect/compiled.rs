//! Operations in few words, and what becomes of them on one table.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Dialect;
use limosa_core::expr::{Expr, Lexicon};
use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::{
    Conflict, Effect, Insert, LabelPosition, Operation, Source, Sql, TableChange,
};
use limosa_core::schema::{Column, Generated, Identity, Index, Schema, Table, Trigger};
use limosa_postgres::PostgresDialect;

fn before() -> Schema {
    let mut schema = Schema::empty(Case::Sensitive, Some("public".to_owned()));
    let mut table = Table::new("t".into());
    table.columns.push(Column {
        identity: Some(Identity::Always),
        ..Column::new("id", DataType::BigInt)
    });
    table.columns.push(Column {
        generated: Some(Generated {
            expr: expr("1"),
            stored: true,
        }),
        ..Column::new("g", DataType::BigInt)
    });
    table.columns.push(Column {
        identity: Some(Identity::Serial),
        ..Column::new("s", DataType::Integer)
    });
    table.columns.push(Column::new("a", DataType::Text));
    table.columns.push(Column::new("b", DataType::Boolean));
    schema.tables.push(table.into());
    schema
}

pub(crate) fn expr(text: &str) -> Expr {
    Expr::try_parse(text, &Lexicon::POSTGRES).expect("an expression")
}

#[track_caller]
pub(crate) fn check(operation: &Operation, expected: &[&str]) {
    let found = PostgresDialect.compile(operation, &before());
    assert_eq!(found.expect("it can"), expected);
}

#[track_caller]
pub(crate) fn check_change(change: TableChange, expected: &str) {
    check(&alter(change), &[expected]);
}

#[track_caller]
pub(crate) fn check_refused(operation: &Operation, words: &str) {
    let refused = PostgresDialect.compile(operation, &before());
    let told = refused.expect_err("it cannot").to_string();
    assert!(told.contains(words), "{told}");
}

pub(crate) fn alter(change: TableChange) -> Operation {
    Operation::AlterTable {
        table: "t".into(),
        if_exists: false,
        change,
    }
}

pub(crate) fn create(table: Table) -> Operation {
    Operation::CreateTable {
        table: table.into(),
        if_not_exists: true,
    }
}

pub(crate) fn create_index(index: Index, concurrently: bool) -> Operation {
    Operation::CreateIndex {
        table: ObjectName::qualified("s", "t"),
        index: index.into(),
        if_not_exists: true,
        concurrently,
    }
}

pub(crate) fn drop_index(concurrently: bool) -> Operation {
    Operation::DropIndex {
        name: "i".into(),
        if_exists: true,
        concurrently,
        cascade: false,
    }
}

pub(crate) fn add_label(position: Option<LabelPosition>) -> Operation {
    Operation::AddEnumLabel {
        name: "e".into(),
        label: "x'y".into(),
        position,
        if_not_exists: true,
    }
}

pub(crate) fn trigger(dialect: &str) -> Operation {
    let trigger = Trigger {
        name: "g".into(),
        table: "t".into(),
        dialect: dialect.into(),
        text: "CREATE TRIGGER g ...".into(),
    };
    Operation::CreateTrigger {
        trigger: trigger.into(),
        or_replace: false,
        if_not_exists: false,
    }
}

pub(crate) fn insert(source: Source, on_conflict: Option<Conflict>) -> Operation {
    Operation::Insert(
        Insert {
            with: limosa_core::expr::With::default(),
            table: "t".into(),
            columns: vec!["a".into(), "b".into()],
            source,
            on_conflict,
        }
        .into(),
    )
}

pub(crate) fn sql(text: &str) -> Operation {
    Operation::Sql(
        Sql {
            dialect: Some("postgres".into()),
            summary: "something".into(),
            effect: Effect::Unknown,
            text: text.into(),
        }
        .into(),
    )
}
