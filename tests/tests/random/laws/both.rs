//! Both databases end in the same logical schema and hold the same rows.

use limosa_core::expr::Expr;
use limosa_core::schema::{Column, Definition, Schema, Table};
use limosa_sqlite::SqliteDialect;
use limosa_testkit::conformance::differences;
use limosa_testkit::strategy::Reach;
use tokio::sync::Mutex;

use crate::case::{Case, Kind as Rows, cases};
use crate::rows::{quoted, values};
use crate::site::{Kind, Site, hold};

async fn law(one: &mut Site, other: &mut Site, case: &Case) {
    for site in [&mut *one, &mut *other] {
        site.reset().await;
        site.run(&case.migrations()).await.expect("they fit");
    }
    let (postgres, sqlite) = (one.schema().await, other.schema().await);
    let found = differences(&postgres, &sqlite, &SqliteDialect);
    assert!(found.is_empty(), "{}", found.join("\n"));

    let model = case.predicted(&one.empty, case.operations.len());
    for table in &model.tables {
        same_rows(one, other, table).await;
    }
    same_views(one, other, &model).await;
}

async fn same_rows(one: &Site, other: &Site, table: &Table) {
    for column in table.columns.iter().filter(|own| !is_clock(own)) {
        let (a, b) = (
            values(&one.on, table, column).await,
            values(&other.on, table, column).await,
        );
        assert_eq!(a, b, "{}.{}", table.name, column.name);
        let name = quoted(&column.name);
        let table = quoted(&table.name.name);
        for query in [
            format!("SELECT count(*) FROM {table} WHERE {name} IS NULL"),
            format!("SELECT count(DISTINCT {name}) FROM {table}"),
        ] {
            assert_eq!(one.on.value(&query).await, other.on.value(&query).await);
        }
    }
}

/// Its values tell when the row was made.
fn is_clock(column: &Column) -> bool {
    column.default == Some(Expr::Now)
}

async fn same_views(one: &Site, other: &Site, model: &Schema) {
    for view in &model.views {
        assert!(matches!(view.query, Definition::Query(_)));
        let query = format!("SELECT count(*) FROM {}", quoted(&view.name.name));
        assert_eq!(one.on.value(&query).await, other.on.value(&query).await);
    }
}

#[test]
fn random_migrations_mean_the_same_on_both() {
    let sites = Mutex::new(None);
    hold(cases(Reach::Both, Rows::Any, 1..24), 24, async |case| {
        let mut sites = sites.lock().await;
        if sites.is_none() {
            *sites = Some((
                Site::new(Kind::Postgres).await,
                Site::new(Kind::Sqlite).await,
            ));
        }
        let (one, other) = sites.as_mut().expect("they were just made");
        law(one, other, &case).await;
    });
}
