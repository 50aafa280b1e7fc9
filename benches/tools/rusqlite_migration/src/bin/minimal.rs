//! rusqlite_migration with three embedded migrations.

use rusqlite_migration::{M, Migrations};

fn main() {
    const LIST: &[(&str, &str)] = include!("../../../../target/migrations/sqlite-3/list.rs");
    let migrations = Migrations::new(LIST.iter().map(|(_, sql)| M::up(sql)).collect());
    let path = std::env::args().nth(1).expect("a path");
    let mut connection = rusqlite::Connection::open(path).expect("opens");
    migrations.to_latest(&mut connection).expect("applies");
}
