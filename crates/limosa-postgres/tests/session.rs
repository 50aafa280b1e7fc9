//! Runs of commands, the journal and what a session leaves behind, on a real server.

use std::time::Duration;

use limosa_core::checksum::Checksum;
use limosa_core::error::Kind;
use limosa_core::journal::{Entry, FORMAT, Journal, State};
use limosa_core::migrator::{Command, Foreign, Interrupted, Limits, Lock, Migrator};
use limosa_core::version::Version;
use limosa_postgres::{Connection, Postgres};
use limosa_testkit::postgres::{Database, Server};

const BEGIN: Command<'static> = Command::Begin(Foreign::Enforced);

async fn database() -> Database<'static> {
    Server::shared().await.database().await
}

async fn open(database: &Database<'_>) -> Postgres<Connection> {
    Postgres::connect(&database.url()).await.expect("connect")
}

fn entry(version: &str) -> Entry {
    Entry {
        version: Version::from(version),
        name: "it's \\ a \"name\"".to_owned(),
        checksum: Checksum::EMPTY,
        state: State::Applied,
        steps: 3,
        done: 2,
        adopted: 1,
        started_at: 1_763_769_600_123_457,
        finished_at: Some(1_763_769_600_123_458),
        applied_by: "somebody".to_owned(),
        written_by: "0.1.0".to_owned(),
        format: FORMAT,
        accepted: None,
        wordings: Vec::new(),
    }
}

async fn one(session: &mut Postgres<Connection>, sql: &str) -> String {
    let rows = session.query(sql).await.expect("a query");
    rows[0][0].clone().unwrap_or_default()
}

async fn fails(session: &mut Postgres<Connection>, commands: &[Command<'_>]) -> Interrupted {
    session.run(commands).await.expect_err("a failure")
}

#[tokio::test]
async fn commands_are_done_in_order() {
    let database = database().await;
    let mut session = open(&database).await;
    let clock = session
        .run(&[
            BEGIN,
            Command::Clock,
            Command::Execute("CREATE TABLE t (a int) -- no end of line"),
            Command::Execute(""),
            Command::Execute("-- nothing"),
            Command::Execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (';')::int"),
            Command::Commit,
        ])
        .await;
    assert_eq!(clock.expect_err("a syntax error").done, 5);
    session
        .run(&[Command::Rollback])
        .await
        .expect("rolled back");
    let clock = session
        .run(&[
            BEGIN,
            Command::Clock,
            Command::Execute("CREATE TABLE t (a int) -- no end of line"),
            Command::Execute(""),
            Command::Execute("-- nothing"),
            Command::Execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);"),
            Command::Savepoint(1),
            Command::Execute("DELETE FROM t"),
            Command::RollbackTo(1),
            Command::Release(1),
            Command::Commit,
            BEGIN,
            Command::Execute("INSERT INTO t VALUES (3)"),
            Command::Clock,
            Command::Commit,
        ])
        .await
        .expect("a run");
    assert_eq!(clock.len(), 2);
    assert!(
        clock[0] <= clock[1] && clock[0] > 1_700_000_000_000_000,
        "{clock:?}"
    );
    assert_eq!(
        one(&mut session, "SELECT string_agg(a::text, ',') FROM t").await,
        "1,2,3"
    );
}

#[tokio::test]
async fn a_failure_says_which_command_and_where() {
    let database = database().await;
    let mut session = open(&database).await;
    let failed = fails(
        &mut session,
        &[
            BEGIN,
            Command::Execute("CREATE TABLE t (a int)"),
            Command::Clock,
            Command::Execute("INSERT INTO t VALUES ('ä;ö'); SELECT 1"),
            Command::Commit,
        ],
    )
    .await;
    assert_eq!((failed.done, failed.clock.len()), (3, 1));
    assert_eq!(failed.error.position, Some(22));
    assert_eq!(failed.error.code.as_deref(), Some("22P02"));
    // The transaction is left to the engine.
    let aborted = fails(&mut session, &[Command::Execute("SELECT 1")]).await;
    assert_eq!(aborted.error.code.as_deref(), Some("25P02"));
    session
        .run(&[Command::Rollback])
        .await
        .expect("rolled back");
    assert_eq!(
        one(&mut session, "SELECT to_regclass('t') IS NULL").await,
        "t"
    );
}

