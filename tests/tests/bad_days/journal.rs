//! A journal that somebody else has written: a newer Limosa, a hand, another program.

use limosa_core::engine::Runner;
use limosa_core::error::Kind;
use limosa_core::migration::Migrations;
use limosa_tests::{On, migrations, on_both};

use crate::{said, state};

on_both!(
    a_newer_limosas_is_refused,
    nonsense_is_refused,
    a_table_of_another_shape_is_refused,
    a_journal_that_cannot_be_written_changes_nothing,
    the_name_belongs_to_something_else,
);

const TEXTS: [&str; 3] = [
    "CREATE TABLE seen (step integer NOT NULL); INSERT INTO seen VALUES (1);",
    "CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO seen VALUES (2);",
    "CREATE TABLE b (id integer PRIMARY KEY); INSERT INTO seen VALUES (3);",
];

fn all() -> Migrations {
    migrations(&TEXTS)
}

/// Two of three are applied; the journal is kept beside.
async fn base(like: &On) -> On {
    let on = match like {
        On::Postgres(_) => On::postgres().await,
        On::Sqlite(_) => On::sqlite(),
    };
    on.run(&migrations(&TEXTS[..2]))
        .await
        .expect("two are applied");
    let keep = match &on {
        On::Postgres(_) => "CREATE TABLE kept (LIKE limosa_journal INCLUDING ALL)".to_owned(),
        On::Sqlite(_) => {
            let sql = "SELECT sql FROM sqlite_schema WHERE name = 'limosa_journal'";
            on.value(sql).await.replace("limosa_journal", "kept")
        }
    };
    on.execute(&keep).await;
    on.execute("INSERT INTO kept SELECT * FROM limosa_journal")
        .await;
    on
}

/// What a run says of a journal that was changed so; nothing is changed by it, and once the journal is
/// as it was the next run completes.
async fn refused(like: &On, change: &str, remove: &str) -> (Kind, String) {
    let on = base(like).await;
    on.execute(change).await;
    let (schema, all) = (on.schema().await, all());
    let failure = on.run(&all).await.expect_err(change);
    let error = said(&failure);
    assert!(error.hint.is_some(), "{change}: {error:?}");
    let told = format!(
        "{} / {}",
        error.message,
        error.hint.as_deref().unwrap_or_default()
    );
    let kind = error.kind;
    assert!(told.contains("journal"), "{change}: {told}");
    assert_eq!(on.schema().await, schema, "{change}");
    assert_eq!(on.value("SELECT count(*) FROM seen").await, "2", "{change}");
    if kind == Kind::Journal && !told.contains("cannot be written") {
        let mut session = on.session().await;
        Runner::new(&all)
            .plan(session.as_mut())
            .await
            .expect_err(change);
    }
    on.execute(remove).await;
    on.execute("ALTER TABLE kept RENAME TO limosa_journal")
        .await;
    on.run(&all)
        .await
        .unwrap_or_else(|failure| panic!("{change}: {failure}"));
    assert_eq!(state(&on).await[3..].len(), 3, "{change}");
    (kind, told)
}

const DROP: &str = "DROP TABLE limosa_journal";

async fn a_newer_limosas_is_refused(on: On) {
    let newer = "UPDATE limosa_journal SET format = 2, written_by = '9.8.7' WHERE version = '2'";
    let (kind, told) = refused(&on, newer, DROP).await;
    assert_eq!(kind, Kind::Journal);
    assert!(told.contains("was written by Limosa 9.8.7"), "{told}");
    assert!(told.contains("use Limosa 9.8.7 or later"), "{told}");
}

async fn nonsense_is_refused(on: On) {
    let set = |what: &str| format!("UPDATE limosa_journal SET {what} WHERE version = '2'");
    // Without its constraints.
    let loose = |what: &str| {
        match &on {
        On::Postgres(_) => format!(
            "ALTER TABLE limosa_journal DROP CONSTRAINT limosa_journal_pkey;
             ALTER TABLE limosa_journal ALTER version DROP NOT NULL, ALTER name DROP NOT NULL,
               ALTER checksum DROP NOT NULL, ALTER state DROP NOT NULL, ALTER steps DROP NOT NULL,
               ALTER done DROP NOT NULL, ALTER adopted DROP NOT NULL, ALTER started_at DROP NOT NULL,
               ALTER applied_by DROP NOT NULL, ALTER written_by DROP NOT NULL, ALTER format DROP NOT NULL;
             {what}"
        ),
        On::Sqlite(_) => format!(
            "CREATE TABLE loose AS SELECT * FROM limosa_journal; DROP TABLE limosa_journal;
             ALTER TABLE loose RENAME TO limosa_journal; {what}"
        ),
    }
    };
    let mut changes = vec![
        set("state = 'done'"),
        set("state = ''"),
        set("state = 'APPLIED'"),
        set("checksum = ''"),
        set("checksum = 'xyz'"),
        set("checksum = checksum || '00'"),
        set("steps = -1"),
        set("steps = 5000000000"),
        set("steps = 0"),
        set("done = -1"),
        set("done = 99"),
        set("done = 5000000000"),
        set("done = 99, state = 'started'"),
        set("adopted = -1"),
        set("format = -1"),
        set("format = 0"),
        set("version = ''"),
        loose("INSERT INTO limosa_journal SELECT * FROM limosa_journal WHERE version = '2'"),
    ];
    for column in [
        "version",
        "name",
        "checksum",
        "state",
        "steps",
        "done",
        "adopted",
        "started_at",
        "applied_by",
        "written_by",
        "format",
    ] {
        changes.push(loose(&set(&format!("{column} = NULL"))));
    }
    if on.id() == "postgres" {
        changes.push(set("started_at = 'infinity'"));
        changes.push(set("finished_at = '-infinity'"));
    } else {
        for column in [
            "steps",
            "done",
            "adopted",
            "started_at",
            "finished_at",
            "format",
        ] {
            changes.push(set(&format!("{column} = 'many'")));
            changes.push(set(&format!("{column} = 1.5")));
        }
        for column in [
            "version",
            "name",
            "checksum",
            "state",
            "applied_by",
            "written_by",
        ] {
            changes.push(set(&format!("{column} = x'ff00'")));
        }
    }
    for change in changes {
        let (kind, told) = refused(&on, &change, DROP).await;
        assert_eq!(kind, Kind::Journal, "{change}: {told}");
    }
}

