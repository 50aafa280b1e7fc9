//! Tables made, dropped and renamed.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{Action, Column, Constraint, ForeignKey, Table};
use limosa_core::shared::Shared;

use super::super::{Outcome, Sample, Setup, Walk};
use super::dialect::{HOSTILE, types};

fn drop_of(name: &str) -> Operation {
    Operation::DropTable {
        name: ObjectName::new(name),
        if_exists: false,
        cascade: false,
    }
}

/// A table with a primary key.
pub async fn create_table(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("t"))).await;
}

/// A column of each type that the dialect does not refuse.
pub async fn create_table_with_every_type(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut held = 0;
    for (at, data_type) in types().into_iter().enumerate() {
        let mut table = Table::new(ObjectName::new(format!("t{at}")));
        table.columns = vec![
            Column::new("may_be_null", data_type.clone()),
            Sample::required("may_not", data_type),
        ]
        .into();
        let outcome = walk.may(&Sample::create(table)).await;
        held += usize::from(outcome == Outcome::Done);
    }
    assert!(held > 10, "only {held} types are held");
}

/// Defaults of each kind that migrations have.
pub async fn create_table_with_defaults(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut table = Sample::table("t");
    let defaults = [
        (DataType::Boolean, Expr::Bool(true)),
        (DataType::Boolean, Expr::Bool(false)),
        (
            DataType::Text,
            Expr::String("it's \"so\" \\ 日本".to_owned()),
        ),
        (DataType::Text, Expr::String(String::new())),
        (DataType::Integer, Expr::Number("0".to_owned())),
        (
            DataType::Integer,
            Expr::Unary("-".to_owned(), Shared::new(Expr::Number("1".to_owned()))),
        ),
        (DataType::Double, Expr::Number("1.5".to_owned())),
        (DataType::TIMESTAMP, Expr::Now),
        (DataType::TIMESTAMPTZ, Expr::Now),
    ];
    for (at, (data_type, default)) in defaults.into_iter().enumerate() {
        table.columns.push(Column {
            default: Some(default),
            ..Sample::required(&format!("d{at}"), data_type)
        });
    }
    walk.must(&Sample::create(table)).await;
}

/// Composite keys, several checks, with and without names.
pub async fn create_table_with_keys_and_checks(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut table = Sample::table("t");
    table.constraints.extend([
        Sample::unique(None, &["label"]),
        Sample::unique(Some("by amount and label"), &["amount", "label"]),
        Sample::check(None, "amount", 0),
        Sample::check(Some("large"), "id", 100),
    ]);
    walk.must(&Sample::create(table)).await;
}

/// Foreign keys with each action, and one to the table itself.
pub async fn create_table_with_foreign_keys(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("parent"))).await;
    let mut table = Sample::table("child");
    let refer = |table: &mut Table, to: &str, on_delete, on_update| {
        let column = format!("ref{}", table.columns.len());
        table.columns.push(Column::new(&column, DataType::BigInt));
        let to = ObjectName::new(to);
        table.constraints.push(Constraint::ForeignKey(ForeignKey {
            on_delete,
            on_update,
            ..ForeignKey::new(vec![column], to, vec!["id".to_owned()])
        }));
    };
    refer(&mut table, "child", Action::Cascade, Action::NoAction);
    for action in [
        Action::NoAction,
        Action::Restrict,
        Action::Cascade,
        Action::SetNull,
    ] {
        refer(&mut table, "parent", action, Action::NoAction);
        refer(&mut table, "parent", Action::NoAction, action);
    }
    walk.must(&Sample::create(table)).await;
}

/// Names that need quoting, of tables and columns.
pub async fn create_table_with_hostile_names(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    for name in HOSTILE {
        let mut table = Sample::table(name);
        let columns = HOSTILE
            .iter()
            .map(|&column| Column::new(column, DataType::Text));
        table.columns.extend(columns);
        table.constraints.push(Sample::check(None, "amount", 1));
        walk.must(&Sample::create(table)).await;
    }
    for name in HOSTILE {
        walk.must(&drop_of(name)).await;
    }
}

/// A table goes with its rows and indexes.
pub async fn drop_table(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let rows = Sample::insert("t", &[(1, None, 2)]);
    walk.must_all(&[Sample::create(Sample::table("t")), rows, drop_of("t")])
        .await;
    walk.must(&Sample::create(Sample::table("t"))).await;
}

/// A table keeps rows and keys under its new name; keys of others follow.
pub async fn rename_table(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut child = Sample::table("child");
    let key = ForeignKey::new(
        vec!["amount".to_owned()],
        ObjectName::new("parent"),
        vec!["id".to_owned()],
    );
    child.constraints.push(Constraint::ForeignKey(key));
    let rename = Operation::RenameTable {
        from: ObjectName::new("parent"),
        to: "New Parent".to_owned(),
        mentions: limosa_core::operation::Mentions::Follow,
    };
    walk.must_all(&[
        Sample::create(Sample::table("parent")),
        Sample::create(child),
        Sample::insert("parent", &[(1, Some("kept"), 2)]),
        rename,
    ])
    .await;
    let rows = walk.session.query("SELECT label FROM \"New Parent\"").await;
    assert_eq!(rows.expect("query"), [[Some("kept".to_owned())]]);
}
