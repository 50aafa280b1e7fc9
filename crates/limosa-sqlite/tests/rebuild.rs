//! Table rebuilds as people write them by hand.

mod common;

use common::{execute, value};
use limosa_core::engine::Runner;
use limosa_core::migration::Migration;
use limosa_core::migration::Migrations;
use limosa_core::operation::{Effect, Operation, Sql};
use limosa_sqlite::{Sqlite, block_on};

fn sql(text: &str) -> Operation {
    Operation::Sql(Sql {
        dialect: Some("sqlite".into()),
        summary: text.into(),
        effect: Effect::Unknown,
        text: text.into(),
    })
}

#[test]
fn a_rebuild_with_foreign_keys_off_keeps_the_referring_rows() {
    let mut session = Sqlite::in_memory().unwrap();
    execute(
        &mut session,
        &[
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO c VALUES (1)",
        ],
    );
    let migration = [
        "PRAGMA foreign_keys=OFF",
        "CREATE TABLE new_p (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO new_p (id) SELECT id FROM p",
        "DROP TABLE p",
        "ALTER TABLE new_p RENAME TO p",
        "PRAGMA foreign_keys=ON",
    ]
    .into_iter()
    .fold(Migration::builder("1", "rebuild"), |builder, text| {
        builder.up(sql(text))
    })
    .build();
    let migrations = Migrations::new(vec![migration]).unwrap();
    block_on(Runner::new(&migrations).run(&mut session)).unwrap();
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "1");
    assert_eq!(value(&mut session, "PRAGMA foreign_keys"), "1");
}
