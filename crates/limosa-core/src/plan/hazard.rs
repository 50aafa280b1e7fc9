//! Which steps put rows at risk that are there already: what a backup is made for.

use super::{Step, Verdict};
use crate::dialect::Transaction;
use crate::operation::{Operation, TableChange};

/// How a step puts rows at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// It copies a table, and drops the old one.
    Rebuilds,
    /// It loses rows or values for good, or may.
    Loses,
}

/// How a step puts rows at risk; none if it does not, or is not executed.
///
/// Of a verbatim statement its first words are all that is known: `TRUNCATE`, `DROP SCHEMA`, or code
/// that may do anything (`DO`, `CALL`).
pub fn hazard(step: &Step) -> Option<Hazard> {
    if step.verdict != Verdict::Execute {
        None
    } else if !step.losses.is_empty() || step.operations().any(may_lose) {
        Some(Hazard::Loses)
    } else if step.transaction == Transaction::WithoutForeignKeys {
        Some(Hazard::Rebuilds)
    } else {
        None
    }
}

fn may_lose(operation: &Operation) -> bool {
    match operation {
        Operation::Sql(sql) => text_may_lose(&sql.text),
        // Whatever the author's expression does to the values of before.
        Operation::AlterTable {
            change: TableChange::SetType { using, .. },
            ..
        } => using.is_some(),
        _ => false,
    }
}

fn text_may_lose(text: &str) -> bool {
    let text = without_comments(text);
    let mut words = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    match first.as_str() {
        "truncate" | "delete" | "merge" | "do" | "call" => true,
        "drop" => matches!(
            second.as_str(),
            "table" | "schema" | "materialized" | "owned" | "foreign" | "extension"
        ),
        // A change of rows may stand behind it.
        "with" => ["delete", "merge"].iter().any(|word| {
            let mut rest = words.clone();
            rest.any(|one| one == *word)
        }),
        "alter" => second == "table" && words.any(|word| word == "drop" || word == "detach"),
        _ => false,
    }
}

/// The text behind the comments that it begins with.
fn without_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let behind = if rest.starts_with("--") {
            rest.split_once('\n').map(|(_, behind)| behind)
        } else if rest.starts_with("/*") {
            rest.split_once("*/").map(|(_, behind)| behind)
        } else {
            return rest;
        };
        rest = behind.unwrap_or_default().trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(text_may_lose(text), expected, "{text}");
    }

    #[test]
    fn first_words_tell() {
        check("TRUNCATE a, b", true);
        check("-- away with it\n/* all */ truncate a", true);
        check("DO $$ BEGIN DELETE FROM a; END $$", true);
        check("CALL clean_up()", true);
        check("DROP SCHEMA old CASCADE", true);
        check("DROP FUNCTION f()", false);
        check("DROP MATERIALIZED VIEW v", true);
        check("WITH gone AS (DELETE FROM a RETURNING *) SELECT 1", true);
        check("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", false);
        check("ALTER TABLE a DETACH PARTITION b", true);
        check("ALTER TABLE a OWNER TO b", false);
        check("CREATE EXTENSION pgcrypto", false);
        check("GRANT SELECT ON a TO b", false);
        check("INSERT INTO a VALUES ('drop table')", false);
        check("-- nothing", false);
    }
}
