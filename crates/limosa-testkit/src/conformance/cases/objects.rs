//! Enum types, views and comments, where the database has them.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Body, Expr, Query, Relation, Select};
use limosa_core::name::ObjectName;
use limosa_core::operation::{Commented, LabelPosition, Operation};
use limosa_core::schema::{Column, Definition, EnumType, Index, View};
use limosa_core::shared::{List, Shared};

use super::super::{Outcome, Sample, Setup, Walk};

fn mood() -> ObjectName {
    ObjectName::new("mood")
}

fn labels() -> Operation {
    Operation::CreateEnum {
        enum_type: EnumType {
            name: mood(),
            labels: ["sad", "so so", "it's fine"].map(str::to_owned).to_vec(),
            comment: None,
        }
        .into(),
        if_not_exists: false,
    }
}

/// A type, a column of it, further labels, other names, and an end.
pub async fn enums(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&labels()).await;
    let mut table = Sample::table("t");
    let default = Some(Expr::String("so so".to_owned()));
    let column = Sample::required("now", DataType::Enum(mood()));
    table.columns.push(Column { default, ..column });
    walk.must(&Sample::create(table)).await;
    let changes = [
        Operation::AddEnumLabel {
            name: mood(),
            label: "glad".to_owned(),
            position: None,
            if_not_exists: false,
        },
        Operation::AddEnumLabel {
            name: mood(),
            label: "grim".to_owned(),
            position: Some(LabelPosition::Before("sad".to_owned())),
            if_not_exists: false,
        },
        Operation::RenameEnumLabel {
            name: mood(),
            from: "sad".to_owned(),
            to: "blue".to_owned(),
        },
    ];
    for change in &changes {
        walk.may(change).await;
    }
    walk.must(&Operation::DropTable {
        name: ObjectName::new("t"),
        if_exists: false,
        cascade: false,
    })
    .await;
    walk.must(&Operation::DropEnum {
        name: mood(),
        if_exists: false,
        cascade: false,
    })
    .await;
}

/// A view over a table answers, and goes.
pub async fn views(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let select = Select {
        columns: vec![(Expr::column("label"), None)].into(),
        from: vec![Relation::Table(ObjectName::new("t"), None)].into(),
        filter: Some(Expr::binary(
            Expr::column("amount"),
            ">",
            Expr::Number("5".to_owned()),
        )),
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
    let create = Operation::CreateView {
        view: View {
            name: ObjectName::new("v"),
            columns: Vec::new(),
            query: Definition::Query(Shared::new(query)),
            materialized: false,
            comment: None,
        }
        .into(),
        or_replace: false,
        if_not_exists: false,
    };
    let rows = Sample::insert("t", &[(1, Some("few"), 5), (2, Some("many"), 6)]);
    walk.must_all(&[Sample::create(Sample::table("t")), rows, create])
        .await;
    let seen = walk.session.query("SELECT * FROM v").await.expect("query");
    assert_eq!(seen, [[Some("many".to_owned())]]);
    walk.must(&Operation::DropView {
        name: ObjectName::new("v"),
        materialized: false,
        if_exists: false,
        cascade: false,
    })
    .await;
}

/// Set, changed and removed; a dialect without comments refuses or leaves them out.
pub async fn comments(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let index = Index::on_columns("t_amount_idx", ["amount"]);
    walk.must_all(&[
        Sample::create(Sample::table("t")),
        Sample::index("t", index),
    ])
    .await;
    let places = [
        Commented::Table(ObjectName::new("t")),
        Commented::Column(ObjectName::new("t"), "label".to_owned()),
        Commented::Index(ObjectName::new("t_amount_idx")),
    ];
    for text in [Some("it's \"so\""), Some("日本\nline two \\"), None] {
        for on in places.clone() {
            let text = text.map(str::to_owned);
            let outcome = walk.may(&Operation::Comment { on, text }).await;
            let keeps = walk.session.dialect().facts().comments;
            assert!(outcome == Outcome::Done || !keeps);
        }
    }
}
