//! Constraints of a table of `SQLite` without a comma between them, which it takes and the parser does not.

use std::borrow::Cow;

use limosa_core::expr::Token;

use super::items::{items, significant};
use crate::cursor::is_word;
use crate::language::Language;

/// The statement with a comma in front of each `CONSTRAINT` that begins behind another one.
pub(super) fn given(text: &str, language: Language) -> Cow<'_, str> {
    let mut given = Cow::Borrowed(text);
    if language != Language::Sqlite {
        return given;
    }
    let all = significant(text, language);
    let missing = items(&all).into_iter().flat_map(missing);
    // From the end, so that the places in front stay what they are.
    for place in missing.collect::<Vec<_>>().into_iter().rev() {
        given.to_mut().insert_str(place, ", ");
    }
    given
}

/// The places of further constraints in what begins as one of the table; behind a column they are the column's.
fn missing(item: &[Token<'_>]) -> Vec<usize> {
    let kinds = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    let Some((first, rest)) = item.split_first() else {
        return Vec::new();
    };
    let is_of_table = kinds.iter().any(|kind| is_word(first, kind));
    rest.iter()
        .filter(|token| is_of_table && is_word(token, "CONSTRAINT"))
        .map(|token| token.offset)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(given(text, Language::Sqlite), expected);
        assert_eq!(given(text, Language::Postgres), text);
    }

    #[test]
    fn constraints_of_a_table_are_parted() {
        check(
            "CREATE TABLE t (a INT, CONSTRAINT k UNIQUE (a) CONSTRAINT l CHECK (a > 0))",
            "CREATE TABLE t (a INT, CONSTRAINT k UNIQUE (a) , CONSTRAINT l CHECK (a > 0))",
        );
        let columns = "CREATE TABLE t (a INT CONSTRAINT k UNIQUE CONSTRAINT l NOT NULL)";
        check(columns, columns);
    }
}