#[tokio::test]
async fn what_stands_before_a_syntax_error_is_done() {
    let database = database().await;
    let mut session = open(&database).await;
    let failed = fails(
        &mut session,
        &[
            Command::Rollback,
            BEGIN,
            Command::Limit(Limits::default()),
            Command::Execute("CREATE TABLE t (a int)"),
            Command::Commit,
            BEGIN,
            Command::Execute("CREATE TABLE äöü (a int)"),
            Command::Execute("SELECT 'ä' FROM FROM t"),
            Command::Commit,
        ],
    )
    .await;
    assert_eq!(failed.done, 7, "{}", failed.error);
    assert_eq!(failed.error.position, Some(16));
    session
        .run(&[Command::Rollback])
        .await
        .expect("rolled back");
    assert_eq!(
        one(&mut session, "SELECT to_regclass('t') IS NULL").await,
        "f"
    );
}

#[tokio::test]
async fn a_syntax_error_in_an_open_transaction_is_not_hidden() {
    let database = database().await;
    let mut session = open(&database).await;
    session.run(&[BEGIN]).await.expect("begun");
    let commands = [
        Command::Limit(Limits::default()),
        Command::Execute("CREATE TABLE t (a int)"),
        Command::Execute("FORM t"),
    ];
    let failed = fails(&mut session, &commands).await;
    assert_eq!((failed.done, failed.error.position), (2, None));
    assert_eq!(
        failed.error.code.as_deref(),
        Some("42601"),
        "{}",
        failed.error
    );
    let detail = failed.error.detail.unwrap_or_default();
    assert!(detail.ends_with("FORM t"), "{detail}");
}

#[tokio::test]
async fn a_commit_that_fails_ends_the_transaction() {
    let database = database().await;
    let mut session = open(&database).await;
    let failed = fails(
        &mut session,
        &[
            BEGIN,
            Command::Execute("CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"),
            Command::Execute("INSERT INTO t VALUES (1), (1)"),
            Command::Commit,
        ],
    )
    .await;
    assert_eq!(failed.done, 3);
    session
        .run(&[Command::Execute("VACUUM")])
        .await
        .expect("outside a transaction");
}

#[tokio::test]
async fn statements_outside_a_transaction_go_alone() {
    let database = database().await;
    let mut session = open(&database).await;
    let failed = fails(
        &mut session,
        &[
            Command::CreateJournal,
            Command::Record(vec![(entry("1"), None)]),
            Command::Clock,
            Command::Limit(Limits {
                lock: Some(Duration::from_secs(7)),
                statement: None,
            }),
            Command::Execute("CREATE TABLE t (a int);"),
            Command::Execute("CREATE INDEX CONCURRENTLY i ON t (a)"),
            Command::Execute("SHOW lock_timeout"),
            Command::Limit(Limits::default()),
            Command::Execute("CREATE INDEX CONCURRENTLY j ON t (b)"),
        ],
    )
    .await;
    assert_eq!((failed.done, failed.clock.len()), (8, 1));
    assert_eq!(failed.error.code.as_deref(), Some("42703"));
    assert_eq!(one(&mut session, "SHOW lock_timeout").await, "0");
    assert_eq!(
        one(
            &mut session,
            "SELECT count(*) FROM pg_class WHERE relname = 'i'"
        )
        .await,
        "1"
    );
}

#[tokio::test]
async fn limits_end_with_the_transaction() {
    let database = database().await;
    let mut session = open(&database).await;
    let limits = Limits {
        lock: Some(Duration::from_millis(50)),
        statement: Some(Duration::from_secs(2)),
    };
    let commands = [
        BEGIN,
        Command::Limit(limits),
        Command::Execute(
            "CREATE TABLE t AS SELECT current_setting('lock_timeout') AS l, current_setting('statement_timeout') AS s",
        ),
        Command::Limit(Limits {
            lock: None,
            ..limits
        }),
        Command::Execute(
            "INSERT INTO t SELECT current_setting('lock_timeout'), current_setting('statement_timeout')",
        ),
        Command::Commit,
    ];
    session.run(&commands).await.expect("a run");
    let rows = session.query("SELECT l, s FROM t").await.expect("rows");
    let rows: Vec<String> = rows.into_iter().flatten().flatten().collect();
    assert_eq!(rows, ["50ms", "2s", "0", "2s"]);
    assert_eq!(one(&mut session, "SHOW statement_timeout").await, "0");

    let other = database.client().await;
    other
        .batch_execute("BEGIN; LOCK TABLE t")
        .await
        .expect("a lock");
    let commands = [
        BEGIN,
        Command::Limit(limits),
        Command::Execute("DROP TABLE t"),
    ];
    let failed = fails(&mut session, &commands).await;
    assert_eq!((failed.done, failed.error.kind), (2, Kind::LockTimeout));
}

