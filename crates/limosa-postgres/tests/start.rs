//! Where a run begins: what is read with the lock, and when an inspection is not needed.

use limosa_core::checksum::Checksum;
use limosa_core::error::Kind;
use limosa_core::journal::{Entry, FORMAT, State};
use limosa_core::migrator::{Command, Footing, Foreign, Lock, Migrator, Scope, Start};
use limosa_core::version::Version;
use limosa_postgres::{Connection, Postgres};
use limosa_testkit::postgres::{Database, Server};

async fn database() -> Database<'static> {
    Server::shared().await.database().await
}

async fn open(database: &Database<'_>) -> Postgres<Connection> {
    Postgres::connect(&database.url()).await.expect("connect")
}

async fn start(session: &mut dyn Migrator, scope: &Scope) -> Footing {
    match session.try_start(scope).await.expect("an answer") {
        Start::Acquired(footing) => footing,
        Start::Held(holder) => panic!("held by {holder:?}"),
    }
}

fn scope(schemas: &[&str]) -> Scope {
    let schemas: Vec<String> = schemas.iter().map(|name| (*name).to_owned()).collect();
    Scope {
        schemas,
        ..Scope::default()
    }
}

fn entry(version: &str) -> Entry {
    Entry {
        version: Version::from(version),
        name: "name".to_owned(),
        checksum: Checksum::EMPTY,
        state: State::Applied,
        steps: 1,
        done: 1,
        adopted: 0,
        started_at: 1,
        finished_at: Some(2),
        applied_by: "somebody".to_owned(),
        written_by: "0.1.0".to_owned(),
        format: FORMAT,
        accepted: None,
        wordings: Vec::new(),
    }
}

/// Makes a journal with one row.
async fn record(session: &mut Postgres<Connection>, entry: Entry) {
    let commands = [
        Command::Begin(Foreign::Enforced),
        Command::CreateJournal,
        Command::Record(vec![(entry, None)]),
        Command::Commit,
    ];
    session.run(&commands).await.expect("recorded");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The schema is told with the lock.
    Empty,
    /// It must be inspected.
    Nothing,
}

/// On a new database, prepared by a statement.
async fn check(prepare: &str, schemas: &[&str], expected: Told) {
    let scope = scope(schemas);
    let database = database().await;
    let client = database.client().await;
    client.batch_execute(prepare).await.expect(prepare);
    let mut session = open(&database).await;
    assert_eq!(session.recorded().await.expect("readable"), None);
    let footing = start(&mut session, &scope).await;
    assert_eq!(footing.journal, None, "{prepare}");
    let told = match &footing.schema {
        Some(_) => Told::Empty,
        None => Told::Nothing,
    };
    assert_eq!(told, expected, "{prepare}");
    if let Some(schema) = footing.schema {
        let seen = session.inspect(&scope).await.expect("readable");
        assert_eq!(schema, seen, "{prepare}");
    }
}

#[tokio::test]
async fn nothing_at_all_needs_no_inspection() {
    check("", &[], Told::Empty).await;
    check("", &["public", "missing"], Told::Empty).await;
    check("CREATE TEMP TABLE a (id integer)", &[], Told::Empty).await;
    // The model holds no functions.
    let function = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'";
    check(function, &[], Told::Empty).await;
}

#[tokio::test]
async fn whatever_is_there_is_inspected() {
    for prepare in [
        "CREATE TABLE a (id integer)",
        "CREATE TABLE limosa_lock_pkey_1 (id integer)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE MATERIALIZED VIEW v AS SELECT 1",
        "CREATE SEQUENCE s",
        "CREATE TYPE mood AS ENUM ('glad')",
        "CREATE TYPE pair AS (a integer, b integer)",
        "CREATE TYPE span AS RANGE (subtype = integer)",
        "CREATE DOMAIN small AS integer",
    ] {
        check(prepare, &[], Told::Nothing).await;
    }
}

