//! Backups by command, on both databases: made, refused, and brought back.

#[path = "../support/mod.rs"]
mod support;

mod connection;
mod failed;
mod killed;
mod made;
mod others;
mod postgres;
mod programs;
mod refused;
mod restored;
mod sqlite;
mod when;

use std::time::Duration;

use serde_json::Value;
use support::{Place, Ran, finish};

const LAST: &str = "20250805000000";
const PATIENCE: Duration = Duration::from_secs(120);

const ROWS: &str = "INSERT INTO environments (id, name, updated_at) \
                    VALUES ('a', 'b', '2025-01-01'), ('c', 'd', '2025-01-01')";

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

#[track_caller]
fn refuses(place: &Place, file: &str, expected: &str) {
    let refused = place.expect(&format!("restore {file} --confirm"), 1);
    refused.says(&[expected]);
}
