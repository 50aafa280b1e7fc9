//! JSON as Postgres' `jsonb` prints it (manual section 8.14): of equal keys the last one, keys by
//! length and bytes, numbers written out, one blank behind colons and commas.

use super::decimal::Decimal;
use crate::order::sort_by;

/// How deep a text may be nested.
const DEPTH: usize = 256;

enum Value {
    /// `null`, `true`, a number.
    Word(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// The text that `jsonb` prints; none for what it refuses.
pub fn canonical(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    parse(text, Strictness::Jsonb)?.print(&mut out);
    Some(out)
}

/// Whether `json` takes the text.
pub fn is_valid(text: &str) -> bool {
    parse(text, Strictness::Json).is_some()
}

/// Whether a text is a list.
pub fn is_list(text: &str) -> bool {
    matches!(parse(text, Strictness::Json), Some(Value::List(_)))
}

/// JSON without the spaces between its tokens.
pub fn dense(json: &str) -> String {
    let mut quoted = false;
    let mut escaped = false;
    json.chars()
        .filter(|character| {
            if quoted {
                quoted = escaped || *character != '"';
                escaped = !escaped && *character == '\\';
                return true;
            }
            quoted = *character == '"';
            !matches!(character, ' ' | '\t' | '\n' | '\r')
        })
        .collect()
}

/// A string with its quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(text, &mut out);
    out
}

/// What is refused: `json` keeps escapes as they are.
#[derive(Clone, Copy, PartialEq)]
enum Strictness {
    Json,
    Jsonb,
}

fn parse(text: &str, strictness: Strictness) -> Option<Value> {
    let mut reader = Reader {
        rest: text,
        strictness,
    };
    let value = reader.value(DEPTH)?;
    reader.skip();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    strictness: Strictness,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn accept(&mut self, mark: char) -> bool {
        self.skip();
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if self.accept('{') {
            return self.object(depth);
        }
        if self.accept('[') {
            return self.list(depth);
        }
        if self.accept('"') {
            return self.text().map(Value::Text);
        }
        self.word()
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut pairs: Vec<(String, Value)> = Vec::new();
        if self.accept('}') {
            return Some(Value::Object(pairs));
        }
        loop {
            if !self.accept('"') {
                return None;
            }
            let key = self.text()?;
            if !self.accept(':') {
                return None;
            }
            let value = self.value(depth)?;
            pairs.retain(|(own, _)| *own != key);
            pairs.push((key, value));
            if self.accept('}') {
                break;
            }
            if !self.accept(',') {
                return None;
            }
        }
        sort_by(&mut pairs, |(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        Some(Value::Object(pairs))
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        if self.accept(']') {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.accept(']') {
                return Some(Value::List(items));
            }
            if !self.accept(',') {
                return None;
            }
        }
    }

    /// The rest of a string behind its first quote.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let end = self
                .rest
                .find(|c: char| matches!(c, '"' | '\\') || c < ' ')?;
            text.push_str(&self.rest[..end]);
            let (mark, rest) = self.rest[end..].split_at(1);
            self.rest = rest;
            match mark {
                "\"" => return Some(text),
                "\\" => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let (mark, rest) = self.rest.split_at_checked(1)?;
        self.rest = rest;
        Some(match mark {
            "\"" | "\\" | "/" => mark.chars().next()?,
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => return self.unicode(),
            _ => return None,
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if self.strictness == Strictness::Json {
            return Some(char::REPLACEMENT_CHARACTER);
        }
        if (0xD800..0xDC00).contains(&first) {
            self.rest = self.rest.strip_prefix("\\u")?;
            let second = self.unit()?;
            return char::decode_utf16([first, second]).next()?.ok();
        }
        char::from_u32(u32::from(first)).filter(|c| *c != '\0')
    }

    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid
            .then(|| u16::from_str_radix(digits, 16).ok())
            .flatten()
    }

    fn word(&mut self) -> Option<Value> {
        self.skip();
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        let known = matches!(word, "null" | "true" | "false");
        if known {
            return Some(Value::Word(word.to_owned()));
        }
        is_number(word).then_some(())?;
        Some(Value::Word(Decimal::parse(word)?.to_string()))
    }
}

/// RFC 8259, section 6.
fn is_number(word: &str) -> bool {
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

impl Value {
    fn print(&self, out: &mut String) {
        match self {
            Self::Word(word) => out.push_str(word),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    item.print(out);
                }
                out.push(']');
            }
            Self::Object(pairs) => {
                out.push('{');
                for (at, (key, value)) in pairs.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    quote(key, out);
                    out.push_str(": ");
                    value.print(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
