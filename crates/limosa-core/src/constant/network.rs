//! Network addresses as Postgres prints them, manual section 8.9.

use std::net::IpAddr;

/// The printed form; none for other types, and for what is no address.
pub fn read(text: &str, type_name: &str) -> Option<String> {
    match type_name.to_ascii_lowercase().as_str() {
        "inet" => address(text),
        "macaddr" => hardware(text),
        _ => None,
    }
}

/// Without the length of the mask where it is the whole address.
fn address(text: &str) -> Option<String> {
    let (host, length) = match text.trim().split_once('/') {
        Some((host, length)) => (host, Some(length.parse::<u8>().ok()?)),
        None => (text.trim(), None),
    };
    let host: IpAddr = host.parse().ok()?;
    let whole = if host.is_ipv4() { 32 } else { 128 };
    match length.filter(|length| *length != whole) {
        Some(length) if length > whole => None,
        Some(length) => Some(format!("{host}/{length}")),
        None => Some(host.to_string()),
    }
}

fn hardware(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let valid = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    valid.then(|| {
        let pairs: Vec<&str> = (0..12).step_by(2).map(|at| &digits[at..at + 2]).collect();
        pairs.join(":")
    })
}
