//! The migrations that are disturbed.

use crate::files::{File, numbered};
use crate::place::Kind;

/// A chain, and queries of the rows that it leaves.
pub struct Chain {
    pub kind: Kind,
    pub files: Vec<File>,
    pub rows: &'static [&'static str],
}

const POSTGRES_ROWS: &str = "INSERT INTO accounts SELECT n, 100 FROM generate_series(1, 5000) n;";
const SQLITE_ROWS: &str =
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers
     WHERE n < 5000) INSERT INTO accounts SELECT n, 100 FROM numbers;";

/// Changes of the schema and of rows: a balance is doubled twice, and counted up once.
pub fn plain(kind: Kind) -> Chain {
    chain(kind, &[])
}

/// The same with two indexes that are built outside any transaction.
pub fn concurrently() -> Chain {
    let first = "CREATE INDEX CONCURRENTLY accounts_balance ON accounts (balance);";
    let second = "CREATE INDEX CONCURRENTLY log_balance ON log (balance);";
    chain(Kind::Postgres, &[(2, first), (7, second)])
}

fn chain(kind: Kind, more: &[(usize, &'static str)]) -> Chain {
    let rows = match kind {
        Kind::Postgres => POSTGRES_ROWS,
        Kind::Sqlite => SQLITE_ROWS,
    };
    let first =
        format!("CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL);\n{rows}");
    let mut texts = vec![
        first.as_str(),
        "UPDATE accounts SET balance = balance * 2;",
        "ALTER TABLE accounts ADD COLUMN note TEXT;",
        "UPDATE accounts SET balance = balance + 1, note = 'x';",
        "CREATE TABLE log (id BIGINT PRIMARY KEY, balance BIGINT);
         INSERT INTO log SELECT id, balance FROM accounts;",
        "ALTER TABLE accounts RENAME COLUMN note TO remark;",
        "CREATE INDEX accounts_remark ON accounts (remark);
         UPDATE accounts SET balance = balance * 2;",
    ];
    for (at, text) in more {
        texts.insert(*at, text);
    }
    Chain {
        kind,
        files: numbered(&texts),
        rows: &[
            "SELECT CAST(id AS TEXT) || ' ' || balance || remark FROM accounts ORDER BY id",
            "SELECT CAST(id AS TEXT) || ' ' || balance FROM log ORDER BY id",
        ],
    }
}

/// Twenty, each of which counts itself; every fifth is an index that is built outside a transaction.
pub fn crowd(kind: Kind, concurrently: Option<()>) -> Chain {
    let mut texts = vec!["CREATE TABLE ran (number INTEGER NOT NULL);".to_owned()];
    for number in 2..=20 {
        texts.push(match (number % 5, concurrently) {
            (0, Some(())) => format!(
                "CREATE INDEX CONCURRENTLY t{0}_name ON t{0} (name);",
                number - 1
            ),
            _ => format!(
                "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT);
                 INSERT INTO ran VALUES ({number});"
            ),
        });
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Chain {
        kind,
        files: numbered(&texts),
        rows: &["SELECT CAST(number AS TEXT) FROM ran ORDER BY number"],
    }
}
