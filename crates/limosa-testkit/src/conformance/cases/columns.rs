//! Columns added, dropped, renamed and altered.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::Column;
use limosa_core::shared::List;

use super::super::{Sample, Setup, Walk};

async fn filled(setup: &dyn Setup) -> Walk {
    let mut walk = Walk::start(setup).await;
    let rows = Sample::insert("t", &[(1, Some("one"), 10), (2, None, 20)]);
    walk.must_all(&[Sample::create(Sample::table("t")), rows])
        .await;
    walk
}

fn add(column: Column) -> Operation {
    let change = TableChange::AddColumn {
        column: column.into(),
        constraints: List::new(),
        if_not_exists: false,
    };
    Sample::alter("t", change)
}

/// Nullable, and not nullable with a default, on a table that has rows.
pub async fn add_column(setup: &dyn Setup) {
    let mut walk = filled(setup).await;
    let number = Expr::Number("7".to_owned());
    walk.must(&add(Column::new("last_error", DataType::Text)))
        .await;
    walk.must(&add(Column::new("deletedAt", DataType::TIMESTAMP)))
        .await;
    walk.must(&add(Column {
        default: Some(number),
        ..Sample::required("seven", DataType::Integer)
    }))
    .await;
    let rows = walk
        .session
        .query("SELECT seven, last_error FROM t ORDER BY id")
        .await;
    let row = [Some("7".to_owned()), None];
    assert_eq!(rows.expect("query"), [row.clone(), row]);
}

/// A column that nothing needs goes, the other ones keep their rows.
pub async fn drop_column(setup: &dyn Setup) {
    let mut walk = filled(setup).await;
    let drop = TableChange::DropColumn {
        name: "label".to_owned(),
        if_exists: false,
        cascade: false,
    };
    walk.must(&Sample::alter("t", drop)).await;
    let rows = walk
        .session
        .query("SELECT * FROM t ORDER BY id")
        .await
        .expect("query");
    let row = |id: &str, amount: &str| vec![Some(id.to_owned()), Some(amount.to_owned())];
    assert_eq!(rows, [row("1", "10"), row("2", "20")]);
}

/// A renamed column is followed by keys, checks and indexes.
pub async fn rename_column(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let mut table = Sample::table("t");
    table.constraints.push(Sample::check(None, "amount", 0));
    let index = limosa_core::schema::Index::on_columns("t_amount_idx", ["amount", "label"]);
    let rename = TableChange::RenameColumn {
        from: "amount".to_owned(),
        to: "How Much".to_owned(),
    };
    walk.must_all(&[
        Sample::create(table),
        Sample::index("t", index),
        Sample::alter("t", rename),
    ])
    .await;
}

/// A wider type, where the database can.
pub async fn set_type(setup: &dyn Setup) {
    let mut walk = filled(setup).await;
    for data_type in [DataType::BigInt, DataType::Numeric(Some((20, 2)))] {
        let change = TableChange::SetType {
            column: "amount".to_owned(),
            data_type,
            collation: None,
            using: None,
        };
        walk.may(&Sample::alter("t", change)).await;
    }
}

/// NULL forbidden and accepted, where the database can.
pub async fn set_nullable(setup: &dyn Setup) {
    let mut walk = filled(setup).await;
    for nullable in [true, false] {
        let column = "amount".to_owned();
        let change = TableChange::SetNullable { column, nullable };
        walk.may(&Sample::alter("t", change)).await;
    }
}

/// A default set, changed and dropped, where the database can.
pub async fn set_default(setup: &dyn Setup) {
    let mut walk = filled(setup).await;
    for default in [Some("1"), Some("2"), None] {
        let change = TableChange::SetDefault {
            column: "amount".to_owned(),
            default: default.map(|number| Expr::Number(number.to_owned())),
        };
        walk.may(&Sample::alter("t", change)).await;
    }
}
