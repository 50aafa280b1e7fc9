//! How many rows there are, and a digest of them, whatever order they come in.
//!
//! A rebuild asks it of every row twice. So a row's hash costs one multiplication for each number and
//! for each sixteen bytes; it is no protection against somebody who looks for collisions, and need not
//! be.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// The function's name.
const NAME: &str = "limosa_digest";

/// The first digits of pi, with no meaning of their own
const START: u64 = 0x243f_6a88_85a3_08d3;
const END: u64 = 0x9216_d5d9_8979_fb1b;
const LEFT: u64 = 0x1319_8a2e_0370_7344;
const RIGHT: u64 = 0xa409_3822_299f_31d0;
/// One for each storage class: 1, 1.0, '1' and X'31' are four values.
const NULL: u64 = 0x082e_fa98_ec4e_6c89;
const INTEGER: u64 = 0x4528_21e6_38d0_1377;
const REAL: u64 = 0xbe54_66cf_34e9_0c6c;
const TEXT: u64 = 0xc0ac_29b7_c97c_50dd;
const BLOB: u64 = 0x3f84_d5b5_b547_0917;

/// Makes the function known to a connection.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_aggregate_function(NAME, -1, flags, Digest)
}

/// Takes it away again.
pub(super) fn remove(connection: &Connection) {
    let _ = connection.remove_function(NAME, -1);
}

struct Digest;

/// The number of rows, and the sum of their hashes. Two equal rows count twice.
#[derive(Default)]
struct Sum {
    rows: u64,
    hashes: u128,
}

impl Aggregate<Sum, String> for Digest {
    fn init(&self, _: &mut Context<'_>) -> Result<Sum> {
        Ok(Sum::default())
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Sum) -> Result<()> {
        let values = (0..context.len()).map(|at| context.get_raw(at));
        let hash = fold(values.fold(START, value), END);
        // Neither is full before 2^64 rows are read.
        sum.rows += 1;
        sum.hashes += u128::from(hash);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Sum>) -> Result<String> {
        let Sum { rows, hashes } = sum.unwrap_or_default();
        Ok(format!("{rows}, {hashes:024x}"))
    }
}

/// The hash of the values so far, and of one more.
#[inline]
fn value(hash: u64, value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Null => fold(hash, NULL),
        ValueRef::Integer(number) => fold(hash ^ number.cast_unsigned(), INTEGER),
        // Both zeros are stored as one in a column of reals.
        ValueRef::Real(number) => fold(hash ^ (number + 0.0).to_bits(), REAL),
        ValueRef::Text(text) => bytes(fold(hash ^ text.len() as u64, TEXT), text),
        ValueRef::Blob(blob) => bytes(fold(hash ^ blob.len() as u64, BLOB), blob),
    }
}

/// Sixteen bytes at a time. The length is hashed already.
#[inline]
fn bytes(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut rest = bytes;
    while let Some((piece, behind)) = rest.split_first_chunk::<16>() {
        let (left, right) = piece.split_at(8);
        hash = fold(hash ^ LEFT ^ eight(left), RIGHT ^ eight(right));
        rest = behind;
    }
    match ends(rest) {
        Some((left, right)) => fold(hash ^ LEFT ^ left, RIGHT ^ right),
        None => hash,
    }
}

/// Fewer than sixteen bytes, from both ends; the pieces overlap rather than to be filled up.
#[inline]
fn ends(bytes: &[u8]) -> Option<(u64, u64)> {
    let last = bytes.len().checked_sub(1)?;
    Some(match last {
        7.. => (eight(bytes), eight(&bytes[last - 7..])),
        3.. => (four(bytes), four(&bytes[last - 3..])),
        _ => {
            let middle = u64::from(bytes[bytes.len() / 2]) << 8;
            (u64::from(bytes[0]) | middle, u64::from(bytes[last]))
        }
    })
}

/// The first eight bytes, of at least as many.
#[inline]
fn eight(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The first four bytes, of at least as many.
#[inline]
fn four(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

/// Both halves of the product in one: each bit of it depends on all bits of both.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a half is meant")]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(values: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let sql = format!("SELECT limosa_digest(column1, column2) FROM (VALUES {values})");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn the_order_does_not_count_and_everything_else_does() {
        assert_eq!(digest("(1, 'a'), (2, 'b')"), digest("(2, 'b'), (1, 'a')"));
        assert_eq!(digest("(0.0, 1)"), digest("(-0.0, 1)"));
        let different = [
            "(1, 'a')",
            "(1, 'a'), (1, 'a')",
            "('1', 'a')",
            "(1.0, 'a')",
            "(X'31', 'a')",
            "(1, X'61')",
            "(1, NULL)",
            "(NULL, 1)",
            "(1, '')",
            "('a', '')",
            "('', 'a')",
            "(9223372036854775807, 'a')",
            "(-9223372036854775808, 'a')",
            "(9e999, 'a')",
        ];
        for (at, one) in different.iter().enumerate() {
            for other in &different[at + 1..] {
                assert_ne!(digest(one), digest(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn each_byte_of_each_length_counts() {
        for length in 0..70_usize {
            let text = |at: usize, byte: u8| {
                let mut bytes = vec![b'a'; length];
                if let Some(own) = bytes.get_mut(at) {
                    *own = byte;
                }
                bytes
            };
            let plain = super::bytes(START, &text(length, 0));
            let mut seen = std::collections::HashSet::from([plain]);
            for at in 0..length {
                assert!(
                    seen.insert(super::bytes(START, &text(at, b'b'))),
                    "{length} {at}"
                );
                assert!(
                    seen.insert(super::bytes(START, &text(at, 0))),
                    "{length} {at}"
                );
            }
        }
    }

    #[test]
    fn neighbouring_numbers_have_nothing_in_common() {
        // Of 64 bits half should differ, whichever bit of the number does.
        let hash = |number: i64| fold(value(START, ValueRef::Integer(number)), END);
        for number in [0, 1, -1, 1000, 1 << 40, i64::MAX] {
            for bit in 0..64 {
                let differ = (hash(number) ^ hash(number ^ (1 << bit))).count_ones();
                assert!((12..=52).contains(&differ), "{number} {bit}: {differ}");
            }
        }
    }

    #[test]
    fn values_that_change_places_are_seen() {
        let together = "('ab', 'c'), (1, 2)";
        for other in [
            "('a', 'bc'), (1, 2)",
            "('ab', 2), (1, 'c')",
            "(2, 1), ('ab', 'c')",
        ] {
            assert_ne!(digest(together), digest(other), "{other}");
        }
    }
}
