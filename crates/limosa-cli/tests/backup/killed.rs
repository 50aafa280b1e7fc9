//! Killed or interrupted in the middle: nothing is left behind that looks like more than it is.

use std::process::Command;
use std::time::{Duration, Instant};

use limosa_testkit::postgres::{Server, connect};

use crate::postgres::{execute, filled_server, state};
use crate::programs::{kill_when, start};
use crate::{PATIENCE, backups, path};

/// Killed while the server is at work on the restored rows: the state of before, whole; then again.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_a_kill_leaves_all_or_nothing() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    // Restoring a row waits for a lock that is held here: it is killed in the middle of it.
    let gate = "CREATE FUNCTION gate(text) RETURNS boolean LANGUAGE plpgsql AS
        $$ BEGIN IF $1 = 'stop' THEN PERFORM pg_catalog.pg_advisory_xact_lock(77); END IF; RETURN true; END $$;
        CREATE TABLE gated (name text CHECK (public.gate(name)));
        INSERT INTO gated SELECT 'go' FROM generate_series(1, 500);
        INSERT INTO gated VALUES ('stop');
        -- More than fits between the processes, so that the end is not under way yet.
        CREATE TABLE later AS SELECT repeat(md5(n::text), 30) AS much FROM generate_series(1, 3000) n;";
    execute(&place.url, gate).await;
    for words in ["backup --to kill.dump", "backup --to kill.sql"] {
        let file = path(&place.json(words, 0)["backup"]);
        execute(&place.url, "DELETE FROM environments WHERE id = 'a'").await;
        let before = state(&place.url).await;
        let holder = connect(&place.url).await;
        holder
            .batch_execute("SELECT pg_advisory_lock(77)")
            .await
            .expect("a lock");
        let child = start(&place, &format!("restore {file} --confirm"));
        let waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        let (url, handle) = (place.url.clone(), tokio::runtime::Handle::current());
        tokio::task::spawn_blocking(move || {
            let client = handle.block_on(connect(&url));
            kill_when(child, || {
                let row = handle
                    .block_on(client.query_one(waits, &[]))
                    .expect("an answer");
                row.get::<_, i64>(0) > 0
            });
        })
        .await
        .expect("it is killed");
        holder
            .batch_execute("SELECT pg_advisory_unlock(77)")
            .await
            .expect("an end");
        // psql reads the end of its input, and its session ends.
        let sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'limosa'";
        let since = Instant::now();
        while holder
            .query_one(sessions, &[])
            .await
            .expect("an answer")
            .get::<_, i64>(0)
            > 0
        {
            assert!(
                since.elapsed() < PATIENCE,
                "a session of the killed one stays"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(state(&place.url).await, before);
        place.expect(&format!("restore {file} --confirm"), 0);
        assert_ne!(state(&place.url).await, before);
    }
}

/// Killed while `pg_dump` is at work.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_a_kill_leaves_nothing_that_looks_like_a_backup() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let holder = connect(&place.url).await;
    holder
        .batch_execute("BEGIN; LOCK TABLE environments IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let child = start(&place, "backup");
    let waits = place.path("limosa-backups");
    kill_when(child, || {
        std::fs::read_dir(&waits).is_ok_and(|files| files.count() > 0)
    });
    for name in backups(&place) {
        assert!(name.contains("-unfinished"), "{name}");
    }
    holder.batch_execute("COMMIT").await.expect("an end");
    place.expect("backup", 0);
    // What was left behind is never taken for the last backup.
    let asks = place.expect("rollback", 1);
    asks.says(&["the last backup is"]);
    assert!(!asks.err.contains("unfinished"), "{}", asks.err);
}

/// Ctrl-C in the middle: no lock, no process and no file is left behind.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_an_interrupted_backup_cleans_up() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    // Of no interest to the run, and in the way of the backup.
    execute(&place.url, "CREATE SCHEMA e; CREATE TABLE e.x (a int)").await;
    let holder = connect(&place.url).await;
    holder
        .batch_execute("BEGIN; LOCK TABLE e.x IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let mut child = start(&place, "rollback --confirm --backup");
    let directory = place.path("limosa-backups");
    let since = Instant::now();
    while !std::fs::read_dir(&directory).is_ok_and(|files| files.count() > 0) {
        assert!(since.elapsed() < PATIENCE, "no backup is begun");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let interrupted = Command::new("kill")
        .arg("-INT")
        .arg(child.id().to_string())
        .status();
    assert!(interrupted.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(backups(&place), Vec::<String>::new());
    holder.batch_execute("COMMIT").await.expect("an end");
    place.expect("check", 0);
    place.expect("rollback --confirm", 0);
}
