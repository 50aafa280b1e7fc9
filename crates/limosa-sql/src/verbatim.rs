//! Statements that are carried verbatim: what they are called, and what they can do to the model.

use limosa_core::operation::{Effect, Operation, Sql};

use crate::cursor::Cursor;
use crate::language::Language;

/// The words that begin a statement of `PostgreSQL` ("SQL Commands") or `SQLite` ("SQL As Understood").
const VERBS: &[&str] = &[
    "ABORT",
    "ALTER",
    "ANALYZE",
    "ANALYSE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DETACH",
    "DISCARD",
    "DO",
    "DROP",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "GRANT",
    "IMPORT",
    "INSERT",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "NOTIFY",
    "PRAGMA",
    "PREPARE",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "REPLACE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "TABLE",
    "TRUNCATE",
    "UNLISTEN",
    "UPDATE",
    "VACUUM",
    "VALUES",
    "WITH",
];

/// Kinds of statements, longest first, that leave tables, indexes, views and types alone.
const HARMLESS: &[&str] = &[
    "ALTER DEFAULT PRIVILEGES",
    "ALTER FUNCTION",
    "ALTER POLICY",
    "ALTER ROLE",
    "ALTER PROCEDURE",
    "ALTER DATABASE",
    "ALTER SYSTEM",
    "ALTER PUBLICATION",
    "ALTER SUBSCRIPTION",
    "ALTER AGGREGATE",
    "ALTER USER",
    "ANALYZE",
    "CHECKPOINT",
    "CLUSTER",
    "COMMENT",
    "COPY",
    "CREATE AGGREGATE",
    "CREATE CAST",
    "CREATE COLLATION",
    "CREATE DOMAIN",
    "CREATE FUNCTION",
    "CREATE OPERATOR",
    "CREATE POLICY",
    "CREATE PROCEDURE",
    "CREATE PUBLICATION",
    "CREATE ROLE",
    "CREATE RULE",
    "CREATE SCHEMA",
    "CREATE STATISTICS",
    "CREATE TEXT SEARCH",
    "CREATE USER",
    "DELETE",
    "DEALLOCATE",
    "DROP AGGREGATE",
    "DROP CAST",
    "DROP FUNCTION",
    "DROP OPERATOR",
    "DROP POLICY",
    "DROP PROCEDURE",
    "DROP PUBLICATION",
    "DROP ROLE",
    "DROP RULE",
    "DROP STATISTICS",
    "DROP USER",
    "DROP ROUTINE",
    "EXPLAIN",
    "GRANT",
    "INSERT",
    "LISTEN",
    "LOCK",
    "MERGE",
    "NOTIFY",
    "PRAGMA",
    "REASSIGN",
    "REFRESH",
    "REPLACE",
    "RESET",
    "REVOKE",
    "SET",
    "SHOW",
    "TRUNCATE",
    "UPDATE",
    "VACUUM",
];

/// Words of a `CREATE`, `ALTER` or `DROP` that say nothing about what kind of object it is.
const MODIFIERS: &[&str] = &[
    "OR",
    "REPLACE",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "GLOBAL",
    "LOCAL",
    "RECURSIVE",
    "TRUSTED",
    "UNIQUE",
    "CONSTRAINT",
];

/// Kinds whose name has two or more words.
const LONG_KINDS: &[&str] = &[
    "MATERIALIZED VIEW",
    "VIRTUAL TABLE",
    "FOREIGN TABLE",
    "FOREIGN DATA WRAPPER",
    "EVENT TRIGGER",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH",
    "DEFAULT PRIVILEGES",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "ACCESS METHOD",
    "USER MAPPING",
];

/// Whether a text begins like a statement at all.
pub(crate) fn is_statement(text: &str, language: Language) -> bool {
    let cursor = Cursor::new(text, language.lexicon());
    cursor.peek().is_some_and(|first| {
        first.text == "("
            || VERBS
                .iter()
                .any(|verb| verb.eq_ignore_ascii_case(first.text))
    })
}

/// The operation that carries a text as it is.
pub(crate) fn operation(text: &str, language: Language) -> Operation {
    Operation::Sql(
        Sql {
            dialect: Some(language.id().to_owned()),
            summary: summary(text, language),
            effect: effect(text, language),
            text: text.to_owned(),
        }
        .into(),
    )
}

/// As [`operation`], saying which part of the statement the model has no place for.
pub(crate) fn beyond(text: &str, what: &str, language: Language) -> Operation {
    let mut carried = operation(text, language);
    if let Operation::Sql(sql) = &mut carried {
        sql.summary = format!("{} ({what})", sql.summary);
    }
    carried
}

