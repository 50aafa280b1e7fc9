//! Backups of files that are in use, and the way back.

mod common;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use common::{entry, execute, open, run};
use limosa_core::migrator::Command;
use limosa_sqlite::backup::{self, Progress};
use rusqlite::Connection;

const PATIENCE: Duration = Duration::from_secs(60);

fn quiet() -> impl FnMut(Progress) -> ControlFlow<()> {
    |_| ControlFlow::Continue(())
}

/// Twice the same number of rows in two tables, always.
const PAIR: &str = "CREATE TABLE a (n INTEGER PRIMARY KEY, filler BLOB);
    CREATE TABLE b (n INTEGER PRIMARY KEY);";

fn pair(path: &Path, mode: &str, rows: u32) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(PATIENCE).unwrap();
    connection
        .execute_batch(&format!("PRAGMA journal_mode = {mode}; {PAIR}"))
        .unwrap();
    grow(&connection, rows);
    connection
}

fn grow(connection: &Connection, rows: u32) {
    connection
        .execute_batch(&format!(
            "BEGIN IMMEDIATE;
             WITH RECURSIVE i(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i WHERE n < {rows})
             INSERT INTO a (filler) SELECT randomblob(700) FROM i;
             INSERT INTO b SELECT n FROM a WHERE n NOT IN (SELECT n FROM b);
             COMMIT"
        ))
        .unwrap();
}

fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let all = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = all
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn while_others_write(mode: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let source = pair(&path, mode, 20_000);
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let writer = Connection::open(&path).unwrap();
            writer.busy_timeout(PATIENCE).unwrap();
            while !stop.load(Ordering::Relaxed) {
                grow(&writer, 1);
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        while written.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        let mut seen = Vec::new();
        let before = written.load(Ordering::Relaxed);
        let mut during = 0;
        let to = directory.path().join("copy.db");
        let made = backup::create(&source, &to, &mut |progress| {
            if mode == "wal" && seen.is_empty() {
                // Nobody waits for the copy: the writer goes on in the middle of it.
                let since = std::time::Instant::now();
                while during == 0 && since.elapsed() < PATIENCE {
                    during = written.load(Ordering::Relaxed) - before;
                    std::thread::yield_now();
                }
            }
            seen.push(progress);
            ControlFlow::Continue(())
        });
        stop.store(true, Ordering::Relaxed);
        let made = made.unwrap();
        assert!(mode != "wal" || during > 0, "the writer was held up");
        assert!(seen.len() > 2, "{seen:?}");
        assert!(seen.is_sorted_by_key(|one| one.copied), "{seen:?}");
        let last = seen.last().unwrap();
        assert_eq!(last.copied, last.total);
        let copy = Connection::open(&to).unwrap();
        assert_eq!(count(&copy, "a"), count(&copy, "b"));
        assert_eq!(made.rows(), 2 * u64::try_from(count(&copy, "a")).unwrap());
    });
}

#[test]
fn is_of_one_moment_while_others_write_in_wal_mode() {
    while_others_write("wal");
}

#[test]
fn is_of_one_moment_while_others_write_in_delete_mode() {
    while_others_write("delete");
}

#[test]
fn the_log_that_is_not_in_the_file_yet_belongs_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let source = pair(&path, "wal", 1);
    source.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    grow(&source, 5);
    let to = directory.path().join("copy.db");
    assert_eq!(
        backup::create(&source, &to, &mut quiet()).unwrap().rows(),
        12
    );
    assert_eq!(backup::verify(&to).unwrap().rows(), 12);
    assert_eq!(
        names(directory.path()),
        ["app.db", "app.db-shm", "app.db-wal", "copy.db"]
    );
}

#[cfg(unix)]
#[test]
fn its_owner_alone_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("a?b #%41 'é.db"), "wal", 1);
    let to = directory.path().join("c?d #%41 'é.db");
    backup::create(&source, &to, &mut quiet()).unwrap();
    let mode = std::fs::metadata(&to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(backup::verify(&to).unwrap().rows(), 2);
}

