//! Whatever the text: no panic, and no byte is lost.

use limosa_core::expr::{TokenKind, tokens};
use limosa_sql::{Language, Text, split, statement};
use proptest::prelude::*;

/// Pieces of SQL that change what the following text means.
const WORDS: &[&str] = &[
    "CREATE",
    "TABLE",
    "TRIGGER",
    "FUNCTION",
    "BEGIN",
    "ATOMIC",
    "END",
    "CASE",
    "ALTER",
    "ADD",
    "COLUMN",
    "CONSTRAINT",
    "NOT",
    "NULL",
    "PRIMARY KEY",
    "DROP",
    "INDEX",
    "ON",
    "AS",
    "ENUM",
    "TYPE",
    "INSERT INTO",
    "VALUES",
    "SELECT",
    "UPDATE",
    "SET",
    "DELETE FROM",
    "DEFAULT",
    "COMMENT ON",
    "IS",
    "DO",
    "$$",
    "$a$",
    "'",
    "\"",
    "`",
    "[",
    "]",
    "--",
    "/*",
    "*/",
    "(",
    ")",
    ",",
    ";",
    ".",
    "::",
    "\n",
    "\r\n",
    "a",
    "b",
    "1",
    "=",
    "\\",
    "E'",
    "é",
    "\u{feff}",
    "-- limosa: verbatim\n",
    "VIEW",
    "COMMIT",
    "IF EXISTS",
    "USING",
    "integer",
    "text",
    "EXCEPTION",
    "WHEN",
    "REFERENCES",
    "CHECK",
];

fn text() -> impl Strategy<Value = String> {
    let words = prop::collection::vec((prop::sample::select(WORDS), prop::bool::ANY), 0..16);
    let words = words.prop_map(|words| {
        let spaced = words
            .iter()
            .map(|(word, space)| format!("{word}{}", if *space { " " } else { "" }));
        spaced.collect()
    });
    prop_oneof![4 => words, 1 => any::<String>()]
}

fn language() -> impl Strategy<Value = Language> {
    prop::sample::select(&Language::ALL[..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn between_statements_is_nothing_but_space(text in text(), language in language()) {
        let Ok(pieces) = split(&text, language.lexicon()) else { return Ok(()) };
        let mut from = 0;
        let ends = pieces.statements.iter().map(|piece| (piece.offset, piece.offset + piece.text.len()));
        for (start, end) in ends.chain([(text.len(), text.len())]) {
            let gap = &text[from..start];
            for token in tokens(gap, language.lexicon()) {
                let nothing = matches!(token.kind, TokenKind::Space | TokenKind::Comment)
                    || token.text.trim_matches('\u{feff}').is_empty()
                    || token.text == ";";
                prop_assert!(nothing, "lost {:?} of {text:?}", token.text);
            }
            from = end;
        }
    }

    #[test]
    fn a_file_never_panics(text in text(), language in language()) {
        if let Ok(read) = Text::read(&text, language) {
            for statement in read.statements {
                let own = statement.text.expect("a file's statements have their text");
                prop_assert!(text.contains(&own));
                prop_assert!(!statement.operations.is_empty());
            }
        }
    }

    #[test]
    fn a_statement_never_panics(text in text(), language in language()) {
        let _ = statement(&text, language);
    }
}
