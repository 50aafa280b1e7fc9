//! Numbers of other bases than ten.

use limosa_core::operation::Operation;
use limosa_sql::{Language, statement};

/// `sqlparser` gives `0x10` back as the bytes `X'10'`.
#[test]
fn a_hexadecimal_number_does_not_become_bytes() {
    for text in [
        "CREATE TABLE t (a INTEGER DEFAULT 0x10)",
        "INSERT INTO t VALUES (0xFF)",
        "UPDATE t SET a = 0x0f",
    ] {
        let read = statement(text, Language::Sqlite).expect("it is carried");
        let all_carried = read
            .operations
            .iter()
            .all(|operation| matches!(**operation, Operation::Sql(_)));
        assert!(all_carried, "{read:?}");
    }
}
