//! What does not need a server: configuration, errors, documents, secrets.

mod support;

use limosa_testkit::postgres::{Options, Server};
use support::{Place, finish};

#[test]
fn the_defaults_are_a_file_and_a_directory_here() {
    let place = Place::sqlite();
    assert_eq!(finish(&mut place.command("migrate")).exit, 0);
    assert!(place.path("limosa.db").exists());
}

#[test]
fn every_answer_is_one_document() {
    let place = Place::sqlite();
    for (words, exit) in [
        ("check", 10),
        ("plan", 0),
        ("status", 10),
        ("verify", 0),
        ("test", 0),
        ("rollback --dry-run", 0),
        ("migrate --dry-run", 0),
        ("migrate --to 3", 2),
        ("migrate", 0),
        ("rollback", 1),
        ("new a thing", 0),
        ("new a thing", 1),
        ("completions bash", 0),
        ("check -m nowhere", 2),
        ("check --nonsense", 2),
        ("", 2),
    ] {
        let document = place.json(words, exit);
        assert_eq!(
            document["error"].is_object(),
            matches!(exit, 1 | 2),
            "{words}"
        );
    }
}

#[test]
fn settings_come_from_the_nearest_source() {
    let place = Place::sqlite();
    place.write(
        "limosa.toml",
        "database_url = 'sqlite:toml.db'\nmigrations = 'elsewhere'\n",
    );
    assert_eq!(finish(&mut place.command("migrate -m migrations")).exit, 0);
    assert!(place.path("toml.db").exists());
    place.write(
        ".env",
        "DATABASE_URL=sqlite:dotenv.db\nLIMOSA_MIGRATIONS=migrations\n",
    );
    assert_eq!(finish(&mut place.command("migrate")).exit, 0);
    assert!(place.path("dotenv.db").exists());
    let ran = finish(
        place
            .command("migrate")
            .env("DATABASE_URL", "sqlite:real.db"),
    );
    assert_eq!(ran.exit, 0);
    assert!(place.path("real.db").exists());
}

#[test]
fn a_wrong_configuration_names_its_line() {
    let place = Place::sqlite();
    place.write("limosa.toml", "\ndatabase_ur = 'sqlite:a.db'\n");
    let ran = place.expect("check", 2);
    ran.says(&["limosa.toml:2"]);
    place.write("limosa.toml", "");
    place.write(".env", "A=1\npassword geheim\n");
    let ran = place.expect("check", 2);
    assert!(
        ran.err.contains(".env:2") && !ran.err.contains("geheim"),
        "{}",
        ran.err
    );
}

/// What the caller has to put right is told apart from what the database has to.
#[test]
fn wrong_addresses_are_wrong_usage() {
    let place = Place::sqlite();
    for url in [
        "nonsense://a",
        "postgres://localhost:port/a",
        "postgres://localhost/a?sslmode=maybe",
        "postgres://localhost/a?sslmode=verify-full&sslrootcert=nowhere.pem",
        "sqlite:",
    ] {
        for words in [
            "check",
            "status",
            "migrate",
            "migrate --direct-url sqlite:b.db",
        ] {
            let ran = finish(place.command(words).args(["-d", url]));
            assert_eq!(ran.exit, 2, "{words} {url}: {}", ran.err);
            assert!(ran.err.contains("help:"), "{words} {url}: {}", ran.err);
            if url == "sqlite:" {
                break;
            }
        }
    }
    let ran = place.expect("plan -m nowhere", 2);
    ran.says(&["nowhere", "-m"]);
    place.expect(
        "plan -m migrations/20250801000000_create_environments/migration.sql",
        2,
    );
    // These are well said, and fail.
    let ran = finish(&mut place.command("check -d postgres://127.0.0.1:1/a"));
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert_eq!(
        finish(&mut place.command("check -d sqlite:no/such/dir.db")).exit,
        1
    );
}

#[test]
fn a_file_that_is_no_text_is_shown_as_far_as_it_goes() {
    let place = Place::sqlite();
    place.write("m/1_a/migration.sql", "SELECT 1;\n");
    let path = place.path("m/1_a/migration.sql");
    std::fs::write(path, b"SELECT 1;\nSELECT '\xff' AS broken;\n").expect("write a file");
    let ran = place.expect("plan -m m", 1);
    ran.says(&["not UTF-8", "migration.sql:2", "AS broken"]);
    assert!(!ran.err.contains("note: \n"), "{}", ran.err);
}

#[test]
fn a_file_that_cannot_be_read_is_shown() {
    let place = Place::sqlite();
    let text = "SELECT 1;\n  INSERT INTO a VALUES ('open);\n";
    place.write("m/1_a/migration.sql", text);
    let ran = place.expect("migrate -m m", 1);
    ran.says(&["m/1_a/migration.sql:2", "^^^", "INSERT INTO a"]);
}

#[test]
fn a_changed_migration_shows_what_changed() {
    let place = Place::sqlite();
    place.write("m/1_a/migration.sql", "CREATE TABLE a (\n  id integer\n);");
    place.expect("migrate -m m", 0);
    place.write("m/1_a/migration.sql", "CREATE TABLE a (\n  id text\n);");
    let ran = place.expect("check -m m", 20);
    ran.says(&["-   id integer", "+   id text"]);
    assert_eq!(
        place.json("status -m m", 20)["migrations"][0]["state"],
        "changed"
    );
}