#[test]
fn no_file_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("app.db"), "delete", 1);
    let to = directory.path().join("copy.db");
    std::fs::write(&to, "mine").unwrap();
    let error = backup::create(&source, &to, &mut quiet()).unwrap_err();
    assert!(error.message.contains("it is kept"), "{error}");
    assert_eq!(std::fs::read(&to).unwrap(), b"mine");
    assert_eq!(names(directory.path()), ["app.db", "copy.db"]);
}

#[test]
fn can_be_broken_off() {
    let directory = tempfile::tempdir().unwrap();
    let mut source = pair(&directory.path().join("app.db"), "delete", 20_000);
    let to = directory.path().join("copy.db");
    backup::create(&source, &to, &mut |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(names(directory.path()), ["app.db"]);
    backup::create(&source, &to, &mut quiet()).unwrap();
    grow(&source, 1);
    let restored = backup::restore(&mut source, &to, PATIENCE, &mut |_| ControlFlow::Break(()));
    restored.unwrap_err();
    assert_eq!(count(&source, "a"), 20_001, "nothing was changed");
}

#[test]
fn a_connection_that_writes_has_nothing_consistent() {
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("app.db"), "delete", 1);
    source
        .execute_batch("BEGIN; INSERT INTO b VALUES (77)")
        .unwrap();
    let to = directory.path().join("copy.db");
    let error = backup::create(&source, &to, &mut quiet()).unwrap_err();
    assert!(error.message.contains("writing"), "{error}");
    assert!(
        !source.is_autocommit(),
        "the caller's transaction stays open"
    );
    source.execute_batch("ROLLBACK").unwrap();
    assert_eq!(names(directory.path()), ["app.db"]);
}

/// A backup of `rows` rows, spoilt.
#[track_caller]
fn check_spoilt(spoil: impl Fn(&mut Vec<u8>), expected: &str) {
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("app.db"), "delete", 500);
    let to = directory.path().join("copy.db");
    backup::create(&source, &to, &mut quiet()).unwrap();
    let mut bytes = std::fs::read(&to).unwrap();
    spoil(&mut bytes);
    std::fs::write(&to, bytes).unwrap();
    let error = backup::verify(&to).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    let mut target = pair(&directory.path().join("live.db"), "wal", 3);
    backup::restore(&mut target, &to, PATIENCE, &mut quiet()).unwrap_err();
    assert_eq!(count(&target, "a"), 3, "nothing was changed");
}

#[test]
fn a_damaged_backup_is_refused() {
    let ours = "no sound backup";
    check_spoilt(|bytes| bytes.truncate(bytes.len() / 2), ours);
    check_spoilt(|bytes| bytes.truncate(10), "not a database");
    check_spoilt(|bytes| bytes[0] = b'X', ours);
    check_spoilt(
        |bytes| *bytes = b"-- PostgreSQL database dump\n".repeat(50),
        ours,
    );
    // A page of the middle, with its first byte: what kind of page it is.
    check_spoilt(|bytes| bytes[4096 * 30..4096 * 30 + 8].fill(0xff), ours);
}

#[test]
fn a_database_in_use_is_no_backup() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let _source = pair(&path, "wal", 1);
    let error = backup::verify(&path).unwrap_err();
    assert!(error.message.contains("in use"), "{error}");
}

#[test]
fn restores_what_was_there_with_the_journal() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        drop(pair(&path, mode, 300));
        let mut session = open(&path);
        let commands = [
            Command::CreateJournal,
            Command::Record(vec![(entry("1"), Some("SELECT 1".into()))]),
        ];
        run(&mut session, &commands).unwrap();
        let to = directory.path().join("copy.db");
        let made = backup::create(session.connection(), &to, &mut quiet()).unwrap();

        // A reader that stays open, a later migration, and rows that are gone.
        let reader = Connection::open(&path).unwrap();
        reader.busy_timeout(PATIENCE).unwrap();
        assert_eq!(count(&reader, "a"), 300);
        execute(
            &mut session,
            &["DELETE FROM a", "DROP TABLE b", "CREATE TABLE c (d)"],
        );
        run(&mut session, &[Command::Record(vec![(entry("2"), None)])]).unwrap();
        let target = session.connection_mut();
        let restored = backup::restore(target, &to, PATIENCE, &mut quiet()).unwrap();
        assert_eq!(restored, made);
        let journal = restored.journal.unwrap();
        assert_eq!(journal.entries.len(), 1);
        for connection in [&reader, session.connection()] {
            assert_eq!(count(connection, "a"), 300);
            assert_eq!(count(connection, "b"), 300);
            let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'c'";
            let left: i64 = connection.query_row(tables, [], |row| row.get(0)).unwrap();
            assert_eq!(left, 0);
        }
        let now: String = reader
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(now, mode);
    }
}

