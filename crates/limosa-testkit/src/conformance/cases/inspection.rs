//! `inspect`, `server`, `explain`: what a session sees.

use limosa_core::migrator::{Command, Foreign};
use limosa_core::name::ObjectName;
use limosa_core::schema::Index;

use super::super::walk::{inspect, run};
use super::super::{Sample, Setup, Walk};

/// Nothing is found where nothing is; the rules for names are the dialect's.
pub async fn an_empty_database_is_empty(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let found = inspect(&mut *session).await;
    let case = session.dialect().facts().case;
    assert_eq!(found.case, case);
    assert_eq!(found, found.without_objects());
}

/// A session sees its own uncommitted changes, another one does not.
pub async fn own_changes_are_seen_before_they_are_committed(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    let begin = Command::Begin(Foreign::Enforced);
    run(
        &mut *own,
        &[begin, Command::Execute("CREATE TABLE t (a integer)")],
    )
    .await;
    assert!(
        inspect(&mut *own)
            .await
            .table(&ObjectName::new("t"))
            .is_some()
    );
    assert!(
        inspect(&mut *other)
            .await
            .table(&ObjectName::new("t"))
            .is_none()
    );
    run(&mut *own, &[Command::Rollback]).await;
    assert!(
        inspect(&mut *own)
            .await
            .table(&ObjectName::new("t"))
            .is_none()
    );
}

/// What one session commits another one sees.
pub async fn a_commit_reaches_other_sessions(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    let commands = [
        Command::Begin(Foreign::Enforced),
        Command::Execute("CREATE TABLE t (a integer)"),
        Command::Commit,
    ];
    run(&mut *own, &commands).await;
    assert!(
        inspect(&mut *other)
            .await
            .table(&ObjectName::new("t"))
            .is_some()
    );
}

/// A session that ends takes its open transaction with it.
pub async fn an_open_transaction_ends_with_its_session(setup: &dyn Setup) {
    let mut own = setup.session().await;
    let begin = Command::Begin(Foreign::Enforced);
    run(
        &mut *own,
        &[begin, Command::Execute("CREATE TABLE t (a integer)")],
    )
    .await;
    drop(own);
    let mut other = setup.session().await;
    // Waits for the ended session's locks, where it still has some.
    let create = Command::Execute("CREATE TABLE t (b integer)");
    run(
        &mut *other,
        &[Command::Begin(Foreign::Enforced), create, Command::Commit],
    )
    .await;
    let found = inspect(&mut *other).await;
    let table = found
        .table(&ObjectName::new("t"))
        .expect("the second table");
    assert_eq!(table.columns[0].name, "b");
}

/// Product, database and rights of an ordinary session.
pub async fn the_server_says_what_it_is(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let server = session.server().await.expect("server");
    let product = session.dialect().facts().product;
    assert!(server.product.starts_with(product), "{}", server.product);
    assert!(!server.database.is_empty());
    assert!(server.writable && server.may_create);
}

/// An index is named for a query that it serves, even on an empty table.
pub async fn an_index_is_explained(setup: &dyn Setup) {
    let mut walk = Walk::start(setup).await;
    let index = Index::on_columns("t_amount_idx", ["amount"]);
    walk.must_all(&[
        Sample::create(Sample::table("t")),
        Sample::index("t", index),
    ])
    .await;
    let serving = walk
        .session
        .explain("SELECT label FROM t WHERE amount = 7")
        .await;
    assert_eq!(serving.expect("explain"), ["t_amount_idx"]);
    let serving = walk
        .session
        .explain("SELECT id FROM t WHERE label = 'x'")
        .await;
    assert!(
        !serving
            .expect("explain")
            .contains(&"t_amount_idx".to_owned())
    );
}
