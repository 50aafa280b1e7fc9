//! Sessions: commands, errors, settings that come back, opening.

mod common;

use std::time::{Duration, Instant};

use common::{entry, execute, open, run, value};
use limosa_core::error::Kind;
use limosa_core::migrator::{Command, Foreign, Limits, Migrator};
use limosa_sqlite::{Mode, Sqlite, block_on};
use rusqlite::Connection;

const BEGIN: Command<'static> = Command::Begin(Foreign::Enforced);

fn memory() -> Sqlite<Connection> {
    Sqlite::in_memory().unwrap()
}

#[test]
fn savepoints_keep_what_was_before_them() {
    let mut session = memory();
    let commands = [
        BEGIN,
        Command::Execute("CREATE TABLE a (x)"),
        Command::Savepoint(1),
        Command::Execute("CREATE TABLE b (x)"),
        Command::RollbackTo(1),
        Command::Savepoint(2),
        Command::Execute("CREATE TABLE c (x)"),
        Command::Release(2),
        Command::Commit,
    ];
    run(&mut session, &commands).unwrap();
    let names = "SELECT group_concat(name) FROM sqlite_schema";
    assert_eq!(value(&mut session, names), "a,c");
}

#[test]
fn stops_at_the_first_failure_with_the_transaction_open() {
    let mut session = memory();
    let commands = [
        BEGIN,
        Command::Clock,
        Command::Execute("CREATE TABLE a (x)"),
        Command::Execute("SELECT 'é' oops nonsense"),
        Command::Commit,
    ];
    let interrupted = block_on(session.run(&commands)).unwrap_err();
    assert_eq!(interrupted.done, 3);
    assert_eq!(interrupted.clock.len(), 1);
    assert_eq!(interrupted.error.position, Some(16), "in characters");
    assert!(interrupted.error.message.contains("nonsense"));
    assert!(!session.connection().is_autocommit());
    run(&mut session, &[Command::Rollback, Command::Rollback]).unwrap();
    assert_eq!(
        value(&mut session, "SELECT count(*) FROM sqlite_schema"),
        "0"
    );
}

#[test]
fn executes_one_whole_statement() {
    let mut session = memory();
    let trigger = "CREATE TRIGGER touch AFTER INSERT ON t BEGIN \
                   UPDATE t SET b = 1; UPDATE t SET b = 2; END; -- done\n";
    execute(
        &mut session,
        &["CREATE TABLE t (a, b)", trigger, "", "-- nothing"],
    );
    execute(&mut session, &["INSERT INTO t VALUES (1, 0) RETURNING a"]);
    assert_eq!(value(&mut session, "SELECT b FROM t"), "2");
    for text in ["DELETE FROM t; DELETE FROM t", "DELETE FROM t; nonsense"] {
        let error = run(&mut session, &[Command::Execute(text)]).unwrap_err();
        assert!(error.message.contains("more than one statement"), "{error}");
    }
    assert_eq!(value(&mut session, "SELECT count(*) FROM t"), "1");
}

#[test]
fn notices_a_statement_that_ends_the_transaction() {
    let mut session = memory();
    let error = run(&mut session, &[BEGIN, Command::Execute("commit")]).unwrap_err();
    assert!(error.message.contains("ended the transaction"), "{error}");
    assert!(run(&mut session, &[Command::Commit]).is_err());
}

#[test]
fn foreign_keys_come_back_on_every_path() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    let enforced = |session: &mut Sqlite<&mut Connection>| value(session, "PRAGMA foreign_keys");
    {
        let mut session = Sqlite::new(&mut connection);
        for end in [Command::Commit, Command::Rollback] {
            run(&mut session, &[Command::Begin(Foreign::Off)]).unwrap();
            assert_eq!(enforced(&mut session), "0");
            run(&mut session, &[end]).unwrap();
            assert_eq!(enforced(&mut session), "1");
        }
        let failing = [Command::Begin(Foreign::Off), Command::Execute("nonsense")];
        run(&mut session, &failing).unwrap_err();
        assert_eq!(enforced(&mut session), "0");
    }
    assert!(connection.is_autocommit());
    let mut session = Sqlite::new(&mut connection);
    assert_eq!(enforced(&mut session), "1");
    execute(&mut session, &["PRAGMA foreign_keys = OFF"]);
    run(
        &mut session,
        &[Command::Begin(Foreign::Off), Command::Commit],
    )
    .unwrap();
    assert_eq!(enforced(&mut session), "0", "as its owner had it");
}

