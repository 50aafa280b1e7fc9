//! Whatever was done by hand, without a journal, the run ends where an undisturbed one does.

use limosa_core::journal::State;
use limosa_core::schema::Schema;
use limosa_testkit::strategy::Reach;

use super::on_one;
use crate::case::{Case, Kind as Rows, cases};
use crate::rows;
use crate::site::{Kind, Site, data, execute};

/// The first so many operations are there, and rows that nobody announced.
async fn from_a_prefix(site: &mut Site, case: &Case) {
    site.reset().await;
    let done = case.below(case.operations.len() + 1, 0);
    let model = site
        .by_hand(&case.operations[..done], &site.empty.clone())
        .await;
    let kept = rows::put(site, &model, &case.operations[done..]).await;
    site.run(&case.migrations())
        .await
        .expect("the rest is done");
    site.is_complete(case).await;
    rows::are_kept(site, kept, &case.operations[done..]).await;
}

/// Likewise with changes of rows, which no catalog shows: the run ends with the same rows, or it asks
/// or fails; it never ends well with others.
async fn from_a_prefix_with_rows(site: &mut Site, case: &Case) {
    site.reset().await;
    site.run(&case.migrations()).await.expect("they fit");
    let expected = data(site, case).await;
    site.reset().await;
    let done = case.below(case.operations.len() + 1, 0);
    site.by_hand(&case.operations[..done], &site.empty.clone())
        .await;
    if site.run(&case.migrations()).await.is_ok() {
        site.is_complete(case).await;
        assert_eq!(data(site, case).await, expected);
    }
}

/// Some migrations are applied, and of the next one some operations are there.
async fn from_a_subset(site: &mut Site, case: &Case) {
    site.reset().await;
    let applied = case.below(case.list.len(), 1);
    site.run(&case.first(applied)).await.expect("they fit");
    let from = applied.checked_sub(1).map_or(0, |last| case.ends[last]);
    let before = some(site, case, from..case.ends[applied]).await;
    match site.run(&case.migrations()).await {
        Ok(_) => site.is_complete(case).await,
        // What does not fit is told, and left alone.
        Err(_) if is_begun(site).await => {}
        Err(failure) => {
            assert_eq!(site.schema().await, before, "{failure}");
            assert_eq!(site.applied().await.len(), applied, "{failure}");
        }
    }
}

/// Does some of the operations, as far as they can be done without the others.
async fn some(site: &Site, case: &Case, range: std::ops::Range<usize>) -> Schema {
    let mut session = site.on.session().await;
    let mut model = case.predicted(&site.empty, range.start);
    for at in range {
        let operation = &case.operations[at];
        let mut after = model.clone();
        let fits = case.below(2, at) == 0 && after.apply(operation).is_ok();
        if fits && execute(session.as_mut(), operation, &model).await.is_ok() {
            model = after;
        }
    }
    site.schema().await
}

async fn is_begun(site: &Site) -> bool {
    let journal = site.on.session().await.journal().await.expect("readable");
    let mut entries = journal.unwrap_or_default().entries.into_iter();
    entries.any(|entry| entry.state == State::Started)
}

#[test]
fn random_prefixes_by_hand_are_completed_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Schema, 1..20);
    on_one(Kind::Postgres, strategy, 24, from_a_prefix);
}

#[test]
fn random_prefixes_by_hand_are_completed_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Schema, 1..20);
    on_one(Kind::Sqlite, strategy, 48, from_a_prefix);
}

#[test]
fn random_rows_by_hand_are_never_taken_for_others_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Any, 1..20);
    on_one(Kind::Postgres, strategy, 16, from_a_prefix_with_rows);
}

#[test]
fn random_rows_by_hand_are_never_taken_for_others_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Any, 1..20);
    on_one(Kind::Sqlite, strategy, 32, from_a_prefix_with_rows);
}

#[test]
fn random_parts_of_a_migration_are_completed_or_refused_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Schema, 1..20);
    on_one(Kind::Postgres, strategy, 24, from_a_subset);
}

#[test]
fn random_parts_of_a_migration_are_completed_or_refused_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Schema, 1..20);
    on_one(Kind::Sqlite, strategy, 48, from_a_subset);
}
