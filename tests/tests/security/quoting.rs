//! Texts and names that want to get out of their quotes. The properties of `limosa_tests::property`, over
//! what was found before and at random; and by the databases' own account.

use limosa_core::dialect::Dialect;
use limosa_postgres::PostgresDialect;
use limosa_sqlite::SqliteDialect;
use limosa_tests::property;
use limosa_tests::{On, on_both};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

on_both!(the_database_reads_what_was_quoted);

/// What was found by fuzzing, or is likely to be.
const CORPUS: &str = include_str!("../../../fuzz/corpus/texts");

const PARTS: &[&str] = &[
    "'", "''", "\"", "\"\"", "\\", "\\'", "$$", "$a$", "--", "/*", "*/", ";", "E'", "U&'", "x'",
    "\n", "\r", "\t", "`", "[", "]", "?", "$1", ":a", "@", "%", "{", "}", "a", "Z", "é", "漢",
    "🦀", "\u{301}", " ", "(", ")", "::", "=", "NULL", "CASE", "1.", "e5", "||", ".", ",", "<>",
    "\u{feff}", "\u{202e}", "\u{a0}",
];

fn text() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(prop::sample::select(PARTS), 0..24);
    prop_oneof![3 => parts.prop_map(|parts| parts.concat()), 1 => any::<String>()]
}

fn all(text: &str) {
    property::no_byte_is_lost(text);
    property::reading_never_panics(text);
    property::quoting_goes_round(text);
    property::expressions_are_stable(text);
    property::urls_keep_their_secret(text);
}

#[test]
fn what_was_found_before() {
    for text in CORPUS.lines() {
        all(text);
    }
    all(CORPUS);
}

proptest! {
    #[test]
    fn any_text(text in text()) {
        all(&text);
    }
}

/// A database that takes a name or text cut off, or more of it than was quoted, says something else.
async fn the_database_reads_what_was_quoted(on: On) {
    let dialect: &dyn Dialect = match &on {
        On::Postgres(_) => &PostgresDialect,
        On::Sqlite(_) => &SqliteDialect,
    };
    on.execute("CREATE TABLE kept (id integer)").await;
    let mut texts: Vec<String> = CORPUS.lines().map(str::to_owned).collect();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..limit(400) {
        let tree = text().new_tree(&mut runner).expect("a text");
        // No text of either database holds a zero byte.
        texts.push(tree.current().replace('\0', ""));
    }
    for batch in texts.chunks(50) {
        // `length` and a comparison inside would be by the same quoting: the value itself comes back.
        let rows: Vec<String> = batch
            .iter()
            .enumerate()
            .map(|(at, text)| format!("SELECT {at} AS n, {} AS t", dialect.string(text)))
            .collect();
        let rows = rows.join(" UNION ALL ");
        let found = on
            .column(&format!("SELECT t FROM ({rows}) r ORDER BY n"))
            .await;
        let expected: Vec<_> = batch.iter().map(|text| Some(text.clone())).collect();
        assert_eq!(found, expected);
        // As the session says that backslashes mean something.
        if let On::Postgres(_) = &on {
            let off = format!(
                "SET standard_conforming_strings = off; SELECT t FROM ({rows}) r ORDER BY n"
            );
            assert_eq!(on.column(&off).await, expected);
        }
        names(&on, dialect, batch).await;
    }
    assert_eq!(on.value("SELECT count(*) FROM kept").await, "0");
}

async fn names(on: &On, dialect: &dyn Dialect, batch: &[String]) {
    let mut columns: Vec<String> = Vec::new();
    for text in batch {
        let cut = dialect.facts().lexicon.cut(text).to_owned();
        // SQLite does not tell names apart that differ in ASCII case alone.
        let is_new = !columns.iter().any(|one| one.eq_ignore_ascii_case(&cut));
        if !cut.is_empty() && is_new {
            columns.push(cut);
        }
    }
    let quoted: Vec<String> = columns
        .iter()
        .map(|name| format!("{} integer", dialect.identifier(name)))
        .collect();
    on.execute(&format!("CREATE TABLE t ({})", quoted.join(", ")))
        .await;
    let schema = on.schema().await;
    let table = schema.table(&"t".into()).expect("it is there");
    let found: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(found, columns);
    on.execute("DROP TABLE t").await;
}

/// So many, or as many as `PROPTEST_CASES` says.
fn limit(usual: usize) -> usize {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(usual)
}
