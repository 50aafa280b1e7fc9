//! Files that are not as they were when they were applied.

use std::time::Duration;

use crate::files::{self, File, numbered};
use crate::place::{Kind, Place};
use crate::process::{End, run};
use crate::table::{Cell, Table};
use crate::tool::{TOOLS, Tool};

const LIMIT: Duration = Duration::from_secs(20);

/// What was applied.
const FIRST: &str = "-- The accounts.\nCREATE TABLE accounts (\n    id BIGINT PRIMARY KEY\n);\n";
const SECOND: &str = "ALTER TABLE accounts ADD COLUMN note TEXT;\n";
const THIRD: &str = "CREATE TABLE log (id BIGINT PRIMARY KEY);\n";

pub async fn all() -> Table {
    let mut table = Table::new("Files that changed after they were applied");
    let before = numbered(&[FIRST, SECOND]);
    let after = |first: &str| numbered(&[first, SECOND, THIRD]);
    let mut out_of_order = numbered(&[FIRST, SECOND]);
    out_of_order[1].version = 3;
    let mut late = out_of_order.clone();
    late.push(File::new(2, THIRD));
    let windows = FIRST.replace('\n', "\r\n");
    let comment = FIRST.replace("The accounts", "Accounts of customers");
    let statement = FIRST.replace("BIGINT", "INTEGER");
    let mut twice = numbered(&[FIRST, SECOND, THIRD]);
    twice[2].version = 2;
    let cases: [(&str, &[File], &[File]); 6] = [
        ("line ends became CRLF", &before, &after(&windows)),
        ("a comment was edited", &before, &after(&comment)),
        ("a statement was changed", &before, &after(&statement)),
        ("a version below the last one is new", &out_of_order, &late),
        ("an applied file is gone", &before, &after(FIRST)[1..]),
        ("two files of one version", &before[..1], &twice),
    ];
    for (title, applied, then) in cases {
        let mut cells = Vec::new();
        for tool in &TOOLS {
            cells.push(one(tool, applied, then).await);
        }
        table.row(title, cells);
    }
    table
}

async fn one(tool: &Tool, applied: &[File], then: &[File]) -> Cell {
    let place = Place::new(Kind::Postgres).await;
    let directory = files::write(tool, applied);
    let (end, _) = run(
        tool,
        Kind::Postgres,
        &place.target(),
        directory.path(),
        LIMIT,
    );
    assert_eq!(end, End::Done, "{}", tool.title);
    let directory = tempfile::TempDir::new().expect("a temporary directory");
    let mut versions = Vec::new();
    for file in then {
        // The name stays unless the version is there already.
        let name = if versions.contains(&file.version) {
            "other"
        } else {
            "step"
        };
        files::put(tool, directory.path(), file, name);
        versions.push(file.version);
    }
    let (end, _) = run(
        tool,
        Kind::Postgres,
        &place.target(),
        directory.path(),
        LIMIT,
    );
    let both = "SELECT to_regclass('log') IS NOT NULL AND EXISTS (SELECT FROM pg_attribute
        WHERE attrelid = 'accounts'::regclass AND attname = 'note')";
    let done = match place.value(both).await.as_str() {
        "t" => "goes on",
        _ => "**leaves one out in silence**",
    };
    Cell::of(&end, done)
}