#[test]
fn a_commit_without_foreign_keys_breaks_none() {
    let mut session = memory();
    execute(
        &mut session,
        &[
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO c VALUES (1)",
        ],
    );
    let commands = [
        Command::Begin(Foreign::Off),
        Command::Execute("DROP TABLE p"),
        Command::Execute("CREATE TABLE p (id INTEGER PRIMARY KEY)"),
        Command::Commit,
    ];
    let interrupted = block_on(session.run(&commands)).unwrap_err();
    assert_eq!(interrupted.done, 3);
    run(&mut session, &[Command::Rollback]).unwrap();
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "1");
    assert_eq!(value(&mut session, "SELECT count(*) FROM p"), "1");
}

#[test]
fn a_dropped_session_leaves_the_connection_clean() {
    let mut connection = Connection::open_in_memory().unwrap();
    {
        let mut session = Sqlite::new(&mut connection);
        let limits = Limits {
            lock: Some(Duration::from_millis(1)),
            statement: Some(Duration::from_millis(1)),
        };
        let commands = [
            BEGIN,
            Command::Limit(limits),
            Command::Execute("CREATE TABLE t (a)"),
        ];
        run(&mut session, &commands).unwrap();
    }
    assert!(connection.is_autocommit());
    let mut session = Sqlite::new(&mut connection);
    assert_eq!(
        value(&mut session, "SELECT count(*) FROM sqlite_schema"),
        "0"
    );
    assert_eq!(value(&mut session, "PRAGMA busy_timeout"), "5000");
}

#[test]
fn the_callers_transaction_is_left_alone() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("BEGIN; CREATE TABLE t (a)")
        .unwrap();
    let error = run(&mut Sqlite::new(&mut connection), &[BEGIN]).unwrap_err();
    assert!(
        error.message.contains("in a transaction already"),
        "{error}"
    );
    connection.execute_batch("COMMIT").unwrap();
    assert!(connection.table_exists(None, "t").unwrap());
}

#[test]
fn waits_for_a_writer_as_long_as_it_may() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let (mut session, mut other) = (open(&path), open(&path));
    run(&mut other, &[BEGIN]).unwrap();
    let limits = Limits {
        lock: Some(Duration::from_millis(50)),
        statement: None,
    };
    let start = Instant::now();
    let error = run(&mut session, &[Command::Limit(limits), BEGIN]).unwrap_err();
    assert_eq!(error.kind, Kind::LockTimeout, "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(error.hint.is_some());
    run(&mut other, &[Command::Rollback]).unwrap();
    run(&mut session, &[BEGIN, Command::Commit]).unwrap();
}

#[test]
fn interrupts_a_statement_that_takes_too_long() {
    let mut session = memory();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT count(*) FROM n";
    let limits = Limits {
        lock: None,
        statement: Some(Duration::from_millis(30)),
    };
    let commands = [BEGIN, Command::Limit(limits), Command::Execute(endless)];
    let error = run(&mut session, &commands).unwrap_err();
    assert_eq!(error.kind, Kind::StatementTimeout, "{error}");
    run(
        &mut session,
        &[Command::Rollback, Command::Execute("SELECT 1")],
    )
    .unwrap();
}

#[test]
fn reads_no_journal_where_there_is_none_and_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut session = open(&path);
    assert_eq!(block_on(session.journal()).unwrap(), None);
    assert_eq!(block_on(session.recorded_text("1")).unwrap(), None);
    assert_eq!(value(&mut session, "PRAGMA schema_version"), "0");
}

#[test]
fn records_and_forgets_journal_rows() {
    let mut session = memory();
    let mut changed = entry("2");
    changed.finished_at = None;
    let rows = vec![
        (entry("10"), Some("SELECT 1".to_owned())),
        (entry("2"), Some("SELECT 2".to_owned())),
    ];
    let commands = [
        BEGIN,
        Command::CreateJournal,
        Command::CreateJournal,
        Command::Record(rows),
        Command::Record(vec![(changed.clone(), None)]),
        Command::Commit,
    ];
    run(&mut session, &commands).unwrap();
    let journal = block_on(session.journal()).unwrap().unwrap();
    assert_eq!(journal.entries, [changed, entry("10")]);
    let text = block_on(session.recorded_text("2")).unwrap();
    assert_eq!(text.as_deref(), Some("SELECT 2"), "kept");
    run(&mut session, &[Command::Forget("10")]).unwrap();
    assert_eq!(
        block_on(session.journal()).unwrap().unwrap().entries.len(),
        1
    );
}

