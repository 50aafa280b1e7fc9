//! What people write for `SQLite`, and what its catalog keeps.

use super::sqlite;

#[test]
fn constants() {
    sqlite("X'00fF'", "X'00ff'");
    sqlite("true", "TRUE");
    sqlite("0x1F", "0x1F");
    sqlite("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP");
    sqlite("datetime('now')", "datetime('now')");
    sqlite("(strftime('%s','now'))", "strftime('%s', 'now')");
    sqlite("'it''s'", "'it''s'");
    sqlite("\"x\"", "\"x\"");
    sqlite("now()", "now()");
}

#[test]
fn names() {
    sqlite("deletedAt", "\"deletedAt\"");
    sqlite("[a b].`c`", "\"a b\".\"c\"");
    sqlite("user", "\"user\"");
    sqlite("date", "\"date\"");
}

#[test]
fn operations() {
    sqlite("a GLOB 'x*'", "\"a\" GLOB 'x*'");
    sqlite("a COLLATE NOCASE = b", "\"a\" COLLATE \"NOCASE\" = \"b\"");
    sqlite("a IN ()", "\"a\" IN ()");
    sqlite("CAST(a AS TEXT)", "CAST(\"a\" AS text)");
    sqlite("iif(a, b, c)", "iif(\"a\", \"b\", \"c\")");
    sqlite("replace(a,'b','c')", "replace(\"a\", 'b', 'c')");
    sqlite("a IS NOT DISTINCT FROM b", "\"a\" IS \"b\"");
    sqlite("json_extract(a, '$.b')", "json_extract(\"a\", '$.b')");
    sqlite("length(a) BETWEEN 1 AND 3", "length(\"a\") BETWEEN 1 AND 3");
}
