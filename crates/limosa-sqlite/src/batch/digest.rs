//! A digest of rows, whatever order they come in.

use std::hash::{DefaultHasher, Hasher};

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

/// The function's name.
const NAME: &str = "limosa_digest";

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

/// The sum of the rows' hashes. Two equal rows count twice.
#[derive(Default)]
struct Sum(u128);

impl Aggregate<Sum, String> for Digest {
    fn init(&self, _: &mut Context<'_>) -> Result<Sum> {
        Ok(Sum::default())
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Sum) -> Result<()> {
        // Its keys are the same in every process of one program.
        let mut hasher = DefaultHasher::new();
        for at in 0..context.len() {
            value(&mut hasher, context.get_raw(at));
        }
        sum.0 = sum.0.wrapping_add(u128::from(hasher.finish()));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Sum>) -> Result<String> {
        Ok(format!("{:024x}", sum.unwrap_or_default().0))
    }
}

/// The value with its storage class: 1, 1.0, '1' and X'31' are four values.
fn value(hasher: &mut DefaultHasher, value: ValueRef<'_>) {
    let mut bytes = |class: u8, bytes: &[u8]| {
        hasher.write_u8(class);
        hasher.write_usize(bytes.len());
        hasher.write(bytes);
    };
    match value {
        ValueRef::Null => bytes(0, &[]),
        ValueRef::Integer(number) => bytes(1, &number.to_le_bytes()),
        // Both zeros are stored as one in a column of reals.
        ValueRef::Real(number) => bytes(2, &(number + 0.0).to_le_bytes()),
        ValueRef::Text(text) => bytes(3, text),
        ValueRef::Blob(blob) => bytes(4, blob),
    }
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
}
