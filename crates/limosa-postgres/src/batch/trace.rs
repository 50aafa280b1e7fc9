//! Whether a statement may leave something behind in its session: a setting, a temporary table, a
//! lock.
//!
//! It is guessed on the safe side: the price of a wrong guess is a connection that a pool opens anew.

/// Statements that change a session, and those that may do anything.
const WORDS: [&str; 13] = [
    "SET",
    "RESET",
    "LISTEN",
    "UNLISTEN",
    "PREPARE",
    "LOAD",
    "DISCARD",
    "DO",
    "CALL",
    "DECLARE",
    "TEMP",
    "TEMPORARY",
    "PG_TEMP",
];

/// Whether a text, of one statement or of several, may leave something behind.
pub(super) fn may_outlive(text: &str, number: Number) -> bool {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let mut words = words.filter(|word| !word.is_empty());
    let is = |word: &str| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    let locks = |part: &[u8]| part.eq_ignore_ascii_case(b"advisory_lock");
    let calls = |word: &str| {
        word.eq_ignore_ascii_case("set_config") || word.as_bytes().windows(13).any(locks)
    };
    match number {
        // `UPDATE ... SET` is no setting: the first words tell.
        Number::One => {
            words.by_ref().take(2).any(|word| is(word) || calls(word)) || words.any(calls)
        }
        Number::Any => words.any(|word| is(word) || calls(word)),
    }
}

/// How many statements a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Exactly one, from its first character.
    One,
    /// Any.
    Any,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let number = if text.contains(';') {
            Number::Any
        } else {
            Number::One
        };
        assert_eq!(may_outlive(text, number), expected, "{text}");
    }

    #[test]
    fn tells_what_stays() {
        check("CREATE TABLE a (id int)", false);
        check("UPDATE a SET b = 1", false);
        check("ALTER TABLE a ALTER COLUMN b SET NOT NULL", false);
        check("SET search_path TO a", true);
        check("set role b", true);
        check("SELECT pg_catalog.set_config('a.b', 'c', false)", true);
        check("SELECT pg_try_advisory_lock_shared(1)", true);
        check("CREATE TEMP TABLE a (id int)", true);
        check("DO $$ BEGIN PERFORM 1; END $$", true);
        check("CREATE TABLE a (id int); SET x.y = 1", true);
    }
}
