//! What is applied is what the model predicts, and applying it again does nothing.

use limosa_core::engine::Runner;
use limosa_testkit::strategy::Reach;
use limosa_tests::{On, migrations};

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
    assert_eq!(session.calls, ["recorded"]);
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

/// Each of these calls is one round trip.
#[tokio::test]
async fn a_first_run_makes_six_calls() {
    let on = On::postgres().await;
    let all = migrations(&[
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE INDEX i ON a (id);",
        "CREATE TYPE mood AS ENUM ('glad'); ALTER TABLE a ADD COLUMN mood mood;",
        "CREATE VIEW v AS SELECT id FROM a; INSERT INTO a VALUES (1, 'glad');",
    ]);
    let mut session = Watched::new(on.session().await);
    let report = Runner::new(&all).run(&mut session).await.expect("they fit");
    assert!(report.warnings.is_empty(), "{:#?}", report.warnings);
    let calls = ["recorded", "try_start", "run", "inspect", "run", "unlock"];
    assert_eq!(session.calls, calls);
}