#[tokio::test]
async fn only_the_schemas_of_interest_count() {
    let prepare = "CREATE SCHEMA other; CREATE TABLE other.a (id integer);
                   CREATE TYPE other.mood AS ENUM ('glad')";
    check(prepare, &[], Told::Empty).await;
    check(prepare, &["other"], Told::Nothing).await;
    let first = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = other, public',
                   current_database()); END $$; CREATE SCHEMA other; CREATE TABLE public.a (id integer)";
    check(first, &[], Told::Empty).await;
    check(first, &["public"], Told::Nothing).await;
}

#[tokio::test]
async fn the_journal_comes_with_the_lock() {
    let database = database().await;
    let mut session = open(&database).await;
    record(&mut session, entry("1")).await;
    let recorded = session.recorded().await.expect("readable").expect("one");
    assert_eq!(recorded, [entry("1").recorded()]);
    let footing = start(&mut session, &Scope::default()).await;
    assert_eq!(footing.schema, None);
    assert_eq!(footing.journal.expect("one").entries, [entry("1")]);
    // Held already: read again.
    record(&mut session, entry("2")).await;
    let footing = start(&mut session, &Scope::default()).await;
    assert_eq!(footing.journal.expect("one").entries.len(), 2);
}

#[tokio::test]
async fn a_journal_that_appeared_since_is_read() {
    let database = database().await;
    let mut session = open(&database).await;
    assert_eq!(session.recorded().await.expect("readable"), None);
    record(&mut open(&database).await, entry("1")).await;
    let footing = start(&mut session, &Scope::default()).await;
    assert_eq!(footing.journal.expect("one").entries, [entry("1")]);
}

#[tokio::test]
async fn a_journal_that_has_gone_since_is_none() {
    let database = database().await;
    let mut session = open(&database).await;
    record(&mut session, entry("1")).await;
    session.recorded().await.expect("readable").expect("one");
    let gone = "DROP TABLE limosa_journal";
    session.query(gone).await.expect(gone);
    let footing = start(&mut session, &Scope::default()).await;
    assert_eq!(footing.journal, None);
}

#[tokio::test]
async fn a_start_that_fails_keeps_no_lock() {
    let database = database().await;
    let mut session = open(&database).await;
    assert_eq!(session.recorded().await.expect("readable"), None);
    let newer = Entry {
        format: FORMAT + 1,
        written_by: "9.0.0".to_owned(),
        ..entry("1")
    };
    record(&mut open(&database).await, newer).await;
    let error = session.try_start(&Scope::default()).await;
    let error = error.expect_err("of a newer Limosa");
    assert!(error.message.contains("9.0.0"), "{error}");
    let error = session.recorded().await.expect_err("of a newer Limosa");
    assert!(error.message.contains("9.0.0"), "{error}");
    let mut other = open(&database).await;
    assert_eq!(other.try_lock().await.expect("an answer"), Lock::Acquired);
    let held = session.try_start(&Scope::default()).await;
    assert!(matches!(held.expect("an answer"), Start::Held(Some(_))));
}

#[tokio::test]
async fn without_a_schema_on_the_path_there_is_no_journal() {
    let database = database().await;
    let client = database.client().await;
    client
        .batch_execute("SET search_path = missing")
        .await
        .expect("set");
    let mut session = Postgres::new(&client);
    assert_eq!(session.recorded().await.expect("readable"), None);
    assert_eq!(session.journal().await.expect("readable"), None);
}

async fn rows_of_the_lock(session: &mut Postgres<Connection>) -> Option<String> {
    let sql = "SELECT count(*) FROM limosa_lock";
    session.query(sql).await.expect(sql).remove(0).remove(0)
}

#[tokio::test]
async fn a_lock_that_has_lost_its_row_gets_it_back() {
    let database = database().await;
    let mut session = open(&database).await;
    assert_eq!(session.try_lock().await.expect("locks"), Lock::Acquired);
    session.unlock().await.expect("unlocks");
    for first in [None, Some(entry("1"))] {
        if let Some(entry) = first {
            record(&mut open(&database).await, entry).await;
        }
        let gone = "DELETE FROM limosa_lock";
        session.query(gone).await.expect(gone);
        let mut next = open(&database).await;
        next.recorded().await.expect("readable");
        start(&mut next, &Scope::default()).await;
        assert_eq!(rows_of_the_lock(&mut next).await.as_deref(), Some("1"));
        let other = session.try_lock().await.expect("answers");
        assert!(matches!(other, Lock::Held(Some(_))), "{other:?}");
        next.unlock().await.expect("unlocks");
    }
}

