//! Directories as the tools of the field lay them out.

use std::fs;
use std::path::Path;

use limosa_core::migration::{Migrations, TransactionMode};
use limosa_sql::{Language, ReadError, Reader, read_dir};
use tempfile::TempDir;

const UP: &str = "CREATE TABLE t (id INTEGER NOT NULL);";
const DOWN: &str = "DROP TABLE t;";

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    directory
}

/// Each script as `version name dialect up-statements/down-statements`.
fn described(migrations: &Migrations) -> Vec<String> {
    let one = |migration: &limosa_core::migration::Migration| {
        let scripts = migration.scripts.iter().map(|script| {
            let down = script.down.as_ref();
            format!(
                "{} {} {} {}/{}",
                migration.version,
                migration.name,
                script.only.as_deref().unwrap_or("*"),
                script.up.len(),
                down.map_or("-".to_owned(), |down| down.statements.len().to_string()),
            )
        });
        scripts.collect::<Vec<_>>()
    };
    migrations.list().iter().flat_map(one).collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let directory = directory(files);
    let migrations = read_dir(directory.path()).expect("reads");
    assert_eq!(described(&migrations), expected);
}

#[track_caller]
fn refused(files: &[(&str, &str)], file: &str, line: Option<u32>, reason: &str) -> ReadError {
    let directory = directory(files);
    let error = read_dir(directory.path()).expect_err("is refused");
    assert_eq!(
        error.path(),
        Some(directory.path().join(file).as_path()),
        "{error}"
    );
    assert_eq!(error.line(), line, "{error}");
    assert!(error.reason().contains(reason), "{error}");
    error
}

#[test]
fn limosa() {
    check(
        &[
            ("2_b/migration.sql", UP),
            ("1_a/migration.sql", UP),
            ("1_a/down.sql", DOWN),
            ("README.md", "not SQL"),
            ("10_c/migration.postgres.sql", UP),
            ("10_c/migration.sqlite.sql", UP),
            ("10_c/down.sqlite.sql", DOWN),
        ],
        &[
            "1 a * 1/1",
            "2 b * 1/-",
            "10 c postgres 1/-",
            "10 c sqlite 1/1",
        ],
    );
}

#[test]
fn a_general_file_serves_who_has_no_own() {
    check(
        &[
            ("1_a/migration.sql", UP),
            ("1_a/migration.sqlite.sql", ""),
            ("1_a/down.sql", DOWN),
            ("2_b.sqlite.up.sql", ""),
            ("2_b.up.sql", UP),
            ("2_b.down.sql", DOWN),
            ("3_c/up.sql", UP),
            ("3_c/down.sqlite.sql", DOWN),
        ],
        &[
            "1 a * 1/1",
            "1 a sqlite 0/1",
            "2 b * 1/1",
            "2 b sqlite 0/1",
            "3 c * 1/-",
            "3 c sqlite 1/1",
        ],
    );
}

#[test]
fn other_tools() {
    check(
        &[
            ("00000000000000_initial/up.sql", UP),
            ("2023-01-02-030405_diesel/up.sql", UP),
            ("2023-01-02-030405_diesel/down.sql", DOWN),
            ("20230102030406_sqlx.up.sql", UP),
            ("20230102030406_sqlx.down.sql", DOWN),
            ("20230102030407_flat.sql", UP),
            (
                "20230102030408_dbmate.sql",
                "-- migrate:up\nDROP TABLE a;\n-- migrate:down\nDROP TABLE b;",
            ),
        ],
        &[
            "00000000000000 initial * 1/-",
            "20230102030405 diesel * 1/1",
            "20230102030406 sqlx * 1/1",
            "20230102030407 flat * 1/-",
            "20230102030408 dbmate * 1/1",
        ],
    );
    check(
        &[
            ("V1__a.sql", UP),
            ("U1__a.sql", DOWN),
            ("V1.10__c.sql", UP),
            ("V1_9__b.sql", UP),
        ],
        &["1 a * 1/1", "1.9 b * 1/-", "1.10 c * 1/-"],
    );
}