#[tokio::test]
async fn the_journal_round_trips() {
    let database = database().await;
    let mut session = open(&database).await;
    assert_eq!(session.journal().await.expect("no journal"), None);
    assert_eq!(session.recorded_text("1").await.expect("no journal"), None);
    session.run(&[Command::CreateJournal]).await.expect("made");
    assert_eq!(
        session.journal().await.expect("empty"),
        Some(Journal::default())
    );
    let started = Entry {
        state: State::Started,
        finished_at: None,
        ..entry("2")
    };
    session
        .run(&[
            BEGIN,
            Command::CreateJournal,
            Command::Record(vec![
                (entry("10"), Some("SELECT 'a\\b'".to_owned())),
                (started.clone(), Some("two".to_owned())),
            ]),
            Command::Record(vec![
                (entry("3"), None),
                (entry("10"), None),
                (entry("3"), None),
            ]),
            Command::Forget("3"),
            Command::Commit,
        ])
        .await
        .expect("recorded");
    let journal = session
        .journal()
        .await
        .expect("a journal")
        .expect("a journal");
    assert_eq!(journal.entries, [started, entry("10")]);
    let text = session.recorded_text("10").await.expect("a text");
    assert_eq!(text.as_deref(), Some("SELECT 'a\\b'"));

    // A role that may only read, in a session that may only read.
    let client = database.client().await;
    let role = format!("reader_{}", database.name());
    client
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN; GRANT SELECT ON limosa_journal TO {role};
             ALTER ROLE {role} SET default_transaction_read_only = on;
             REVOKE CREATE ON SCHEMA public FROM PUBLIC"
        ))
        .await
        .expect("a role");
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let mut reader = Postgres::connect(&url).await.expect("connect");
    assert_eq!(
        reader
            .journal()
            .await
            .expect("a journal")
            .expect("one")
            .entries
            .len(),
        2
    );
    let server = reader.server().await.expect("a server");
    assert_eq!(
        (server.role, server.writable, server.may_create),
        (Some(role), false, false)
    );
    let failed = fails(&mut reader, &[BEGIN, Command::CreateJournal]).await;
    assert_eq!(failed.error.kind, Kind::Permission);
}

#[tokio::test]
async fn what_is_no_journal_is_refused() {
    let database = database().await;
    let mut session = open(&database).await;
    let client = database.client().await;
    client
        .batch_execute("CREATE TABLE limosa_journal (a int)")
        .await
        .expect("a table");
    let error = session.journal().await.expect_err("no journal");
    assert_eq!(error.kind, Kind::Journal, "{error}");
    client
        .batch_execute("DROP TABLE limosa_journal")
        .await
        .expect("dropped");
    session.run(&[Command::CreateJournal]).await.expect("made");
    let newer = Entry {
        format: FORMAT + 1,
        written_by: "9.1.2".to_owned(),
        ..entry("1")
    };
    session
        .run(&[Command::Record(vec![(newer, None)])])
        .await
        .expect("recorded");
    let error = session.journal().await.expect_err("too new");
    assert_eq!(error.kind, Kind::Journal);
    assert!(error.message.contains("9.1.2"), "{error}");
}

#[tokio::test]
async fn the_journal_of_another_schema_is_not_ours() {
    let database = database().await;
    let mut session = open(&database).await;
    session
        .run(&[
            Command::CreateJournal,
            Command::Record(vec![(entry("1"), None)]),
        ])
        .await
        .expect("recorded");
    let client = database.client().await;
    client
        .batch_execute("CREATE SCHEMA tenant")
        .await
        .expect("a schema");
    let url = format!("{}?options=-csearch_path%3Dtenant,public", database.url());
    let mut tenant = Postgres::connect(&url).await.expect("connect");
    assert_eq!(tenant.journal().await.expect("none"), None);
    // A migration that empties the search path, as dumps do, does not move the journal.
    tenant
        .run(&[
            BEGIN,
            Command::Execute("SELECT set_config('search_path', '', false)"),
            Command::CreateJournal,
            Command::Record(vec![(entry("7"), None)]),
            Command::Commit,
        ])
        .await
        .expect("recorded");
    assert_eq!(
        one(&mut tenant, "SELECT version FROM tenant.limosa_journal").await,
        "7"
    );
    let own = session.journal().await.expect("a journal").expect("one");
    assert_eq!(own.entries, [entry("1")]);
}

