//! One token at the start of a text.
//!
//! Works on bytes: every character with a meaning is ASCII, and all others belong to words, so that
//! each token ends at the boundary of a character.

use super::{Lexicon, TokenKind, operator, quote};

/// The kind and the length in bytes of the token that a text starts with. The text is not empty.
pub(super) fn token(text: &str, lexicon: &Lexicon, offset: usize) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    if offset == 0 && text.starts_with('\u{feff}') {
        return (TokenKind::Space, '\u{feff}'.len_utf8());
    }
    if let Some(found) = quote::quoted(text, lexicon) {
        return found;
    }
    match bytes[0] {
        byte if is_space(byte) => (TokenKind::Space, run(bytes, is_space)),
        b'-' if bytes.starts_with(b"--") => (TokenKind::Comment, line(bytes)),
        b'/' if bytes.starts_with(b"/*") => comment(bytes, lexicon),
        byte if byte.is_ascii_digit() => (TokenKind::Number, number(bytes)),
        b'.' if bytes.get(1).is_some_and(u8::is_ascii_digit) => (TokenKind::Number, number(bytes)),
        byte if is_word_start(byte) => (TokenKind::Word, run(bytes, is_word)),
        _ => parameter(bytes, lexicon).unwrap_or_else(|| {
            let length = operator::length(bytes, lexicon);
            (TokenKind::Operator, length)
        }),
    }
}

/// How many bytes at the start satisfy a condition.
pub(super) fn run(bytes: &[u8], holds: fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| holds(**byte)).count()
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

pub(super) fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

pub(super) fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// The length of a `--` comment, without the line's end.
pub(super) fn line(bytes: &[u8]) -> usize {
    run(bytes, |byte| byte != b'\n' && byte != b'\r')
}

fn comment(bytes: &[u8], lexicon: &Lexicon) -> (TokenKind, usize) {
    let mut depth = 1_usize;
    let mut at = 2;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"*/") {
            at += 2;
            depth -= 1;
            if depth == 0 {
                return (TokenKind::Comment, at);
            }
        } else if lexicon.nested_comments && bytes[at..].starts_with(b"/*") {
            at += 2;
            depth += 1;
        } else {
            at += 1;
        }
    }
    // SQLite ends a comment at the end of the text ("SQL Comment Syntax").
    let kind = if lexicon.nested_comments {
        TokenKind::Unterminated
    } else {
        TokenKind::Comment
    };
    (kind, bytes.len())
}

fn number(bytes: &[u8]) -> usize {
    if let Some(length) = based(bytes) {
        return length;
    }
    let mut at = digits(bytes, u8::is_ascii_digit);
    // `1..2` is a range of PL/pgSQL, not `1.` and `.2`.
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1) != Some(&b'.') {
        at += 1;
        at += digits(&bytes[at..], u8::is_ascii_digit);
    }
    at + exponent(&bytes[at..])
}

/// `0x1F`, `0o17`, `0b101`.
fn based(bytes: &[u8]) -> Option<usize> {
    let after_zero = bytes.strip_prefix(b"0")?;
    let holds: fn(&u8) -> bool = match after_zero.first()? {
        b'x' | b'X' => u8::is_ascii_hexdigit,
        b'o' | b'O' => |byte| matches!(byte, b'0'..=b'7'),
        b'b' | b'B' => |byte| matches!(byte, b'0' | b'1'),
        _ => return None,
    };
    match digits(&bytes[2..], holds) {
        0 => None,
        length => Some(2 + length),
    }
}

/// Digits with single underscores between them.
fn digits(bytes: &[u8], holds: fn(&u8) -> bool) -> usize {
    let mut at = 0;
    loop {
        let start = usize::from(at > 0 && bytes.get(at) == Some(&b'_'));
        let more = bytes[at + start..]
            .iter()
            .take_while(|byte| holds(byte))
            .count();
        if more == 0 {
            return at;
        }
        at += start + more;
    }
}

fn exponent(bytes: &[u8]) -> usize {
    if !matches!(bytes.first(), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
    match digits(&bytes[1 + sign..], u8::is_ascii_digit) {
        0 => 0,
        length => 1 + sign + length,
    }
}

fn parameter(bytes: &[u8], lexicon: &Lexicon) -> Option<(TokenKind, usize)> {
    let named = run(&bytes[1..], is_word);
    let numbered = run(&bytes[1..], |byte| byte.is_ascii_digit());
    let length = match bytes[0] {
        b'$' if lexicon.dollar_quotes => numbered,
        b'?' if !lexicon.dollar_quotes => return Some((TokenKind::Parameter, 1 + numbered)),
        b':' | b'@' | b'$' if !lexicon.dollar_quotes => named,
        _ => 0,
    };
    (length > 0).then_some((TokenKind::Parameter, 1 + length))
}