#[tokio::test]
async fn a_lock_without_a_journal_is_taken() {
    let database = database().await;
    let mut session = open(&database).await;
    assert_eq!(session.try_lock().await.expect("locks"), Lock::Acquired);
    let mut other = open(&database).await;
    assert_eq!(other.recorded().await.expect("readable"), None);
    let held = other.try_lock().await.expect("answers");
    assert!(matches!(held, Lock::Held(Some(_))), "{held:?}");
    session.unlock().await.expect("unlocks");
    let footing = start(&mut other, &Scope::default()).await;
    assert!(footing.schema.is_some());
    assert_eq!(rows_of_the_lock(&mut other).await.as_deref(), Some("1"));
}

/// A table without a key cannot be changed while it is published, unless it says what names a row.
#[tokio::test]
async fn a_publication_of_all_tables_is_no_hindrance() {
    let database = database().await;
    let mut session = open(&database).await;
    let publish = "CREATE PUBLICATION everything FOR ALL TABLES";
    session.query(publish).await.expect(publish);
    assert_eq!(session.try_lock().await.expect("locks"), Lock::Acquired);
    record(&mut session, entry("1")).await;
    session.unlock().await.expect("unlocks");
    assert_eq!(session.try_lock().await.expect("locks"), Lock::Acquired);
}

const BEGIN: Command<'_> = Command::Begin(Foreign::Enforced);

/// A session that has begun a run on a database without anything.
async fn begun(database: &Database<'_>) -> Postgres<Connection> {
    let mut session = open(database).await;
    assert_eq!(session.recorded().await.expect("readable"), None);
    let footing = start(&mut session, &Scope::default()).await;
    assert!(footing.schema.is_some());
    session
}

async fn seen(database: &Database<'_>, sql: &str) -> String {
    let rows = open(database).await.query(sql).await.expect(sql);
    rows[0][0].clone().unwrap_or_default()
}

const HOLDERS: &str = "SELECT count(token) FROM limosa_lock";
const LOCKS: &str = "SELECT count(*) FROM pg_class WHERE relname = 'limosa_lock'";

#[tokio::test]
async fn a_lock_that_is_being_made_is_held() {
    let database = database().await;
    let mut first = begun(&database).await;
    let (mut second, mut third) = (open(&database).await, open(&database).await);
    assert_eq!(second.recorded().await.expect("readable"), None);
    let held = second.try_start(&Scope::default()).await;
    let Start::Held(Some(holder)) = held.expect("an answer") else {
        panic!("two holders")
    };
    assert!(holder.process.is_some() && holder.since.is_some());
    assert_eq!(holder.application.as_deref(), Some("limosa"));
    let held = third.try_lock().await.expect("an answer");
    assert_eq!(held, Lock::Held(Some(holder)));
    let all = [
        BEGIN,
        Command::CreateJournal,
        Command::Record(vec![(entry("1"), None)]),
        Command::Unlock,
        Command::Commit,
    ];
    first.run(&all).await.expect("done");
    // Nobody has it, and nothing is left to give back.
    assert_eq!(seen(&database, HOLDERS).await, "0");
    let footing = start(&mut second, &Scope::default()).await;
    assert_eq!(footing.journal.expect("one").entries, [entry("1")]);
    first.unlock().await.expect("it is not the holder");
    assert_eq!(seen(&database, HOLDERS).await, "1");
}