#[test]
fn a_failure_says_what_became_of_it() {
    let place = Place::sqlite();
    let text =
        "-- limosa: dialect sqlite\n\nCREATE TABLE a (id integer);\n-- limosa: verbatim\nSELEKT 1;";
    place.write("m/1_a/migration.sql", text);
    let ran = place.expect("migrate -m m", 1);
    ran.says(&["its transaction was rolled back"]);
    let outside = format!("-- limosa: no transaction\n{text}");
    place.write("m/1_a/migration.sql", &outside);
    assert!(
        place
            .expect("plan -m m", 0)
            .out
            .contains("may be run twice")
    );
    let ran = place.expect("migrate -m m", 1);
    ran.says(&["it was in no transaction"]);
    assert!(!ran.err.contains("rolled back"), "{}", ran.err);
}

/// A row that an earlier part of the migration put in the way: that part is there, and that is said.
#[test]
fn what_is_kept_of_a_refused_run_is_told() {
    let place = Place::sqlite();
    place.write(
        "m/1_a/migration.sql",
        "CREATE TABLE t (id integer, n text);",
    );
    let text = "INSERT INTO t VALUES (1, 'x'); ALTER TABLE t ALTER COLUMN n TYPE integer;";
    place.write("m/2_b/migration.sql", text);
    let ran = place.expect("migrate -m m", 20);
    ran.says(&[
        "the database and the migrations do not fit; what was done before is kept",
        "1_a is done and kept",
        "2_b is done as far as step 1 of 2, and that is kept",
    ]);
    let again = place.json("migrate -m m", 20);
    let message = again["error"]["message"].as_str().expect("a message");
    assert!(message.ends_with("nothing was changed"), "{message}");
}

/// Rows that are not as they were behind a copy: which table's, and that it was rolled back.
#[test]
fn rows_that_are_not_kept_are_told() {
    let place = Place::sqlite();
    let connection = rusqlite::Connection::open(place.path("a.db")).expect("a file");
    // Somebody has edited the definition, so that it does not give the values that are stored.
    let stale = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, g INTEGER AS (n + 1) STORED);
        INSERT INTO t (n) VALUES (1), (2);
        CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p);
        INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1), (2);
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'n + 1', 'n + 2') WHERE name = 't';
        PRAGMA writable_schema = RESET;";
    connection.execute_batch(stale).expect("the tables");
    let state = || -> String {
        let sql = "SELECT (SELECT group_concat(id || n || g) FROM t) || (SELECT group_concat(sql) FROM sqlite_schema) \
                   || (SELECT count(*) FROM p)";
        connection
            .query_row(sql, [], |row| row.get(0))
            .expect("rows")
    };
    let before = state();
    let kept = "ALTER TABLE t ALTER COLUMN n SET DEFAULT 5;";
    place.write("m/1_a/migration.sql", kept);
    let told = place.expect("migrate -m m", 1);
    for word in [
        "rows would have been lost or altered; it was rolled back",
        "the rows of t (number, digest): 2, ",
        "migration.sql:1",
    ] {
        told.says(&[word]);
    }
    let document = place.json("migrate -m m", 1);
    let conflict = &document["error"]["conflicts"][0];
    assert_eq!(
        (&conflict["version"], &conflict["line"]),
        (&"1".into(), &1.into())
    );
    let reason = conflict["reasons"][0].as_str().expect("a reason");
    assert!(
        reason.starts_with("the rows of t (number, digest): 2, "),
        "{reason}"
    );
    // What the commit itself finds names its migration, too.
    let orphans =
        "-- limosa: dialect sqlite\nPRAGMA foreign_keys = OFF;\nDELETE FROM p WHERE id = 2;";
    place.write("m/1_a/migration.sql", orphans);
    let told = place.expect("migrate -m m", 1);
    for word in [
        "rows of c would refer to rows that are not there (1 of them new)",
        "m/1_a/migration.sql",
        "its transaction was rolled back",
    ] {
        told.says(&[word]);
    }
    assert_eq!(state(), before);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let place = Place::sqlite();
    assert!(!place.expect("plan", 0).out.contains('\x1b'));
    let forced = finish(place.command("plan").env("CLICOLOR_FORCE", "1"));
    assert!(forced.out.contains('\x1b'));
    let without = finish(place.command("plan").env("NO_COLOR", "1"));
    assert!(!without.out.contains('\x1b'));
}

#[test]
fn new_migrations_are_pending_and_do_nothing() {
    let place = Place::sqlite();
    let made = place.json("new Add: thing", 0);
    assert_eq!(made["name"], "add_thing");
    assert_eq!(made["version"].as_str().map(str::len), Some(14));
    assert!(place.path(made["path"].as_str().expect("a path")).exists());
    assert_eq!(
        place.json("status", 10)["migrations"][3]["state"],
        "pending"
    );
    place.expect("migrate", 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_ever_shown() {
    let options = Options::new().password("geheim77");
    let server = Server::start_with(options).await;
    let place = Place::new(&server.url("postgres"));
    let right = place.json("check -v -v", 10);
    assert!(
        right["database"]
            .as_str()
            .expect("a URL")
            .contains("postgres:***@")
    );
    let wrong = Place::new(&server.url("postgres").replace("geheim77", "geheim78"));
    for words in ["check", "migrate -v -v -v", "status --json", "plan"] {
        for place in [&place, &wrong] {
            let ran = place.run(words);
            let told = format!("{}{}", ran.out, ran.err);
            assert!(!told.contains("geheim"), "limosa {words}\n{told}");
        }
    }
    let refused = wrong.expect("check", 1);
    refused.says(&["28P01", "help:"]);
}
