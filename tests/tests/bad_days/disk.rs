//! No space is left.

use limosa_core::engine::Runner;
use limosa_postgres::Postgres;
use limosa_sqlite::Sqlite;
use limosa_testkit::postgres::Server;
use limosa_tests::{On, migrations};

use crate::{check, said, state};

/// Tables, rows, a table that has to be rebuilt, indexes, and the journal's own rows.
const TEXTS: [&str; 4] = [
    "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);",
    "CREATE TABLE big (id integer PRIMARY KEY, text text);
     INSERT INTO seen VALUES (2);
     INSERT INTO big WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 400)
       SELECT n, 'some text that takes a little room ' || n FROM n;",
    "ALTER TABLE big RENAME COLUMN text TO words; INSERT INTO seen VALUES (3);",
    "CREATE INDEX by_text ON big (words); CREATE TABLE other (id integer); INSERT INTO seen VALUES (4);",
];

fn connection(on: &On, pages: u32) -> rusqlite::Connection {
    let url = on.url();
    let connection = rusqlite::Connection::open(url.trim_start_matches("sqlite:")).expect("a file");
    connection
        .pragma_update(None, "foreign_keys", true)
        .expect("set");
    if pages > 0 {
        connection
            .pragma_update(None, "max_page_count", pages)
            .expect("set");
    }
    connection
}

/// Whichever page is the one too many.
#[tokio::test]
async fn a_full_disk_under_sqlite() {
    for mode in ["delete", "wal"] {
        let (all, undisturbed) = (migrations(&TEXTS), On::sqlite());
        undisturbed.run(&all).await.expect("undisturbed");
        let expected = state(&undisturbed).await;
        let pages: u32 = undisturbed
            .value("PRAGMA page_count")
            .await
            .parse()
            .expect("a number");
        assert!(pages > 10, "{pages}");
        let mut failed = 0;
        for most in 1..=pages + 2 {
            let on = On::sqlite();
            on.execute(&format!("PRAGMA journal_mode = {mode}")).await;
            let mut session = Sqlite::new(connection(&on, most));
            if let Err(failure) = Runner::new(&all).run(&mut session).await {
                check(said(&failure), "full", "room");
                failed += 1;
            }
            drop(session);
            assert_eq!(on.value("PRAGMA integrity_check").await, "ok", "{most}");
            on.run(&all)
                .await
                .unwrap_or_else(|failure| panic!("{most}: {failure}"));
            assert_eq!(state(&on).await, expected, "{most}");
            assert_eq!(on.schema().await, undisturbed.schema().await, "{most}");
        }
        assert!(failed > 10, "{failed} of {pages}");
    }
}

/// The server's files may not grow beyond 3 MB: what a quota does, for whichever user runs this.
fn limit(server: &Server, bytes: &str) {
    let limit = Server::command("prlimit")
        .args(["--pid", &server.process_id().to_string()])
        .arg(format!("--fsize={bytes}:unlimited"))
        .output();
    let limit = limit.expect("prlimit, of util-linux");
    assert!(
        limit.status.success(),
        "{}",
        String::from_utf8_lossy(&limit.stderr)
    );
}

#[tokio::test]
async fn a_full_disk_under_postgres() {
    let server = Server::start().await;
    let database = server.database().await;
    let big =
        "INSERT INTO big SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 20000) n;";
    let all = migrations(&[
        TEXTS[0],
        TEXTS[1],
        &format!("INSERT INTO seen VALUES (3); DELETE FROM big; {big}"),
    ]);
    limit(&server, "3145728");
    let mut session = Postgres::new(database.client().await);
    let failure = Runner::new(&all)
        .run(&mut session)
        .await
        .expect_err("no room");
    check(said(&failure), "File too large", "disk space");
    assert_eq!(
        failure.report.migrations.len(),
        2,
        "what came before is kept"
    );
    drop(session);
    limit(&server, "unlimited");
    let mut session = Postgres::new(database.client().await);
    let report = Runner::new(&all)
        .run(&mut session)
        .await
        .expect("there is room");
    assert_eq!(report.migrations.len(), 1);
    let rows = database
        .client()
        .await
        .query_one("SELECT count(*) FROM seen", &[])
        .await;
    assert_eq!(rows.expect("a row").get::<_, i64>(0), 3);
}

/// A query that sorts more than the role may.
#[tokio::test]
async fn no_more_temporary_files() {
    let on = On::postgres().await;
    on.run(&migrations(&TEXTS[..2])).await.expect("applied");
    let On::Postgres(database) = &on else {
        unreachable!("made so")
    };
    let client = database.client().await;
    client
        .batch_execute("SET temp_file_limit = '64kB'; SET work_mem = '64kB'")
        .await
        .expect("set");
    let sort = "INSERT INTO seen VALUES (3);
        INSERT INTO seen SELECT 4 FROM (SELECT n, row_number() OVER (ORDER BY n DESC) r
          FROM generate_series(1, 50000) n) s WHERE r = 1;";
    let all = migrations(&[TEXTS[0], TEXTS[1], sort]);
    let failure = Runner::new(&all)
        .run(&mut Postgres::new(client))
        .await
        .expect_err("too much");
    check(
        said(&failure),
        // Since version 18 with the name in quotes.
        "temporary file size exceeds",
        "temp_file_limit",
    );
    assert_eq!(on.value("SELECT count(*) FROM seen").await, "2");
    on.run(&all).await.expect("with the usual limit");
    assert_eq!(on.value("SELECT count(*) FROM seen").await, "4");
}