#[test]
fn restores_into_a_new_file_and_over_other_sizes_of_pages() {
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("app.db"), "delete", 9);
    let to = directory.path().join("copy.db");
    backup::create(&source, &to, &mut quiet()).unwrap();
    let mut fresh = Connection::open(directory.path().join("fresh.db")).unwrap();
    backup::restore(&mut fresh, &to, PATIENCE, &mut quiet()).unwrap();
    assert_eq!(count(&fresh, "b"), 9);
    for (mode, fits) in [("delete", true), ("wal", false)] {
        let path = directory.path().join(format!("{mode}.db"));
        let mut other = Connection::open(&path).unwrap();
        let sql =
            format!("PRAGMA page_size = 1024; PRAGMA journal_mode = {mode}; CREATE TABLE x (y)");
        other.execute_batch(&sql).unwrap();
        let restored = backup::restore(&mut other, &to, PATIENCE, &mut quiet());
        assert_eq!(restored.is_ok(), fits, "{restored:?}");
        assert_eq!(
            count(&other, if fits { "b" } else { "x" }),
            if fits { 9 } else { 0 }
        );
    }
}

#[test]
fn gives_way_to_a_reader_that_does_not_let_go() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut target = pair(&path, "delete", 3);
    let to = directory.path().join("copy.db");
    backup::create(&target, &to, &mut quiet()).unwrap();
    grow(&target, 4);
    target.busy_timeout(Duration::ZERO).unwrap();
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM a").unwrap();
    let mut rows = reader.prepare("SELECT n FROM a").unwrap();
    let mut rows = rows.query([]).unwrap();
    rows.next().unwrap();
    let patience = Duration::from_millis(50);
    let error = backup::restore(&mut target, &to, patience, &mut quiet()).unwrap_err();
    assert!(error.hint.is_some(), "{error}");
    drop(rows);
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(count(&target, "a"), 7, "nothing was changed");
}

/// What another connection is about to write is neither lost nor mixed with the backup.
#[test]
fn gives_way_to_a_writer_that_does_not_let_go() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let mut target = pair(&path, mode, 300);
        let to = directory.path().join("copy.db");
        backup::create(&target, &to, &mut quiet()).unwrap();
        grow(&target, 4);
        target.busy_timeout(Duration::ZERO).unwrap();
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch(
                "BEGIN IMMEDIATE; INSERT INTO b VALUES (9000); DELETE FROM a WHERE n = 1",
            )
            .unwrap();
        let patience = Duration::from_millis(50);
        let error = backup::restore(&mut target, &to, patience, &mut quiet()).unwrap_err();
        assert!(error.hint.is_some(), "{mode}: {error}");
        writer.execute_batch("COMMIT").unwrap();
        let counts = (count(&target, "a"), count(&target, "b"));
        assert_eq!(counts, (303, 305), "{mode}");
        backup::restore(&mut target, &to, PATIENCE, &mut quiet()).unwrap();
        for connection in [&writer, &target] {
            let counts = (count(connection, "a"), count(connection, "b"));
            assert_eq!(counts, (300, 300), "{mode}");
        }
        sound(&path);
    }
}

#[test]
fn a_reader_in_wal_mode_goes_on_with_what_it_reads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let mut target = pair(&path, "wal", 300);
    let to = directory.path().join("copy.db");
    backup::create(&target, &to, &mut quiet()).unwrap();
    grow(&target, 40);
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader, "a"), 340);
    backup::restore(&mut target, &to, PATIENCE, &mut quiet()).unwrap();
    assert_eq!((count(&reader, "a"), count(&reader, "b")), (340, 340));
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!((count(&reader, "a"), count(&reader, "b")), (300, 300));
    sound(&path);
}

