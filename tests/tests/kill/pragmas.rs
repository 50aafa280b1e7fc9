//! Settings of the whole file, which no catalog shows and some of which the connection only keeps for the next
//! `VACUUM`: they are what they would be without the kill.

use limosa_core::engine::Runner;
use limosa_testkit::fault::{Fault, Faults, Faulty};
use limosa_tests::child::{Order, Way};
use limosa_tests::snapshot::Snapshot;
use limosa_tests::tally::cases as soak;
use limosa_tests::{On, directory, gaps};

use crate::CHILD;

const FIRST: &str = "-- limosa: dialect sqlite

CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
PRAGMA user_version = 3;
PRAGMA application_id = 77;
INSERT INTO t (a) VALUES ('x');
PRAGMA auto_vacuum = FULL;
PRAGMA page_size = 8192;
INSERT INTO t (a) VALUES ('y');
VACUUM;
PRAGMA user_version = 4;
INSERT INTO t (a) SELECT a || a FROM t;
PRAGMA journal_mode = WAL;
PRAGMA user_version = 5;
CREATE INDEX of_a ON t (a);";

const SECOND: &str = "-- limosa: dialect sqlite

-- limosa: no transaction

PRAGMA auto_vacuum = INCREMENTAL;
VACUUM;
PRAGMA foreign_keys = OFF;
PRAGMA user_version = 6;
INSERT INTO t (a) VALUES ('z');
PRAGMA journal_mode = DELETE;
DROP INDEX of_a;";

const PRAGMAS: [&str; 6] = [
    "user_version",
    "application_id",
    "auto_vacuum",
    "page_size",
    "journal_mode",
    "integrity_check",
];

async fn settings(on: &On) -> Vec<String> {
    let mut all = Vec::new();
    for name in PRAGMAS {
        let sql = format!("SELECT {name} || '' FROM pragma_{name}");
        all.push(format!("{name} {}", on.value(&sql).await));
    }
    all
}

#[tokio::test]
async fn of_the_file_are_as_without_a_kill() {
    let directory = directory(&[FIRST, SECOND]);
    let migrations = limosa_sql::read_dir(directory.path()).expect("readable");
    let way = Way::Up(None);
    let calm = On::sqlite();
    let session = calm.session().await;
    let gaps = gaps::of(session, async |session| way.go(&migrations, session).await).await;
    let (wanted, all) = (settings(&calm).await, Snapshot::of(&calm).await);
    assert_eq!(
        wanted,
        [
            "user_version 6",
            "application_id 77",
            "auto_vacuum 2",
            "page_size 8192",
            "journal_mode delete",
            "integrity_check ok"
        ]
    );
    for (gap, what) in gaps.iter().enumerate().step_by(stride(2)) {
        let on = On::sqlite();
        if gap % stride(10) == 0 {
            let order = Order {
                url: on.url(),
                directory: directory.path().to_owned(),
                way: way.clone(),
                kill: Some(gap),
            };
            assert_eq!(order.give(CHILD), None, "killed at gap {gap}, {what}");
        } else {
            let mut session = Faulty::new(on.session().await, Faults::at(gap, Fault::Lose));
            // At the last gap everything is done already.
            let _ = way.go(&migrations, &mut session).await;
        }
        let recovers = way.recovers(&on, &migrations, &all).await;
        recovers.unwrap_or_else(|why| panic!("{gap}, {what}: {why}"));
        assert_eq!(settings(&on).await, wanted, "{gap}, {what}");
    }
}

/// What `SET` does ends with the session as well; what follows it relies on it.
#[tokio::test]
async fn of_the_session_are_said_again_on_postgres() {
    let change = "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p integer REFERENCES p);
        SET session_replication_role = replica;
        SELECT pg_catalog.set_config('search_path', 'public, pg_catalog', false);
        INSERT INTO c VALUES (1);
        CREATE INDEX CONCURRENTLY of_c ON c (p);
        INSERT INTO c SELECT 2 WHERE current_setting('search_path') = 'public, pg_catalog';
        RESET session_replication_role;";
    let migrations = limosa_tests::migrations(&[change]);
    let runner = Runner::new(&migrations);
    let calm = On::postgres().await;
    let session = calm.session().await;
    let gaps = gaps::of(session, async |session| runner.run(session).await).await;
    for (gap, what) in gaps.iter().enumerate().step_by(stride(2)) {
        let on = On::postgres().await;
        let mut session = Faulty::new(on.session().await, Faults::at(gap, Fault::Lose));
        let _ = runner.run(&mut session).await;
        drop(session);
        on.run(&migrations)
            .await
            .unwrap_or_else(|failure| panic!("{gap}, {what}: {failure}"));
        assert_eq!(
            on.value("SELECT count(*)::text FROM c").await,
            "2",
            "{what}"
        );
    }
}

/// Each commit is flushed to the disk, and a process of its own is slow to start.
fn stride(short: usize) -> usize {
    if soak().is_some() { 1 } else { short }
}