/// What a statement is, in a few words: `create function touch`.
pub(crate) fn summary(text: &str, language: Language) -> String {
    let mut cursor = Cursor::new(text, language.lexicon());
    let Some(verb) = cursor.next() else {
        return String::new();
    };
    let verb = verb.text.to_ascii_lowercase();
    match verb.as_str() {
        "do" => "do block".to_owned(),
        "create" | "alter" | "drop" | "reindex" => object_summary(&verb, &mut cursor),
        "comment" => {
            cursor.words("ON");
            object_summary("comment on", &mut cursor)
        }
        "insert" | "replace" => named(
            &verb,
            &mut cursor,
            &[
                "OR", "IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK", "INTO",
            ],
        ),
        "delete" => named(&verb, &mut cursor, &["FROM", "ONLY"]),
        "truncate" | "lock" | "analyze" | "vacuum" => named(&verb, &mut cursor, &["TABLE", "ONLY"]),
        "refresh" => named(
            "refresh materialized view",
            &mut cursor,
            &["MATERIALIZED", "VIEW", "CONCURRENTLY"],
        ),
        "update" | "pragma" | "set" | "call" | "select" => {
            named(&verb, &mut cursor, &["LOCAL", "SESSION"])
        }
        "(" => "query".to_owned(),
        _ => verb,
    }
}

fn named(verb: &str, cursor: &mut Cursor<'_>, skip: &[&str]) -> String {
    while skip.iter().any(|word| cursor.words(word)) {}
    match cursor.object() {
        Some(name) => format!("{verb} {name}"),
        None => verb.to_owned(),
    }
}

fn object_summary(verb: &str, cursor: &mut Cursor<'_>) -> String {
    if verb == "create" {
        while MODIFIERS.iter().any(|word| cursor.words(word)) {}
    }
    let kind = kind(cursor);
    if kind == "default privileges" {
        return format!("{verb} {kind}");
    }
    if cursor.words("ON") {
        return named(&format!("{verb} {kind} on"), cursor, &["ONLY"]);
    }
    let skip = ["IF NOT EXISTS", "IF EXISTS", "CONCURRENTLY", "ONLY"];
    named(&format!("{verb} {kind}"), cursor, &skip)
}

fn kind(cursor: &mut Cursor<'_>) -> String {
    let long = LONG_KINDS.iter().find(|kind| cursor.words(kind));
    match long {
        Some(kind) => kind.to_ascii_lowercase(),
        None => cursor
            .next()
            .map_or_else(String::new, |word| word.text.to_ascii_lowercase()),
    }
}

/// What a statement can do to the model.
pub(crate) fn effect(text: &str, language: Language) -> Effect {
    let mut cursor = Cursor::new(text, language.lexicon());
    let Some(verb) = cursor.next() else {
        return Effect::None;
    };
    let mut words = verb.text.to_ascii_uppercase();
    if ["CREATE", "ALTER", "DROP"].contains(&words.as_str()) {
        while MODIFIERS.iter().any(|word| cursor.words(word)) {}
        words = format!("{words} {}", kind(&mut cursor).to_ascii_uppercase());
    }
    if writes_to_the_catalog(text, language) {
        return Effect::Unknown;
    }
    let harmless = HARMLESS.iter().any(|known| words.starts_with(known))
        || sets_a_value(text, language)
        || changes_rows(text, language);
    // A cascade reaches whatever depends on it.
    if harmless && !mentions(text, language, "CASCADE") {
        Effect::None
    } else {
        Effect::Unknown
    }
}

/// `SELECT setval(...)` and `SELECT set_config(...)`, which dumps contain.
fn sets_a_value(text: &str, language: Language) -> bool {
    let mut cursor = Cursor::new(text, language.lexicon());
    cursor.words("SELECT")
        && cursor
            .object()
            .is_some_and(|name| ["setval", "set_config"].contains(&name.name.as_str()))
}

/// Whether a statement changes the rows of the database's own catalog: whatever that does, it is more
/// than to change rows. (`UPDATE pg_index SET indisready = false`, while a table is filled.)
pub(crate) fn writes_to_the_catalog(text: &str, language: Language) -> bool {
    let mut cursor = Cursor::new(text, language.lexicon());
    let verbs = ["INSERT INTO", "UPDATE", "DELETE FROM"];
    if !verbs.iter().any(|verb| cursor.words(verb)) {
        return false;
    }
    cursor.words("ONLY");
    let Some(table) = cursor.object() else {
        return false;
    };
    match language {
        Language::Postgres => match table.schema.as_deref() {
            None => table.name.starts_with("pg_"),
            Some(schema) => schema == "pg_catalog",
        },
        Language::Sqlite => ["sqlite_schema", "sqlite_master"]
            .iter()
            .any(|name| table.name.eq_ignore_ascii_case(name)),
    }
}

/// `WITH ... INSERT`, and so on.
fn changes_rows(text: &str, language: Language) -> bool {
    Cursor::new(text, language.lexicon()).words("WITH")
        && ["INSERT", "UPDATE", "DELETE"]
            .iter()
            .any(|verb| mentions(text, language, verb))
}

fn mentions(text: &str, language: Language, word: &str) -> bool {
    let mut cursor = Cursor::new(text, language.lexicon());
    while !cursor.at_end() {
        if cursor.words(word) {
            return true;
        }
        cursor.next();
    }
    false
}
