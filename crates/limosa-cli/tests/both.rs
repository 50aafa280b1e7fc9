//! The same on both databases: the repository's migrations by command, and what is there already.

mod support;

use limosa_testkit::postgres::Server;
use support::Place;

const FIRST: &str = "20250801000000";
const SECOND: &str = "20250804020810";

/// The repository's migrations from an empty database and back.
fn there_and_back(place: &Place) {
    let check = place.json("check", 10);
    assert_eq!(check["pending"].as_array().map(Vec::len), Some(3));
    assert!(check["journal"].is_null());
    assert_eq!(
        place.json("status", 10)["migrations"][0]["state"],
        "pending"
    );
    let plan = place.expect("plan", 0).out;
    assert!(
        plan.contains("BEGIN") && plan.contains("CREATE TABLE \"environments\""),
        "{plan}"
    );
    place.expect("migrate --dry-run", 0);
    place.expect("check", 10);

    let report = place.json("migrate", 0)["report"].clone();
    assert_eq!(report["outcome"]["outcome"], "done");
    assert_eq!(report["migrations"].as_array().map(Vec::len), Some(3));
    assert!(
        report["migrations"][0]["finished_at"]
            .as_str()
            .expect("a time")
            .ends_with('Z')
    );
    assert!(place.expect("migrate", 0).out.contains("Up to date"));
    assert_eq!(place.json("check", 0)["drift"], serde_json::json!([]));

    let verified = place.json("verify", 0);
    assert_eq!(verified["verified"], true);
    let evidence = &verified["migrations"][1]["evidence"][0];
    assert_eq!(evidence["object"], "column environments.last_error");
    assert!(verified["migrations"][1]["finished_at"].is_string());
    let tested = place.json("test", 0);
    assert_eq!(tested["summary"]["failed"], 0);
    assert_eq!(tested["summary"]["skipped"], 0);
    assert!(tested["summary"]["passed"].as_u64() >= Some(20), "{tested}");
    assert_eq!(place.json("status", 0)["migrations"][2]["state"], "applied");

    let refused = place.json("rollback", 1);
    let losses = refused["error"]["losses"].as_array().expect("losses");
    assert!(
        losses[0].as_str().expect("a loss").contains("deletedAt"),
        "{losses:?}"
    );
    place.expect("rollback --dry-run --steps 3", 0);
    place.expect("rollback --confirm", 0);
    assert_eq!(
        place.json("status", 10)["migrations"][2]["state"],
        "rolled_back"
    );
    let undone = support::finish(
        place
            .command("rollback --steps 9 -d")
            .arg(&place.url)
            .env("CONFIRM_ROLLBACK", "yes"),
    );
    assert_eq!(undone.exit, 0, "{}", undone.err);
    assert_eq!(place.json("verify", 0)["migrations"], serde_json::json!([]));
    place.expect("migrate", 0);
    place.expect("verify", 0);
}

/// Somebody has added the column by hand: it is said, adopted and proved.
fn adopts(place: &Place) {
    let check = place.json("check", 10);
    assert_eq!(check["pending"][0]["already_there"], 1);
    assert!(place.expect("check", 10).out.contains("already there"));
    let report = place.json("migrate", 0)["report"].clone();
    assert_eq!(report["migrations"][0]["steps"][0]["verdict"], "adopt");
    let found = report["migrations"][0]["steps"][0]["found"]
        .as_str()
        .expect("what was found");
    assert!(found.to_lowercase().contains("text"), "{found}");
    assert_eq!(place.json("status", 0)["migrations"][1]["state"], "adopted");
    place.expect("verify", 0);
}

/// Somebody has added it with another type: refused, readably, and nothing is changed.
fn refuses(place: &Place) {
    let check = place.json("check", 20);
    assert_eq!(check["conflicts"][0]["version"], SECOND);
    let ran = place.expect("migrate", 20);
    ran.says(&["type should be", "migration.sql:1:1"]);
    let failed = place.json("migrate", 20);
    let reason = failed["error"]["conflicts"][0]["reasons"][0]
        .as_str()
        .expect("a reason");
    assert!(
        reason.to_lowercase().ends_with("but is integer"),
        "{reason}"
    );
    let status = place.json("status", 10);
    assert_eq!(status["migrations"][2]["state"], "pending");
    place.expect("plan", 20);
}

fn execute(place: &Place, sql: &str) {
    let connection = rusqlite::Connection::open(place.path("a.db")).expect("open the file");
    connection.execute_batch(sql).expect("execute");
}

/// A file was changed after it was applied, and is right: that is recorded, and to be seen.
fn accepts(place: &Place) {
    let first = "m/1_a/migration.sql";
    place.write(
        first,
        "CREATE TABLE a (\n  id integer,\n  b text,\n  c text\n);",
    );
    place.expect("migrate -m m", 0);
    place.write(
        first,
        "CREATE TABLE a (\n  id integer,\n  B text,\n  c text,\n  d text\n);",
    );
    let refused = place.expect("migrate -m m", 20);
    refused.says(&[
        "-   c text",
        "+   c text,",
        "+   d text",
        "limosa repair --accept 1",
    ]);
    place.expect("repair -m m --accept 2", 2);
    let repaired = place.json("repair -m m --accept 1", 0);
    assert_ne!(
        repaired["before"]["checksum"],
        repaired["after"]["checksum"]
    );
    // The table has no such column: nothing was run, and that is told.
    assert!(repaired["drift"][0].is_object(), "{repaired}");
    assert!(
        place
            .expect("repair -m m --accept 1", 0)
            .out
            .contains("nothing was changed")
    );
    let status = place.json("status -m m", 0);
    let row = &status["migrations"][0]["journal"];
    assert_eq!(row["accepted_by"], row["applied_by"]);
    assert!(row["accepted_at"].as_str().expect("a time").ends_with('Z'));
    assert!(
        place
            .expect("status -m m", 0)
            .out
            .contains("change accepted by")
    );
    let verified = place.json("verify -m m", 20);
    assert_eq!(verified["migrations"][0]["accepted_at"], row["accepted_at"]);
    assert!(
        place
            .expect("verify -m m", 20)
            .out
            .contains("change accepted")
    );
    let refused = place.expect("repair -m m --forget 1", 1);
    refused.says(&["limosa rollback"]);
}