/// An application that goes on working: each of its transactions is before the restored state, or behind it.
#[test]
fn is_one_step_to_others_that_read_and_write_meanwhile() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let mut target = pair(&path, mode, 300);
        let to = directory.path().join("copy.db");
        backup::create(&target, &to, &mut quiet()).unwrap();
        grow(&target, 50);
        let (stop, rounds) = (AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let other = Connection::open(&path).unwrap();
                other.busy_timeout(PATIENCE).unwrap();
                while !stop.load(Ordering::Relaxed) {
                    grow(&other, 1);
                    let sql = "SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b)";
                    let alike: bool = other.query_row(sql, [], |row| row.get(0)).unwrap();
                    assert!(alike, "{mode}");
                    rounds.fetch_add(1, Ordering::Relaxed);
                    // SQLite's locks know no queue.
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
            for _ in 0..5 {
                let before = rounds.load(Ordering::Relaxed);
                while rounds.load(Ordering::Relaxed) == before {
                    std::thread::yield_now();
                }
                let restored = backup::restore(&mut target, &to, PATIENCE, &mut quiet());
                if let Err(error) = restored {
                    stop.store(true, Ordering::Relaxed);
                    panic!("{mode}: {error}");
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert_eq!(count(&target, "a"), count(&target, "b"), "{mode}");
        sound(&path);
    }
}

/// Who has the old file open still has that one: nothing of it gets into the new one.
#[test]
fn who_has_a_replaced_file_open_does_not_touch_the_new_one() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let stale = pair(&path, mode, 50);
        let to = directory.path().join("copy.db");
        backup::create(&stale, &to, &mut quiet()).unwrap();
        grow(&stale, 7);
        let aside = directory.path().join("aside.db");
        backup::replace(&path, &to, &aside).unwrap();
        let fresh = Connection::open(&path).unwrap();
        fresh.busy_timeout(PATIENCE).unwrap();
        fresh
            .execute_batch(&format!("PRAGMA journal_mode = {mode}"))
            .unwrap();
        grow(&fresh, 1);
        // It is refused, or goes to the file that was set aside.
        let _ = stale.execute_batch("DELETE FROM b; PRAGMA wal_checkpoint(TRUNCATE)");
        grow(&fresh, 1);
        drop(stale);
        grow(&fresh, 1);
        assert_eq!((count(&fresh, "a"), count(&fresh, "b")), (53, 53), "{mode}");
        drop(fresh);
        sound(&path);
        let fresh = Connection::open(&path).unwrap();
        assert_eq!((count(&fresh, "a"), count(&fresh, "b")), (53, 53), "{mode}");
        sound(&aside);
    }
}

fn sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let found: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, "ok", "{}", path.display());
}

#[test]
fn replaces_a_file_that_cannot_be_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let to = directory.path().join("copy.db");
    drop(backup::create(&pair(&path, "delete", 5), &to, &mut quiet()).unwrap());
    std::fs::write(&path, "scrambled").unwrap();
    std::fs::write(directory.path().join("app.db-wal"), "a log of before").unwrap();
    let aside = directory.path().join("aside.db");
    backup::replace(&path, &to, &aside).unwrap();
    assert_eq!(count(&Connection::open(&path).unwrap(), "b"), 5);
    assert_eq!(std::fs::read(&aside).unwrap(), b"scrambled");
    assert_eq!(
        names(directory.path()),
        ["app.db", "aside.db", "aside.db-wal", "copy.db"]
    );
    backup::replace(&path, &to, &aside).unwrap_err();
}

const DIRECTORY: &str = "LIMOSA_TEST_DIRECTORY";

