//! A hot standby: everything that only looks works there, waiting too, and migrating is refused.

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use limosa_testkit::postgres::Server;
use support::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_looked_at_and_waited_for() {
    let primary = Server::start().await;
    let database = primary.database().await;
    let here = Place::new(&database.url());
    let standby = primary.standby().await;
    let there = Place::new(&standby.url(database.name()));

    assert_eq!(there.json("check", 10)["server"]["writable"], false);
    there.expect("plan", 0);
    there.expect("status", 10);
    let refused = there.expect("migrate", 1);
    refused.says(&["read-only", "standby", "primary", "limosa wait"]);
    let late = there.json("wait --timeout 0.2", 10);
    let message = late["error"]["message"].as_str().expect("a message");
    assert!(
        message.contains("3 migrations are pending still"),
        "{message}"
    );

    let waiting = there
        .command("wait --timeout 120 -d")
        .arg(&there.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    here.expect("migrate", 0);
    let waited = waiting.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&waited.stdout);
    assert!(
        waited.status.success() && told.contains("Up to date."),
        "{told}"
    );

    for words in ["check", "status", "verify", "migrate", "wait --timeout 0"] {
        there.expect(words, 0);
    }
    there.expect("plan", 0);
    let refused = there.expect("rollback --confirm", 1);
    refused.says(&["read-only"]);
}

/// A file that is not there yet is waited for, and not made.
#[test]
fn a_file_that_another_process_makes_is_waited_for() {
    let place = Place::sqlite();
    place.write("m/1_a/migration.sql", "CREATE TABLE a (id integer);");
    place.expect("wait -m m --timeout 0.2", 10);
    assert!(!place.path("a.db").exists());
    let since = Instant::now();
    let mut waiting = place.command("wait -m m --timeout 120 -d sqlite:a.db");
    let waiting = waiting.stdout(Stdio::null()).spawn();
    place.expect("migrate -m m", 0);
    let waited = waiting.expect("the binary runs").wait();
    assert!(waited.expect("it ends").success());
    assert!(since.elapsed() < Duration::from_secs(100));
}