async fn a_table_of_another_shape_is_refused(on: On) {
    for column in [
        "name",
        "checksum",
        "state",
        "steps",
        "done",
        "adopted",
        "started_at",
        "finished_at",
        "applied_by",
        "written_by",
        "format",
    ] {
        let drop = format!("ALTER TABLE limosa_journal DROP COLUMN {column}");
        let (kind, told) = refused(&on, &drop, DROP).await;
        assert_eq!(kind, Kind::Journal, "{drop}: {told}");
        assert!(told.contains(column), "{told}");
    }
    let shapes: &[&str] = match &on {
        On::Postgres(_) => &[
            "ALTER TABLE limosa_journal ALTER steps TYPE text USING 'many'",
            "ALTER TABLE limosa_journal ALTER started_at TYPE text USING 'yesterday'",
            "ALTER TABLE limosa_journal ALTER started_at TYPE bigint USING 7",
            "ALTER TABLE limosa_journal ALTER checksum TYPE integer USING 1",
            "ALTER TABLE limosa_journal ALTER state TYPE boolean USING true",
            "ALTER TABLE limosa_journal ALTER format TYPE numeric USING 1.5",
        ],
        On::Sqlite(_) => &["ALTER TABLE limosa_journal RENAME COLUMN version TO id"],
    };
    for shape in shapes {
        let (kind, told) = refused(&on, shape, DROP).await;
        assert_eq!(kind, Kind::Journal, "{shape}: {told}");
    }
}

/// It reads well, but a row cannot be added: what the migration did is not kept either.
async fn a_journal_that_cannot_be_written_changes_nothing(on: On) {
    let without_key = match &on {
        On::Postgres(_) => "ALTER TABLE limosa_journal DROP CONSTRAINT limosa_journal_pkey",
        On::Sqlite(_) => {
            "CREATE TABLE loose AS SELECT * FROM limosa_journal; DROP TABLE limosa_journal;
             ALTER TABLE loose RENAME TO limosa_journal"
        }
    };
    for change in [
        without_key,
        "ALTER TABLE limosa_journal DROP COLUMN source",
        "ALTER TABLE limosa_journal ADD COLUMN ticket text NOT NULL DEFAULT 'x' CHECK (ticket <> 'x')",
    ] {
        if change.contains("CHECK") && on.id() == "sqlite" {
            continue; // It checks the rows that are there.
        }
        let change = change.replace(
            "DEFAULT 'x' CHECK (ticket <> 'x')",
            "DEFAULT 'x'; \
            ALTER TABLE limosa_journal ALTER ticket DROP DEFAULT",
        );
        refused(&on, &change, DROP).await;
    }
}

async fn the_name_belongs_to_something_else(on: On) {
    let table = "DROP TABLE limosa_journal; CREATE TABLE limosa_journal (id integer, note text)";
    refused(&on, table, DROP).await;
    let view = "DROP TABLE limosa_journal; CREATE VIEW limosa_journal AS SELECT 1 AS one";
    refused(&on, view, "DROP VIEW limosa_journal").await;
    let index = "DROP TABLE limosa_journal; CREATE INDEX limosa_journal ON a (id)";
    refused(&on, index, "DROP INDEX limosa_journal").await;
    if on.id() == "postgres" {
        let sequence = "DROP TABLE limosa_journal; CREATE SEQUENCE limosa_journal";
        refused(&on, sequence, "DROP SEQUENCE limosa_journal").await;
        let composite = "DROP TABLE limosa_journal; CREATE TYPE limosa_journal AS (id integer)";
        refused(&on, composite, "DROP TYPE limosa_journal").await;
    } else {
        let read_only = "ALTER TABLE limosa_journal RENAME TO old;
            CREATE VIEW limosa_journal AS SELECT * FROM old";
        refused(&on, read_only, "DROP VIEW limosa_journal").await;
    }
}
