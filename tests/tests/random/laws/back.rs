//! Up and down again is where it began: step by step, and all at once.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::error::{Error, Failure};
use limosa_core::report::Report;
use limosa_core::schema::Schema;
use limosa_testkit::strategy::Reach;

use super::on_one;
use crate::case::{Case, Kind as Rows, cases};
use crate::site::{Kind, Site};
use crate::watched::Watched;

async fn back(site: &Site, case: &Case, steps: usize) -> Result<Report, Failure> {
    let migrations = case.migrations();
    let mut session = site.on.session().await;
    Runner::new(&migrations)
        .rollback(session.as_mut(), &Extent::Steps(steps), Consent::Given)
        .await
}

/// What has no inverse, and what this database cannot do, is refused before anything is changed.
fn is_refused(failure: &Failure) -> bool {
    matches!(
        failure.error,
        Error::NotInvertible { .. } | Error::Conflicts(_)
    )
}

/// Applies one migration after the other. Returns what the model says behind each, nothing first.
async fn up(site: &mut Site, case: &Case) -> Vec<Schema> {
    site.reset().await;
    site.run(&case.migrations()).await.expect("they fit");
    let ends = case.ends.iter().copied();
    std::iter::once(0)
        .chain(ends)
        .map(|end| case.predicted(&site.empty, end))
        .collect()
}

async fn step_by_step(site: &mut Site, case: &Case) {
    let states = up(site, case).await;
    for at in (0..case.list.len()).rev() {
        let before = site.schema().await;
        match back(site, case, 1).await {
            Ok(_) => {
                site.is_like(&states[at]).await;
                assert_eq!(site.applied().await.len(), at);
            }
            Err(failure) => {
                assert!(is_refused(&failure), "{failure}");
                assert_eq!(site.schema().await, before);
                assert_eq!(site.applied().await.len(), at + 1);
                break;
            }
        }
    }
    site.run(&case.migrations()).await.expect("and up again");
    site.is_complete(case).await;
}

async fn all_at_once(site: &mut Site, case: &Case) {
    let states = up(site, case).await;
    let steps = case.below(case.list.len(), 0) + 1;
    let left = case.list.len() - steps;
    let before = site.schema().await;
    match back(site, case, steps).await {
        Ok(_) => {
            site.is_like(&states[left]).await;
            assert_eq!(site.applied().await.len(), left);
        }
        Err(failure) => {
            assert!(is_refused(&failure), "{failure}");
            assert_eq!(site.schema().await, before);
            assert_eq!(site.applied().await.len(), case.list.len());
        }
    }
    site.run(&case.migrations()).await.expect("and up again");
    site.is_complete(case).await;
}

/// The connection breaks on the way back. Going back again, or up again, ends as if it had not.
async fn interrupted(site: &mut Site, case: &Case) {
    let states = up(site, case).await;
    let migrations = case.migrations();
    let runner = Runner::new(&migrations);
    let extent = Extent::Steps(case.list.len());
    let mut breaks_after = case.below(12, 2);
    loop {
        let mut session = Watched::new(site.on.session().await);
        session.breaks_after = breaks_after;
        let undone = runner.rollback(&mut session, &extent, Consent::Given).await;
        match undone {
            Ok(_) => break,
            Err(failure) if is_refused(&failure) => break,
            Err(failure) => assert!(session.session.is_none(), "{failure}"),
        }
        breaks_after += 3;
        if case.below(3, breaks_after) == 0 {
            site.run(&migrations).await.expect("and up again");
            site.is_complete(case).await;
        }
    }
    let left = site.applied().await.len();
    if left < case.list.len() {
        site.is_like(&states[left]).await;
    }
    site.run(&migrations).await.expect("and up again");
    site.is_complete(case).await;
}

#[test]
fn random_breaks_on_the_way_back_change_nothing_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Schema, 1..16);
    on_one(Kind::Postgres, strategy, 16, interrupted);
}

#[test]
fn random_breaks_on_the_way_back_change_nothing_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Schema, 1..16);
    on_one(Kind::Sqlite, strategy, 32, interrupted);
}

#[test]
fn random_migrations_are_undone_one_by_one_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Schema, 1..16);
    on_one(Kind::Postgres, strategy, 16, step_by_step);
}

#[test]
fn random_migrations_are_undone_one_by_one_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Schema, 1..16);
    on_one(Kind::Sqlite, strategy, 32, step_by_step);
}

#[test]
fn random_migrations_are_undone_at_once_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Schema, 1..16);
    on_one(Kind::Postgres, strategy, 16, all_at_once);
}

#[test]
fn random_migrations_are_undone_at_once_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Schema, 1..16);
    on_one(Kind::Sqlite, strategy, 32, all_at_once);
}
