//! Backups by command, on both databases: made, refused, and brought back.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::{Database, Options, Server, connect};
use serde_json::Value;
use support::{Place, Ran, finish};

const LAST: &str = "20250805000000";
const PATIENCE: Duration = Duration::from_secs(120);

fn sqlite() -> Place {
    Place::new("sqlite:a.db")
}

fn open(place: &Place) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(place.path("a.db")).expect("open the file");
    connection.busy_timeout(PATIENCE).expect("a timeout");
    connection
}

/// The names of the files in a directory of the place; none if there is no such directory.
fn names(place: &Place, directory: &str) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(place.path(directory)) else {
        return Vec::new();
    };
    let name = |file: std::fs::DirEntry| file.file_name().into_string().expect("UTF-8");
    let mut names: Vec<String> = files.map(|file| name(file.expect("a file"))).collect();
    names.sort();
    names
}

fn backups(place: &Place) -> Vec<String> {
    names(place, "limosa-backups")
}

/// The path that a document names.
#[track_caller]
fn path(backup: &Value) -> String {
    let path = backup["path"].as_str();
    path.unwrap_or_else(|| panic!("no backup: {backup}"))
        .to_owned()
}

#[track_caller]
fn run(place: &Place, words: &str, variables: &[(&str, &str)], exit: i32) -> Ran {
    let mut command = place.command(words);
    let ran = finish(
        command
            .args(["-d", &place.url])
            .envs(variables.iter().copied()),
    );
    assert_eq!(ran.exit, exit, "limosa {words}\n{}\n{}", ran.out, ran.err);
    ran
}

const ROWS: &str = "INSERT INTO environments (id, name, updated_at) \
                    VALUES ('a', 'b', '2025-01-01'), ('c', 'd', '2025-01-01')";

/// A program that answers as one of another version, in a directory of its own.
fn program(place: &Place, name: &str, script: &str) -> PathBuf {
    place.write(name, &format!("#!/bin/sh\n{script}\n"));
    let path = place.path(name);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, executable).expect("make it executable");
    path
}

