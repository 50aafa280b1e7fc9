use proptest::prelude::*;

use super::{Lexicon, Token, TokenKind, tokens};

/// The tokens without white space, each as its kind's letter and its text.
#[track_caller]
fn check(lexicon: &Lexicon, text: &str, expected: &[(char, &str)]) {
    let found = tokens(text, lexicon);
    let joined: String = found.iter().map(|token| token.text).collect();
    assert_eq!(joined, text);
    let shown: Vec<_> = found
        .iter()
        .filter(|token| token.kind != TokenKind::Space)
        .map(|token| (letter(token.kind), token.text))
        .collect();
    assert_eq!(shown, expected);
}

fn letter(kind: TokenKind) -> char {
    match kind {
        TokenKind::Space => ' ',
        TokenKind::Comment => 'c',
        TokenKind::Word => 'w',
        TokenKind::Quoted => 'q',
        TokenKind::String => 's',
        TokenKind::Number => 'n',
        TokenKind::Parameter => 'p',
        TokenKind::Operator => 'o',
        TokenKind::Unterminated => '!',
    }
}

#[track_caller]
fn postgres(text: &str, expected: &[(char, &str)]) {
    check(&Lexicon::POSTGRES, text, expected);
}

#[track_caller]
fn sqlite(text: &str, expected: &[(char, &str)]) {
    check(&Lexicon::SQLITE, text, expected);
}

fn only<'a>(text: &'a str, lexicon: &Lexicon) -> Token<'a> {
    let found = tokens(text, lexicon);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}

#[test]
fn strings_of_postgres() {
    postgres("'it''s;'", &[('s', "'it''s;'")]);
    postgres(r"E'a\'b;' x", &[('s', r"E'a\'b;'"), ('w', "x")]);
    postgres(r"'a\' x", &[('s', r"'a\'"), ('w', "x")]);
    postgres(
        "B'10'X'1f' n'ä'",
        &[('s', "B'10'"), ('s', "X'1f'"), ('s', "n'ä'")],
    );
    postgres(
        "U&'\\0061' u&\"x\"\"y\"",
        &[('s', "U&'\\0061'"), ('q', "u&\"x\"\"y\"")],
    );
    postgres("'a' 'b'", &[('s', "'a'"), ('s', "'b'")]);
    postgres("'a' -- c\n 'b'", &[('s', "'a' -- c\n 'b'")]);
    postgres("E'a'\n'\\''", &[('s', "E'a'\n'\\''")]);
    postgres("'a\nb", &[('!', "'a\nb")]);
    postgres("E'a\\", &[('!', "E'a\\")]);
    postgres("x \"a", &[('w', "x"), ('!', "\"a")]);
    postgres("e 'a'", &[('w', "e"), ('s', "'a'")]);
    postgres("type'a'", &[('w', "type"), ('s', "'a'")]);
}

#[test]
fn dollar_quotes() {
    postgres("$$a;$b$ '$$;", &[('s', "$$a;$b$ '$$"), ('o', ";")]);
    postgres("$tag$ $$ $Tag$ $tag$", &[('s', "$tag$ $$ $Tag$ $tag$")]);
    postgres("$ä1$x$ä1$", &[('s', "$ä1$x$ä1$")]);
    postgres("$1 $2$", &[('p', "$1"), ('p', "$2"), ('o', "$")]);
    postgres("a$b$ c$b$", &[('w', "a$b$"), ('w', "c$b$")]);
    postgres("$1a$", &[('p', "$1"), ('w', "a$")]);
    postgres("$a", &[('o', "$"), ('w', "a")]);
    postgres("$a$ x", &[('!', "$a$ x")]);
    sqlite("$$", &[('p', "$$")]);
}

#[test]
fn comments() {
    postgres("a--b\r\nc", &[('w', "a"), ('c', "--b"), ('w', "c")]);
    postgres("/* /* ; */ */ x", &[('c', "/* /* ; */ */"), ('w', "x")]);
    postgres("/* /* */ x", &[('!', "/* /* */ x")]);
    sqlite("/* /* */ x", &[('c', "/* /* */"), ('w', "x")]);
    sqlite("/* x", &[('c', "/* x")]);
    sqlite("/*/ x", &[('c', "/*/ x")]);
}

#[test]
fn operators_of_postgres() {
    postgres(
        "a::b->>'c'#>>d@>e",
        &[
            ('w', "a"),
            ('o', "::"),
            ('w', "b"),
            ('o', "->>"),
            ('s', "'c'"),
            ('o', "#>>"),
            ('w', "d"),
            ('o', "@>"),
            ('w', "e"),
        ],
    );
    postgres(
        "a<=b<>c!=d||e",
        &[
            ('w', "a"),
            ('o', "<="),
            ('w', "b"),
            ('o', "<>"),
            ('w', "c"),
            ('o', "!="),
            ('w', "d"),
            ('o', "||"),
            ('w', "e"),
        ],
    );
    postgres("1*-2", &[('n', "1"), ('o', "*"), ('o', "-"), ('n', "2")]);
    postgres("a=-1", &[('w', "a"), ('o', "="), ('o', "-"), ('n', "1")]);
    postgres("a@-1", &[('w', "a"), ('o', "@-"), ('n', "1")]);
    postgres("a+--b", &[('w', "a"), ('o', "+"), ('c', "--b")]);
    postgres(
        "a*/*b*/c",
        &[('w', "a"), ('o', "*"), ('c', "/*b*/"), ('w', "c")],
    );
    postgres("a?b", &[('w', "a"), ('o', "?"), ('w', "b")]);
    postgres(
        "[1:2]",
        &[('o', "["), ('n', "1"), ('o', ":"), ('n', "2"), ('o', "]")],
    );
    postgres("a.b", &[('w', "a"), ('o', "."), ('w', "b")]);
}

