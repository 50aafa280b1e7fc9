//! Types of several words, which `SQLite` takes whatever they are ("Datatypes In SQLite", section 3.1.1:
//! `UNSIGNED BIG INT`, `VARYING CHARACTER(255)`), and the parser does not.

use std::borrow::Cow;
use std::ops::Range;

use limosa_core::expr::{Token, TokenKind, tokens};

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
    if language != Language::Sqlite {
        return Cow::Borrowed(text);
    }
    let mut all = tokens(text, language.lexicon());
    all.retain(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment));
    let mut quoted = Cow::Borrowed(text);
    let types = columns(&all)
        .into_iter()
        .filter_map(|at| words(&all, at + 1));
    // From the end, so that the places in front stay what they are.
    for words in types.collect::<Vec<_>>().into_iter().rev() {
        let (first, last) = (&all[words.start], &all[words.end - 1]);
        let texts: Vec<&str> = all[words].iter().map(|word| word.text).collect();
        let place = first.offset..last.offset + last.text.len();
        quoted
            .to_mut()
            .replace_range(place, &format!("\"{}\"", texts.join(" ")));
    }
    quoted
}

/// The places of the names with which columns may begin.
fn columns(all: &[Token<'_>]) -> Vec<usize> {
    let is = |at: usize, word: &str| all.get(at).is_some_and(|token| is_word(token, word));
    if is(0, "ALTER") {
        let add = (0..all.len()).find(|at| is(*at, "ADD"));
        let name = add.map(|add| add + 1 + usize::from(is(add + 1, "COLUMN")));
        return name.into_iter().collect();
    }
    let mut found = Vec::new();
    let mut depth = 0_u32;
    for (at, token) in all.iter().enumerate().filter(|_| is(0, "CREATE")) {
        let begins = match token.text {
            "(" => depth == 0,
            "," => depth == 1,
            _ => false,
        };
        found.extend(begins.then_some(at + 1));
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// The words from a place up to the next clause, if there are several.
fn words(all: &[Token<'_>], start: usize) -> Option<Range<usize>> {
    let rest = all.get(start..)?;
    let is_one = |token: &&Token<'_>| {
        token.kind == TokenKind::Word && !CLAUSES.iter().any(|clause| is_word(token, clause))
    };
    let count = rest.iter().take_while(is_one).count();
    (count > 1).then(|| start..start + count)
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
            "CREATE TABLE t (a UNSIGNED BIG  INT NOT NULL, b VARYING CHARACTER(255), c int, [d] long text)",
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
