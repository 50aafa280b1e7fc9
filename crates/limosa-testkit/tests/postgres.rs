//! The throw-away servers: they serve, restart, and end with whoever started them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use limosa_testkit::postgres::{Options, Server, connect};
use tokio_postgres::NoTls;

/// Set in the process that [`ends_with_a_killed_process`] starts and kills.
const CHILD: &str = "LIMOSA_TESTKIT_CHILD";

#[tokio::test]
async fn databases_are_apart() {
    let server = Server::shared().await;
    let (one, other) = (server.database().await, server.database().await);
    assert_ne!(one.name(), other.name());
    let client = one.client().await;
    client
        .batch_execute("CREATE TABLE t (a int)")
        .await
        .unwrap();
    let count = "SELECT count(*) FROM pg_class WHERE relname = 't'";
    for (database, expected) in [(&one, 1_i64), (&other, 0)] {
        let row = database.client().await.query_one(count, &[]).await.unwrap();
        assert_eq!(row.get::<_, i64>(0), expected, "{}", database.name());
    }
}

#[tokio::test]
async fn a_dropped_database_goes() {
    let server = Server::start().await;
    let gone = server.database().await;
    let name = gone.name().to_owned();
    let _open = gone.client().await;
    drop(gone);
    let next = server.database().await;
    let count = "SELECT count(*) FROM pg_database WHERE datname = $1";
    let client = next.client().await;
    let row = client.query_one(count, &[&name]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_crash_keeps_what_was_committed() {
    let server = Server::start_with(Options::new().durable()).await;
    let database = server.database().await;
    let client = database.client().await;
    let commit = "CREATE TABLE kept (a int); INSERT INTO kept VALUES (1)";
    client.batch_execute(commit).await.unwrap();
    client
        .batch_execute("BEGIN; INSERT INTO kept VALUES (2)")
        .await
        .unwrap();
    server.stop_immediate().await;
    assert!(client.batch_execute("COMMIT").await.is_err());
    assert!(
        tokio_postgres::connect(&database.url(), NoTls)
            .await
            .is_err()
    );
    server.start_again().await;
    let row = database
        .client()
        .await
        .query_one("SELECT sum(a) FROM kept", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_password_is_needed_where_one_is_set() {
    let server = Server::start_with(Options::new().password("secret0")).await;
    let database = server.database().await;
    let right = database.url();
    let row = connect(&right)
        .await
        .query_one("SHOW port", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), server.port().to_string());
    let wrong = right.replace("secret0", "wrong0");
    assert!(tokio_postgres::connect(&wrong, NoTls).await.is_err());
}

#[tokio::test]
async fn settings_of_the_caller_win() {
    let server = Server::start_with(Options::new().setting("max_connections", "17")).await;
    let row = server
        .client()
        .await
        .query_one("SHOW max_connections", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "17");
}

#[tokio::test]
async fn dropping_stops_and_removes() {
    let server = Server::start().await;
    let directory = server.socket_directory().to_owned();
    let url = server.url("postgres");
    assert!(directory.exists());
    drop(server);
    assert!(!directory.exists());
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
}

#[tokio::test]
async fn ends_with_a_killed_process() {
    if std::env::var_os(CHILD).is_some() {
        return be_killed().await;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ends_with_a_killed_process", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines
        .map(Result::unwrap)
        .find(|line| line.starts_with("server "));
    let line = line.expect("the child says where its server is");
    let [_, url, directory] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{line}");
    };
    let client = connect(url).await;
    client.batch_execute("SELECT 1").await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    gone(Path::new(directory)).await;
    assert!(client.batch_execute("SELECT 1").await.is_err());
    assert!(tokio_postgres::connect(url, NoTls).await.is_err());
}

async fn be_killed() {
    let server = Server::shared().await;
    let directory = server.socket_directory().display();
    println!("\nserver {} {directory}", server.url("postgres"));
    std::future::pending::<()>().await;
}

async fn gone(directory: &Path) {
    let since = Instant::now();
    while directory.exists() {
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "{} is still there",
            directory.display()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
