//! Where no sound backup can be made, the run does not take place.

use limosa_testkit::postgres::Server;
use serde_json::Value;

use crate::postgres::{execute, filled_server, state};
use crate::programs::{client_programs, limited, program};
use crate::sqlite::{filled, open, sqlite_state};
use crate::support::Place;
use crate::{backups, run};

/// A run whose backup fails does not take place.
fn stops_where_no_backup_can_be_made(place: &Place) {
    place.expect("migrate", 0);
    place.write("blocked", "a file, not a directory");
    let stopped = place.expect("rollback --confirm --backup-directory blocked/here", 1);
    stopped.says(&["nothing was changed", "--backup=never"]);
    place.expect("check", 0);
    // Nobody can write there, the superuser neither.
    for words in [
        "rollback --confirm --backup-directory /proc/here",
        "backup --to /proc/here.db",
        "backup --to nowhere/here.db",
        "backup --to blocked/here.db",
    ] {
        let stopped = place.expect(words, 1);
        assert!(stopped.err.contains("here"), "{words}: {}", stopped.err);
        place.expect("check", 0);
    }
    let stopped = place.json("rollback --confirm --backup-directory blocked/here", 1);
    assert!(stopped["backup"].is_null());
    place.expect(
        "rollback --confirm --backup=never --backup-directory blocked/here",
        0,
    );
}

#[test]
fn sqlite_stops_where_no_backup_can_be_made() {
    stops_where_no_backup_can_be_made(&Place::sqlite());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_stops_where_no_backup_can_be_made() {
    let database = Server::shared().await.database().await;
    stops_where_no_backup_can_be_made(&Place::new(&database.url()));
}

#[test]
fn sqlite_a_full_disk_stops_the_run() {
    let place = filled();
    let many = "WITH RECURSIVE i(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM i WHERE n < 3000)
        INSERT INTO environments (id, name, description, updated_at)
        SELECT 'x' || n, 'n', hex(randomblob(300)), '2025-01-01' FROM i";
    open(&place).execute_batch(many).expect("rows");
    let before = sqlite_state(&place);
    let stopped = limited(&place, "rollback --confirm", 500);
    assert_eq!(stopped.exit, 1, "{}", stopped.err);
    stopped.says(&["nothing was changed"]);
    assert_eq!(sqlite_state(&place), before);
    assert_eq!(backups(&place), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_a_full_disk_stops_the_run() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let many = "INSERT INTO environments (id, name, description, updated_at)
        SELECT 'x' || n, 'n', (SELECT string_agg(md5(g * n || 'x'), '') FROM generate_series(1, 20) g), now()
        FROM generate_series(1, 3000) n";
    execute(&place.url, many).await;
    let before = state(&place.url).await;
    let stopped = limited(&place, "rollback --confirm", 500);
    assert_eq!(stopped.exit, 1, "{}", stopped.err);
    stopped.says(&["nothing was changed"]);
    assert_eq!(state(&place.url).await, before);
    assert_eq!(backups(&place), Vec::<String>::new());
}

/// Without `pg_dump` a run goes on and warns, unless a backup was asked for.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_without_pg_dump_only_a_wish_is_an_error() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let old = program(&place, "old/pg_dump", "echo 'pg_dump (PostgreSQL) 9.0.23'");
    let broken = program(&place, "broken/pg_dump", "exit 3");
    let nowhere = place.path("nowhere/pg_dump");
    for (dump, expected) in [
        (&old, "version 9, and the server of version"),
        (&broken, "cannot be run"),
        (&nowhere, "cannot be run"),
    ] {
        let dump = dump.to_str().expect("UTF-8");
        let variables = [("LIMOSA_PG_DUMP", dump)];
        for words in [
            "backup",
            "rollback --confirm --backup",
            "migrate --backup=always",
        ] {
            let told = run(
                &place,
                &format!("{words} --pg-dump {dump}"),
                &[],
                i32::from(words != "migrate --backup=always"),
            );
            assert!(
                words.starts_with("migrate") || told.err.contains(expected),
                "{}",
                told.err
            );
        }
        place.expect("check", 0);
        let warned = run(&place, "rollback --confirm", &variables, 0);
        assert!(
            warned.out.contains("no backup was made") && warned.out.contains(expected),
            "{}",
            warned.out
        );
        place.expect("migrate", 0);
        let warned = run(&place, "rollback --confirm --json", &variables, 0);
        let document: Value = serde_json::from_str(&warned.out).expect("a document");
        assert!(document["backup"].is_null());
        assert!(
            document["report"]["warnings"][0]
                .as_str()
                .expect("a warning")
                .contains(expected)
        );
        place.expect("migrate", 0);
        let demanded = [
            ("LIMOSA_PG_DUMP", dump),
            ("LIMOSA_BACKUP", "before-destructive"),
        ];
        run(&place, "rollback --confirm", &demanded, 1);
        place.expect("check", 0);
    }
    assert_eq!(backups(&place).len(), 0);
}

/// A `pg_dump` that fails, or writes half a dump and says that all went well.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_a_backup_that_is_not_sound_stops_the_run() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    for sound in ["sound.dump", "sound.sql", "sound.sql.gz"] {
        place.expect(&format!("backup --to {sound}"), 0);
    }
    let version = "case $1 in --version) echo 'pg_dump (PostgreSQL) 99.1'; exit;; esac";
    for (name, script, expected) in [
        (
            "full",
            "echo half; echo 'pg_dump: error: disk full' >&2; exit 1",
            "disk full",
        ),
        ("liar", "echo half", "no sound backup"),
        ("none", "exit 0", "no sound backup"),
        ("cut", "head -c 2500 ../sound.dump", "no sound backup"),
        (
            "marked",
            "sed '/dump complete/q' ../sound.sql",
            "no sound backup",
        ),
        ("packed", "head -c -3 ../sound.sql.gz", "no sound backup"),
    ] {
        let real = client_programs();
        for tool in ["psql", "pg_restore"] {
            let script = match tool {
                "pg_restore" => format!(
                    "case $1 in --version) echo 'pg_restore (PostgreSQL) 99.1';; *) exec {}/{tool} \"$@\";; esac",
                    real.display()
                ),
                _ => format!("exec {}/{tool} \"$@\"", real.display()),
            };
            program(&place, &format!("{name}/{tool}"), &script);
        }
        let script = format!("{version}; cd \"$(dirname \"$0\")\"; {script}");
        let dump = program(&place, &format!("{name}/pg_dump"), &script);
        let words = format!("rollback --confirm --pg-dump {}", dump.display());
        let stopped = place.expect(&words, 1);
        assert!(stopped.err.contains(expected), "{name}: {}", stopped.err);
        stopped.says(&["nothing was changed"]);
        assert_eq!(backups(&place).len(), 0, "{name}");
        place.expect("check", 0);
    }
}