#[test]
fn sqlite_accepts() {
    accepts(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_accepts() {
    let database = Server::shared().await.database().await;
    accepts(&Place::new(&database.url()));
}

#[test]
fn sqlite_there_and_back() {
    let place = Place::sqlite();
    place.expect("check", 10);
    place.expect("plan", 0);
    place.expect("rollback", 0);
    assert!(
        !place.path("a.db").exists(),
        "looking must not make the file"
    );
    there_and_back(&place);
}

#[test]
fn sqlite_adopts() {
    let place = Place::sqlite();
    place.expect(&format!("migrate --to {FIRST}"), 0);
    execute(
        &place,
        "ALTER TABLE environments ADD COLUMN last_error TEXT",
    );
    adopts(&place);
}

#[test]
fn sqlite_refuses() {
    let place = Place::sqlite();
    place.expect(&format!("migrate --to {FIRST}"), 0);
    execute(
        &place,
        "ALTER TABLE environments ADD COLUMN last_error INTEGER",
    );
    refuses(&place);
}

#[test]
fn sqlite_rows_of_before_stay_when_tested() {
    let place = Place::sqlite();
    place.expect("migrate", 0);
    execute(
        &place,
        "INSERT INTO environments (id, name, updated_at) VALUES ('a', 'b', '2025-01-01')",
    );
    place.expect("test", 0);
    let connection = rusqlite::Connection::open(place.path("a.db")).expect("open the file");
    let rows: i64 = connection
        .query_row("SELECT count(*) FROM environments", [], |row| row.get(0))
        .expect("count");
    assert_eq!(rows, 1);
}

#[test]
fn sqlite_a_begun_migration_is_no_changed_one() {
    let place = Place::sqlite();
    place.expect("migrate", 0);
    // As a run leaves it that was killed behind the first step: the checksum is of what is done.
    execute(
        &place,
        "UPDATE limosa_journal SET state = 'started', done = 1, finished_at = NULL, \
         checksum = '00112233445566778899aabbccddeeff' WHERE version = '20250805000000'",
    );
    assert_eq!(
        place.json("status", 10)["migrations"][2]["state"],
        "started"
    );
}

#[test]
fn sqlite_shows_drift() {
    let place = Place::sqlite();
    place.expect("migrate", 0);
    execute(&place, "DROP INDEX environments_deleted_at_idx");
    assert_eq!(place.json("verify", 20)["verified"], false);
    let check = place.json("check", 20);
    assert_eq!(check["drift"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back() {
    let database = Server::shared().await.database().await;
    there_and_back(&Place::new(&database.url()));
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_adopts() {
    let database = Server::shared().await.database().await;
    let place = Place::new(&database.url());
    place.expect(&format!("migrate --to {FIRST}"), 0);
    let sql = "ALTER TABLE environments ADD COLUMN last_error text";
    database
        .client()
        .await
        .batch_execute(sql)
        .await
        .expect("execute");
    adopts(&place);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_refuses() {
    let database = Server::shared().await.database().await;
    let place = Place::new(&database.url());
    place.expect(&format!("migrate --to {FIRST}"), 0);
    let sql = "ALTER TABLE environments ADD COLUMN last_error integer";
    database
        .client()
        .await
        .batch_execute(sql)
        .await
        .expect("execute");
    refuses(&place);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_points_at_the_word() {
    let database = Server::shared().await.database().await;
    let place = Place::new(&database.url());
    place.write(
        "m/1_a/migration.sql",
        "CREATE TABLE a (id int);\n\nINSERT INTO a\n  (nme) VALUES (1);\n",
    );
    let ran = place.expect("migrate -m m", 1);
    ran.says(&["--> m/1_a/migration.sql:4:4", "    ^^^"]);
    let error = place.json("migrate -m m", 1)["error"].clone();
    assert_eq!(
        (&error["path"], &error["line"]),
        (&"m/1_a/migration.sql".into(), &4.into())
    );
    assert_eq!(error["code"], "42703");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_is_told() {
    let database = Server::shared().await.database().await;
    let place = Place::new(&database.url());
    let sql = "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL, c int CHECK (c > 0));";
    place.write("m/1_a/migration.sql", sql);
    place.expect("migrate -m m", 0);
    place.expect("test -m m", 0);
    let client = database.client().await;
    // A rule that eats every row: nothing that was written can be read back.
    let sql = "CREATE RULE eat AS ON INSERT TO a DO INSTEAD NOTHING";
    client.batch_execute(sql).await.expect("execute");
    let tested = place.json("test -m m", 1);
    assert!(tested["summary"]["failed"].as_u64() > Some(0), "{tested}");
}