#[test]
fn operators_of_sqlite() {
    sqlite(
        "a->>b==c>>d<<-e",
        &[
            ('w', "a"),
            ('o', "->>"),
            ('w', "b"),
            ('o', "=="),
            ('w', "c"),
            ('o', ">>"),
            ('w', "d"),
            ('o', "<<"),
            ('o', "-"),
            ('w', "e"),
        ],
    );
}

#[test]
fn numbers() {
    for lexicon in [Lexicon::POSTGRES, Lexicon::SQLITE] {
        for number in [
            "1", "1.5", ".5", "5.", "1e10", "1.5E-3", "0x1F", "1_000", "0b10", "0o17",
        ] {
            assert_eq!(only(number, &lexicon).kind, TokenKind::Number, "{number}");
        }
    }
    postgres("1..2", &[('n', "1"), ('o', ".."), ('n', "2")]);
    postgres("1e+x", &[('n', "1"), ('w', "e"), ('o', "+"), ('w', "x")]);
    postgres(
        "0xg 1__0",
        &[('n', "0"), ('w', "xg"), ('n', "1"), ('w', "__0")],
    );
}

#[test]
fn names_and_parameters_of_sqlite() {
    sqlite(
        "[a]]`b``c`\"d\"\"e\"",
        &[
            ('q', "[a]"),
            ('o', "]"),
            ('q', "`b``c`"),
            ('q', "\"d\"\"e\""),
        ],
    );
    sqlite("[a", &[('!', "[a")]);
    sqlite(
        "? ?12 :a @b $c",
        &[
            ('p', "?"),
            ('p', "?12"),
            ('p', ":a"),
            ('p', "@b"),
            ('p', "$c"),
        ],
    );
    sqlite("x'00' E'a'", &[('s', "x'00'"), ('w', "E"), ('s', "'a'")]);
    sqlite("täglich", &[('w', "täglich")]);
    sqlite("\0\u{1}", &[('o', "\0"), ('o', "\u{1}")]);
}

#[track_caller]
fn name(lexicon: &Lexicon, text: &str, expected: Option<&str>) {
    assert_eq!(only(text, lexicon).identifier(lexicon).as_deref(), expected);
}

#[test]
fn identifiers() {
    name(&Lexicon::POSTGRES, "deletedAt", Some("deletedat"));
    name(&Lexicon::POSTGRES, "\"deletedAt\"", Some("deletedAt"));
    name(&Lexicon::POSTGRES, "\"a\"\"b\"", Some("a\"b"));
    name(&Lexicon::POSTGRES, "ÄB", Some("Äb"));
    name(
        &Lexicon::POSTGRES,
        r#"U&"d\0061t\+000061\\""#,
        Some(r"data\"),
    );
    name(&Lexicon::POSTGRES, r#"U&"d\00""#, None);
    name(&Lexicon::SQLITE, "deletedAt", Some("deletedAt"));
    name(&Lexicon::SQLITE, "[a\"b]", Some("a\"b"));
    name(&Lexicon::SQLITE, "`a``b`", Some("a`b"));
    name(&Lexicon::SQLITE, "'a'", None);
}

#[track_caller]
fn string(text: &str, expected: Option<&str>) {
    assert_eq!(only(text, &Lexicon::POSTGRES).string().as_deref(), expected);
}

#[test]
fn decoded_strings() {
    string("'it''s'", Some("it's"));
    string(r"'a\n'", Some(r"a\n"));
    string("'a'\n'b'", Some("ab"));
    string("'a' -- it's\n\n'b'", Some("ab"));
    string(
        r"E'a\n\t\\\'\x41\101\u00e4\U0001F600'''",
        Some("a\n\t\\'AAä😀'"),
    );
    string(r"E'\xff'", None);
    string(r"E'\u12'", None);
    string(r"U&'d\0061t\+01F600'", Some("dat😀"));
    string(r"U&'\ä'", None);
    string("$x$a'b$$$x$", Some("a'b$$"));
    string("N'a'", Some("a"));
    string("B'1'", None);
    assert_eq!(
        only("X'00fF'", &Lexicon::SQLITE).bytes(),
        Some(vec![0, 255])
    );
    assert_eq!(only("X'0'", &Lexicon::SQLITE).bytes(), None);
    assert_eq!(only("X'+1'", &Lexicon::SQLITE).bytes(), None);
}

fn lexicons() -> impl Strategy<Value = Lexicon> {
    prop_oneof![Just(Lexicon::POSTGRES), Just(Lexicon::SQLITE)]
}

proptest! {
    #[test]
    fn nothing_is_lost(
        text in prop_oneof!["(?s).{0,40}", "[-eExXuU&$a1'\"`\\[\\]\\\\/*+<>.:?@ \n\u{e4}]{0,40}"],
        lexicon in lexicons(),
    ) {
        let mut at = 0;
        for token in tokens(&text, &lexicon) {
            prop_assert_eq!(token.offset, at);
            prop_assert!(!token.text.is_empty());
            at += token.text.len();
            token.identifier(&lexicon);
            token.string();
            token.bytes();
        }
        prop_assert_eq!(at, text.len());
    }
}
