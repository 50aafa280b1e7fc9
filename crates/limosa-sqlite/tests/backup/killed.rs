//! Killed half-way, or out of space: all or nothing is there.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use limosa_sqlite::backup::{self, Progress};
use rusqlite::Connection;

use crate::place::{PATIENCE, Place, count, counts, grow, pair, quiet, sound};

const DIRECTORY: &str = "LIMOSA_TEST_DIRECTORY";

/// Starts this test binary again, to run one of the roles below.
fn spawn(role: &str, place: &Place, before: &str) -> Child {
    let own = std::env::current_exe().unwrap();
    let script = format!("{before} exec \"$0\" --ignored --exact killed::{role} --nocapture");
    std::process::Command::new("sh")
        .args(["-c", &script])
        .arg(own)
        .env(DIRECTORY, place.directory())
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
    let place = Place::new();
    let source = place.pair("wal", 20_000);
    kill_half_way(spawn("role_back_up", &place, ""));
    assert!(!place.copy.exists());
    assert_eq!(count(&source, "a"), 20_000);
    place.back_up(&source).unwrap();
}

#[test]
fn a_kill_leaves_all_or_nothing_of_a_restored_database() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let source = place.backed_up(mode, 20_000);
        grow(&source, 50);
        drop(source);
        kill_half_way(spawn("role_restore", &place, ""));
        let mut target = Connection::open(&place.file).unwrap();
        target.busy_timeout(PATIENCE).unwrap();
        assert_eq!(count(&target, "a"), 20_050, "{mode}");
        sound(&place.file);
        place.restore(&mut target).unwrap();
        assert_eq!(count(&target, "a"), 20_000, "{mode}");
    }
}

#[track_caller]
fn refused_on_a_full_disk(role: &str, place: &Place) {
    // The limit is on the size of a file, the same for every user; the signal would end the process.
    let child = spawn(role, place, "trap '' XFSZ; ulimit -f 2000;");
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("\nrefused: "),
        "{told}"
    );
}

#[test]
fn a_full_disk_leaves_no_file() {
    let place = Place::new();
    drop(place.pair("delete", 20_000));
    refused_on_a_full_disk("role_back_up_on_a_full_disk", &place);
    assert_eq!(place.names(), ["app.db"]);
}

#[test]
fn a_full_disk_leaves_the_database_as_it_was() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let more = pair(&place.directory().join("more.db"), "delete", 9000);
        place.back_up(&more).unwrap();
        drop(more);
        drop(place.pair(mode, 100));
        refused_on_a_full_disk("role_restore_on_a_full_disk", &place);
        sound(&place.file);
        let target = Connection::open(&place.file).unwrap();
        assert_eq!(counts(&target), (100, 100), "{mode}");
    }
}