#[tokio::test]
async fn a_lock_that_was_made_is_kept_until_it_is_given_back() {
    let database = database().await;
    let mut first = begun(&database).await;
    first.run(&[BEGIN, Command::Commit]).await.expect("done");
    let mut second = open(&database).await;
    let held = second.try_lock().await.expect("an answer");
    assert!(matches!(held, Lock::Held(Some(_))), "{held:?}");
    let last = [BEGIN, Command::Unlock, Command::Rollback];
    first.run(&last).await.expect("done");
    assert_eq!(seen(&database, HOLDERS).await, "1");
    let last = [BEGIN, Command::Unlock, Command::Commit];
    first.run(&last).await.expect("done");
    assert_eq!(seen(&database, HOLDERS).await, "0");
}

#[tokio::test]
async fn nothing_done_leaves_nothing_behind() {
    let database = database().await;
    let mut session = begun(&database).await;
    session.unlock().await.expect("unlocked");
    assert_eq!(seen(&database, LOCKS).await, "0");
    drop(begun(&database).await);
    for _ in 0..100 {
        if begun_again(&database).await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a session that is gone holds the lock");
}

async fn begun_again(database: &Database<'_>) -> bool {
    let mut session = open(database).await;
    session.recorded().await.expect("readable");
    let answer = session.try_start(&Scope::default()).await;
    matches!(answer.expect("an answer"), Start::Acquired(_))
}

#[tokio::test]
async fn a_first_transaction_that_is_undone_takes_the_lock_along() {
    let database = database().await;
    let mut session = begun(&database).await;
    let table = [BEGIN, Command::Execute("CREATE TABLE a (id integer)")];
    session.run(&table).await.expect("done");
    session.run(&[Command::Rollback]).await.expect("undone");
    assert_eq!(seen(&database, LOCKS).await, "0");
    // The next one makes it again.
    record(&mut session, entry("1")).await;
    assert_eq!(seen(&database, HOLDERS).await, "1");
    let mut other = open(&database).await;
    let held = other.try_lock().await.expect("an answer");
    assert!(matches!(held, Lock::Held(Some(_))), "{held:?}");
    session.unlock().await.expect("unlocked");
    assert_eq!(other.try_lock().await.expect("an answer"), Lock::Acquired);
}

#[tokio::test]
async fn who_lost_the_lock_with_its_transaction_plans_anew() {
    let database = database().await;
    for outside in [false, true] {
        let mut session = begun(&database).await;
        session
            .run(&[BEGIN, Command::Rollback])
            .await
            .expect("undone");
        let mut other = open(&database).await;
        assert_eq!(other.try_lock().await.expect("an answer"), Lock::Acquired);
        let table = Command::Execute("CREATE TABLE a (id integer)");
        let failed = if outside {
            session.run(&[table]).await
        } else {
            session.run(&[BEGIN, table, Command::Commit]).await
        };
        let failed = failed.expect_err("another one has it");
        assert_eq!((failed.error.kind, failed.done), (Kind::Transient, 0));
        session.run(&[Command::Rollback]).await.expect("undone");
        session.unlock().await.expect("nothing to give back");
        assert_eq!(seen(&database, HOLDERS).await, "1");
        other.unlock().await.expect("unlocked");
        let gone = "DROP TABLE limosa_lock";
        other.query(gone).await.expect(gone);
    }
}

#[tokio::test]
async fn what_cannot_be_read_does_not_undo_what_stands_before() {
    let database = database().await;
    let mut session = begun(&database).await;
    let commands = [
        BEGIN,
        Command::Execute("CREATE TABLE a (id integer)"),
        Command::Savepoint(1),
        Command::Execute("SELEKT 1"),
    ];
    let failed = session.run(&commands).await.expect_err("it cannot be read");
    assert_eq!(failed.done, 3);
    let rest = [Command::RollbackTo(1), Command::Commit];
    session.run(&rest).await.expect("kept");
    assert_eq!(seen(&database, "SELECT count(*) FROM a").await, "0");
    assert_eq!(seen(&database, HOLDERS).await, "1");
}

#[tokio::test]
async fn a_statement_outside_a_transaction_comes_behind_the_lock() {
    let database = database().await;
    let mut session = begun(&database).await;
    let outside = [Command::Execute("CREATE TABLE a (id integer)")];
    session.run(&outside).await.expect("done");
    assert_eq!(seen(&database, HOLDERS).await, "1");
}
