//! What a quoted token stands for.

use super::quote::{continuation, dollar_tag};
use super::{Lexicon, Token, TokenKind};

impl Token<'_> {
    /// The identifier that a word or a quoted name stands for; none for other tokens and for invalid
    /// escapes.
    pub fn identifier(&self, lexicon: &Lexicon) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(lexicon.unquoted(self.text)),
            TokenKind::Quoted => quoted(self.text).map(|name| lexicon.cut(&name).to_owned()),
            _ => None,
        }
    }

    /// The text that a string stands for; none for bit strings, bytes and invalid escapes.
    pub fn string(&self) -> Option<String> {
        if self.kind != TokenKind::String {
            return None;
        }
        match self.text.as_bytes().first()? {
            b'\'' => unescape(self.text, Escapes::None),
            b'n' | b'N' => unescape(&self.text[1..], Escapes::None),
            b'e' | b'E' => unescape(&self.text[1..], Escapes::C),
            b'u' | b'U' => unescape(&self.text[2..], Escapes::None).and_then(|text| unicode(&text)),
            b'$' => dollar(self.text),
            _ => None,
        }
    }

    /// The bytes that `X'..'` stands for where that is a string of bytes, as in `SQLite`.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let digits = self.text.strip_prefix(['x', 'X'])?.strip_prefix('\'')?;
        unhex(digits.strip_suffix('\'')?)
    }
}

/// Bytes from pairs of hexadecimal digits.
pub(in crate::expr) fn unhex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || digits.len() % 2 == 1 {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs
        .map(|pair| {
            let valid = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            valid.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        })
        .collect()
}

fn quoted(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix(['u', 'U']) {
        return unicode(&undouble(rest.strip_prefix('&')?, '"')?);
    }
    match text.chars().next()? {
        '[' => Some(text[1..text.len() - 1].to_owned()),
        quote => undouble(text, quote),
    }
}

fn undouble(text: &str, quote: char) -> Option<String> {
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let doubled: String = [quote, quote].iter().collect();
    Some(inner.replace(&doubled, quote.encode_utf8(&mut [0; 4])))
}

fn dollar(text: &str) -> Option<String> {
    let tag = dollar_tag(text.as_bytes())?.len();
    Some(text.get(tag..text.len().checked_sub(tag)?)?.to_owned())
}

#[derive(Clone, Copy, PartialEq)]
enum Escapes {
    None,
    C,
}

/// The text of one or more quoted segments.
fn unescape(text: &str, escapes: Escapes) -> Option<String> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => {
                found.push(b'\'');
                at += 2;
            }
            b'\'' => match continuation(&bytes[at + 1..]) {
                Some(gap) => at += gap + 2,
                None => break,
            },
            b'\\' if escapes == Escapes::C => at += 1 + escape(&bytes[at + 1..], &mut found)?,
            _ => {
                found.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(found).ok()
}

/// What follows a backslash (manual, 4.1.2.2); the number of bytes that it takes.
fn escape(bytes: &[u8], found: &mut Vec<u8>) -> Option<usize> {
    let simple = match bytes.first()? {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0'..=b'7' => return numeric(bytes, 0, 3, 8, found),
        b'x' if bytes.get(1).is_some_and(u8::is_ascii_hexdigit) => {
            return numeric(bytes, 1, 2, 16, found);
        }
        b'u' => return wide(bytes, 4, found),
        b'U' => return wide(bytes, 8, found),
        other => *other,
    };
    found.push(simple);
    Some(1)
}

/// A byte by its octal or hexadecimal value.
fn numeric(
    bytes: &[u8],
    skip: usize,
    most: usize,
    radix: u32,
    found: &mut Vec<u8>,
) -> Option<usize> {
    let digits = bytes[skip..].iter().take(most);
    let count = digits
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let text = std::str::from_utf8(&bytes[skip..skip + count]).ok()?;
    // `\777` wraps to one byte in PostgreSQL too.
    let value = u32::from_str_radix(text, radix).ok()? & 0xff;
    found.push(u8::try_from(value).ok()?);
    Some(skip + count)
}

/// A character by its code point.
fn wide(bytes: &[u8], digits: usize, found: &mut Vec<u8>) -> Option<usize> {
    let text = std::str::from_utf8(bytes.get(1..=digits)?).ok()?;
    let character = code_point(text)?;
    found.extend(character.encode_utf8(&mut [0; 4]).bytes());
    Some(1 + digits)
}

fn code_point(digits: &str) -> Option<char> {
    let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = valid.then(|| u32::from_str_radix(digits, 16).ok())??;
    char::from_u32(value)
}

/// The escapes of `U&'..'`: `\0061`, `\+01F600`, `\\`.
fn unicode(text: &str) -> Option<String> {
    let mut found = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        found.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (character, length) = match after.chars().next()? {
            '\\' => ('\\', 1),
            '+' => (code_point(after.get(1..7)?)?, 7),
            _ => (code_point(after.get(..4)?)?, 4),
        };
        found.push(character);
        rest = &after[length..];
    }
    found.push_str(rest);
    Some(found)
}
