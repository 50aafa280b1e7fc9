//! What others reported, each with its migration as it was written.

use limosa_core::error::Failure;
use limosa_core::migration::Migrations;
use limosa_core::report::Report;
use limosa_sql::{Language, Reader};
use limosa_tests::On;
use tempfile::TempDir;

/// One migration, written for `SQLite`.
pub(crate) fn written(text: &str) -> Migrations {
    written_in(text, Language::Sqlite)
}

pub(crate) fn written_in(text: &str, language: Language) -> Migrations {
    let directory = TempDir::new().expect("a temporary directory");
    let one = directory.path().join("1_change");
    std::fs::create_dir(&one).expect("a directory");
    std::fs::write(one.join("migration.sql"), text).expect("a file");
    let reader = Reader::new().language(language);
    reader
        .read_dir(directory.path())
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn run(before: &str, text: &str) -> (On, Result<Report, Failure>) {
    let on = On::sqlite();
    on.execute(before).await;
    let result = on.run(&written(text)).await;
    (on, result)
}

/// Runs a migration that must lose nothing of `child`.
async fn keeps(before: &str, text: &str) -> On {
    let dump = "SELECT group_concat(id || ' ' || coalesce(parent, 'none')) FROM child";
    let start = On::sqlite();
    start.execute(before).await;
    let expected = start.value(dump).await;
    let (on, result) = run(before, text).await;
    result.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(on.value(dump).await, expected);
    assert!(on.column("PRAGMA foreign_key_check").await.is_empty());
    on
}

fn family(action: &str) -> String {
    format!(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); \
         CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE {action}); \
         INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c'); \
         INSERT INTO child VALUES (10, 1), (20, 2), (30, 3), (40, NULL);"
    )
}

/// The pragma in a migration's own transaction does nothing there, and the rows cascade away.
#[tokio::test]
async fn sqlx_2085() {
    for pair in ["", "BEGIN TRANSACTION;", "BEGIN IMMEDIATE;"] {
        let end = if pair.is_empty() { "" } else { "COMMIT;" };
        let text = format!(
            "{pair} PRAGMA foreign_keys = OFF; \
             CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT ''); \
             INSERT INTO new_parent SELECT id, name FROM parent; \
             DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent; \
             PRAGMA foreign_key_check; PRAGMA foreign_keys = ON; {end}"
        );
        keeps(&family("CASCADE"), &text).await;
    }
}

/// Optional relations become NULL in silence.
#[tokio::test]
async fn prisma_24540() {
    let text = "-- RedefineTables
        PRAGMA defer_foreign_keys=ON;
        PRAGMA foreign_keys=OFF;
        CREATE TABLE \"new_parent\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" TEXT, \
            \"role\" TEXT NOT NULL DEFAULT 'user');
        INSERT INTO \"new_parent\" (\"id\", \"name\") SELECT \"id\", \"name\" FROM \"parent\";
        DROP TABLE \"parent\";
        ALTER TABLE \"new_parent\" RENAME TO \"parent\";
        PRAGMA foreign_keys=ON;
        PRAGMA defer_foreign_keys=OFF;";
    let on = keeps(&family("SET NULL"), text).await;
    assert_eq!(on.value("SELECT count(role) FROM parent").await, "3");
    // In one transaction: a failure leaves nothing behind.
    let failing = format!("{text} SELECT no_such_column FROM parent;");
    let (on, result) = run(&family("SET NULL"), &failing).await;
    result.unwrap_err();
    assert_eq!(
        on.column("SELECT name FROM pragma_table_info('parent')")
            .await
            .len(),
        2
    );
}

