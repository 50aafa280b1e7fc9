//! What one database would keep only in part is refused when planning, unless its author accepts it.

use limosa_core::datatype::DataType;
use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::migration::{Migration, Migrations};
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Table};
use limosa_tests::{On, migrations};

use crate::both::{refusal, refusal_on};

const SQLITE: &str = "-- limosa: dialect sqlite\n\n";

/// A text for one column's type, which stands on line 3.
fn column(data_type: &str) -> String {
    format!("-- what is paid\n\nCREATE TABLE paid (id integer PRIMARY KEY, amount {data_type});")
}

async fn runs(on: &On, texts: &[&str]) {
    if let Err(failure) = on.run(&migrations(texts)).await {
        panic!("{}: {texts:?}: {failure}", on.id());
    }
}

#[tokio::test]
async fn digits_that_sqlite_rounds() {
    for data_type in [
        "numeric",
        "decimal",
        "numeric(16, 2)",
        "numeric(20)",
        "numeric(38, 18)",
        "numeric(3, -16)",
    ] {
        let said = refusal(&[&column(data_type)]).await;
        for part in ["migration.sql:3", "paid.amount (numeric", "accept loss"] {
            assert!(said.contains(part), "{data_type}: {part:?} not in {said}");
        }
        let on = On::postgres().await;
        // A scale below zero is known since version 15.
        let version = on
            .value("SELECT current_setting('server_version_num')")
            .await;
        let version: u32 = version.parse().expect("a number");
        if version >= 150_000 || !data_type.contains('-') {
            runs(&on, &[&column(data_type)]).await;
        }
    }
}

#[tokio::test]
async fn what_is_kept_whole_needs_no_word() {
    for data_type in [
        "numeric(15, 2)",
        "numeric(18)",
        "numeric(3, 5)",
        "real",
        "double precision",
        "bigint",
        "timestamptz",
        "timestamp(3)",
        "timetz",
        "interval",
        "varchar(20)",
        "char(3)",
        "citext",
        "numeric[]",
        "jsonb",
        "inet",
        "bytea",
        "numeric(15, 2) GENERATED ALWAYS AS (id / 3) STORED",
        "numeric GENERATED ALWAYS AS (id) STORED",
    ] {
        let text = format!("CREATE TABLE t (id integer PRIMARY KEY, a {data_type})");
        runs(&On::sqlite(), &[&text]).await;
    }
}

#[tokio::test]
async fn the_refusal_says_what_to_do() {
    let said = refusal(&[&column("numeric")]).await;
    let expected = "SQLite would not keep all of paid.amount (numeric): of a number with a fraction it \
         keeps 15 digits, of a whole one 18, and rounds the rest in silence; give it no more digits, as in \
         numeric(15, 2), or put `-- limosa: accept loss` above the statement to accept that";
    assert!(said.contains(expected), "{said}");
}

#[tokio::test]
async fn changes_of_a_table_too() {
    for change in ["ADD COLUMN b numeric", "ALTER COLUMN a TYPE numeric(20, 4)"] {
        let on = On::sqlite();
        let first = "CREATE TABLE t (id integer PRIMARY KEY, a numeric(8, 2))";
        let change = format!("ALTER TABLE t {change}");
        let said = refusal_on(&on, &[first, &change]).await;
        assert!(said.contains("migration.sql:1"), "{said}");
        assert!(said.contains("would not keep all of t."), "{said}");
        let accepted = format!("-- limosa: accept loss\n{change}");
        runs(&on, &[first, &accepted]).await;
    }
}

/// Above a statement, or for the whole file; what is accepted stands in the plan.
#[tokio::test]
async fn the_author_accepts_it() {
    let statement = "CREATE TABLE t (id integer PRIMARY KEY, a numeric)";
    for text in [
        format!("-- limosa: accept loss\n{statement}"),
        format!("-- limosa: accept loss\n\nCREATE TABLE s (id integer);\n{statement}"),
    ] {
        let on = On::sqlite();
        let list = migrations(&[&text]);
        let plan = Runner::new(&list)
            .plan(on.session().await.as_mut())
            .await
            .expect("a plan");
        let accepted: Vec<&str> = plan
            .steps()
            .flat_map(|(_, step)| step.accepted.iter().map(String::as_str))
            .collect();
        let [only] = accepted[..] else {
            panic!("{accepted:?}");
        };
        assert!(only.starts_with("t.a (numeric): of a number"), "{only}");
        runs(&on, &[&text]).await;
        // It loses no row that is there.
        assert!(plan.losses().is_empty());
    }
    let one = format!("-- limosa: accept loss\nCREATE TABLE s (id integer);\n{statement}");
    let said = refusal(&[&one]).await;
    assert!(said.contains("migration.sql:3"), "{said}");
}

/// Whoever writes for SQLite alone knows what it keeps.
#[tokio::test]
async fn words_for_one_database_are_taken() {
    let statement = "CREATE TABLE t (id INTEGER PRIMARY KEY, a NUMERIC)";
    for text in [
        format!("{SQLITE}{statement}"),
        format!("-- limosa: only sqlite\n{statement}"),
    ] {
        runs(&On::sqlite(), &[&text]).await;
    }
    let said = refusal(&[&format!("-- limosa: only sqlite, postgres\n{statement}")]).await;
    assert!(said.contains("accept loss"), "{said}");
}

