//! The words of one column, clause by clause.

use crate::inspect::reader::Reader;
use crate::inspect::statement;

/// What a clause behind a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    PrimaryKey,
    NotNull,
    Null,
    Unique,
    Check,
    References,
    Collate,
    Default,
    Generated,
    Other,
}

/// A column's words. Put together they are the text.
#[derive(Debug)]
pub(super) struct Words<'a> {
    /// What stands before the type: comments, the name.
    pub(super) name: &'a str,
    /// The type, up to the first clause.
    pub(super) data_type: &'a str,
    pub(super) clauses: Vec<(Kind, &'a str)>,
}

/// Cuts the words of a column.
pub(super) fn cut(text: &str) -> Words<'_> {
    let mut reader = Reader::new(text);
    reader.name();
    let from = reader.offset();
    while reader.peek().is_some() && !statement::begins(&reader) {
        if reader.parenthesised().is_none() {
            reader.next();
        }
    }
    let to = reader.offset();
    let mut clauses = Vec::new();
    while reader.peek().is_some() {
        let start = reader.offset();
        let kind = clause(&mut reader);
        clauses.push((kind, &text[start..reader.offset()]));
    }
    Words {
        name: &text[..from],
        data_type: &text[from..to],
        clauses,
    }
}

fn clause(reader: &mut Reader<'_>) -> Kind {
    if reader.eat(&["CONSTRAINT"]) {
        reader.name();
    }
    let kind = begin(reader);
    match kind {
        Kind::References => {
            reader.name();
            reader.parenthesised();
            while reference_goes_on(reader) {}
        }
        Kind::PrimaryKey => {
            let _ = reader.eat(&["ASC"]) || reader.eat(&["DESC"]);
        }
        Kind::Check => {
            reader.parenthesised();
        }
        Kind::Generated => {
            reader.parenthesised();
            let _ = reader.eat(&["STORED"]) || reader.eat(&["VIRTUAL"]);
        }
        Kind::Collate => {
            reader.name();
        }
        Kind::Default => default(reader),
        Kind::NotNull | Kind::Null | Kind::Unique => {}
        Kind::Other => {
            reader.next();
        }
    }
    if reader.eat(&["ON", "CONFLICT"]) {
        reader.next();
    }
    if kind == Kind::PrimaryKey {
        reader.eat(&["AUTOINCREMENT"]);
    }
    kind
}

fn begin(reader: &mut Reader<'_>) -> Kind {
    let beginnings: [(&[&str], Kind); 10] = [
        (&["PRIMARY", "KEY"], Kind::PrimaryKey),
        (&["NOT", "NULL"], Kind::NotNull),
        (&["NULL"], Kind::Null),
        (&["UNIQUE"], Kind::Unique),
        (&["CHECK"], Kind::Check),
        (&["REFERENCES"], Kind::References),
        (&["COLLATE"], Kind::Collate),
        (&["DEFAULT"], Kind::Default),
        (&["GENERATED", "ALWAYS", "AS"], Kind::Generated),
        (&["AS"], Kind::Generated),
    ];
    let found = beginnings.iter().find(|(words, _)| reader.eat(words));
    found.map_or(Kind::Other, |(_, kind)| *kind)
}

fn reference_goes_on(reader: &mut Reader<'_>) -> bool {
    if reader.eat(&["ON", "DELETE"]) || reader.eat(&["ON", "UPDATE"]) {
        let two = [["SET", "NULL"], ["SET", "DEFAULT"], ["NO", "ACTION"]];
        if !two.iter().any(|words| reader.eat(words)) {
            reader.next();
        }
        return true;
    }
    if reader.eat(&["MATCH"]) {
        reader.next();
        return true;
    }
    if reader.eat(&["NOT", "DEFERRABLE"]) || reader.eat(&["DEFERRABLE"]) {
        if reader.eat(&["INITIALLY"]) {
            reader.next();
        }
        return true;
    }
    false
}

fn default(reader: &mut Reader<'_>) {
    if reader.parenthesised().is_none() {
        if reader.is_any(&["+", "-"]) {
            reader.next();
        }
        reader.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, data_type: &str, clauses: &[(Kind, &str)]) {
        let words = cut(text);
        assert_eq!(words.data_type.trim(), data_type);
        let found: Vec<(Kind, &str)> = words
            .clauses
            .iter()
            .map(|(kind, text)| (*kind, text.trim()))
            .collect();
        assert_eq!(found, clauses);
        let all: String = words.clauses.iter().map(|(_, text)| *text).collect();
        assert_eq!(format!("{}{}{all}", words.name, words.data_type), text);
    }

    #[test]
    fn clauses_are_cut_where_they_end() {
        check("a", "", &[]);
        check(" -- why\n \"a b\" VARCHAR(2, 3) ", "VARCHAR(2, 3)", &[]);
        check(
            "a INT NOT NULL ON CONFLICT IGNORE DEFAULT -1 UNIQUE ON CONFLICT REPLACE",
            "INT",
            &[
                (Kind::NotNull, "NOT NULL ON CONFLICT IGNORE"),
                (Kind::Default, "DEFAULT -1"),
                (Kind::Unique, "UNIQUE ON CONFLICT REPLACE"),
            ],
        );
        check(
            "a UNSIGNED BIG INT DEFAULT NULL NULL CONSTRAINT x CHECK (a > 0 /* , */) COLLATE NOCASE",
            "UNSIGNED BIG INT",
            &[
                (Kind::Default, "DEFAULT NULL"),
                (Kind::Null, "NULL"),
                (Kind::Check, "CONSTRAINT x CHECK (a > 0 /* , */)"),
                (Kind::Collate, "COLLATE NOCASE"),
            ],
        );
        check(
            "a INTEGER PRIMARY KEY DESC ON CONFLICT FAIL AUTOINCREMENT -- end\n",
            "INTEGER",
            &[(
                Kind::PrimaryKey,
                "PRIMARY KEY DESC ON CONFLICT FAIL AUTOINCREMENT -- end",
            )],
        );
        check(
            "a REFERENCES p(x) ON DELETE SET NULL MATCH SIMPLE NOT DEFERRABLE INITIALLY DEFERRED NOT NULL",
            "",
            &[
                (
                    Kind::References,
                    "REFERENCES p(x) ON DELETE SET NULL MATCH SIMPLE NOT DEFERRABLE INITIALLY DEFERRED",
                ),
                (Kind::NotNull, "NOT NULL"),
            ],
        );
        check(
            "a TEXT GENERATED ALWAYS AS (b || ')') STORED NOT NULL",
            "TEXT",
            &[
                (Kind::Generated, "GENERATED ALWAYS AS (b || ')') STORED"),
                (Kind::NotNull, "NOT NULL"),
            ],
        );
    }
}
