//! What is applied is what the model predicts, and applying it again does nothing.

use limosa_core::engine::Runner;
use limosa_testkit::strategy::Reach;

use super::on_one;
use crate::case::{Case, Kind as Rows, cases};
use crate::site::{Kind, Site};
use crate::watched::Watched;

async fn law(site: &mut Site, case: &Case) {
    site.reset().await;
    let migrations = case.migrations();
    let report = site.run(&migrations).await.expect("they fit");
    assert!(report.warnings.is_empty(), "{:#?}", report.warnings);
    assert_eq!(report.migrations.len(), case.list.len());
    site.is_complete(case).await;

    let before = site.schema().await;
    let mut session = Watched::new(site.on.session().await);
    let again = Runner::new(&migrations).run(&mut session).await;
    assert_eq!(again.expect("nothing to do").migrations, []);
    assert_eq!(session.calls, ["journal"]);
    assert_eq!(site.schema().await, before);
}

#[test]
fn random_migrations_do_what_is_predicted_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Any, 1..24);
    on_one(Kind::Postgres, strategy, 24, law);
}

#[test]
fn random_migrations_do_what_is_predicted_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Any, 1..24);
    on_one(Kind::Sqlite, strategy, 48, law);
}
