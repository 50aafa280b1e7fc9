//! Types of several words, which `SQLite` takes whatever they are ("Datatypes In SQLite", section 3.1.1:
//! `UNSIGNED BIG INT`, `VARYING CHARACTER(255)`), and the parser does not.

use std::borrow::Cow;
use std::ops::Range;

use limosa_core::expr::{Token, TokenKind};

use super::items::{items, significant};
use crate::cursor::is_word;
use crate::language::Language;

/// What begins behind a column's type.
const CLAUSES: [&str; 13] = [
    "AS",
    "AUTOINCREMENT",
    "CHECK",
    "COLLATE",
    "CONSTRAINT",
    "DEFAULT",
    "FOREIGN",
    "GENERATED",
    "NOT",
    "NULL",
    "PRIMARY",
    "REFERENCES",
    "UNIQUE",
];

/// The statement with each such type as one quoted word, which means the same there.
pub(super) fn quoted(text: &str, language: Language) -> Cow<'_, str> {
    let mut quoted = Cow::Borrowed(text);
    if language != Language::Sqlite {
        return quoted;
    }
    let all = significant(text, language);
    let types = columns(&all).into_iter().filter_map(words);
    // From the end, so that the places in front stay what they are.
    for place in types.collect::<Vec<_>>().into_iter().rev() {
        let words = format!("\"{}\"", &text[place.clone()]);
        quoted.to_mut().replace_range(place, &words);
    }
    quoted
}

/// What may be a column: its name and what is behind that.
fn columns<'t, 'a>(all: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let is = |at: usize, word: &str| all.get(at).is_some_and(|token| is_word(token, word));
    if !is(0, "ALTER") {
        return items(all);
    }
    let add = (0..all.len()).find(|at| is(*at, "ADD"));
    let name = add.map(|add| add + 1 + usize::from(is(add + 1, "COLUMN")));
    name.and_then(|name| all.get(name..)).into_iter().collect()
}

/// The place of a type of several words: those from behind the name up to the next clause.
fn words(column: &[Token<'_>]) -> Option<Range<usize>> {
    let rest = column.get(1..)?;
    let is_one = |token: &&Token<'_>| match token.kind {
        TokenKind::Word => !CLAUSES.iter().any(|clause| is_word(token, clause)),
        // `VARCHAR[512]`
        TokenKind::Quoted => !token.text.contains('"'),
        _ => false,
    };
    let words: Vec<&Token<'_>> = rest.iter().take_while(is_one).collect();
    let (first, last) = (words.first()?, words.last()?);
    (words.len() > 1).then(|| first.offset..last.offset + last.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(quoted(text, Language::Sqlite), expected);
        assert_eq!(quoted(text, Language::Postgres), text);
    }

    #[test]
    fn several_words_are_one() {
        check(
            "CREATE TABLE t (a UNSIGNED BIG INT NOT NULL, b VARYING CHARACTER(255), c int, [d] long text)",
            "CREATE TABLE t (a \"UNSIGNED BIG INT\" NOT NULL, b \"VARYING CHARACTER\"(255), c int, [d] \"long text\")",
        );
        check(
            "CREATE TABLE t (a INT DEFAULT (b c, d e f), PRIMARY KEY (a), FOREIGN KEY (a) REFERENCES u (a))",
            "CREATE TABLE t (a INT DEFAULT (b c, d e f), PRIMARY KEY (a), FOREIGN KEY (a) REFERENCES u (a))",
        );
        check(
            "ALTER TABLE add_ons ADD COLUMN a UNSIGNED INT DEFAULT 0",
            "ALTER TABLE add_ons ADD COLUMN a \"UNSIGNED INT\" DEFAULT 0",
        );
        check(
            "ALTER TABLE t ADD a BIG INT",
            "ALTER TABLE t ADD a \"BIG INT\"",
        );
    }
}
