//! Tables that are built anew by hand, the old one first moved out of the way (`usememos/memos`, 0.2): those who
//! mention the table stay with its name.

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_tests::{On, migrations};

const BEFORE: &str = "-- limosa: dialect sqlite

CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT CHECK (role IN ('OWNER', 'USER')), chief INTEGER
  REFERENCES user (id));
CREATE TABLE memo (id INTEGER PRIMARY KEY, creator INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE);
CREATE TABLE log (id INTEGER);
CREATE VIEW owners AS SELECT id FROM user WHERE role <> 'USER';
CREATE TRIGGER own AFTER UPDATE ON user BEGIN INSERT INTO log VALUES (OLD.id); END;
CREATE TRIGGER others AFTER DELETE ON memo BEGIN UPDATE user SET role = 'USER' WHERE id = OLD.creator; END;
INSERT INTO user VALUES (101, 'OWNER', NULL), (102, 'USER', 101);
INSERT INTO memo VALUES (1, 101), (2, 102), (3, 101);";

/// As memos has it, but for the columns.
fn change(pragmas: [&str; 2], copied: &str) -> String {
    format!(
        "-- limosa: dialect sqlite

         {}
         DROP TABLE IF EXISTS _user_old;
         ALTER TABLE user RENAME TO _user_old;
         CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT CHECK (role IN ('HOST', 'USER')),
           chief INTEGER REFERENCES user (id));
         INSERT INTO user (id, role, chief) SELECT id, 'USER', chief FROM _user_old {copied};
         UPDATE user SET role = 'HOST' WHERE id IN (SELECT id FROM _user_old WHERE role = 'OWNER');
         DROP TABLE IF EXISTS _user_old;
         {}",
        pragmas[0], pragmas[1]
    )
}

const PRAGMAS: [[&str; 2]; 2] = [
    ["", ""],
    ["PRAGMA foreign_keys = off;", "PRAGMA foreign_keys = on;"],
];

#[tokio::test]
async fn rows_of_others_refer_to_the_new_one() {
    for pragmas in PRAGMAS {
        let on = On::sqlite();
        on.run(&migrations(&[BEFORE])).await.expect("a database");
        let all = migrations(&[BEFORE, &change(pragmas, "")]);
        let report = on.run(&all).await.expect("it is meant so");
        assert_eq!(report.warnings, Vec::<String>::new());
        let steps = &report.migrations[0].steps;
        let told = steps.iter().filter_map(|one| one.rewritten.as_deref());
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["a new user takes its place: foreign keys, views and triggers stay with the name"]
        );
        on.execute(
            "PRAGMA foreign_keys = ON; INSERT INTO memo VALUES (4, 102); DELETE FROM memo WHERE id = 2; \
             DELETE FROM user WHERE id = 102; INSERT INTO user (role) VALUES ('HOST')",
        )
        .await;
        for (sql, expected) in [
            (
                "SELECT group_concat(id || role) FROM user",
                "101HOST,103HOST",
            ),
            (
                "SELECT group_concat(id || ' ' || creator) FROM memo",
                "1 101,3 101",
            ),
            ("SELECT group_concat(id) FROM owners", "101,103"),
            ("SELECT count(*) || '' FROM pragma_foreign_key_check", "0"),
            (
                "SELECT count(*) || '' FROM sqlite_schema WHERE sql LIKE '%user_old%'",
                "0",
            ),
            (
                "SELECT legacy_alter_table || '' FROM pragma_legacy_alter_table",
                "0",
            ),
        ] {
            assert_eq!(on.value(sql).await, expected, "{sql}");
        }
        let mut session = on.session().await;
        let runner = Runner::new(&all);
        let plan = runner.plan(session.as_mut()).await.expect("a plan");
        assert_eq!(plan.drift, []);
        for one in runner.verify(session.as_mut()).await.expect("evidence") {
            assert_eq!(one.differences, [], "{}", one.object);
        }
    }
}

/// A later file may say nothing of it: on a new database all run at once, on another one by one.
#[tokio::test]
async fn at_once_or_one_by_one() {
    let texts = [
        BEFORE.to_owned(),
        change(PRAGMAS[1], ""),
        "-- limosa: dialect sqlite\n\nALTER TABLE memo ADD COLUMN note TEXT; INSERT INTO memo VALUES (9, 102, 'x');"
            .to_owned(),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (at_once, one_by_one) = (On::sqlite(), On::sqlite());
    at_once.run(&migrations(&texts)).await.expect("all");
    for count in 1..=texts.len() {
        let some = migrations(&texts[..count]);
        one_by_one.run(&some).await.expect("one more");
    }
    let sql = "SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1";
    assert_eq!(at_once.column(sql).await, one_by_one.column(sql).await);
    assert_eq!(at_once.value("SELECT count(*) || '' FROM memo").await, "4");
}

#[tokio::test]
async fn a_copy_that_leaves_out_what_others_refer_to_is_refused() {
    for pragmas in PRAGMAS {
        let on = On::sqlite();
        on.run(&migrations(&[BEFORE])).await.expect("a database");
        let all = migrations(&[BEFORE, &change(pragmas, "WHERE id = 101")]);
        let failure = on.run(&all).await.expect_err("102 is left out");
        let told = failure.to_string();
        assert!(
            told.contains("memo would refer to rows that are not there (1 of them new)"),
            "{told}"
        );
        assert!(
            !matches!(failure.error, Error::NotVerified { .. }),
            "{told}"
        );
        let rows = on.value("SELECT group_concat(id || role) FROM user").await;
        assert_eq!(rows, "101OWNER,102USER");
    }
}
