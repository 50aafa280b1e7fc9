//! Quoted text: strings and identifiers.

use super::scan::{is_space, is_word, is_word_start, line, run};
use super::{Lexicon, TokenKind};

/// The kind and the length of the quoted token that a text starts with, if it starts with one.
pub(super) fn quoted(text: &str, lexicon: &Lexicon) -> Option<(TokenKind, usize)> {
    let bytes = text.as_bytes();
    let start = prefix(bytes, lexicon);
    let length = match bytes.get(start)? {
        b'\'' if lexicon.dollar_quotes => {
            return Some(or_rest(TokenKind::String, string(bytes, start), bytes));
        }
        b'\'' => {
            let end = delimited(bytes, start, b'\'');
            return Some(or_rest(TokenKind::String, end, bytes));
        }
        b'"' => delimited(bytes, start, b'"'),
        b'`' if lexicon.foreign_quotes => delimited(bytes, start, b'`'),
        b'[' if lexicon.foreign_quotes => find(bytes, b"]").map(|at| at + 1),
        b'$' if lexicon.dollar_quotes => return dollar(bytes),
        _ => return None,
    };
    Some(or_rest(TokenKind::Quoted, length, bytes))
}

fn or_rest(kind: TokenKind, length: Option<usize>, bytes: &[u8]) -> (TokenKind, usize) {
    match length {
        Some(length) => (kind, length),
        None => (TokenKind::Unterminated, bytes.len()),
    }
}

/// The length of what stands in front of the quote: `E`, `X`, `B`, `N`, `U&`.
fn prefix(bytes: &[u8], lexicon: &Lexicon) -> usize {
    match bytes {
        [b'x' | b'X', b'\'', ..] => 1,
        [b'e' | b'E' | b'b' | b'B' | b'n' | b'N', b'\'', ..] if lexicon.escape_strings => 1,
        [b'u' | b'U', b'&', b'\'' | b'"', ..] if lexicon.escape_strings => 2,
        _ => 0,
    }
}

/// The end of a quoted piece in which the doubled quote stands for itself.
fn delimited(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += find(bytes.get(at..)?, &[quote])? + 1;
        if bytes.get(at) != Some(&quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// The end of a string of `PostgreSQL`, with what continues it on further lines (manual, 4.1.2.1).
fn string(bytes: &[u8], start: usize) -> Option<usize> {
    let escapes = matches!(bytes[0], b'e' | b'E');
    let mut end = segment(bytes, start, escapes)?;
    while let Some(gap) = continuation(&bytes[end..]) {
        end = segment(bytes, end + gap, escapes)?;
    }
    Some(end)
}

fn segment(bytes: &[u8], start: usize, escapes: bool) -> Option<usize> {
    if !escapes {
        return delimited(bytes, start, b'\'');
    }
    let mut at = start + 1;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'\\', _) | (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The white space and line comments before a quote that continues a string; at least one line must
/// end in them.
pub(super) fn continuation(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            byte if is_space(*byte) => at += 1,
            b'-' if bytes[at..].starts_with(b"--") => at += line(&bytes[at..]),
            b'\'' => break,
            _ => return None,
        }
    }
    let lines = |byte: &u8| matches!(byte, b'\n' | b'\r');
    bytes[..at].iter().any(lines).then_some(at)
}

/// `$tag$ ... $tag$`.
fn dollar(bytes: &[u8]) -> Option<(TokenKind, usize)> {
    let tag = dollar_tag(bytes)?;
    let end = find(&bytes[tag.len()..], tag).map(|at| at + 2 * tag.len());
    Some(or_rest(TokenKind::String, end, bytes))
}

/// The opening `$tag$` of a dollar-quoted string.
pub(super) fn dollar_tag(bytes: &[u8]) -> Option<&[u8]> {
    let name = &bytes[1..];
    let length = match name.first()? {
        byte if is_word_start(*byte) => run(name, |byte| is_word(byte) && byte != b'$'),
        _ => 0,
    };
    (name.get(length) == Some(&b'$')).then(|| &bytes[..length + 2])
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|at| at == wanted)
}
