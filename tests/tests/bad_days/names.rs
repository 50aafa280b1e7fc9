//! Identifiers of any kind, from the file to the way back.

use limosa_core::engine::{Consent, Extent, Runner};
use limosa_core::report::Outcome;
use limosa_tests::{On, migrations, on_both};

use limosa_postgres::Postgres;

on_both!(
    names_go_there_and_back,
    texts_go_there_and_back,
    names_of_exactly_63_bytes,
    longer_names_are_cut_off_alike,
    names_that_are_cut_off_to_the_same_one,
);

const NAMES: [&str; 20] = [
    "semi;colon",
    "a \"quoted\" name",
    "\"",
    "it's",
    "'; DROP TABLE kept; --",
    "\"; DROP TABLE kept; --",
    "sp ace",
    " leading and trailing ",
    "tab\tand\nline",
    "-- no comment",
    "/* nor this",
    "*/",
    "$$",
    "$1",
    "%s {schemas} {journal}",
    "back\\slash",
    "Größe 漢字 🦀",
    "e\u{301} is not \u{e9}",
    "select",
    "CamelCase.with.dots",
];

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name, and others made of it.
struct Name<'a>(&'a str);

impl Name<'_> {
    /// What tells names apart stands in front where the end is cut off.
    fn with(&self, suffix: &str) -> String {
        if self.0.len() > 62 && !suffix.is_empty() {
            format!("{suffix}{}", self.0)
        } else {
            format!("{}{suffix}", self.0)
        }
    }

    fn quoted(&self, suffix: &str) -> String {
        quoted(&self.with(suffix))
    }

    /// As it is in the database.
    fn cut(&self, suffix: &str) -> String {
        let mut name = self.with(suffix);
        while name.len() > 63 {
            name.pop();
        }
        name
    }

    /// Migrations with this name in all places.
    fn texts(&self) -> Vec<String> {
        let q = |suffix: &str| self.quoted(suffix);
        let (table, key, words, link, literal) =
            (q(""), q("c"), q("d"), q("r"), self.0.replace('\'', "''"));
        vec![
            format!(
                "CREATE TABLE {table} ({key} integer PRIMARY KEY, {words} text DEFAULT '{literal}',
                   CONSTRAINT {} UNIQUE ({words}), CONSTRAINT {} CHECK ({key} <> 7));",
                q("u"),
                q("k")
            ),
            format!("CREATE INDEX {} ON {table} ({words}, {key});", q("i")),
            format!(
                "CREATE TABLE {} (id integer PRIMARY KEY, {link} integer,
                   CONSTRAINT {} FOREIGN KEY ({link}) REFERENCES {table} ({key}));",
                q("2"),
                q("f")
            ),
            format!("ALTER TABLE {table} ADD COLUMN {} text;", q("n")),
            format!(
                "CREATE VIEW {} AS SELECT {key}, {} FROM {table};",
                q("v"),
                q("n")
            ),
            format!("ALTER TABLE {} RENAME COLUMN {link} TO {};", q("2"), q("m")),
            format!("ALTER TABLE {} RENAME TO {};", q("2"), q("3")),
        ]
    }

    /// Applied, proved, exercised.
    async fn applied(&self, on: &On) {
        let name = self.0;
        let mut texts = self.texts();
        texts[0] += &format!(
            "INSERT INTO {} ({}) VALUES (1);",
            self.quoted(""),
            self.quoted("c")
        );
        let all = migrations(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let report = on
            .run(&all)
            .await
            .unwrap_or_else(|failure| panic!("{name:?}: {failure}"));
        assert_eq!(report.migrations.len(), texts.len());
        assert!(
            report.warnings.is_empty(),
            "{name:?}: {:?}",
            report.warnings
        );
        let row = format!(
            "SELECT {} FROM {}",
            quoted(&self.cut("d")),
            quoted(&self.cut(""))
        );
        assert_eq!(on.value(&row).await, name);
        let schema = on.schema().await;
        let cut = self.cut("");
        assert!(
            schema.tables.iter().any(|table| table.name.name == cut),
            "{name:?}"
        );
        let (mut session, runner) = (on.session().await, Runner::new(&all));
        let evidence = runner.verify(session.as_mut()).await.expect(name);
        assert!(evidence.len() > 5, "{name:?}: {evidence:?}");
        assert!(
            evidence.iter().all(|one| one.differences.is_empty()),
            "{name:?}: {evidence:?}"
        );
        let trials = runner.probe(session.as_mut()).await;
        let trials = trials.unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert!(!trials.is_empty());
        let again = runner.run(session.as_mut()).await.expect(name);
        assert_eq!(again.outcome, Outcome::UpToDate);
    }

    /// Without its journal it is found again, by definition, and undone.
    async fn found_and_undone(&self, on: &On) {
        let name = self.0;
        on.execute("DROP TABLE limosa_journal").await;
        let texts = self.texts();
        let all = migrations(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let adopted = on
            .run(&all)
            .await
            .unwrap_or_else(|failure| panic!("{name:?}: {failure}"));
        assert!(
            adopted
                .migrations
                .iter()
                .all(limosa_core::report::Ran::is_adopted),
            "{name:?}: {adopted:?}"
        );
        let undone = Runner::new(&all)
            .rollback(
                on.session().await.as_mut(),
                &Extent::Steps(texts.len()),
                Consent::Given,
            )
            .await;
        undone.unwrap_or_else(|failure| panic!("{name:?}: {failure}"));
        on.execute("DROP TABLE limosa_journal").await;
    }
}

async fn there_and_back(on: &On, name: &str) {
    let before = on.schema().await;
    Name(name).applied(on).await;
    Name(name).found_and_undone(on).await;
    assert_eq!(on.schema().await, before, "{name:?}");
}

async fn names_go_there_and_back(on: On) {
    on.execute("CREATE TABLE kept (id integer)").await;
    for name in NAMES {
        there_and_back(&on, name).await;
    }
    assert_eq!(on.value("SELECT count(*) FROM kept").await, "0");
}

/// Comments, defaults, labels and rows; and the journal's own texts.
async fn texts_go_there_and_back(on: On) {
    for (number, name) in NAMES.iter().enumerate() {
        let literal = name.replace('\'', "''");
        let table = format!("t{number}");
        let text = format!(
            "CREATE TABLE {table} (id integer, w text DEFAULT '{literal}' CHECK (w <> '{literal}x'));
             COMMENT ON TABLE {table} IS '{literal}'; INSERT INTO {table} (id) VALUES (1);
             INSERT INTO {table} VALUES (2, '{literal}');"
        );
        on.run(&migrations(&[&text]))
            .await
            .unwrap_or_else(|failure| panic!("{name:?}: {failure}"));
        let found = on.column(&format!("SELECT w FROM {table}")).await;
        assert_eq!(found, [Some((*name).to_owned()), Some((*name).to_owned())]);
        let source = on.value("SELECT source FROM limosa_journal").await;
        assert!(source.contains(&literal), "{name:?}: {source}");
        on.execute("DROP TABLE limosa_journal").await;
    }
}

async fn names_of_exactly_63_bytes(on: On) {
    // A suffix of one byte goes with each name.
    for name in ["n".repeat(62), format!("{}ab", "漢".repeat(20))] {
        assert_eq!(name.len(), 62);
        there_and_back(&on, &name).await;
    }
}

/// `PostgreSQL` cuts it off at a character (manual section 4.1.1), and so does whoever reads what was
/// written for it: the name is the same everywhere.
async fn longer_names_are_cut_off_alike(on: On) {
    for name in [
        "n".repeat(64),
        "n".repeat(200),
        "漢".repeat(22),
        format!("a{}", "🦀".repeat(16)),
    ] {
        there_and_back(&on, &name).await;
    }
}

/// Two names that are one for the server: an error, not a table that counts as made.
async fn names_that_are_cut_off_to_the_same_one(on: On) {
    let (one, two) = (
        format!("{}1", "n".repeat(63)),
        format!("{}2", "n".repeat(63)),
    );
    let table = |name: &str| format!("CREATE TABLE {name} (id integer);");
    let rows = |name: &str| format!("INSERT INTO {name} VALUES (1);");
    for texts in [
        vec![table(&one) + &table(&two)],
        vec![table(&one), table(&two)],
        vec![table(&one) + &rows(&one), table(&two) + &rows(&two)],
        vec![format!("CREATE TABLE t ({one} integer, {two} integer);")],
        vec![format!(
            "CREATE TABLE t (id integer); CREATE INDEX {one} ON t (id); CREATE INDEX {two} ON t (id);"
        )],
    ] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let failure = on.run(&migrations(&texts)).await.expect_err(texts[0]);
        assert!(failure.to_string().contains(&"n".repeat(63)), "{failure}");
        let tables = on.schema().await.tables;
        assert!(tables.len() < texts.len(), "{failure}: {tables:?}");
        for table in tables {
            on.execute(&format!("DROP TABLE {}", table.name.name)).await;
        }
        on.execute("DROP TABLE IF EXISTS limosa_journal").await;
    }
}

