//! rusqlite_migration.

include!("../../common.rs");

use rusqlite_migration::{M, Migrations};

type List = &'static [(&'static str, &'static str)];
const SETS: [List; 3] = [
    include!("../../../target/migrations/sqlite-1/list.rs"),
    include!("../../../target/migrations/sqlite-100/list.rs"),
    include!("../../../target/migrations/sqlite-1000/list.rs"),
];

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    let set = match arguments.count {
        1 => SETS[0],
        100 => SETS[1],
        _ => SETS[2],
    };
    let migrations = Migrations::new(set.iter().map(|(_, sql)| M::up(sql)).collect());
    laps.lap();
    let opened = rusqlite::Connection::open(&arguments.target);
    let mut connection = opened.unwrap_or_else(|error| fail(error));
    laps.lap();
    migrations.to_latest(&mut connection).unwrap_or_else(|error| fail(error));
    laps.lap();
    laps.print();
}
