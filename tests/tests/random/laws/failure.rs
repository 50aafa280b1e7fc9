//! A statement that fails: what came before is kept, and the repaired migration goes through.

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::journal::State;
use limosa_core::migration::{Migration, Migrations};
use limosa_core::operation::Effect;
use limosa_testkit::strategy::Reach;

use super::on_one;
use crate::case::{Case, Kind as Rows, cases, migration, verbatim};
use crate::site::{Kind, Site, data};
use crate::watched::Watched;

/// A migration with a statement at a random place that no database accepts.
fn broken(case: &Case, at: usize) -> (Migration, usize) {
    let mut up = case.list[at].scripts[0].up.clone();
    let place = case.below(up.len() + 1, 7);
    let impossible = "INSERT INTO there_is_no_such_table VALUES (1)";
    up.insert(place, verbatim(impossible, Effect::None));
    (migration(at + 1, up), place)
}

async fn a_statement(site: &mut Site, case: &Case) {
    site.reset().await;
    let at = case.below(case.list.len(), 3);
    let (migration, place) = broken(case, at);
    let mut list = case.list.clone();
    list[at] = migration;
    let failure = site
        .run(&Migrations::new(list).expect("the versions differ"))
        .await
        .expect_err("it cannot succeed");
    assert!(matches!(failure.error, Error::Step(_)), "{failure}");
    assert_eq!(failure.report.migrations.len(), at, "{failure}");
    assert_eq!(site.applied().await.len(), at);

    let start = at.checked_sub(1).map_or(0, |last| case.ends[last]);
    let model = case.predicted(&site.empty, start);
    match begun(site).await {
        // Nothing of it is left.
        None => site.is_like(&model).await,
        // It could not be in one transaction: what is recorded is there.
        Some(done) => assert!(done <= place, "{done} of {place}"),
    }
    site.run(&case.migrations()).await.expect("it is repaired");
    site.is_complete(case).await;
}

/// How many steps the journal says are done of a migration that is not finished.
async fn begun(site: &Site) -> Option<usize> {
    let journal = site.on.session().await.journal().await.expect("readable");
    let entries = journal.unwrap_or_default().entries;
    let entry = entries.iter().find(|one| one.state == State::Started)?;
    Some(entry.done as usize)
}

/// The connection breaks behind a random command; the next run ends as if nothing had happened.
async fn the_connection(site: &mut Site, case: &Case) {
    let migrations = case.migrations();
    site.reset().await;
    let mut session = Watched::new(site.on.session().await);
    let undisturbed = Runner::new(&migrations).run(&mut session).await;
    undisturbed.expect("they fit");
    let expected = data(site, case).await;
    let commands = session.commands;
    drop(session);

    site.reset().await;
    let mut breaks_after = case.below(commands, 5);
    loop {
        let mut session = Watched::new(site.on.session().await);
        session.breaks_after = breaks_after;
        let Err(failure) = Runner::new(&migrations).run(&mut session).await else {
            break;
        };
        assert!(session.session.is_none(), "{failure}");
        breaks_after += 1;
    }
    site.is_complete(case).await;
    assert_eq!(data(site, case).await, expected);
}

#[test]
fn random_failures_keep_what_came_before_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Any, 1..16);
    on_one(Kind::Postgres, strategy, 24, a_statement);
}

#[test]
fn random_failures_keep_what_came_before_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Any, 1..16);
    on_one(Kind::Sqlite, strategy, 48, a_statement);
}

#[test]
fn random_breaks_of_the_connection_change_nothing_on_postgres() {
    let strategy = cases(Reach::Postgres, Rows::Any, 1..16);
    on_one(Kind::Postgres, strategy, 16, the_connection);
}

#[test]
fn random_breaks_of_the_connection_change_nothing_on_sqlite() {
    let strategy = cases(Reach::Both, Rows::Any, 1..16);
    on_one(Kind::Sqlite, strategy, 32, the_connection);
}
