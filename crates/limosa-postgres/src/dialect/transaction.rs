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

/// How many words of a statement decide.
const WORDS: usize = 64;

fn of_text(text: &str) -> Transaction {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if is_outside(&words) || words.first() == Some(&"DO") && commits_itself(text) {
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

/// Whether the body of a `DO` block commits or rolls back: "if `DO` is executed in a transaction block, then the
/// procedure code cannot execute transaction control statements".
fn commits_itself(text: &str) -> bool {
    let body = tokens(text, &Lexicon::POSTGRES)
        .iter()
        .find_map(limosa_core::expr::Token::string);
    let body = body.unwrap_or_default();
    let mut begins = true;
    let mut controls = false;
    for token in tokens(&body, &Lexicon::POSTGRES) {
        let is = |words: &[&str]| {
            words
                .iter()
                .any(|word| token.text.eq_ignore_ascii_case(word))
        };
        match token.kind {
            TokenKind::Space | TokenKind::Comment => continue,
            // `COMMIT;`, `ROLLBACK AND CHAIN;`
            _ if controls && is(&[";", "AND"]) => return true,
            TokenKind::Word => controls = begins && is(&["COMMIT", "ROLLBACK"]),
            _ => controls = false,
        }
        begins = is(&[";", "BEGIN", "THEN", "ELSE", "LOOP", ">>"]);
    }
    false
}

/// The first words in upper case; quoted names count as none of them.
pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text, &Lexicon::POSTGRES)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word)
        .take(WORDS)
        .map(|token| token.text.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Transaction) {
        assert_eq!(of_text(text), expected, "{text}");
    }

    #[test]
    fn a_block_that_commits_is_in_no_transaction() {
        use Transaction::{Inside, Outside};
        check(
            "DO $$ BEGIN LOOP DELETE FROM t; COMMIT; END LOOP; END $$",
            Outside,
        );
        check(
            "DO $x$ BEGIN IF a THEN\n  commit -- now\n ; END IF; END $x$ LANGUAGE plpgsql",
            Outside,
        );
        check(
            "DO LANGUAGE plpgsql 'BEGIN ROLLBACK AND CHAIN; END'",
            Outside,
        );
        check("DO $$ BEGIN UPDATE t SET commit = 1; END $$", Inside);
        check(
            "DO $$ BEGIN -- COMMIT;\n EXECUTE 'COMMIT;'; SELECT a commit; END $$",
            Inside,
        );
        check(
            "CREATE PROCEDURE p() AS $$ BEGIN COMMIT; END $$ LANGUAGE plpgsql",
            Inside,
        );
        check("VACUUM t", Outside);
    }
}
