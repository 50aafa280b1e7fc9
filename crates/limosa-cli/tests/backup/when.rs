//! When a run makes a backup first: before it loses something, before it copies a table, or as it is said.

use limosa_testkit::postgres::Server;

use crate::sqlite::{filled, sqlite_state};
use crate::support::Place;
use crate::{LAST, backups, names, path, run};

/// Only what loses something is preceded by a backup, and it is said where.
fn before_destructive_steps(place: &Place) {
    let migrated = place.json("migrate", 0);
    assert!(migrated["backup"].is_null(), "nothing is lost by adding");
    let asks = place.expect("rollback", 1);
    asks.says(&["there is no backup yet"]);
    assert_eq!(backups(place).len(), 0);
    let undone = place.json("rollback --confirm", 0);
    let file = path(&undone["backup"]);
    assert!(file.contains(LAST), "{file}");
    let asks = place.expect("rollback", 1);
    asks.says(&[&file]);
    place.write("m/9_gone/migration.sql", "DROP TABLE environments;");
    place.write("m/8_more/migration.sql", "CREATE TABLE more (id integer);");
    let told = place.expect("migrate -m m --to 8 --out-of-order", 0);
    assert!(!told.out.contains("backup"), "{}", told.out);
    let told = place.expect("migrate -m m --out-of-order", 0);
    assert!(told.out.contains("backup  limosa-backups/"), "{}", told.out);
    assert_eq!(backups(place).len(), 2);
}

#[test]
fn sqlite_before_destructive_steps() {
    before_destructive_steps(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_before_destructive_steps() {
    let database = Server::shared().await.database().await;
    before_destructive_steps(&Place::new(&database.url()));
}

/// Always, never, and by every way to say so.
fn as_it_is_said(place: &Place) {
    place.expect("migrate --to 20250801000000", 0);
    let always = place.json("migrate --backup --to 20250804020810", 0);
    assert!(path(&always["backup"]).contains("20250801000000"));
    assert!(place.json("migrate", 0)["backup"].is_null());
    assert!(place.json("rollback --confirm --backup=never", 0)["backup"].is_null());
    assert_eq!(backups(place).len(), 1);
    // Nothing pending: nothing to be careful about.
    run(place, "migrate", &[("LIMOSA_BACKUP", "always")], 0);
    assert_eq!(backups(place).len(), 2);
    run(place, "migrate", &[("LIMOSA_BACKUP", "always")], 0);
    assert_eq!(backups(place).len(), 2);
    place.write(
        "limosa.toml",
        "backup = 'never'\nbackup_directory = 'kept'\n",
    );
    place.expect("rollback --confirm", 0);
    assert_eq!(names(place, "kept").len(), 0);
    place.expect("migrate --backup", 0);
    assert_eq!(names(place, "kept").len(), 1);
    place.expect(
        "rollback --confirm --backup=always --backup-directory deep/er",
        0,
    );
    assert_eq!(names(place, "deep/er").len(), 1);
    run(place, "migrate", &[("LIMOSA_BACKUP", "sometimes")], 2);
    place.write("limosa.toml", "\nbackup = 'sometimes'\n");
    let wrong = place.expect("check", 2);
    wrong.says(&["limosa.toml:2"]);
}

#[test]
fn sqlite_as_it_is_said() {
    as_it_is_said(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_as_it_is_said() {
    let database = Server::shared().await.database().await;
    as_it_is_said(&Place::new(&database.url()));
}

/// A table that is copied and dropped, as people write it by hand.
#[test]
fn sqlite_before_a_rebuild() {
    let place = filled();
    place.write(
        "m/1_rebuild/migration.sqlite.sql",
        "PRAGMA foreign_keys = OFF;
         CREATE TABLE new_environments (id TEXT PRIMARY KEY, name TEXT NOT NULL);
         INSERT INTO new_environments SELECT id, name FROM environments;
         DROP TABLE environments;
         ALTER TABLE new_environments RENAME TO environments;",
    );
    let before = sqlite_state(&place);
    let migrated = place.json("migrate -m m --out-of-order", 0);
    let file = path(&migrated["backup"]);
    assert_ne!(sqlite_state(&place), before);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
}

/// A table that Limosa builds anew, since ALTER TABLE cannot: nothing is lost, and a copy is kept.
#[test]
fn sqlite_before_a_table_is_built_anew() {
    let place = filled();
    let before = sqlite_state(&place);
    place.write(
        "m/30000101000000_wide/migration.sql",
        "ALTER TABLE environments ALTER COLUMN replicas TYPE text;",
    );
    let plan = place.expect("plan -m m", 0);
    let announced = "this run copies a table: a backup is made first, in limosa-backups";
    assert!(plan.out.contains(announced), "{}", plan.out);
    let announced = place.json("plan -m m", 0)["backup"].clone();
    assert_eq!(announced["why"], "this run copies a table");
    assert!(!place.path("limosa-backups").exists(), "a plan makes none");
    let without = place.json("migrate -m m --dry-run --backup=never", 0);
    assert!(without["backup"].is_null(), "{without}");
    let migrated = place.json("migrate -m m", 0);
    assert!(migrated["backup"].is_object(), "{}", plan.out);
    let file = path(&migrated["backup"]);
    assert_ne!(sqlite_state(&place), before);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
}
