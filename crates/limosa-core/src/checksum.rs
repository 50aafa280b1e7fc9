//! Checksums of migrations: by meaning, not by bytes.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::expr::{Lexicon, TokenKind, tokens};

/// A 128-bit FNV-1a checksum of a migration's statements.
///
/// White space, comments, line ends and the case of keywords do not count. It guards against
/// accidents, not against an adversary, who could as well edit the journal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checksum(pub u128);

impl Checksum {
    /// Of no statements at all.
    pub const EMPTY: Self = Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    /// Continues with further bytes.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(Self::PRIME)
        }))
    }

    /// Continues with a statement's tokens.
    #[must_use]
    pub fn statement(self, text: &str, lexicon: &Lexicon) -> Self {
        let mut hash = self;
        for token in tokens(text, lexicon) {
            hash = match token.kind {
                TokenKind::Space | TokenKind::Comment => continue,
                TokenKind::Word => hash.bytes(token.text.to_ascii_lowercase().as_bytes()),
                _ => hash.bytes(token.text.as_bytes()),
            };
            hash = hash.bytes(&[0]);
        }
        hash.bytes(b";")
    }

    /// The checksum from the text that [`fmt::Display`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        let is_sum = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (high, low) = is_sum.then(|| text.split_at(16))?;
        // By halves: numbers of 128 bits are slow to multiply, and every start reads many.
        let half = |text| u64::from_str_radix(text, 16).ok().map(u128::from);
        Some(Self(half(high)? << 64 | half(low)?))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// As hexadecimal digits where people read it: JSON has no numbers of 128 bits.
impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u128::deserialize(deserializer).map(Self);
        }
        let digits = String::deserialize(deserializer)?;
        let number = u128::from_str_radix(&digits, 16).map_err(D::Error::custom)?;
        Ok(Self(number))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