#[tokio::test]
async fn one_session_has_the_lock() {
    let database = database().await;
    let (mut first, mut second) = (open(&database).await, open(&database).await);
    second.unlock().await.expect("not held, no error");
    assert_eq!(first.try_lock().await.expect("an answer"), Lock::Acquired);
    assert_eq!(first.try_lock().await.expect("an answer"), Lock::Acquired);
    let process: i64 = one(&mut first, "SELECT pg_backend_pid()")
        .await
        .parse()
        .expect("a number");
    let Lock::Held(Some(holder)) = second.try_lock().await.expect("an answer") else {
        panic!("two holders")
    };
    assert_eq!(holder.process, Some(process));
    assert_eq!(holder.application.as_deref(), Some("limosa"));
    assert!(holder.since.is_some());
    // Another database has a lock of its own.
    let elsewhere = self::database().await;
    let mut third = open(&elsewhere).await;
    assert_eq!(third.try_lock().await.expect("an answer"), Lock::Acquired);
    first.unlock().await.expect("unlocked");
    assert_eq!(second.try_lock().await.expect("an answer"), Lock::Acquired);
    drop(second);
    first.sleep(Duration::from_millis(200)).await;
    assert_eq!(first.try_lock().await.expect("an answer"), Lock::Acquired);
}

#[tokio::test]
async fn one_server_process_does_not_lock_twice() {
    // Two clients of a pooler may share it.
    let database = database().await;
    let client = database.client().await;
    let (mut first, mut second) = (Postgres::new(&client), Postgres::new(&client));
    assert_eq!(first.try_lock().await.expect("an answer"), Lock::Acquired);
    assert!(matches!(
        second.try_lock().await.expect("an answer"),
        Lock::Held(Some(_))
    ));
}

#[tokio::test]
async fn a_dropped_session_leaves_a_borrowed_client_clean() {
    let database = database().await;
    let client = database.client().await;
    let mut session = Postgres::new(&client);
    session.try_lock().await.expect("an answer");
    let limits = Limits {
        lock: Some(Duration::from_secs(7)),
        statement: None,
    };
    session.run(&[Command::Limit(limits)]).await.expect("set");
    session
        .run(&[BEGIN, Command::Execute("CREATE TABLE t (a int)")])
        .await
        .expect("begun");
    drop(session);
    let row = client
        .query_one(
            "SELECT to_regclass('t') IS NULL, current_setting('lock_timeout'),
               (SELECT count(*) FROM limosa_lock WHERE token IS NOT NULL)",
            &[],
        )
        .await
        .expect("a row");
    assert_eq!((row.get(0), row.get(1), row.get(2)), (true, "0", 0_i64));
}

#[tokio::test]
async fn a_dropped_run_is_cleaned_up_behind() {
    let database = database().await;
    let mut session = open(&database).await;
    let slow = [
        BEGIN,
        Command::Execute("CREATE TABLE t (a int); SELECT pg_sleep(0.3)"),
    ];
    let dropped = tokio::time::timeout(Duration::from_millis(100), session.run(&slow)).await;
    assert!(dropped.is_err());
    assert_eq!(
        one(&mut session, "SELECT to_regclass('t') IS NULL").await,
        "t"
    );
    session
        .run(&[Command::Execute("VACUUM")])
        .await
        .expect("outside a transaction");
}

#[cfg(feature = "deadpool")]
#[tokio::test]
async fn a_pool_does_not_get_a_used_connection_back() {
    use deadpool_postgres::{Manager, Pool};
    let database = database().await;
    let config = database.url().parse().expect("a URL");
    let manager = Manager::new(config, tokio_postgres::NoTls);
    let pool = Pool::builder(manager).max_size(1).build().expect("a pool");
    let mut session = Postgres::from_pool(&pool).await.expect("a session");
    session.query("SELECT 1").await.expect("a row");
    drop(session);
    assert_eq!(pool.status().size, 1);
    let mut session = Postgres::from_pool(&pool).await.expect("a session");
    session.try_lock().await.expect("an answer");
    drop(session);
    assert_eq!(pool.status().size, 0);
    let mut session = Postgres::from_pool(&pool).await.expect("a session");
    session.sleep(Duration::from_millis(100)).await;
    assert_eq!(session.try_lock().await.expect("an answer"), Lock::Acquired);
    session.unlock().await.expect("unlocked");
}

#[tokio::test]
async fn explain_names_the_index() {
    let database = database().await;
    let mut session = open(&database).await;
    let create = "CREATE TABLE t (a int, b int); CREATE INDEX \"My \"\"i\" ON t (a)";
    session
        .run(&[Command::Execute(create)])
        .await
        .expect("made");
    let indexes = session
        .explain("SELECT * FROM t WHERE a = 1")
        .await
        .expect("a plan");
    assert_eq!(indexes, ["My \"i"]);
    session.run(&[BEGIN]).await.expect("begun");
    let indexes = session
        .explain("SELECT * FROM t WHERE b = 1")
        .await
        .expect("a plan");
    assert!(indexes.is_empty());
    session
        .explain("SELECT nothing")
        .await
        .expect_err("no such column");
    assert_eq!(one(&mut session, "SHOW enable_seqscan").await, "on");
    assert_eq!(
        one(&mut session, "SELECT txid_current_if_assigned() IS NULL").await,
        "t"
    );
}
