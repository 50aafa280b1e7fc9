//! Statements as real migrations hold them, and what is read from them.
//!
//! `cases/<language>/<family>.sql` is read statement by statement; what comes out stands in the `.txt`
//! beside it. `LIMOSA_BLESS=1 cargo test -p limosa-sql --test cases` writes it anew, to be reviewed.

use std::fs;
use std::path::{Path, PathBuf};

use limosa_core::migration::Statement;
use limosa_sql::{Language, Text};

/// What says nothing: left out so that the cases can be read.
const SILENT: &[&str] = &[
    "schema: None, ",
    "with: With { items: [], recursive: false }, ",
    "comment: None",
    "written: Written(None)",
    "if_exists: false",
    "if_not_exists: false",
    "cascade: false",
    "concurrently: false",
    "deferrable: No",
    "include: []",
    "nulls_not_distinct: false",
    "match_full: false",
    "validated: true",
    "on_conflict: Abort",
    "on_delete: NoAction",
    "on_update: NoAction",
    "default: None",
    "constraint: None",
    "generated: None",
    "identity: None",
    "collation: None",
    "nulls_first: None",
    "operator_class: None",
    "descending: false",
    "method: None",
    "predicate: None",
    "valid: true",
    "unique: false",
    "indexes: []",
    "storage: Storage { strict: false, without_rowid: false, options: None }",
    "or_replace: false",
    "materialized: false",
    "using_index: None",
    "using: None",
    "name: None",
    "constraints: []",
    "alias: None",
    "from: []",
    "filter: None",
    "on_conflict: None",
    "position: None",
];

#[track_caller]
fn check(language: Language) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(language.id());
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .expect("cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = fs::read_to_string(&file).expect("a case");
        let read = Text::read(&text, language)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        compare(&file.with_extension("txt"), &described(&read.statements));
    }
}

#[track_caller]
fn compare(expected: &Path, found: &str) {
    if std::env::var_os("LIMOSA_BLESS").is_some() {
        fs::write(expected, found).expect("writes");
        return;
    }
    let text = fs::read_to_string(expected).unwrap_or_default();
    for (expected_line, found_line) in text.lines().zip(found.lines()) {
        assert_eq!(found_line, expected_line, "{}", expected.display());
    }
    assert_eq!(found, text, "{}", expected.display());
}

fn described(statements: &[Statement]) -> String {
    let mut text = String::new();
    for statement in statements {
        for operation in &statement.operations {
            text += &format!("{}: {}\n", statement.line, short(&format!("{operation:?}")));
        }
        if let Some(reason) = &statement.unread {
            text += &format!("{}: unread: {reason}\n", statement.line);
        }
    }
    text
}

fn short(debug: &str) -> String {
    let mut text = debug.to_owned();
    for silent in SILENT {
        text = text
            .replace(&format!(", {silent}"), "")
            .replace(&format!("{{ {silent}, "), "{ ");
        text = text.replace(silent, "");
    }
    // The text of a verbatim statement is the case itself.
    match (text.starts_with("Sql("), text.rfind(", text: ")) {
        (true, Some(at)) => format!("{} }})", &text[..at]),
        _ => text,
    }
}

#[test]
fn postgres() {
    check(Language::Postgres);
}

#[test]
fn sqlite() {
    check(Language::Sqlite);
}
