//! What carried statements ask of the transaction around them.
//!
//! Read off the first words, since the statements' meaning is unknown. Sources: "PRAGMA Statements",
//! "VACUUM", "ATTACH DATABASE".

use limosa_core::dialect::Transaction;
use limosa_core::expr::{Lexicon, TokenKind, tokens};

/// Pragmas that have no effect, or are an error, within a transaction.
const OUTSIDE: [&str; 8] = [
    "journal_mode",
    "wal_checkpoint",
    "synchronous",
    "temp_store",
    "temp_store_directory",
    "locking_mode",
    "auto_vacuum",
    "page_size",
];

/// Pragmas that set the connection, or that the file heeds only later ("PRAGMA Statements").
const OF_SESSION: [&str; 26] = [
    "auto_vacuum",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "encoding",
    "fullfsync",
    "ignore_check_constraints",
    "journal_size_limit",
    "legacy_alter_table",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "page_size",
    "read_uncommitted",
    "recursive_triggers",
    "reverse_unordered_selects",
    "secure_delete",
    "synchronous",
    "temp_store",
    "threads",
    "trusted_schema",
    "wal_autocheckpoint",
];

/// Whether all that a carried statement does ends with its connection.
pub(super) fn ends_with_session(text: &str) -> bool {
    let words = words(text);
    match words.first().map(String::as_str) {
        Some("attach" | "detach") => true,
        Some("pragma") => (words.iter()).any(|word| OF_SESSION.contains(&word.as_str())),
        _ => false,
    }
}

/// Whether a carried statement can be in a transaction.
pub(super) fn transaction(text: &str) -> Transaction {
    let words = words(text);
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    match word(0) {
        "vacuum" | "attach" | "detach" | "begin" | "commit" | "end" | "rollback" => {
            Transaction::Outside
        }
        "pragma" => pragma(&words[1..]),
        _ => Transaction::Inside,
    }
}

/// Whether a carried statement is a pragma.
pub(super) fn is_one(text: &str) -> bool {
    words(text).first().is_some_and(|word| word == "pragma")
}

/// `PRAGMA [schema.]name [= value]`, without punctuation.
fn pragma(words: &[String]) -> Transaction {
    if words.iter().any(|word| OUTSIDE.contains(&word.as_str())) {
        return Transaction::Outside;
    }
    let Some(at) = words.iter().position(|word| word == "foreign_keys") else {
        return Transaction::Inside;
    };
    match words.get(at + 1).map(String::as_str) {
        Some("off" | "0" | "false" | "no") => Transaction::WithoutForeignKeys,
        _ => Transaction::Inside,
    }
}

/// The first words and numbers of a statement in lower case.
fn words(text: &str) -> Vec<String> {
    tokens(text, &Lexicon::SQLITE)
        .into_iter()
        .filter(|token| {
            !matches!(
                token.kind,
                TokenKind::Space | TokenKind::Comment | TokenKind::Operator
            )
        })
        .take(5)
        .map(|token| token.text.trim_matches(['"', '\'']).to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_gone_with_the_session() {
        for (text, expected) in [
            ("PRAGMA main.page_size = 8192", true),
            ("pragma auto_vacuum(full)", true),
            ("ATTACH 'a.db' AS a", true),
            ("PRAGMA user_version = 3", false),
            ("PRAGMA journal_mode = WAL", false),
            ("PRAGMA foreign_keys = OFF", false),
            ("VACUUM", false),
            ("", false),
        ] {
            assert_eq!(ends_with_session(text), expected, "{text}");
        }
    }

    #[test]
    fn looks_at_the_first_words() {
        for (text, expected) in [
            ("VACUUM", Transaction::Outside),
            ("vacuum into 'x'", Transaction::Outside),
            ("/* why */ PRAGMA journal_mode = WAL", Transaction::Outside),
            ("PRAGMA main.journal_mode(wal)", Transaction::Outside),
            ("PRAGMA user_version = 3", Transaction::Inside),
            ("PRAGMA foreign_keys=OFF", Transaction::WithoutForeignKeys),
            ("pragma foreign_keys = 0", Transaction::WithoutForeignKeys),
            ("PRAGMA foreign_keys=ON", Transaction::Inside),
            ("ATTACH 'a.db' AS a", Transaction::Outside),
            ("CREATE VIRTUAL TABLE t USING fts5(x)", Transaction::Inside),
            ("", Transaction::Inside),
        ] {
            assert_eq!(transaction(text), expected, "{text}");
        }
    }
}
