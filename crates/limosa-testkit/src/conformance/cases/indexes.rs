//! Indexes.

use limosa_core::expr::{Expr, Negated};
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{Index, IndexKey};
use limosa_core::shared::Shared;

use super::super::{Sample, Setup, Walk};

async fn with_table(setup: &dyn Setup) -> Walk {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("t"))).await;
    walk
}

fn kinds() -> Vec<Index> {
    let on = |name: &str| Index::on_columns(name, ["label", "amount"]);
    let mut descending = on("descending");
    descending.keys[1].descending = true;
    let lower = Expr::call("lower", vec![Expr::column("label")]);
    let present = Expr::Is(
        Shared::new(Expr::column("label")),
        "NULL".to_owned(),
        Negated::Yes,
    );
    vec![
        on("plain"),
        Index {
            unique: true,
            ..on("unique one")
        },
        descending,
        Index {
            keys: vec![IndexKey {
                expr: lower,
                ..IndexKey::column("label")
            }]
            .into(),
            ..on("by_expression")
        },
        Index {
            predicate: Some(present),
            ..on("partial")
        },
    ]
}

/// Plain, unique, descending, by expression, partial; and one built concurrently where that exists.
pub async fn create_indexes(setup: &dyn Setup) {
    let mut walk = with_table(setup).await;
    for index in kinds() {
        walk.must(&Sample::index("t", index)).await;
    }
    walk.must(&Operation::CreateIndex {
        table: ObjectName::new("t"),
        index: Index::on_columns("concurrent", ["amount"]).into(),
        if_not_exists: true,
        concurrently: true,
    })
    .await;
}

/// One goes, the other ones stay.
pub async fn drop_index(setup: &dyn Setup) {
    let mut walk = with_table(setup).await;
    for index in kinds() {
        walk.must(&Sample::index("t", index)).await;
    }
    for (name, concurrently) in [("unique one", false), ("partial", true)] {
        walk.must(&Operation::DropIndex {
            name: ObjectName::new(name),
            if_exists: false,
            concurrently,
            cascade: false,
        })
        .await;
    }
}

/// Another name, where the database can.
pub async fn rename_index(setup: &dyn Setup) {
    let mut walk = with_table(setup).await;
    walk.must(&Sample::index("t", Index::on_columns("before", ["amount"])))
        .await;
    walk.may(&Operation::RenameIndex {
        from: ObjectName::new("before"),
        to: "after it".to_owned(),
        if_exists: false,
    })
    .await;
}
