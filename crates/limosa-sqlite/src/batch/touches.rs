//! Which tables a statement comes near, by its words.

use limosa_core::expr::{Lexicon, Token, tokens};

/// The tables whose rows or definition a statement may change by itself, triggers apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// None that has rows which could refer to anything.
    Nothing,
    /// These.
    Tables(Vec<String>),
    /// It is not understood, or changes rows in other ways than to add some.
    Any,
}

/// Reads a statement. Only what a rebuild is made of is understood.
pub(super) fn touches(sql: &str) -> Touches {
    let mut words = Words(
        tokens(sql, &Lexicon::SQLITE)
            .into_iter()
            .filter(|token| !token.is_trivia())
            .collect(),
    );
    words.read().map_or(Touches::Any, |names| {
        if names.is_empty() {
            Touches::Nothing
        } else {
            Touches::Tables(names)
        }
    })
}

/// What is left of a statement.
struct Words<'a>(std::collections::VecDeque<Token<'a>>);

impl Words<'_> {
    /// The tables; none at all where it may be any.
    fn read(&mut self) -> Option<Vec<String>> {
        if self.skip("pragma") || self.skip("select") {
            return Some(Vec::new());
        }
        if self.skip("create") {
            return self.create();
        }
        if self.skip("drop") {
            if self.skip("view") || self.skip("trigger") {
                return Some(Vec::new());
            }
            return self.table();
        }
        if self.skip("alter") {
            let mut names = self.table()?;
            if self.skip("rename") && self.skip("to") {
                names.push(self.name()?);
            }
            return Some(names);
        }
        if !self.skip("insert") {
            return None;
        }
        if self.skip("or") {
            self.0.pop_front();
        }
        self.skip("into")
            .then(|| self.name())?
            .map(|name| vec![name])
    }

    fn create(&mut self) -> Option<Vec<String>> {
        let unique = self.skip("unique");
        if self.skip("index") || (!unique && (self.skip("view") || self.skip("trigger"))) {
            return Some(Vec::new());
        }
        self.table()
    }

    fn table(&mut self) -> Option<Vec<String>> {
        if !self.skip("table") {
            return None;
        }
        if self.skip("if") {
            self.skip("not");
            self.skip("exists");
        }
        Some(vec![self.name()?])
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_it = self.0.front().is_some_and(|token| token.is_word(word));
        if is_it {
            self.0.pop_front();
        }
        is_it
    }

    /// A name; none of one with its schema, which may be another database.
    fn name(&mut self) -> Option<String> {
        let name = self.0.pop_front()?.identifier(&Lexicon::SQLITE)?;
        let qualified = self.0.front().is_some_and(|next| next.is_operator("."));
        (!qualified).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &[&str]) {
        let expected = match expected {
            [] => Touches::Nothing,
            names => Touches::Tables(names.iter().copied().map(str::to_owned).collect()),
        };
        assert_eq!(touches(sql), expected, "{sql}");
    }

    #[test]
    fn what_a_rebuild_is_made_of_is_understood() {
        check("PRAGMA legacy_alter_table = ON", &[]);
        check("CREATE TABLE \"limosa_new_p\" (id)", &["limosa_new_p"]);
        check("create table if not exists [a b] (id)", &["a b"]);
        check(
            "INSERT OR ABORT INTO \"new\" (a) SELECT a FROM old",
            &["new"],
        );
        check("INSERT INTO new SELECT * FROM old", &["new"]);
        check("-- why\nDROP TABLE IF EXISTS p", &["p"]);
        check("ALTER TABLE new RENAME TO p", &["new", "p"]);
        check("ALTER TABLE p RENAME COLUMN a TO b", &["p"]);
        check("ALTER TABLE p DROP COLUMN a", &["p"]);
        check("CREATE UNIQUE INDEX i ON p (a)", &[]);
        check(
            "CREATE TRIGGER t AFTER INSERT ON p BEGIN DELETE FROM c; END",
            &[],
        );
        check("DROP VIEW v", &[]);
    }

    #[test]
    fn all_else_may_change_anything() {
        for sql in [
            "DELETE FROM p",
            "UPDATE p SET a = 1",
            "REPLACE INTO p VALUES (1)",
            "WITH s AS (SELECT 1) INSERT INTO p SELECT * FROM s",
            "INSERT INTO main.p VALUES (1)",
            "DROP TABLE main.p",
            "ALTER TABLE main.p RENAME TO q",
            "DROP INDEX i",
            "CREATE TEMP TABLE p (id)",
            "CREATE VIRTUAL TABLE p USING fts5(a)",
            "REINDEX",
            "",
        ] {
            assert_eq!(touches(sql), Touches::Any, "{sql}");
        }
    }
}
