//! What holds of any text: asked by random tests in every test run, and by `cargo fuzz` for as long as
//! one likes (`just fuzz`).

use limosa_core::dialect::Dialect;
use limosa_core::expr::{Expr, TokenKind, render, tokens};
use limosa_postgres::{Postgres, PostgresDialect};
use limosa_sql::{Language, Text, split, statement};
use limosa_sqlite::SqliteDialect;

/// Dialects of this repository.
const DIALECTS: [&dyn Dialect; 2] = [&PostgresDialect, &SqliteDialect];

/// The tokens of a text put together are the text; between the statements of a file is nothing but space,
/// comments and semicolons.
///
/// # Panics
/// They are not.
pub fn no_byte_is_lost(text: &str) {
    for language in Language::ALL {
        let lexicon = language.lexicon();
        let whole: String = tokens(text, lexicon)
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(whole, text);
        let Ok(pieces) = split(text, lexicon) else {
            continue;
        };
        let mut from = 0;
        let ends = pieces
            .statements
            .iter()
            .map(|piece| (piece.offset, piece.offset + piece.text.len()));
        for (start, end) in ends.chain([(text.len(), text.len())]) {
            for token in tokens(&text[from..start], lexicon) {
                let nothing = matches!(token.kind, TokenKind::Space | TokenKind::Comment)
                    || token.text.trim_matches('\u{feff}').is_empty()
                    || token.text == ";";
                assert!(nothing, "lost {:?} of {text:?}", token.text);
            }
            from = end;
        }
    }
}

/// No text makes a reader panic; what was read keeps its words.
///
/// # Panics
/// One does.
pub fn reading_never_panics(text: &str) {
    for language in Language::ALL {
        let _ = statement(text, language);
        if let Ok(read) = Text::read(text, language) {
            for one in read.statements {
                let own = one.text.expect("a file's statements have their text");
                assert!(text.contains(&own));
                assert!(!one.operations.is_empty());
            }
        }
    }
}

/// An expression that was read, written and read again is written alike.
///
/// # Panics
/// It is not.
pub fn expressions_are_stable(text: &str) {
    for dialect in DIALECTS {
        let lexicon = &dialect.facts().lexicon;
        let Ok(once) = render(&Expr::parse(text, lexicon), dialect) else {
            continue;
        };
        let again = render(&Expr::parse(&once, lexicon), dialect).expect("it was rendered before");
        assert_eq!(again, once, "of {text:?} on {}", dialect.facts().id);
    }
}

/// A quoted name or string is one token, and means what was quoted: nothing gets out of it.
///
/// # Panics
/// It does.
pub fn quoting_goes_round(text: &str) {
    for dialect in DIALECTS {
        let lexicon = &dialect.facts().lexicon;
        let string = dialect.string(text);
        let [only] = tokens(&string, lexicon)[..] else {
            panic!("{string:?} is more than one token");
        };
        assert_eq!(only.string().as_deref(), Some(text), "{string}");
        if text.is_empty() {
            continue;
        }
        let name = dialect.identifier(text);
        let [only] = tokens(&name, lexicon)[..] else {
            panic!("{name:?} is more than one token");
        };
        let meant = only.identifier(lexicon);
        assert_eq!(meant.as_deref(), Some(lexicon.cut(text)), "{name}");
    }
}

/// Whatever a URL looks like, reading it does not panic, and no error tells its password.
///
/// # Panics
/// One does.
pub fn urls_keep_their_secret(text: &str) {
    for url in [
        text.to_owned(),
        format!("postgres://u:geheim{text}@h:5432/d"),
        format!("postgres://u:{text}geheim@h:{text}/d?{text}"),
        format!("postgres://h/d?password=geheim&{text}=geheim"),
        format!("password=geheim{text} host=h {text}"),
        format!("host='{text}' password='{text}geheim'"),
    ] {
        if let Err(error) = Postgres::check_url(&url) {
            let told = format!("{error} {error:?}");
            assert!(!told.contains("geheim"), "{told}");
        }
    }
}
