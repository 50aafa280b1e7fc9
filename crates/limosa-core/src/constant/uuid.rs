//! UUIDs in Postgres' input forms, manual section 8.12.

/// The 36 characters in lower case, of any form that Postgres takes: upper case, braces, hyphens
/// behind any group of four digits or none.
pub fn read(text: &str) -> Option<String> {
    let inner = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let mut digits = String::with_capacity(32);
    for c in inner.chars() {
        match c {
            '-' if !digits.is_empty() && digits.len() < 32 && digits.len().is_multiple_of(4) => {}
            c if c.is_ascii_hexdigit() => digits.push(c.to_ascii_lowercase()),
            _ => return None,
        }
    }
    (digits.len() == 32 && !inner.contains("--")).then(|| {
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        parts.join("-")
    })
}
