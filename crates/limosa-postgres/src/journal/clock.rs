//! The server's clock, which each migration asks twice.

/// Asks for it as it goes over the wire in binary form: what makes a number of it in the server is three more
/// functions to look up and call.
pub(crate) const ASK: &str = "SELECT pg_catalog.timestamptz_send(pg_catalog.clock_timestamp())";

/// The server counts from 2000-01-01.
const EPOCH: i64 = 946_684_800_000_000;

/// The answer in microseconds since 1970-01-01 00:00 UTC.
pub(crate) fn read(answer: &str) -> Option<i64> {
    let bytes = match answer.strip_prefix("\\x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?.to_be_bytes(),
        None => escaped(answer)?,
    };
    Some(i64::from_be_bytes(bytes) + EPOCH)
}

/// Eight bytes as they are shown where `bytea_output` is `escape` (manual section 8.4.2).
fn escaped(answer: &str) -> Option<[u8; 8]> {
    let mut bytes = Vec::with_capacity(8);
    let mut rest = answer.as_bytes();
    while !rest.is_empty() {
        let (byte, behind) = match rest {
            [b'\\', b'\\', behind @ ..] => (b'\\', behind),
            [b'\\', a, b, c, behind @ ..] => (octal([*a, *b, *c])?, behind),
            [byte, behind @ ..] => (*byte, behind),
            [] => break,
        };
        bytes.push(byte);
        rest = behind;
    }
    bytes.try_into().ok()
}

fn octal(digits: [u8; 3]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(answer: &str, expected: Option<i64>) {
        assert_eq!(read(answer), expected);
    }

    #[test]
    fn reads_both_forms() {
        // timestamptz_send('2026-11-22 10:14:05.123456+00') and of 2031-11-22 10:14:05.923456.
        check(r"\x000303d981793780", Some(1_795_342_445_123_456));
        check(r"\000\003\003\331\201y7\200", Some(1_795_342_445_123_456));
        check(r"\000\003\223V[\300,\200", Some(1_953_108_845_923_456));
        check(r"\000\000\000\000\000\000\000\\", Some(946_684_800_000_092));
    }

    #[test]
    fn anything_else_is_no_time() {
        for other in ["", "1795342445123456", r"\x00zz", r"\000\003", r"\9"] {
            check(other, None);
        }
    }
}
