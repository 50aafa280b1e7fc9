//! Which statements can be in a transaction block.
//!
//! The source of each fact is the statement's own page in the manual, part VI: "cannot be executed
//! inside a transaction block".

use limosa_core::dialect::Transaction;
use limosa_core::expr::{Lexicon, TokenKind, tokens};
use limosa_core::operation::Operation;

/// Whether an operation can be in a transaction.
pub(super) fn of(operation: &Operation) -> Transaction {
    match operation {
        Operation::CreateIndex {
            concurrently: true, ..
        }
        | Operation::DropIndex {
            concurrently: true, ..
        } => Transaction::Outside,
        Operation::AddEnumLabel { .. } => Transaction::Last,
        Operation::Sql(sql) => of_text(&sql.text),
        _ => Transaction::Inside,
    }
}

/// Whether all that a carried statement does ends with the session: settings that are not of the transaction alone
/// (`SET`, `RESET`).
pub(super) fn ends_with_session(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS", ..] => false,
        ["SET" | "RESET", ..] => true,
        _ => false,
    }
}

/// How many words of a statement decide.
const WORDS: usize = 64;

fn of_text(text: &str) -> Transaction {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if is_outside(&words) {
        Transaction::Outside
    } else if let ["ALTER", "TYPE", rest @ ..] = words.as_slice()
        && rest.windows(2).any(|pair| pair == ["ADD", "VALUE"])
    {
        Transaction::Last
    } else {
        Transaction::Inside
    }
}

fn is_outside(words: &[&str]) -> bool {
    match words {
        ["VACUUM", ..]
        | [
            "CREATE" | "DROP",
            "DATABASE" | "TABLESPACE" | "SUBSCRIPTION",
            ..,
        ]
        | ["ALTER", "SYSTEM" | "SUBSCRIPTION", ..]
        | ["REINDEX", "DATABASE" | "SYSTEM" | "SCHEMA", ..]
        | ["DISCARD", "ALL"]
        | ["COMMIT" | "ROLLBACK", "PREPARED", ..]
        | ["CLUSTER"] => true,
        ["ALTER", "DATABASE", rest @ ..] => rest.contains(&"TABLESPACE"),
        ["CREATE", "INDEX" | "UNIQUE", ..]
        | ["DROP", "INDEX", ..]
        | ["REINDEX", ..]
        | ["ALTER", "TABLE", ..] => words.contains(&"CONCURRENTLY"),
        _ => false,
    }
}

/// The first words in upper case; quoted names count as none of them.
fn words(text: &str) -> Vec<String> {
    tokens(text, &Lexicon::POSTGRES)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word)
        .take(WORDS)
        .map(|token| token.text.to_ascii_uppercase())
        .collect()
}