/// Starts this test binary again, to run one of the roles below.
fn spawn(role: &str, directory: &Path, before: &str) -> Child {
    let own = std::env::current_exe().unwrap();
    let script = format!("{before} exec \"$0\" --ignored --exact {role} --nocapture");
    std::process::Command::new("sh")
        .args(["-c", &script])
        .arg(own)
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn directory() -> PathBuf {
    std::env::var_os(DIRECTORY)
        .expect("started by another test")
        .into()
}

/// Says how far it is, and then stays there until it is killed.
fn stay(progress: Progress) -> ControlFlow<()> {
    if progress.copied * 2 > progress.total {
        println!("\nhalf");
        loop {
            std::thread::park();
        }
    }
    ControlFlow::Continue(())
}

#[test]
#[ignore = "a role in another process"]
fn role_back_up() {
    let source = Connection::open(directory().join("app.db")).unwrap();
    let to = directory().join("copy.db");
    backup::create(&source, &to, &mut stay).unwrap();
}

#[test]
#[ignore = "a role in another process"]
fn role_restore() {
    let mut target = Connection::open(directory().join("app.db")).unwrap();
    // Pages go to the file, or to the log, before the end.
    target.pragma_update(None, "cache_size", 10).unwrap();
    let from = directory().join("copy.db");
    backup::restore(&mut target, &from, PATIENCE, &mut stay).unwrap();
}

#[test]
#[ignore = "a role in another process"]
fn role_back_up_on_a_full_disk() {
    let source = Connection::open(directory().join("app.db")).unwrap();
    let to = directory().join("copy.db");
    let error = backup::create(&source, &to, &mut quiet()).unwrap_err();
    println!("\nrefused: {error}");
}

#[test]
#[ignore = "a role in another process"]
fn role_restore_on_a_full_disk() {
    let mut target = Connection::open(directory().join("app.db")).unwrap();
    // Pages go to the file, or to the log, before the end.
    target.pragma_update(None, "cache_size", 10).unwrap();
    let from = directory().join("copy.db");
    let error = backup::restore(&mut target, &from, PATIENCE, &mut quiet()).unwrap_err();
    println!("\nrefused: {error}");
}

fn kill_half_way(mut child: Child) {
    use std::io::BufRead;
    let said = std::io::BufReader::new(child.stdout.take().unwrap());
    assert!(
        said.lines()
            .map_while(Result::ok)
            .any(|line| line == "half")
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_kill_leaves_nothing_that_looks_like_a_backup() {
    let directory = tempfile::tempdir().unwrap();
    let source = pair(&directory.path().join("app.db"), "wal", 20_000);
    kill_half_way(spawn("role_back_up", directory.path(), ""));
    assert!(!directory.path().join("copy.db").exists());
    assert_eq!(count(&source, "a"), 20_000);
    let to = directory.path().join("copy.db");
    backup::create(&source, &to, &mut quiet()).unwrap();
}

#[test]
fn a_kill_leaves_all_or_nothing_of_a_restored_database() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let to = directory.path().join("copy.db");
        let source = pair(&path, mode, 20_000);
        backup::create(&source, &to, &mut quiet()).unwrap();
        grow(&source, 50);
        drop(source);
        kill_half_way(spawn("role_restore", directory.path(), ""));
        let mut target = Connection::open(&path).unwrap();
        target.busy_timeout(PATIENCE).unwrap();
        assert_eq!(count(&target, "a"), 20_050, "{mode}");
        let sound: String = target
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok", "{mode}");
        backup::restore(&mut target, &to, PATIENCE, &mut quiet()).unwrap();
        assert_eq!(count(&target, "a"), 20_000, "{mode}");
    }
}

#[test]
fn a_full_disk_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    drop(pair(&directory.path().join("app.db"), "delete", 20_000));
    // The limit is on the size of a file, the same for every user; the signal would end the process.
    let limits = "trap '' XFSZ; ulimit -f 2000;";
    let child = spawn("role_back_up_on_a_full_disk", directory.path(), limits);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("\nrefused: "),
        "{told}"
    );
    assert_eq!(names(directory.path()), ["app.db"]);
}

#[test]
fn a_full_disk_leaves_the_database_as_it_was() {
    for mode in ["delete", "wal"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        drop(backup::create(
            &pair(&directory.path().join("more.db"), "delete", 9000),
            &directory.path().join("copy.db"),
            &mut quiet(),
        ));
        drop(pair(&path, mode, 100));
        let limits = "trap '' XFSZ; ulimit -f 2000;";
        let child = spawn("role_restore_on_a_full_disk", directory.path(), limits);
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && told.contains("\nrefused: "),
            "{mode}: {told}"
        );
        sound(&path);
        let target = Connection::open(&path).unwrap();
        assert_eq!(
            (count(&target, "a"), count(&target, "b")),
            (100, 100),
            "{mode}"
        );
    }
}
