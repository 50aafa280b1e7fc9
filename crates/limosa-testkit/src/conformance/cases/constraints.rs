//! Constraints of tables that are there already, where the database can.

use limosa_core::datatype::DataType;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Check, Constraint, ForeignKey, Key, Table};

use super::super::{Outcome, Sample, Setup, Walk};

fn add(table: &str, constraint: Constraint) -> Operation {
    let change = TableChange::AddConstraint {
        constraint: constraint.into(),
        using_index: None,
        if_not_exists: false,
    };
    Sample::alter(table, change)
}

/// One of each kind.
pub async fn add_constraints(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut keyless = Table::new(ObjectName::new("keyless"));
    keyless.columns = vec![Sample::required("id", DataType::BigInt)].into();
    walk.must_all(&[Sample::create(keyless), Sample::create(Sample::table("t"))])
        .await;
    let key = Key::new(None, vec!["id".to_owned()]);
    walk.may(&add("keyless", Constraint::PrimaryKey(key))).await;
    walk.may(&add("t", Sample::unique(None, &["label", "amount"])))
        .await;
    walk.may(&add("t", Sample::check(Some("positive"), "amount", 0)))
        .await;
    let itself = ObjectName::new("t");
    let key = ForeignKey::new(vec!["id".to_owned()], itself, vec!["id".to_owned()]);
    walk.may(&add("t", Constraint::ForeignKey(key))).await;
}

/// A named one goes, the other ones stay.
pub async fn drop_constraint(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut table = Sample::table("t");
    table
        .constraints
        .push(Sample::check(Some("gone"), "amount", 0));
    table
        .constraints
        .push(Sample::check(Some("stays"), "amount", 1));
    walk.must(&Sample::create(table)).await;
    let drop = TableChange::DropConstraint {
        name: "gone".to_owned(),
        if_exists: false,
        cascade: false,
    };
    walk.may(&Sample::alter("t", drop)).await;
}

/// Another name, the same meaning.
pub async fn rename_constraint(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut table = Sample::table("t");
    table
        .constraints
        .push(Sample::unique(Some("before"), &["amount"]));
    walk.must(&Sample::create(table)).await;
    let rename = TableChange::RenameConstraint {
        from: "before".to_owned(),
        to: "after it".to_owned(),
    };
    walk.may(&Sample::alter("t", rename)).await;
}

/// Added without a look at the rows, then validated.
pub async fn validate_constraint(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("t"))).await;
    let Constraint::Check(check) = Sample::check(Some("later"), "amount", 0) else {
        unreachable!("it is a check");
    };
    let unchecked = Constraint::Check(Check {
        validated: false,
        ..check
    });
    if walk.may(&add("t", unchecked)).await == Outcome::Done {
        let name = "later".to_owned();
        walk.must(&Sample::alter(
            "t",
            TableChange::ValidateConstraint { name },
        ))
        .await;
    }
}
