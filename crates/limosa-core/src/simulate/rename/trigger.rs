//! A trigger's text where a table that it names gets another name.
//!
//! SQLite writes the new name into the texts of all triggers ("ALTER TABLE RENAME", since 3.26). It resolves every name
//! first; here the place of a word decides.

use crate::expr::{Lexicon, Token, tokens};
use crate::name::Case;
use crate::operation::Mentions;
use crate::schema::Trigger;

/// A table's new name, and how the old one stands in texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Renamed<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub case: Case,
    pub mentions: Mentions,
    pub listed: Listed,
}

/// What a table's old name is behind a comma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// The table: nothing else is called so.
    Table,
    /// A column, of this table or of another one.
    Column,
}

impl Renamed<'_> {
    /// Rewrites the text, if its dialect's database does.
    pub(super) fn rewrite(&self, trigger: &mut Trigger) {
        if trigger.dialect != Lexicon::SQLITE.id {
            return;
        }
        let all = tokens(&trigger.text, &Lexicon::SQLITE);
        let words: Vec<&Token<'_>> = all.iter().filter(|token| !token.is_trivia()).collect();
        let watched = words.iter().position(|token| token.is_word("on"));
        let watched = watched.map_or(words.len(), |at| at + 1);
        let quoted = format!("\"{}\"", self.to.replace('"', "\"\""));
        let mut written = String::new();
        let mut end = 0;
        for (at, token) in words.iter().enumerate().skip(watched) {
            let follows = at == watched || self.mentions == Mentions::Follow;
            if follows && self.is_it(token) && (at == watched || self.is_table(&words, at)) {
                written += &trigger.text[end..token.offset];
                written += &quoted;
                end = token.offset + token.text.len();
            }
        }
        written += &trigger.text[end..];
        trigger.text = written;
    }

    fn is_it(&self, token: &Token<'_>) -> bool {
        let name = token.identifier(&Lexicon::SQLITE);
        name.is_some_and(|name| self.case.same(&name, self.from))
    }

    /// Whether a table stands here, or a column's table.
    fn is_table(&self, words: &[&Token<'_>], at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).map(|at| words[at]);
        let is = |back: usize, word: &str| before(back).is_some_and(|token| token.is_word(word));
        let sign = |back: usize, sign: &str| before(back).is_some_and(|own| own.is_operator(sign));
        if sign(1, ".") {
            return is(2, "main");
        }
        let qualifies = words.get(at + 1).is_some_and(|next| next.is_operator("."));
        if qualifies {
            return !words[at].is_word("new") && !words[at].is_word("old");
        }
        let opens = ["from", "join", "into", "update", "in"];
        opens.iter().any(|word| is(1, word))
            || is(3, "update") && is(2, "or")
            || sign(1, ",") && self.listed == Listed::Table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str, (mentions, listed): (Mentions, Listed)) {
        let mut trigger = Trigger {
            name: "g".into(),
            table: "t".into(),
            dialect: "sqlite".into(),
            text: format!("CREATE TRIGGER t {text} END"),
        };
        let renamed = Renamed {
            from: "t",
            to: "u",
            case: Case::Insensitive,
            mentions,
            listed,
        };
        renamed.rewrite(&mut trigger);
        assert_eq!(trigger.text, format!("CREATE TRIGGER t {expected} END"));
    }

    #[test]
    fn tables_follow() {
        let check = |text, expected| check(text, expected, (Mentions::Follow, Listed::Table));
        check(
            "AFTER UPDATE OF a ON T BEGIN UPDATE OR IGNORE [t] SET a = 't' WHERE t.a = x.t;",
            "AFTER UPDATE OF a ON \"u\" BEGIN UPDATE OR IGNORE \"u\" SET a = 't' WHERE \"u\".a = x.t;",
        );
        check(
            "AFTER INSERT ON x WHEN 1 IN t BEGIN INSERT INTO t(a) SELECT 1 FROM x, t /* t */ JOIN main.t;",
            "AFTER INSERT ON x WHEN 1 IN \"u\" BEGIN INSERT INTO \"u\"(a) SELECT 1 FROM x, \"u\" /* t */ JOIN main.\"u\";",
        );
        let others = "AFTER INSERT ON x BEGIN UPDATE tt SET a = t(1) + NEW.t, b = (SELECT 1 AS t);";
        check(others, others);
    }

    #[test]
    fn columns_of_that_name_stay() {
        check(
            "AFTER INSERT ON x BEGIN INSERT INTO t (a, t) SELECT t, t FROM t;",
            "AFTER INSERT ON x BEGIN INSERT INTO \"u\" (a, t) SELECT t, t FROM \"u\";",
            (Mentions::Follow, Listed::Column),
        );
    }

    #[test]
    fn mentions_stay() {
        check(
            "AFTER INSERT ON t BEGIN DELETE FROM t;",
            "AFTER INSERT ON \"u\" BEGIN DELETE FROM t;",
            (Mentions::Stay, Listed::Table),
        );
    }
}
