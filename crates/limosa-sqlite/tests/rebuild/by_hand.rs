//! A copy that the author writes: with foreign keys off, nothing goes along with the old table.

use limosa_core::engine::Runner;
use limosa_core::migration::{Migration, Migrations};
use limosa_core::operation::{Effect, Operation, Sql};
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, block_on};

use crate::change::{FAMILY, changed, database, migration, run};
use crate::common::{execute, value};

fn sql(text: &str) -> Operation {
    Operation::Sql(
        Sql {
            dialect: Some("sqlite".into()),
            summary: text.into(),
            effect: Effect::Unknown,
            text: text.into(),
        }
        .into(),
    )
}

#[test]
fn a_rebuild_by_hand_with_foreign_keys_off_keeps_the_referring_rows() {
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

#[test]
fn a_rebuild_by_hand_is_known_for_what_it_is() {
    let mut session = database(FAMILY);
    let text = "CREATE TABLE new_p (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'none', n INTEGER); \
        INSERT INTO new_p SELECT id, coalesce(a, 'none'), n FROM p; \
        DROP TABLE p; ALTER TABLE new_p RENAME TO p;";
    run(&mut session, &migration(text, Language::Sqlite)).unwrap();
    assert_eq!(value(&mut session, "SELECT group_concat(p) FROM c"), "1,2");
    assert_eq!(
        value(&mut session, "SELECT group_concat(a) FROM p"),
        "x,none"
    );
}

#[test]
fn old_orphans_do_not_hinder_and_new_ones_do() {
    let before = "PRAGMA foreign_keys = OFF; CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); \
        CREATE TABLE c (p INTEGER REFERENCES p); INSERT INTO p VALUES (1, 'x'); \
        INSERT INTO c VALUES (1), (99); PRAGMA foreign_keys = ON";
    let mut session = changed(before, "ALTER TABLE p ALTER COLUMN a SET NOT NULL");
    assert_eq!(value(&mut session, "SELECT count(*) FROM c"), "2");
    let mut session = database(before);
    let text = "PRAGMA foreign_keys = OFF; UPDATE c SET p = 98 WHERE p = 1;";
    let failure = run(&mut session, &migration(text, Language::Sqlite)).unwrap_err();
    assert!(
        failure.to_string().contains("rows of c would refer"),
        "{failure}"
    );
    assert_eq!(value(&mut session, "SELECT group_concat(p) FROM c"), "1,99");
}
