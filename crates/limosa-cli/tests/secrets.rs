//! A password is never shown: whatever goes wrong, however much is asked for.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use limosa_testkit::postgres::{Options, Server};
use support::{Place, Ran, finish};

const SECRET: &str = "geheim77";

const COMMANDS: [&str; 9] = [
    "check",
    "plan",
    "migrate",
    "migrate --dry-run",
    "verify",
    "test",
    "status",
    "rollback",
    "repair --accept 1",
];

async fn server() -> Server {
    Server::start_with(Options::new().password(SECRET)).await
}

#[track_caller]
fn is_kept(what: &str, ran: &Ran) {
    let told = format!("{}{}", ran.out, ran.err);
    assert!(!told.contains("geheim"), "{what}\n{told}");
    // A part of it, or in other clothes, is as bad.
    for part in [
        "heim77",
        "Z2VoZWlt",
        "67656865696d",
        "103, 101, 104, 101, 105, 109",
    ] {
        assert!(!told.contains(part), "{what}: {part}\n{told}");
    }
}

/// As loudly as it can.
fn loud(command: &mut Command) -> &mut Command {
    command
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
}

#[tokio::test(flavor = "multi_thread")]
async fn not_in_any_command_nor_log() {
    let server = server().await;
    let (right, place) = (server.url("postgres"), Place::sqlite());
    let wrong = right.replace(SECRET, "geheim78");
    for url in [&right, &wrong] {
        for words in COMMANDS {
            for more in ["", " --json", " -v -v -v"] {
                let words = format!("{words}{more}");
                let ran = finish(loud(&mut place.command(&words)).args(["-d", url]));
                is_kept(&words, &ran);
                let ran = finish(loud(&mut place.command(&words)).env("DATABASE_URL", url));
                is_kept(&words, &ran);
            }
        }
    }
}

/// URLs that lead nowhere, or are none.
#[test]
fn not_in_any_wrong_url() {
    for url in [
        "postgres://u:geheim77@127.0.0.1:1/d",
        "postgres://u:geheim77@no-such-host.invalid/d",
        "postgres://u:geheim77@[::1/d",
        "postgres://u:geheim77@127.0.0.1:99999999/d",
        "postgres://u:geheim77@127.0.0.1:port/d",
        "postgres://u:geheim77/d",
        "postgres://u:ge%ZZheim77@h/d",
        "postgres://u:geheim77@h/d?sslmode=wrong",
        "postgres://u:x@127.0.0.1:1/d?password=geheim77",
        "postgres://u:x@127.0.0.1:1/d?sslpassword=geheim77&nonsense=geheim77",
        "postgres://u:geheim77@127.0.0.1:1:2/d?password=geheim77",
        "postgres:u:geheim77@h/d",
        "postgres//u:geheim77@h/d",
        "mysql://u:geheim77@h/d",
        "u:geheim77@h/d",
        "geheim77",
        "host=h password=geheim77",
        "sqlite:nowhere/a.db?key=geheim77",
        "sqlite:a.db?hexkey=geheim77&mode=nonsense",
        "file:nowhere/a.db?key=geheim77",
    ] {
        let place = Place::new(url);
        for words in ["check", "migrate --json", "status -v -v -v"] {
            for source in ["argument", "environment", ".env", "limosa.toml", "direct"] {
                let mut command = place.command(words);
                match source {
                    "argument" => command.args(["-d", url]),
                    "environment" => command.env("DATABASE_URL", url),
                    ".env" => {
                        place.write(".env", &format!("DATABASE_URL='{url}'\n"));
                        &mut command
                    }
                    "limosa.toml" => {
                        place.write(".env", "");
                        place.write("limosa.toml", &format!("database_url = '{url}'\n"));
                        &mut command
                    }
                    _ => {
                        place.write("limosa.toml", "");
                        command
                            .args(["-d", "sqlite:a.db"])
                            .env("LIMOSA_DIRECT_URL", url)
                    }
                };
                let ran = finish(loud(&mut command));
                is_kept(&format!("{url} by {source}"), &ran);
                if source != "direct" {
                    assert!(matches!(ran.exit, 1 | 2), "{url} by {source}: {}", ran.err);
                    assert!(!ran.err.contains("panicked"), "{}", ran.err);
                }
            }
        }
    }
}

/// Nothing of it is in the arguments, which everybody on the machine can read.
#[tokio::test(flavor = "multi_thread")]
async fn the_environment_and_files_will_do() {
    let server = server().await;
    let place = Place::sqlite();
    let bare = server.url("postgres").replace(&format!(":{SECRET}"), "");
    let refused = finish(place.command("check").args(["-d", &bare]));
    assert_eq!(refused.exit, 1);
    refused.says(&["PGPASSWORD"]);

    let given = finish(
        place
            .command("check")
            .args(["-d", &bare])
            .env("PGPASSWORD", SECRET),
    );
    assert_eq!(given.exit, 10, "{}", given.err);

    place.write(
        "passwords",
        &format!("# of this test\n127.0.0.1:*:*:postgres:{SECRET}\n"),
    );
    let file = place.path("passwords");
    let by_file = || {
        finish(
            place
                .command("check")
                .args(["-d", &bare])
                .env("PGPASSFILE", &file),
        )
    };
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
    assert_eq!(by_file().exit, 10, "{}", by_file().err);
    is_kept("a file", &by_file());
    let named = format!("{bare}?passfile={}", file.display());
    assert_eq!(finish(place.command("check").args(["-d", &named])).exit, 10);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("set");
    assert_eq!(by_file().exit, 1, "others can read it");

    place.write(
        ".env",
        &format!("DATABASE_URL={}\n", server.url("postgres")),
    );
    assert_eq!(finish(&mut place.command("check")).exit, 10);
}

/// A file of migrations may hold one too: it is shown only where the statement is.
#[tokio::test(flavor = "multi_thread")]
async fn the_journal_and_the_report_hold_no_url() {
    let server = server().await;
    let place = Place::new(&server.url("postgres"));
    let report = place.json("migrate", 0).to_string();
    assert!(!report.contains("geheim"), "{report}");
    let client = server.client().await;
    let rows = client
        .query("SELECT limosa_journal::text FROM limosa_journal", &[])
        .await;
    for row in rows.expect("rows") {
        let row: String = row.get(0);
        assert!(!row.contains("geheim"), "{row}");
    }
}
