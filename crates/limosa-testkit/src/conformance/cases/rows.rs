//! Rows: the same operations give the same rows.

use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Assignment, Delete, Operation, Update};
use limosa_core::shared::List;

use super::super::{Sample, Setup, Walk};

async fn rows(walk: &mut Walk) -> Vec<Vec<Option<String>>> {
    let rows = walk
        .session
        .query("SELECT id, label, amount FROM t ORDER BY id")
        .await;
    rows.expect("query")
}

fn row(id: &str, label: Option<&str>, amount: &str) -> Vec<Option<String>> {
    vec![
        Some(id.to_owned()),
        label.map(str::to_owned),
        Some(amount.to_owned()),
    ]
}

fn number(number: &str) -> Expr {
    Expr::Number(number.to_owned())
}

/// Rows come, change and go.
pub async fn insert_update_delete(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("t"))).await;
    let inserted = [(1, Some("one"), 10), (2, None, 20), (3, Some("three"), 30)];
    walk.must(&Sample::insert("t", &inserted)).await;
    let doubled = Expr::binary(Expr::column("amount"), "*", number("2"));
    walk.must(&Operation::Update(
        Update {
            with: limosa_core::expr::With::default(),
            table: ObjectName::new("t"),
            alias: None,
            set: vec![Assignment {
                column: "amount".to_owned(),
                value: Some(doubled),
            }]
            .into(),
            from: List::new(),
            filter: Some(Expr::binary(Expr::column("id"), ">=", number("2"))),
        }
        .into(),
    ))
    .await;
    walk.must(&Operation::Delete(
        Delete {
            with: limosa_core::expr::With::default(),
            table: ObjectName::new("t"),
            alias: None,
            using: List::new(),
            filter: Some(Expr::binary(
                Expr::column("label"),
                "=",
                Expr::String("three".to_owned()),
            )),
        }
        .into(),
    ))
    .await;
    assert_eq!(
        rows(&mut walk).await,
        [row("1", Some("one"), "10"), row("2", None, "40")]
    );
}

/// Text of any kind comes back as it was.
pub async fn hostile_text_is_kept(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    walk.must(&Sample::create(Sample::table("t"))).await;
    let texts = [
        "",
        "it's",
        "\"quoted\" and `ticked`",
        "back\\slash \\n \\'",
        "line\r\nbreak\ttab",
        "'; DROP TABLE t; --",
        "$$ $1 ? :name %s /* x",
        "naïve 日本 \u{1F426}",
    ];
    let mut expected = Vec::new();
    for (at, text) in (1_u32..).zip(texts) {
        walk.must(&Sample::insert("t", &[(at, Some(text), at)]))
            .await;
        expected.push(row(&at.to_string(), Some(text), &at.to_string()));
    }
    assert_eq!(rows(&mut walk).await, expected);
}