/// What fills places in Limosa's own statements is no place itself.
#[tokio::test]
async fn schemas_of_any_name() {
    let on = On::postgres().await;
    for schema in [
        "{journal}",
        "{rows} {lock} {token}",
        "a\"b'c;",
        "{schemas}",
        "x\\y",
        "a, public",
    ] {
        on.execute(&format!("CREATE SCHEMA {}", quoted(schema)))
            .await;
        let database = match &on {
            On::Postgres(database) => database,
            On::Sqlite(_) => unreachable!("made so"),
        };
        let client = database.client().await;
        let path = format!("SET search_path = {}", quoted(schema));
        client.batch_execute(&path).await.expect(schema);
        let mut session = Postgres::new(client);
        let all =
            migrations(&["CREATE TABLE a (id integer PRIMARY KEY); INSERT INTO a VALUES (1);"]);
        let runner = Runner::new(&all);
        runner
            .run(&mut session)
            .await
            .unwrap_or_else(|failure| panic!("{schema}: {failure}"));
        let report = runner.run(&mut session).await.expect(schema);
        assert_eq!(report.outcome, Outcome::UpToDate, "{schema}");
        let rows = format!("SELECT count(*) FROM {}.a", quoted(schema));
        assert_eq!(on.value(&rows).await, "1", "{schema}");
    }
}
