//! What comments say: to which statements, in which place, in whose words.

use limosa_core::migration::{Accepts, TransactionMode};
use limosa_core::operation::Operation;
use limosa_sql::{Language, Text};

fn read(text: &str) -> Text {
    Text::read(text, Language::Postgres).expect("reads")
}

/// `only` of each statement, `*` for all dialects.
#[track_caller]
fn only(text: &str, expected: &[&str]) {
    let said: Vec<_> = read(text)
        .statements
        .iter()
        .map(|statement| match statement.only.as_slice() {
            [] => "*".to_owned(),
            only => only.join("+"),
        })
        .collect();
    assert_eq!(said, expected, "{text}");
}

#[track_caller]
fn transaction(text: &str, expected: TransactionMode) {
    assert_eq!(read(text).transaction, expected, "{text}");
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Text::read(text, Language::Postgres).expect_err("is refused");
    let said = format!("{}: {}", error.line().expect("a line"), error.reason());
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn only_speaks_of_the_statement_below() {
    only(
        "-- limosa: only postgres\nGRANT a TO b;\nDROP TABLE c;",
        &["postgres", "*"],
    );
    only(
        "DROP TABLE c;\n\n-- why\n/* limosa: only sqlite, pg */\n-- so\nDROP TABLE d;",
        &["*", "sqlite+postgres"],
    );
}

#[test]
fn followed_by_a_blank_line_it_speaks_of_the_file() {
    only(
        "-- limosa: only postgres\n\nDROP TABLE a;\nDROP TABLE b;",
        &["postgres", "postgres"],
    );
    only(
        "-- limosa: only postgres\r\n\r\n-- limosa: only sqlite\r\nDROP TABLE a; DROP TABLE b;",
        &["sqlite", "postgres"],
    );
}

#[test]
fn loss_is_accepted_for_a_statement_or_a_file() {
    let said = |text: &str| -> Vec<bool> {
        let statements = read(text).statements;
        let loss = statements.iter().map(|one| one.accepts == Accepts::Loss);
        loss.collect()
    };
    let above = "DROP TABLE a;\n-- limosa: accept loss\n-- limosa: only sqlite\nDROP TABLE b;";
    assert_eq!(said(above), [false, true]);
    let file = "-- limosa: Accept  LOSS\n\nDROP TABLE a;\nDROP TABLE b;";
    assert_eq!(said(file), [true, true]);
    refused("-- limosa: accept\nDROP TABLE a;", "1: unknown directive");
    refused(
        "DROP TABLE a;\n-- limosa: accept loss",
        "2: a directive in the wrong place",
    );
}

#[test]
fn no_transaction_in_everyones_words() {
    let never = TransactionMode::Never;
    transaction("-- limosa: no transaction\nDROP TABLE a;", never);
    transaction("-- no-transaction\n\nDROP TABLE a;", never);
    transaction(
        "-- +goose NO TRANSACTION\n-- +goose Up\nDROP TABLE a;",
        never,
    );
    transaction("-- migrate:up transaction:false\nDROP TABLE a;", never);
    transaction("-- atlas:txmode none\n\nDROP TABLE a;", never);
    transaction(
        "-- postgres-migrations disable-transaction\n\nDROP TABLE a;",
        never,
    );
    transaction(
        "-- transactions are fine\nDROP TABLE a;",
        TransactionMode::WherePossible,
    );
}

#[test]
fn the_language_of_a_file() {
    let sqlite = read("-- limosa: dialect sqlite\nDROP TABLE [a;b];");
    assert_eq!(sqlite.language, Language::Sqlite);
    assert_eq!(sqlite.statements[0].language, "sqlite");
    let by_default = Text::read("DROP TABLE `a`", Language::Sqlite).expect("reads");
    assert_eq!(by_default.statements[0].language, "sqlite");
}

#[test]
fn verbatim_is_not_looked_into() {
    let text =
        read("-- limosa: verbatim\nDROP TABLE a;\n-- limosa: verbatim everywhere\nFROBNICATE b;");
    let dialects: Vec<_> = text
        .statements
        .iter()
        .map(|statement| match &*statement.operations[0] {
            Operation::Sql(sql) => sql.dialect.clone(),
            other => panic!("understood: {other:?}"),
        })
        .collect();
    assert_eq!(dialects, [Some("postgres".to_owned()), None]);
}

#[test]
fn mistakes_name_their_line() {
    refused(
        "\n-- limosa: onyl postgres\nDROP TABLE a;",
        "2: unknown directive `limosa: onyl postgres`",
    );
    refused(
        "-- limosa: only oracle\nDROP TABLE a;",
        "1: unknown directive",
    );
    refused(
        "DROP TABLE a;\n-- limosa: no transaction\nDROP TABLE b;",
        "2: a directive in the wrong place: it speaks of the whole file",
    );
    refused(
        "DROP TABLE a;\n-- limosa: only sqlite\n\nDROP TABLE b;",
        "2: a directive in the wrong place: a blank line follows it",
    );
    refused(
        "DROP TABLE a\n-- limosa: only sqlite\n;",
        "2: a directive in the wrong place: no statement follows it",
    );
    refused(
        "DROP TABLE a;\n-- limosa: only sqlite\n",
        "2: a directive in the wrong place: no statement follows it",
    );
    refused(
        "\n\nSELEC 1;",
        "3: `SELEC` does not begin a statement of SQL",
    );
}

#[track_caller]
fn statements(text: &str, expected: &[&str]) {
    let text = read(text);
    let found: Vec<_> = text
        .statements
        .iter()
        .filter_map(|one| one.text.as_deref())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_pair_around_the_whole_file_is_left_out() {
    statements("BEGIN;\nDROP TABLE a;\nCOMMIT;", &["DROP TABLE a"]);
    statements(
        "start transaction; DROP TABLE a; DROP TABLE b; end transaction",
        &["DROP TABLE a", "DROP TABLE b"],
    );
    statements("BEGIN IMMEDIATE TRANSACTION; COMMIT", &[]);
    statements(
        "PRAGMA foreign_keys = OFF;\nBEGIN;\nDROP TABLE a;\nCOMMIT;\nPRAGMA foreign_keys = ON;",
        &[
            "PRAGMA foreign_keys = OFF",
            "DROP TABLE a",
            "PRAGMA foreign_keys = ON",
        ],
    );
}

/// `!` stands behind what is committed before the next one.
#[track_caller]
fn commits(text: &str, expected: &str) {
    let text = read(text);
    let found: Vec<_> = (text.statements.iter())
        .map(|one| {
            format!(
                "{}{}",
                one.text.as_deref().unwrap(),
                if one.commits { "!" } else { "" }
            )
        })
        .collect();
    assert_eq!(found.join(" "), expected);
}

#[test]
fn a_commit_in_the_middle_is_one() {
    commits(
        "BEGIN;\nDELETE FROM a;\nDELETE FROM b;\nCOMMIT;\nDELETE FROM c;",
        "DELETE FROM a DELETE FROM b! DELETE FROM c",
    );
    commits(
        "DELETE FROM a; BEGIN; DELETE FROM b; COMMIT; START TRANSACTION; DELETE FROM c; END;",
        "DELETE FROM a DELETE FROM b! DELETE FROM c",
    );
    commits(
        "BEGIN; COMMIT; DELETE FROM a; BEGIN; COMMIT;",
        "DELETE FROM a",
    );
    commits(
        "PRAGMA foreign_keys = OFF; BEGIN; DELETE FROM a; COMMIT; PRAGMA foreign_keys = ON;",
        "PRAGMA foreign_keys = OFF DELETE FROM a PRAGMA foreign_keys = ON",
    );
    commits(
        "PRAGMA foreign_keys(0); DELETE FROM a; pragma Foreign_Keys(1); DELETE FROM b; PRAGMA foreign_keys;",
        "PRAGMA foreign_keys(0) DELETE FROM a pragma Foreign_Keys(1)! DELETE FROM b PRAGMA foreign_keys",
    );
    commits(
        "PRAGMA foreign_keys = 0; DROP TABLE a; PRAGMA foreign_keys = 1; CREATE INDEX b ON c (d);",
        "PRAGMA foreign_keys = 0 DROP TABLE a PRAGMA foreign_keys = 1 CREATE INDEX b ON c (d)",
    );
}

#[test]
fn a_commit_ends_the_transaction_that_a_tool_began() {
    commits(
        "DELETE FROM a; COMMIT; DELETE FROM b; DELETE FROM c;",
        "DELETE FROM a! DELETE FROM b DELETE FROM c",
    );
    commits("DELETE FROM a; COMMIT;", "DELETE FROM a");
    commits("COMMIT; DELETE FROM a;", "DELETE FROM a");
    commits(
        "COMMIT TRANSACTION; PRAGMA foreign_keys = OFF; BEGIN TRANSACTION; DELETE FROM a; COMMIT; \
         PRAGMA foreign_keys = ON; BEGIN;",
        "PRAGMA foreign_keys = OFF DELETE FROM a PRAGMA foreign_keys = ON",
    );
    commits(
        "DELETE FROM a; COMMIT; BEGIN; DELETE FROM b;",
        "DELETE FROM a! DELETE FROM b",
    );
    commits(
        "BEGIN; DELETE FROM a; COMMIT; DELETE FROM b; COMMIT; DELETE FROM c",
        "DELETE FROM a! DELETE FROM b! DELETE FROM c",
    );
}

#[test]
fn other_control_of_transactions_is_refused() {
    refused("DROP TABLE a;\nEND;\nDROP TABLE b;", "2: `END` would end");
    refused(
        "PRAGMA foreign_keys = OFF; BEGIN; DROP TABLE a;",
        "1: `BEGIN` would end",
    );
    refused("ROLLBACK; BEGIN", "1: `ROLLBACK` would end");
    refused(
        "BEGIN; DROP TABLE a;\nBEGIN; DROP TABLE b; COMMIT; COMMIT;",
        "2: `BEGIN` would end",
    );
    refused(
        "COMMIT; BEGIN; DROP TABLE a;\nBEGIN; DROP TABLE b;",
        "2: `BEGIN` would end",
    );
    refused(
        "BEGIN;\nSET TRANSACTION READ ONLY; DROP TABLE a; COMMIT;",
        "2: `SET TRANSACTION READ ONLY` would end",
    );
    refused("BEGIN; DROP TABLE a; ROLLBACK;", "1: `ROLLBACK` would end");
    refused(
        "BEGIN ISOLATION LEVEL SERIALIZABLE; DROP TABLE a; COMMIT;",
        "1: `BEGIN ISOLATION LEVEL SERIALIZABLE` would end",
    );
    refused("SAVEPOINT a;", "1: `SAVEPOINT a` would end");
}

#[test]
fn sections() {
    let text = read("-- migrate:up\nDROP TABLE a\n\n-- migrate:down\nDROP TABLE b;\nDROP TABLE c");
    assert_eq!(text.statements.len(), 1);
    let down: Vec<_> = text
        .down
        .iter()
        .flatten()
        .map(|one| (one.line, one.text.as_deref()))
        .collect();
    assert_eq!(down, [(5, Some("DROP TABLE b")), (6, Some("DROP TABLE c"))]);
    let goose = read(
        "-- +goose Up\n-- +goose StatementBegin\nDROP TABLE a;\n-- +goose StatementEnd\n-- +goose Down\n",
    );
    assert_eq!(
        (goose.statements.len(), goose.down.map(|down| down.len())),
        (1, Some(0))
    );
    refused(
        "-- +goose Up\nDROP TABLE a;\n-- +goose Down\n\nDROP TABLE 'b;",
        "5: a quoted string begins",
    );
    refused(
        "-- +goose Up\nDROP TABLE a;\n-- +goose Down\n\nFROB b;",
        "5: `FROB` does not",
    );
    refused(
        "DROP TABLE a;\n-- migrate:up\nDROP TABLE b;",
        "1: a statement in front of the mark",
    );
    refused(
        "-- +goose ENVSUB ON\n-- +goose Up",
        "1: goose's `-- +goose ENVSUB ON` is not understood",
    );
}

#[test]
fn the_checksum_is_of_the_meaning() {
    let sum = |text: &str| read(text).checksum();
    assert_eq!(sum("DROP TABLE a;\r\n"), sum("-- why\ndrop   table a"));
    assert_ne!(sum("DROP TABLE a"), sum("DROP TABLE \"A\""));
    assert_ne!(sum("SELECT 'a'"), sum("SELECT 'A'"));
}