/// Where the real `pg_dump`, `pg_restore` and `psql` are: the servers of a matrix come without.
fn client_programs() -> PathBuf {
    let own = Server::binaries();
    if own.join("pg_dump").is_file() {
        return own;
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("a directory for each version");
    let places = versions.map(|one| one.expect("a directory").path().join("bin"));
    let complete = places.filter(|place| place.join("pg_dump").is_file());
    complete
        .max()
        .expect("pg_dump is installed: ./scripts/test does that")
}

/// What holds on both: `place` has all migrations, and two rows.
fn made_named_and_verified(place: &Place, ending: &str) {
    let made = place.json("backup", 0)["backup"].clone();
    let file = path(&made);
    assert!(
        file.contains("limosa-backups/") && file.ends_with(ending),
        "{file}"
    );
    assert!(file.contains(LAST), "{file}");
    let mode = |path: &Path| {
        let found = std::fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    };
    assert_eq!(mode(&place.path(&file)), 0o600);
    assert_eq!(mode(&place.path("limosa-backups")), 0o700);
    let tables = made["tables"].as_array().expect("tables");
    let rows = |name: &str| {
        let is = |table: &&Value| {
            table["name"]
                .as_str()
                .is_some_and(|own| own.ends_with(name))
        };
        tables.iter().find(is).expect("the table")["rows"].clone()
    };
    assert_eq!(
        (rows("environments"), rows("limosa_journal")),
        (2.into(), 3.into())
    );
    // Again at the same second: another name.
    assert_ne!(path(&place.json("backup", 0)["backup"]), file);
    assert_eq!(backups(place).len(), 2);
    // A name of one's own is never overwritten.
    place.expect("backup --to mine", 0);
    let before = std::fs::read(place.path("mine")).expect("a file");
    let refused = place.expect("backup --to mine", 1);
    assert!(refused.err.contains("it is kept"), "{}", refused.err);
    assert_eq!(std::fs::read(place.path("mine")).expect("a file"), before);
    place.expect("backup --to limosa-backups", 0);
    assert_eq!(backups(place).len(), 3);
    let nowhere = place.expect("backup --to nowhere/x", 1);
    assert!(nowhere.err.contains("nowhere/x"), "{}", nowhere.err);
}

/// Only what loses something is preceded by a backup, and it is said where.
fn before_destructive_steps(place: &Place) {
    let migrated = place.json("migrate", 0);
    assert!(migrated["backup"].is_null(), "nothing is lost by adding");
    let asks = place.expect("rollback", 1);
    assert!(asks.err.contains("there is no backup yet"), "{}", asks.err);
    assert_eq!(backups(place).len(), 0);
    let undone = place.json("rollback --confirm", 0);
    let file = path(&undone["backup"]);
    assert!(file.contains(LAST), "{file}");
    let asks = place.expect("rollback", 1);
    assert!(asks.err.contains(&file), "{}", asks.err);
    place.write("m/9_gone/migration.sql", "DROP TABLE environments;");
    place.write("m/8_more/migration.sql", "CREATE TABLE more (id integer);");
    let told = place.expect("migrate -m m --to 8 --out-of-order", 0);
    assert!(!told.out.contains("backup"), "{}", told.out);
    let told = place.expect("migrate -m m --out-of-order", 0);
    assert!(told.out.contains("backup  limosa-backups/"), "{}", told.out);
    assert_eq!(backups(place).len(), 2);
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
    assert!(wrong.err.contains("limosa.toml:2"), "{}", wrong.err);
}

/// A run whose backup fails does not take place.
fn stops_where_no_backup_can_be_made(place: &Place) {
    place.expect("migrate", 0);
    place.write("blocked", "a file, not a directory");
    let stopped = place.expect("rollback --confirm --backup-directory blocked/here", 1);
    assert!(
        stopped.err.contains("nothing was changed"),
        "{}",
        stopped.err
    );
    assert!(stopped.err.contains("--backup=never"), "{}", stopped.err);
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

/// To where the backup was made, and back to where the other one was.
fn there_and_back(place: &Place, words: &str, look: &dyn Fn() -> String) {
    let before = look();
    let file = path(&place.json(words, 0)["backup"]);
    place.expect("rollback --steps 2 --confirm --backup=never", 0);
    place.write(
        "m/30000101000000_later/migration.sql",
        "CREATE TABLE later (id integer PRIMARY KEY, a text);\n\
         CREATE VIEW seen AS SELECT id FROM environments;\n\
         DELETE FROM environments WHERE id = 'a';",
    );
    place.expect("migrate -m m --backup=never --out-of-order", 0);
    let after = look();
    assert_ne!(before, after);

    let asks = place.json(&format!("restore {file}"), 1);
    assert!(
        asks["error"]["hints"][0]
            .as_str()
            .expect("a hint")
            .contains("--confirm")
    );
    assert!(!asks.to_string().contains("\\u001b"), "{asks}");
    assert_eq!(look(), after, "nothing was changed");
    let restored = place.json(&format!("restore {file} --confirm"), 0);
    assert_eq!(look(), before);
    assert_eq!(place.json("check", 0)["drift"], serde_json::json!([]));
    place.expect("verify", 0);
    place.expect("test", 0);

    // What was there is a backup like any other.
    let aside = path(&restored["aside"]);
    assert!(aside.contains("-before-restore"), "{aside}");
    let words = format!("restore {aside}");
    run(place, &words, &[("CONFIRM_RESTORE", "yes")], 0);
    assert_eq!(look(), after);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(look(), before);
    // And goes on from there.
    place.expect("rollback --confirm", 0);
    place.expect("migrate", 0);
}

#[track_caller]
fn refuses(place: &Place, file: &str, expected: &str) {
    let refused = place.expect(&format!("restore {file} --confirm"), 1);
    assert!(refused.err.contains(expected), "{}", refused.err);
}

/// What is no sound backup of this database changes nothing.
fn refuses_others(place: &Place, sound: &str, look: &dyn Fn() -> String) {
    let before = look();
    place.expect(&format!("backup --to {sound}"), 0);
    let bytes = std::fs::read(place.path(sound)).expect("a file");
    std::fs::write(place.path("half"), &bytes[..bytes.len() / 2]).expect("a file");
    std::fs::write(place.path("empty"), "").expect("a file");
    place.write("other", "SELECT 'DROP TABLE environments';\n");
    refuses(place, "half", "no sound backup");
    refuses(place, "other", "no sound backup");
    refuses(place, "nothing-there", "nothing-there");
    refuses(place, "limosa-backups", "limosa-backups");
    assert_eq!(look(), before);
}

fn sqlite_state(place: &Place) -> String {
    let connection = open(place);
    let mut lines = Vec::new();
    for sql in [
        "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1",
        "SELECT version || checksum || state || started_at FROM limosa_journal ORDER BY 1",
        "SELECT id || name FROM environments ORDER BY 1",
    ] {
        let mut statement = connection.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        lines.extend(rows.expect("rows").map(|row| row.expect("a row")));
    }
    lines.join("\n")
}

fn filled() -> Place {
    let place = sqlite();
    place.expect("migrate", 0);
    open(&place).execute_batch(ROWS).expect("rows");
    place
}

#[test]
fn sqlite_made_named_and_verified() {
    made_named_and_verified(&filled(), ".db");
}

#[test]
fn sqlite_before_destructive_steps() {
    before_destructive_steps(&sqlite());
}

#[test]
fn sqlite_as_it_is_said() {
    as_it_is_said(&sqlite());
}

#[test]
fn sqlite_stops_where_no_backup_can_be_made() {
    stops_where_no_backup_can_be_made(&sqlite());
}

#[test]
fn sqlite_there_and_back() {
    for mode in ["delete", "wal"] {
        let place = filled();
        let other = open(&place);
        other
            .pragma_update(None, "journal_mode", mode)
            .expect("a mode");
        there_and_back(&place, "backup", &|| sqlite_state(&place));
        // A connection that was open all the time sees it, too.
        let rows = other.query_row("SELECT count(*) FROM environments", [], |row| row.get(0));
        assert_eq!(rows, Ok(2));
    }
}

#[test]
fn sqlite_refuses_others() {
    let place = filled();
    refuses_others(&place, "sound.db", &|| sqlite_state(&place));
    // Sound, and a backup, but of something else.
    let other = Place::new("sqlite:a.db");
    other.write("m/1_x/migration.sql", "CREATE TABLE x (y integer);");
    other.expect("migrate -m m", 0);
    let file = other.path("theirs.db");
    let file = file.to_str().expect("UTF-8");
    other.expect(&format!("backup --to {file}"), 0);
    refuses(&place, file, "another database");
    let connection = rusqlite::Connection::open(place.path("bare.db")).expect("a file");
    connection
        .execute_batch("CREATE TABLE z (y)")
        .expect("a table");
    drop(connection);
    refuses(&place, "bare.db", "another database");
}

#[test]
fn sqlite_in_memory_or_not_there_has_nothing_to_keep() {
    let memory = Place::new("sqlite::memory:");
    memory.expect("backup", 1);
    memory.expect("migrate --backup", 0);
    let place = sqlite();
    let refused = place.expect("backup", 1);
    assert!(refused.err.contains("no database a.db"), "{}", refused.err);
    assert!(!place.path("a.db").exists());
}

#[test]
fn sqlite_a_lost_or_damaged_file_is_restored() {
    let place = filled();
    let before = sqlite_state(&place);
    let file = path(&place.json("backup", 0)["backup"]);
    std::fs::remove_file(place.path("a.db")).expect("it is there");
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
    place.write("a.db", "scrambled by a disk that is going to die");
    let damaged = place.json(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
    let aside = damaged["damaged"].as_str().expect("a file");
    let kept = std::fs::read_to_string(place.path(aside)).expect("it was kept");
    assert!(kept.starts_with("scrambled"), "{kept}");
    // A page in the middle: it can be opened still.
    let mut bytes = std::fs::read(place.path("a.db")).expect("a file");
    bytes[4096..4096 + 64].fill(0xee);
    std::fs::write(place.path("a.db"), bytes).expect("a file");
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(sqlite_state(&place), before);
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
    assert!(
        stopped.err.contains("nothing was changed"),
        "{}",
        stopped.err
    );
    assert_eq!(sqlite_state(&place), before);
    assert_eq!(backups(&place), Vec::<String>::new());
}

/// Runs it with a limit on the size of files, in blocks of 512 bytes or of a kilobyte: it holds for
/// every user, root too.
fn limited(place: &Place, words: &str, blocks: u32) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let inner = place.command(words);
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .arg(inner.get_program())
        .args(inner.get_args())
        .args(["-d", &place.url])
        .current_dir(inner.get_current_dir().expect("a directory"));
    finish(&mut command)
}

/// Starts it and kills it as soon as something is so; it must not come to its end.
fn kill_when(mut child: Child, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "it was waited for in vain");
        let ended = child.try_wait().expect("a child");
        assert!(ended.is_none(), "it came to its end before it was killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

fn start(place: &Place, words: &str) -> Child {
    let mut command = place.command(words);
    command.args(["-d", &place.url]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary runs")
}

// PostgreSQL from here on.

async fn state(url: &str) -> String {
    let client = connect(url).await;
    let sql = "SELECT 'column ' || table_schema || table_name || column_name || data_type || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
          AND table_name <> 'limosa_lock'
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
          WHERE schemaname <> 'pg_catalog' AND tablename <> 'limosa_lock'
        UNION ALL SELECT 'routine ' || p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'type ' || typname FROM pg_type
          WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
        UNION ALL SELECT 'large ' || loid || encode(data, 'hex') FROM pg_largeobject
        UNION ALL SELECT 'row ' || version || checksum || state || started_at FROM limosa_journal
        UNION ALL SELECT 'row ' || id || name FROM environments
        UNION ALL SELECT 'sequence ' || schemaname || sequencename || coalesce(last_value, 0) FROM pg_sequences
        ORDER BY 1";
    let rows = client.query(sql, &[]).await.expect("an answer");
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

/// A state of before or after, from a thread that waits.
fn look(url: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(state(url))
}

async fn execute(url: &str, sql: &str) {
    connect(url)
        .await
        .batch_execute(sql)
        .await
        .expect("execute");
}

/// What a dump has to bring back besides tables.
const MORE: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN short AS varchar(9);
    CREATE SCHEMA other;
    CREATE TABLE other.\"odd \"\"name'\" (id bigserial PRIMARY KEY, m mood, s short, env text REFERENCES environments);
    INSERT INTO other.\"odd \"\"name'\" (m, env) VALUES ('ok', 'c'), (NULL, 'c');
    CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION f(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
COMMIT;
    RETURN 2; END $$;
    CREATE VIEW other.v AS SELECT id FROM environments;
    SELECT lo_from_bytea(4711, '\\x00ff');";

async fn filled_server(database: &Database<'_>) -> Place {
    let place = Place::new(&database.url());
    place.expect("migrate", 0);
    execute(&place.url, ROWS).await;
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_made_named_and_verified() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    made_named_and_verified(&place, ".dump");
    for (words, format, begin) in [
        ("--to a.sql", "plain", &b"--\n-- PostgreSQL"[..]),
        ("--to a.sql.gz", "gzip", &[0x1f, 0x8b][..]),
        ("--to a.dump", "custom", &b"PGDMP"[..]),
        ("--to b --format plain", "plain", &b"--\n"[..]),
        ("--to c.sql --format gzip", "gzip", &[0x1f, 0x8b][..]),
    ] {
        let made = place.json(&format!("backup {words}"), 0)["backup"].clone();
        assert_eq!(made["format"], format);
        let bytes = std::fs::read(place.path(&path(&made))).expect("a file");
        assert!(bytes.starts_with(begin), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_before_destructive_steps() {
    let database = Server::shared().await.database().await;
    before_destructive_steps(&Place::new(&database.url()));
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_as_it_is_said() {
    let database = Server::shared().await.database().await;
    as_it_is_said(&Place::new(&database.url()));
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_stops_where_no_backup_can_be_made() {
    let database = Server::shared().await.database().await;
    stops_where_no_backup_can_be_made(&Place::new(&database.url()));
}

async fn postgres_round(words: &str) {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    execute(&place.url, MORE).await;
    let looked =
        || std::thread::scope(|scope| scope.spawn(|| look(&place.url)).join().expect("a state"));
    there_and_back(&place, words, &looked);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_custom() {
    postgres_round("backup").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_plain() {
    postgres_round("backup --format plain").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back_gzip() {
    postgres_round("backup --to x.sql.gz").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_refuses_others() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let looked =
        || std::thread::scope(|scope| scope.spawn(|| look(&place.url)).join().expect("a state"));
    for sound in ["sound.dump", "sound.sql", "sound.sql.gz"] {
        refuses_others(&place, sound, &looked);
    }
    let before = looked();
    for sound in ["sound.dump", "sound.sql", "sound.sql.gz"] {
        let bytes = std::fs::read(place.path(sound)).expect("a file");
        for length in cuts(&bytes) {
            std::fs::write(place.path("cut"), &bytes[..length]).expect("a file");
            refuses(&place, "cut", "no sound backup");
        }
    }
    assert_eq!(looked(), before);
    let lite = filled();
    let file = lite.path("lite.db");
    let file = file.to_str().expect("UTF-8");
    lite.expect(&format!("backup --to {file}"), 0);
    refuses(&place, file, "SQLite");
    // Damaged in the middle, where the list at its front does not reach.
    let mut bytes = std::fs::read(place.path("sound.sql.gz")).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(place.path("bit.sql.gz"), bytes).expect("a file");
    refuses(&place, "bit.sql.gz", "no sound backup");
    let other = Server::shared().await.database().await;
    let other = Place::new(&other.url());
    other.write("m/1_x/migration.sql", "CREATE TABLE x (y integer);");
    other.expect("migrate -m m", 0);
    let theirs = other.path("theirs.dump");
    let theirs = theirs.to_str().expect("UTF-8");
    other.expect(&format!("backup --to {theirs}"), 0);
    refuses(&place, theirs, "another database");
}

/// Lengths at which a dump is cut: of a script also in the mark of its end and behind it, of others in their
/// last bytes.
fn cuts(dump: &[u8]) -> Vec<usize> {
    let mark = b"-- PostgreSQL database dump complete";
    let end = dump.windows(mark.len()).position(|found| found == mark);
    let Some(end) = end else {
        return vec![dump.len() - dump.len() / 4, dump.len() - 9, dump.len() - 1];
    };
    // The last line, without its end.
    let last = dump.trim_ascii_end().len();
    vec![
        end,
        end + 12,
        end + mark.len(),
        end + mark.len() + 1,
        last - 1,
        last,
    ]
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
        assert!(
            stopped.err.contains("nothing was changed"),
            "{}",
            stopped.err
        );
        assert_eq!(backups(&place).len(), 0, "{name}");
        place.expect("check", 0);
    }
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
    assert!(
        stopped.err.contains("nothing was changed"),
        "{}",
        stopped.err
    );
    assert_eq!(state(&place.url).await, before);
    assert_eq!(backups(&place), Vec::<String>::new());
}

/// A password and a name that mean something to shells, URLs and conninfo strings.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_odd_names_and_passwords() {
    let server = Server::start_with(Options::new().password("geheim77")).await;
    let name = "a b'c\"d=e/ü?%25 -x";
    let quoted = name.replace('"', "\"\"");
    let secret = "p@s:s/w?o r'd\"=&%20$HOME\\";
    let client = server.client().await;
    for sql in [
        format!("CREATE DATABASE \"{quoted}\""),
        format!(
            "CREATE ROLE \"o'x y\" SUPERUSER LOGIN PASSWORD '{}'",
            secret.replace('\'', "''")
        ),
    ] {
        client.batch_execute(&sql).await.expect("execute");
    }
    let encoded = |text: &str| {
        let byte = |byte: u8| format!("%{byte:02x}");
        text.bytes().map(byte).collect::<String>()
    };
    let url = format!(
        "postgres://{}:{}@127.0.0.1:{}/{}",
        encoded("o'x y"),
        encoded(secret),
        server.port(),
        encoded(name)
    );
    let place = Place::new(&url);
    place.expect("migrate", 0);
    // A wrapper that keeps what every child was called with.
    let real = client_programs();
    for tool in ["pg_dump", "psql", "pg_restore"] {
        let script = format!(
            "echo \"$0 $*\" >> \"$(dirname \"$0\")/seen\"; exec {}/{tool} \"$@\"",
            real.display()
        );
        program(&place, &format!("tools/{tool}"), &script);
    }
    let variables = [
        (
            "LIMOSA_PG_DUMP",
            place
                .path("tools/pg_dump")
                .to_str()
                .expect("UTF-8")
                .to_owned(),
        ),
        // None of these may lead anywhere else.
        ("PGSERVICE", "nowhere".to_owned()),
        ("PGHOSTADDR", "192.0.2.1".to_owned()),
        ("PGDATABASE", "postgres".to_owned()),
        ("PGPASSWORD", "wrong".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let made = run(&place, "backup -v -v", &variables, 0);
    let file = &backups(&place)[0];
    assert!(file.starts_with("a_b_c_d_e_ü__25__x-"), "{file}");
    let words = format!("restore limosa-backups/{file} --confirm");
    let restored = run(&place, &words, &variables, 0);
    let seen =
        std::fs::read_to_string(place.path("tools/seen")).expect("what they were called with");
    assert!(seen.contains("pg_dump") && seen.contains("psql"), "{seen}");
    for told in [&made.out, &made.err, &restored.out, &restored.err, &seen] {
        assert!(
            !told.contains("p@s") && !told.contains(&encoded(secret)[..12]),
            "{told}"
        );
    }
    place.expect("check", 0);
    // The wrong password is told, and not shown.
    let wrong = Place::new(&url.replace(&encoded(secret), "geheim78"));
    let refused = wrong.expect("backup", 1);
    assert!(!refused.err.contains("geheim78"), "{}", refused.err);
}

/// While a writer goes on, both tables have the same rows at every moment, and so in the backup.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_of_one_moment_while_others_write() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    execute(&place.url, "CREATE TABLE p (n int); CREATE TABLE q (n int)").await;
    let url = place.url.clone();
    let writer = tokio::spawn(async move {
        let client = connect(&url).await;
        for number in 0.. {
            let sql = format!(
                "BEGIN; INSERT INTO p VALUES ({number}); INSERT INTO q VALUES ({number}); COMMIT"
            );
            client.batch_execute(&sql).await.expect("write");
        }
    });
    for _ in 0..3 {
        let made = place.json("backup", 0)["backup"].clone();
        let rows: Vec<&Value> = made["tables"]
            .as_array()
            .expect("tables")
            .iter()
            .filter(|table| {
                ["public.p", "public.q"]
                    .iter()
                    .any(|name| table["name"] == *name)
            })
            .map(|table| &table["rows"])
            .collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], rows[1]);
    }
    assert!(!writer.is_finished(), "nobody held it up for good");
    writer.abort();
}

/// A session that holds a lock on a table: the restoring gives way, and nothing was changed.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_gives_way_to_others() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let file = path(&place.json("backup", 0)["backup"]);
    execute(&place.url, "DELETE FROM environments").await;
    let before = state(&place.url).await;
    let reader = connect(&place.url).await;
    reader
        .batch_execute("BEGIN; SELECT * FROM environments")
        .await
        .expect("a lock");
    let refused = place.expect(&format!("restore {file} --confirm --lock-timeout 0.3"), 1);
    assert!(
        refused.err.contains("other sessions are at work"),
        "{}",
        refused.err
    );
    reader.batch_execute("COMMIT").await.expect("an end");
    assert_eq!(state(&place.url).await, before);
    place.expect(&format!("restore {file} --confirm"), 0);
}

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
    assert!(asks.err.contains("the last backup is"), "{}", asks.err);
    assert!(!asks.err.contains("unfinished"), "{}", asks.err);
}

/// A role that owns the database and nothing else: enough to back up and to restore.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_its_owner_needs_no_more_rights() {
    let server = Server::start().await;
    let client = server.client().await;
    for sql in ["CREATE ROLE plain LOGIN", "CREATE DATABASE own OWNER plain"] {
        client.batch_execute(sql).await.expect("execute");
    }
    let place = Place::new(&server.url("own").replace("postgres@", "plain@"));
    place.expect("migrate", 0);
    execute(&place.url, ROWS).await;
    execute(
        &place.url,
        &MORE.replace(
            "CREATE SCHEMA other",
            "CREATE SCHEMA other; CREATE TABLE other.also (a int)",
        ),
    )
    .await;
    let before = state(&server.url("own")).await;
    let file = path(&place.json("backup", 0)["backup"]);
    place.expect("rollback --confirm", 0);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(state(&server.url("own")).await, before);
    // What it may not read cannot be kept aside, so it is not dropped.
    let foreign = server.url("own");
    execute(&foreign, "CREATE TABLE theirs (a int)").await;
    refuses(&place, &file, "may read everything");
    assert!(state(&foreign).await.contains("theirs"));
    execute(&foreign, "GRANT SELECT ON theirs TO plain").await;
    let version = "SELECT current_setting('server_version_num')::int >= 150000";
    let owns_public = client.query_one(version, &[]).await.expect("an answer");
    if owns_public.get(0) {
        place.expect(&format!("restore {file} --confirm"), 0);
        assert_eq!(state(&foreign).await, before);
    } else {
        // Until version 14 the schema "public" is a superuser's, and so is what others made in it.
        refuses(&place, &file, "a role that owns");
        assert!(state(&foreign).await.contains("theirs"));
    }
}

/// `pg_dump` would leave settings behind in a pooler's server processes.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_behind_a_pooler_only_the_direct_url_will_do() {
    let server = Server::shared().await;
    let database = server.database().await;
    let pooler = PgBouncer::start(server, 2).await;
    let place = Place::new(&pooler.url(&database));
    place.expect("migrate", 0);
    let refused = place.expect("backup", 1);
    assert!(
        refused.err.contains("pooler") && refused.err.contains("--direct-url"),
        "{}",
        refused.err
    );
    place.expect("rollback --confirm --backup", 1);
    let warned = place.expect("rollback --confirm", 0);
    assert!(warned.out.contains("no backup was made"), "{}", warned.out);
    assert_eq!(backups(&place).len(), 0);
    place.expect("migrate", 0);
    let direct = database.url();
    place.expect(
        &format!("rollback --confirm --backup --direct-url {direct}"),
        0,
    );
    let file = format!("limosa-backups/{}", backups(&place)[0]);
    place.expect(&format!("restore {file} --confirm"), 1);
    place.expect(
        &format!("restore {file} --confirm --direct-url {direct}"),
        0,
    );
    place.expect("check", 0);
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
