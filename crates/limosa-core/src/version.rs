//! The version of a migration: its place in the order.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A migration's version, kept as written and ordered by its numbers.
///
/// `2` comes before `10`, `0.9` before `0.10`, `20250801000000` where its digits put it. Runs of
/// digits compare as numbers of any length, everything else as text; two spellings of the same
/// number (`1`, `001`) are the same version. Eight digits are a day, and twelve a minute, among the
/// seconds of fourteen: `20250625` stands between `20250624235959` and `20250625000000`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Version(String);

impl Version {
    /// A version from its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as the author wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Version {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (self.0.as_str(), other.0.as_str());
        loop {
            match (next_part(&mut a), next_part(&mut b)) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(x), Some(y)) => match compare_parts(x, y) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                },
            }
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl std::hash::Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let mut rest = self.0.as_str();
        while let Some(part) = next_part(&mut rest) {
            part.trim_start_matches('0').hash(state);
        }
    }
}

/// Takes the longest run of digits, or of anything else, off the front.
fn next_part<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let first = is_digit(rest.as_bytes().first()?);
    // Beside a digit there is always a border between characters.
    let end = rest.bytes().position(|byte| is_digit(&byte) != first);
    let (part, tail) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = tail;
    Some(part)
}

fn compare_parts(a: &str, b: &str) -> Ordering {
    if a.as_bytes()[0].is_ascii_digit() && b.as_bytes()[0].is_ascii_digit() {
        let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
        // Of equal places the text decides, in which the shorter of two that begin alike is first.
        places(a).cmp(&places(b)).then_with(|| a.cmp(b))
    } else {
        a.cmp(b)
    }
}

/// How many digits a number has, a date those of its time, too.
fn places(number: &str) -> usize {
    match number.len() {
        8 | 12 => 14,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(smaller: &str, larger: &str) {
        assert!(
            Version::from(smaller) < Version::from(larger),
            "{smaller} < {larger}"
        );
        assert!(
            Version::from(larger) > Version::from(smaller),
            "{larger} > {smaller}"
        );
    }

    #[test]
    fn orders_by_number() {
        check("2", "10");
        check("0.9", "0.10");
        check("20250801000000", "20250804020810");
        check("1", "1.1");
        check("9", "20250625");
        check("99999999999999999999998", "99999999999999999999999");
    }

    #[test]
    fn dates_have_their_place_among_times() {
        check("20250624235959", "20250625");
        check("20250625", "20250625000000");
        check("20250625", "202506250001");
        check("202506250001", "20250625000200");
        check("20251231", "20260101000000");
        check("20250001", "20250132");
    }

    #[test]
    fn padding_does_not_count() {
        assert_eq!(Version::from("1"), Version::from("001"));
    }
}