/// Tables made anew with what a tool generates, and no pragma at all.
#[tokio::test]
async fn drizzle_4938() {
    let text = "CREATE TABLE `__new_parent` (`id` integer PRIMARY KEY NOT NULL, `name` text DEFAULT 'x');
        --> statement-breakpoint
        INSERT INTO `__new_parent`(\"id\", \"name\") SELECT \"id\", \"name\" FROM `parent`;--> statement-breakpoint
        DROP TABLE `parent`;--> statement-breakpoint
        ALTER TABLE `__new_parent` RENAME TO `parent`;--> statement-breakpoint";
    keeps(&family("CASCADE"), text).await;
    keeps(&family("RESTRICT"), text).await;
}

/// Drizzle's checks name the new table, which takes another name; its types have lengths.
#[tokio::test]
async fn drizzle_checks() {
    let text = "CREATE TABLE `__new_parent` (`id` integer PRIMARY KEY NOT NULL, `name` text(256),
            CONSTRAINT \"named\" CHECK(\"__new_parent\".\"name\" <> '' AND \"__new_parent\".\"id\" > 0));
        --> statement-breakpoint
        INSERT INTO `__new_parent`(\"id\", \"name\") SELECT \"id\", \"name\" FROM `parent`;--> statement-breakpoint
        DROP TABLE `parent`;--> statement-breakpoint
        ALTER TABLE `__new_parent` RENAME TO `parent`;";
    let on = keeps(&family("CASCADE"), text).await;
    let report = on.run(&written(text)).await.expect("nothing to do");
    assert_eq!(report.warnings, Vec::<String>::new());
}

/// The pragma stands outside the pair, and the copy of one table comes after that of another.
#[tokio::test]
async fn atlas_3317() {
    let text = "-- disable the enforcement of foreign-keys constraints
        PRAGMA foreign_keys = off;
        BEGIN;
        CREATE TABLE `new_child` (`id` integer NULL, `parent` integer NULL, PRIMARY KEY (`id`), \
            CONSTRAINT `0` FOREIGN KEY (`parent`) REFERENCES `parent` (`id`) ON DELETE CASCADE);
        INSERT INTO `new_child` (`id`, `parent`) SELECT `id`, `parent` FROM `child`;
        DROP TABLE `child`;
        ALTER TABLE `new_child` RENAME TO `child`;
        CREATE TABLE `new_parent` (`id` integer NULL, `name` text NOT NULL, PRIMARY KEY (`id`));
        INSERT INTO `new_parent` (`id`, `name`) SELECT `id`, IFNULL(`name`, '') AS `name` FROM `parent`;
        DROP TABLE `parent`;
        ALTER TABLE `new_parent` RENAME TO `parent`;
        COMMIT;
        -- enable back the enforcement of foreign-keys constraints
        PRAGMA foreign_keys = on;";
    keeps(&family("CASCADE"), text).await;
}

/// Two tables, of which the referring one loses a column first.
#[tokio::test]
async fn one_table_after_the_other() {
    let before = format!(
        "{} ALTER TABLE child ADD COLUMN note TEXT;",
        family("CASCADE")
    );
    let text = "CREATE TABLE new_child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE); \
        INSERT INTO new_child SELECT id, parent FROM child; DROP TABLE child; \
        ALTER TABLE new_child RENAME TO child; \
        CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
        INSERT INTO new_parent SELECT id, name FROM parent; DROP TABLE parent; \
        ALTER TABLE new_parent RENAME TO parent;";
    keeps(&before, text).await;
}

/// A column is renamed and changed within a transaction: a copy would fire the cascade.
#[tokio::test]
async fn rails_55866() {
    let text = "ALTER TABLE parent RENAME COLUMN name TO name2; \
        ALTER TABLE parent ALTER COLUMN name2 SET NOT NULL; \
        ALTER TABLE parent ALTER COLUMN name2 SET DEFAULT 'none';";
    let on = On::sqlite();
    on.execute(&family("CASCADE")).await;
    let result = on.run(&written_in(text, Language::Postgres)).await;
    result.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(on.value("SELECT count(parent) FROM child").await, "3");
    assert_eq!(
        on.value("SELECT group_concat(name2) FROM parent").await,
        "a,b,c"
    );
}

/// The old table renamed away first: keys of others would follow it into nothing.
#[tokio::test]
async fn renamed_away() {
    let text = "ALTER TABLE parent RENAME TO old_parent; \
        CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
        INSERT INTO parent SELECT id, name FROM old_parent; DROP TABLE old_parent;";
    for text in [text, &format!("PRAGMA foreign_keys=OFF; {text}")] {
        keeps(&family("CASCADE"), text).await;
    }
    // Nobody refers to this one.
    let alone = text
        .replace("parent", "child")
        .replace("name TEXT NOT NULL", "parent INTEGER")
        .replace("id, name", "id, parent");
    keeps(&family("CASCADE"), &alone).await;
}

/// Rows that the author's own copy leaves behind, or orphans.
#[tokio::test]
async fn copies_that_lose_rows() {
    let text = "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT); \
        INSERT INTO new_parent SELECT * FROM parent WHERE id < 3; \
        DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent;";
    let (on, result) = run(&family("CASCADE"), text).await;
    let failure = result.unwrap_err().to_string();
    assert!(
        failure.contains("rows of child would refer to rows that are not there"),
        "{failure}"
    );
    assert_eq!(on.value("SELECT count(*) FROM parent").await, "3");
}