/// What is there already is kept as it is: nothing is decided anew.
#[tokio::test]
async fn what_is_there_is_adopted() {
    let on = On::sqlite();
    on.execute("CREATE TABLE paid (id INTEGER NOT NULL PRIMARY KEY, amount NUMERIC)")
        .await;
    runs(&on, &[&column("numeric")]).await;
}

#[tokio::test]
async fn migrations_in_rust() {
    let amount = Column::new("amount", DataType::Numeric(None));
    let mut table = Table::new("paid".into());
    table.columns = vec![Column::new("id", DataType::Integer), amount.clone()].into();
    let create = Operation::CreateTable {
        table: table.into(),
        if_not_exists: false,
    };
    let dropped = Operation::AlterTable {
        table: "paid".into(),
        if_exists: false,
        change: TableChange::DropColumn {
            name: "amount".to_owned(),
            if_exists: false,
            cascade: false,
        },
    };
    let refused = Migration::builder("1", "paid").up(create.clone()).build();
    let list = Migrations::new(vec![refused]).expect("one");
    let failure = On::sqlite().run(&list).await.expect_err("is refused");
    let said = failure.to_string();
    assert!(said.contains("call `accept_loss`"), "{said}");

    let first = Migration::builder("1", "paid")
        .up(create)
        .accept_loss()
        .build();
    let second = Migration::builder("2", "unpaid").up(dropped).build();
    let list = Migrations::new(vec![first, second]).expect("two");
    let on = On::sqlite();
    on.run(&list).await.expect("it is accepted");
    // The way back gives the column back as it was, and asks nobody.
    let mut session = on.session().await;
    Runner::new(&list)
        .rollback(session.as_mut(), &Extent::Steps(1), Consent::Given)
        .await
        .expect("it is undone");
    let columns = on.column("SELECT amount FROM paid").await;
    assert!(columns.is_empty());
}

/// The other direction: SQLite keeps what is written, PostgreSQL converts it to the column's type.
#[tokio::test]
async fn constants_that_postgres_converts() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, p NUMERIC(8, 2), d DATE, h TIME, at DATETIME);\n";
    let on = On::postgres().await;
    for (statement, what) in [
        (
            "INSERT INTO t (id, n) VALUES (1, 1.5)",
            "1.5 in t.n (integer)",
        ),
        (
            "INSERT INTO t (id, n) VALUES (1, 2), (2, -2.25)",
            "2.25 in t.n",
        ),
        ("UPDATE t SET p = 1.005", "1.005 in t.p (numeric(8, 2))"),
        ("UPDATE t SET p = '12e-3'", "12e-3 in t.p"),
        (
            "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 0.5",
            "0.5 in t.n",
        ),
        (
            "UPDATE t SET d = '2024-01-01 10:00:00'",
            "2024-01-01 10:00:00 in t.d (date): it keeps the day alone",
        ),
        (
            "UPDATE t SET d = CURRENT_TIMESTAMP",
            "CURRENT_TIMESTAMP in t.d",
        ),
        (
            "UPDATE t SET h = '2024-01-01 10:00'",
            "the time of day alone",
        ),
        (
            "UPDATE t SET at = '2024-01-01T10:00:00+02:00'",
            "the offset",
        ),
        (
            "UPDATE t SET at = '2024-01-01 10:00:00.1234567'",
            "the fraction of the second",
        ),
        (
            "ALTER TABLE t ADD COLUMN m INTEGER DEFAULT 0.5",
            "0.5 in t.m",
        ),
        (
            "CREATE TABLE u (d DATE DEFAULT CURRENT_TIMESTAMP)",
            "CURRENT_TIMESTAMP in u.d (date): it keeps the day alone",
        ),
    ] {
        let text = format!("{SQLITE}{table}{statement};");
        let said = refusal_on(&on, &[&text]).await;
        for part in [what, "PostgreSQL would not keep all of", "migration.sql:4"] {
            assert!(said.contains(part), "{statement}: {part:?} not in {said}");
        }
    }
}

#[tokio::test]
async fn constants_that_postgres_keeps() {
    let text = format!(
        "{SQLITE}CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 7, p NUMERIC(8, 2) DEFAULT 1.50,
           d DATE DEFAULT CURRENT_DATE, at DATETIME DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO t (id, n, p, d, at) VALUES (1, 2.0, 1e2, '2024-01-01 00:00:00', '2024-01-01T10:00:00.123000Z'),
           (2, '3', '1.5', '2024-01-01', '2024-01-01 10:00:00+00:00');
         -- limosa: accept loss
         UPDATE t SET n = 1.5 WHERE id = 2;"
    );
    let on = On::postgres().await;
    runs(&on, &[&text]).await;
    assert_eq!(on.value("SELECT n FROM t WHERE id = 2").await, "2");
    runs(&On::sqlite(), &[&text]).await;
}
