//! `ON CONFLICT REPLACE` behind a key of `SQLite`, which the parser does not know.

use std::ops::Range;

use limosa_core::expr::{Lexicon, Token};
use limosa_core::schema::{Constraint, OnConflict};

use super::items::{items, significant};
use crate::cursor::is_word;
use crate::language::Language;

/// The clause of one key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    columns: Vec<String>,
    on_conflict: OnConflict,
}

impl Clause {
    /// Says it of the key that it stood behind, or of the one that `SQLite` makes of both.
    pub(super) fn say(&self, constraint: &mut Constraint) {
        let (Constraint::PrimaryKey(key) | Constraint::Unique(key)) = constraint else {
            return;
        };
        let mut pairs = key.columns.iter().zip(&self.columns);
        let same = key.columns.len() == self.columns.len()
            && pairs.all(|(a, b)| a.eq_ignore_ascii_case(b));
        if same {
            key.on_conflict = self.on_conflict;
        }
    }
}

/// A `CREATE TABLE` without such clauses, and what they said. None if there are none, or one behind anything else
/// than a key.
pub(super) fn taken(text: &str, language: Language) -> Option<(String, Vec<Clause>)> {
    if language != Language::Sqlite {
        return None;
    }
    let all = significant(text, language);
    let (mut clauses, mut places) = (Vec::new(), Vec::new());
    for item in items(&all) {
        read(item, language.lexicon(), &mut clauses, &mut places)?;
    }
    let mut rest = text.to_owned();
    for place in places.into_iter().rev() {
        rest.replace_range(place, "");
    }
    (!clauses.is_empty()).then_some((rest, clauses))
}

/// Takes the clauses of one item; none if one is not of a key.
fn read(
    item: &[Token<'_>],
    lexicon: &Lexicon,
    clauses: &mut Vec<Clause>,
    places: &mut Vec<Range<usize>>,
) -> Option<()> {
    let column = item.first().and_then(|first| first.identifier(lexicon));
    // The columns of the key that the next clause would be of.
    let mut key = None;
    let mut at = 0;
    while let Some(token) = item.get(at) {
        let next = |word: &str| item.get(at + 1).is_some_and(|next| is_word(next, word));
        if is_word(token, "ON") && next("CONFLICT") {
            let columns = key.take()?;
            let word = item.get(at + 2)?;
            clauses.push(Clause {
                columns,
                on_conflict: OnConflict::from_sql(word.text)?,
            });
            places.push(token.offset..word.offset + word.text.len());
            at += 3;
            continue;
        }
        let primary = is_word(token, "PRIMARY") && next("KEY");
        at += 1 + usize::from(primary);
        if primary || is_word(token, "UNIQUE") {
            let listed = listed(&item[at..], lexicon);
            key = Some(listed.unwrap_or_else(|| column.iter().cloned().collect()));
        } else if ["NULL", "CHECK", "REFERENCES"]
            .iter()
            .any(|word| is_word(token, word))
        {
            key = None;
        }
    }
    Some(())
}

/// The names in parentheses, if they come next.
fn listed(rest: &[Token<'_>], lexicon: &Lexicon) -> Option<Vec<String>> {
    let inner = rest.split_first().filter(|(first, _)| first.text == "(")?.1;
    let end = inner.iter().position(|token| token.text == ")")?;
    let names = inner[..end].split(|token| token.text == ",");
    names
        .map(|name| name.first()?.identifier(lexicon))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rest: &str, expected: &str) {
        let (found, clauses) = taken(text, Language::Sqlite).expect("there are some");
        assert_eq!(found, rest);
        let clauses = clauses.iter().map(|clause| {
            format!(
                "{} {}",
                clause.columns.join("+"),
                clause.on_conflict.as_sql()
            )
        });
        assert_eq!(clauses.collect::<Vec<_>>().join(", "), expected);
    }

    #[test]
    fn clauses_of_keys_are_taken_out() {
        check(
            "CREATE TABLE t (a INT PRIMARY KEY ON CONFLICT REPLACE, b TEXT UNIQUE ON CONFLICT ignore NOT NULL)",
            "CREATE TABLE t (a INT PRIMARY KEY , b TEXT UNIQUE  NOT NULL)",
            "a REPLACE, b IGNORE",
        );
        check(
            "CREATE TABLE t (a, [b c], CONSTRAINT k UNIQUE (a, [b c] DESC) ON CONFLICT ROLLBACK, PRIMARY KEY (a))",
            "CREATE TABLE t (a, [b c], CONSTRAINT k UNIQUE (a, [b c] DESC) , PRIMARY KEY (a))",
            "a+b c ROLLBACK",
        );
    }

    #[test]
    fn others_are_left_where_they_are() {
        for text in [
            "CREATE TABLE t (a INT PRIMARY KEY)",
            "CREATE TABLE t (a INT UNIQUE NOT NULL ON CONFLICT REPLACE)",
            "CREATE TABLE t (a INT, UNIQUE (a) ON CONFLICT REPLACE, CHECK (a > 0) ON CONFLICT FAIL)",
            "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
        ] {
            assert_eq!(taken(text, Language::Sqlite), None, "{text}");
        }
        let text = "CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)";
        assert_eq!(taken(text, Language::Postgres), None);
    }
}