#[test]
fn marks_beside_the_file() {
    let directory = directory(&[
        ("1_a/up.sql", UP),
        (
            "1_a/metadata.toml",
            "# diesel\nrun_in_transaction = false # why\n",
        ),
        ("2_b/up.sql", UP),
        ("2_b/metadata.toml", "run_in_transaction = true\n"),
        ("V3__c.sql", UP),
        ("V3__c.sql.conf", "executeInTransaction=false\n"),
    ]);
    let migrations = read_dir(directory.path()).expect("reads");
    let modes: Vec<_> = migrations
        .list()
        .iter()
        .map(|one| one.scripts[0].transaction)
        .collect();
    let never = TransactionMode::Never;
    assert_eq!(modes, [never, TransactionMode::WherePossible, never]);
}

#[test]
fn the_language_of_a_directory() {
    let directory = directory(&[("1_a.sql", UP), ("2_b.postgres.sql", UP)]);
    let reader = Reader::new().language(Language::Sqlite);
    let migrations = reader.read_dir(directory.path()).expect("reads");
    let languages: Vec<_> = migrations
        .list()
        .iter()
        .map(|one| &one.scripts[0].up[0].language)
        .collect();
    assert_eq!(languages, ["sqlite", "postgres"]);
}

#[test]
fn versions_used_twice_name_both_files() {
    let twice = |files: &[(&str, &str)], second: &str| {
        let error = refused(files, second, None, "is used twice");
        assert!(
            error
                .reason()
                .contains(files[0].0.split('/').next().expect("a part")),
            "{error}"
        );
    };
    twice(&[("1_a.sql", UP), ("1_b.sql", UP)], "1_b.sql");
    twice(&[("001_a/up.sql", UP), ("1_a/up.sql", UP)], "1_a");
    twice(
        &[("1_a.up.sql", UP), ("1_a_up.sql", UP), ("1_a_down.sql", UP)],
        "1_a_up.sql",
    );
    twice(
        &[
            ("2023-01-02-030405_a.sql", UP),
            ("20230102030405_a.sql", UP),
        ],
        "20230102030405_a.sql",
    );
}

#[test]
fn all_versions_used_twice_are_told_at_once() {
    let files = ["1_a", "1_b", "1_c", "2_a", "3_a", "3_b", "4_a", "4_b"];
    let files = files.map(|name| (format!("{name}.sql"), UP));
    let files: Vec<_> = files.iter().map(|(name, up)| (&**name, *up)).collect();
    let error = refused(&files, "1_b.sql", None, "version 1 is used twice");
    assert_eq!(
        error.help(),
        Some("give one of them another version; used twice as well: 3, 4")
    );
}

#[test]
fn a_way_back_may_be_called_otherwise() {
    for back in ["30_drop.down.sql", "30_a.down.sql", "U30__z.sql"] {
        let directory = directory(&[("30_add.up.sql", UP), (back, DOWN)]);
        let migrations = read_dir(directory.path()).expect("reads");
        let only = &migrations.list()[0];
        assert_eq!(only.name, "add");
        assert!(only.scripts[0].down.is_some());
    }
}

#[test]
fn what_is_no_migration() {
    refused(&[], "", None, "no migration here");
    refused(&[("README.md", "")], "", None, "no migration here");
    refused(
        &[("1_a.sql", UP), ("seed.sql", UP)],
        "seed.sql",
        None,
        "no name of a migration",
    );
    refused(
        &[("views/up.sql", UP)],
        "views",
        None,
        "no name of a migration",
    );
    refused(
        &[("1_a/other.sql", UP)],
        "1_a/other.sql",
        None,
        "no file of a migration",
    );
    refused(
        &[("1_a.down.sql", DOWN)],
        "1_a.down.sql",
        None,
        "a way back without a way there",
    );
    let missing = read_dir(Path::new("/nonexistent/migrations")).expect_err("is missing");
    assert!(missing.reason().starts_with("cannot read it"), "{missing}");
}

#[test]
fn mistakes_in_a_file_name_file_and_line() {
    refused(
        &[("1_a/migration.sql", "DROP TABLE a;\n\nSELECT 'b;")],
        "1_a/migration.sql",
        Some(3),
        "no end",
    );
    refused(
        &[("1_a/migration.sql", UP), ("1_a/down.sql", "\nDROPP x")],
        "1_a/down.sql",
        Some(2),
        "`DROPP`",
    );
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("1_a.sql"), b"SELECT 1;\n\xff").expect("a file");
    let error = read_dir(directory.path()).expect_err("is refused");
    assert_eq!(
        (error.line(), error.reason()),
        (Some(2), "the text is not UTF-8")
    );
}
