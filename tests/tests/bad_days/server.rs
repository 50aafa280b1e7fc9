//! The server is not there yet, or goes away in the middle of a run.

use std::time::Duration;

use limosa_core::engine::Runner;
use limosa_core::error::{Error, Kind};
use limosa_core::report::Report;
use limosa_postgres::Postgres;
use limosa_testkit::postgres::{Database, Options, Server, Shutdown, connect};
use limosa_tests::migrations;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_postgres::SimpleQueryMessage;

use crate::check;

const FIRST: &str = "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);";
const SLOW: &str = "INSERT INTO seen VALUES (2); SELECT pg_sleep(3);";
const LAST: &str = "INSERT INTO seen VALUES (3);";

async fn run(database: &Database<'_>, texts: &[&str]) -> Result<Report, Error> {
    let mut session = Postgres::connect(&database.url()).await?;
    Ok(Runner::new(&migrations(texts)).run(&mut session).await?)
}

async fn value(database: &Database<'_>, sql: &str) -> Option<String> {
    let rows = database.client().await.simple_query(sql).await.expect(sql);
    rows.iter().find_map(|row| match row {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}

async fn asleep(database: &Database<'_>) {
    let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    for _ in 0..6000 {
        if value(database, sleeps).await.as_deref() == Some("1") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the statement never runs");
}

/// Shuts the server down while the second of three migrations is at work.
async fn shut_down(shutdown: Shutdown) -> (Server, Result<Report, Error>) {
    let server = Server::start_with(Options::new().durable()).await;
    let database = server.database().await;
    run(&database, &[FIRST]).await.expect("the table");
    let (outcome, ()) = tokio::join!(run(&database, &[FIRST, SLOW, LAST]), async {
        asleep(&database).await;
        if shutdown == Shutdown::Smart {
            tokio::join!(server.stop(shutdown), nobody_is_let_in(&database));
        } else {
            server.stop(shutdown).await;
        }
    });
    server.start_again().await;
    let again = run(&database, &[FIRST, SLOW, LAST]).await;
    again.expect("the next run completes");
    let seen = "SELECT string_agg(step::text, ' ' ORDER BY step) FROM seen";
    assert_eq!(
        value(&database, seen).await.as_deref(),
        Some("1 2 3"),
        "{shutdown:?}"
    );
    drop(database);
    (server, outcome)
}

async fn nobody_is_let_in(database: &Database<'_>) {
    for _ in 0..6000 {
        if let Err(error) = Postgres::connect(&database.url()).await {
            if error.code.is_some() {
                check(&error, "shutting down", "try again");
                assert_eq!(error.code.as_deref(), Some("57P03"));
            }
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("everybody is let in");
}

#[tokio::test]
async fn a_smart_shutdown_waits_for_the_run() {
    let (_server, outcome) = shut_down(Shutdown::Smart).await;
    assert_eq!(outcome.expect("it is not disturbed").migrations.len(), 2);
}

#[tokio::test]
async fn a_fast_shutdown_ends_the_run() {
    let (_server, outcome) = shut_down(Shutdown::Fast).await;
    let error = outcome.expect_err("it was ended");
    let said = error.database().expect("of the server");
    assert_eq!(said.kind, Kind::Connection);
    check(said, "terminating connection", "");
    assert!(said.hint.is_some(), "{said:?}");
}

#[tokio::test]
async fn an_immediate_shutdown_ends_the_run() {
    let (_server, outcome) = shut_down(Shutdown::Immediate).await;
    let error = outcome.expect_err("it was ended");
    assert!(error.is_connection_lost(), "{error:?}");
    assert!(
        error.database().expect("of the server").hint.is_some(),
        "{error:?}"
    );
}

/// Recovery takes until there is a file: then the server's command to restore ends.
#[tokio::test]
async fn a_server_that_starts_says_so() {
    let wait = "sh -c 'until [ -e go ]; do sleep 0.02; done; exit 1'";
    // Without the read-only sessions at the end of recovery, which count as a server that is ready.
    let options = Options::new().setting("restore_command", wait);
    let server = Server::start_with(options.setting("hot_standby", "off")).await;
    let database = server.database().await;
    run(&database, &[FIRST]).await.expect("the table");
    server.stop(Shutdown::Fast).await;
    let data = server.data_directory();
    // What is in the directory belongs to another user if root runs the test: a link keeps its owner.
    std::fs::hard_link(data.join("PG_VERSION"), data.join("recovery.signal")).expect("a file");
    let ((), ()) = tokio::join!(server.start_again(), async {
        let error = loop {
            let error = Postgres::connect(&database.url())
                .await
                .expect_err("it starts");
            if error.code.is_some() {
                break error;
            }
            check(&error, "127.0.0.1", "no server listens");
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!(error.code.as_deref(), Some("57P03"), "{error:?}");
        check(&error, "starting up", "try again");
        std::fs::write(data.join("go"), "").expect("a file");
    });
    run(&database, &[FIRST, LAST])
        .await
        .expect("it has started");
    assert_eq!(
        value(&database, "SELECT count(*) FROM seen")
            .await
            .as_deref(),
        Some("2")
    );
}

/// `ErrorResponse` (manual section 55.7): a length that counts itself, fields, and a zero byte.
const STARTING: &[u8] =
    b"E\0\0\0\x3eSFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";

/// Somebody who has this one answer, and says nothing after it.
async fn fake(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut greeting = [0; 1024];
            let _ = stream.read(&mut greeting).await;
            let _ = stream.write_all(answer).await;
        }
    });
    format!("postgres://somebody:geheim@127.0.0.1:{port}/d?sslmode=disable")
}

#[tokio::test]
async fn whatever_answers_instead_of_a_server() {
    #[track_caller]
    fn refused(error: &limosa_core::error::DatabaseError, message: &str, hint: &str) {
        assert_eq!(error.kind, Kind::Connection, "{error:?}");
        check(error, message, hint);
    }
    let cases: [(&[u8], &str, &str); 5] = [
        (STARTING, "starting up", "try again"),
        (b"", "127.0.0.1", "broke"),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "127.0.0.1",
            "no PostgreSQL server",
        ),
        (
            b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "127.0.0.1",
            "no PostgreSQL server",
        ),
        (
            b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
            "127.0.0.1",
            "no PostgreSQL server",
        ),
    ];
    for (answer, message, hint) in cases {
        let url = fake(answer).await;
        let connect = tokio::time::timeout(Duration::from_secs(60), Postgres::connect(&url));
        let answered = connect.await.expect("it does not wait for ever");
        refused(&answered.expect_err("no server"), message, hint);
    }
}

/// The role's own setting is what its administrator wants: it holds, and the error says whose it is.
#[tokio::test]
async fn the_roles_statement_timeout_is_named() {
    let server = Server::shared().await;
    let database = server.database().await;
    let role = format!("hasty_{}", database.name());
    let client = connect(&server.url("postgres")).await;
    let make = format!(
        "CREATE ROLE {role} LOGIN SUPERUSER; ALTER ROLE {role} SET statement_timeout = '300ms'"
    );
    client.batch_execute(&make).await.expect("a role");
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let texts = [
        FIRST,
        "INSERT INTO seen VALUES (2); SELECT pg_sleep(1);",
        LAST,
    ];
    let all = migrations(&texts);
    let mut session = Postgres::connect(&url).await.expect("connect");
    let failure = Runner::new(&all)
        .run(&mut session)
        .await
        .expect_err("too slow");
    let said = crate::said(&failure);
    assert_eq!(said.kind, Kind::StatementTimeout);
    check(said, "statement timeout", "statement_timeout");
    assert_eq!(
        value(&database, "SELECT count(*) FROM seen")
            .await
            .as_deref(),
        Some("1")
    );
    let lift = format!("ALTER ROLE {role} RESET statement_timeout");
    client.batch_execute(&lift).await.expect("lifted");
    run(&database, &texts)
        .await
        .expect("the next run completes");
    assert_eq!(
        value(&database, "SELECT count(*) FROM seen")
            .await
            .as_deref(),
        Some("3")
    );
}