#[test]
fn refuses_journals_that_it_cannot_read() {
    let mut session = memory();
    run(&mut session, &[Command::CreateJournal]).unwrap();
    run(&mut session, &[Command::Record(vec![(entry("1"), None)])]).unwrap();
    for (damage, expected) in [
        (
            "UPDATE limosa_journal SET format = 99",
            "newer than this one",
        ),
        (
            "UPDATE limosa_journal SET format = 1, state = 'odd'",
            "state",
        ),
        (
            "UPDATE limosa_journal SET state = 'applied', checksum = 'x'",
            "checksum",
        ),
        ("UPDATE limosa_journal SET steps = 'x'", "journal"),
        ("DROP TABLE limosa_journal", ""),
        ("CREATE TABLE limosa_journal (a)", "is no journal"),
    ] {
        execute(&mut session, &[damage]);
        if expected.is_empty() {
            assert_eq!(block_on(session.journal()).unwrap(), None);
            continue;
        }
        let error = block_on(session.journal()).unwrap_err();
        assert_eq!(error.kind, Kind::Journal, "{damage}: {error}");
        assert!(error.message.contains(expected), "{damage}: {error}");
    }
}

#[test]
fn reads_journal_and_schema_of_a_read_only_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut session = open(&path);
    run(&mut session, &[Command::CreateJournal]).unwrap();
    drop(session);
    let mut session = Sqlite::open(path.to_str().unwrap(), Mode::ReadOnly).unwrap();
    assert!(block_on(session.journal()).unwrap().is_some());
    let server = block_on(session.server()).unwrap();
    assert!(!server.writable && !server.may_create);
    let error = run(&mut session, &[BEGIN]).unwrap_err();
    assert_eq!(error.kind, Kind::Permission, "{error}");
}

#[track_caller]
fn check_open(location: &str, mode: Mode, expected: &str) {
    let error = Sqlite::open(location, mode).map(drop).unwrap_err();
    assert_eq!(error.kind, Kind::Connection, "{error}");
    assert!(error.message.contains(expected), "{error}");
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    check_open(
        directory.path().to_str().unwrap(),
        Mode::Create,
        "is a directory",
    );
    check_open(&path("none/app.db"), Mode::Create, "does not exist");
    check_open(&path("app.db"), Mode::Existing, "there is no file");
    check_open(
        &format!("sqlite:{}", path("x")),
        Mode::ReadOnly,
        "there is no file",
    );
    let error = Sqlite::open("sqlite:", Mode::Create).map(drop).unwrap_err();
    assert_eq!(error.kind, Kind::Address, "{error}");
    assert!(
        error.message.contains("no database file is named"),
        "{error}"
    );
    std::fs::write(
        path("text"),
        "some text that is long enough to be no header".repeat(20),
    )
    .unwrap();
    check_open(&path("text"), Mode::Create, "file is not a database");
    let mut session = open(path("whole").as_ref());
    execute(
        &mut session,
        &[
            "CREATE TABLE t (a)",
            "INSERT INTO t VALUES (zeroblob(9000))",
        ],
    );
    drop(session);
    let mut bytes = std::fs::read(path("whole")).unwrap();
    bytes[100..4096].fill(0xff);
    std::fs::write(path("whole"), bytes).unwrap();
    let opened = Sqlite::open(&path("whole"), Mode::Existing);
    let error = match opened {
        Ok(mut session) => block_on(session.journal()).unwrap_err(),
        Err(error) => error,
    };
    assert!(error.message.contains("malformed"), "{error}");
}

#[test]
fn describes_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let server = block_on(open(&path).server()).unwrap();
    assert!(server.product.starts_with("SQLite 3."), "{server:?}");
    assert!(server.database.ends_with("app.db"));
    assert_eq!(server.default_schema.as_deref(), Some("main"));
    assert!(server.writable && server.may_create);
    let server = block_on(memory().server()).unwrap();
    assert_eq!(server.database, ":memory:");
}

#[test]
fn names_the_indexes_of_a_plan() {
    let mut session = memory();
    execute(
        &mut session,
        &[
            "CREATE TABLE t (a, b, c)",
            "CREATE INDEX ab ON t (a, b)",
            "CREATE INDEX \"ab (x\" ON t (c)",
            "CREATE INDEX cover ON t (b, a, c)",
        ],
    );
    let mut check = |sql: &str, expected: &[&str]| {
        assert_eq!(block_on(session.explain(sql)).unwrap(), expected, "{sql}");
    };
    check("SELECT * FROM t WHERE a = 1", &["ab"]);
    check("SELECT a FROM t WHERE c = 1", &["ab (x"]);
    check("SELECT b FROM t ORDER BY b", &["cover"]);
    check("SELECT * FROM t", &[]);
}

#[test]
fn shows_values_as_text() {
    let mut session = memory();
    let rows = block_on(session.query("SELECT NULL, 1, 2.5, 'é', X'00ff'")).unwrap();
    let expected = [None, Some("1"), Some("2.5"), Some("é"), Some("\\x00ff")];
    assert_eq!(rows, [expected.map(|cell| cell.map(str::to_owned))]);
}
