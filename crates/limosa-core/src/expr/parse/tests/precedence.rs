//! The precedence of both dialects' manuals.

use super::{postgres, sqlite};

#[test]
fn of_postgres() {
    postgres(
        "a OR b AND NOT c = d",
        "\"a\" OR \"b\" AND NOT \"c\" = \"d\"",
    );
    postgres("(a OR b) AND c", "(\"a\" OR \"b\") AND \"c\"");
    postgres("a = b IS NULL", "(\"a\" = \"b\") IS NULL");
    postgres("a < b LIKE c", "\"a\" < (\"b\" LIKE \"c\")");
    postgres("a || b LIKE c || d", "\"a\" || \"b\" LIKE \"c\" || \"d\"");
    postgres("a || b + c", "\"a\" || (\"b\" + \"c\")");
    postgres("a - b - c", "\"a\" - \"b\" - \"c\"");
    postgres("a - (b - c)", "\"a\" - (\"b\" - \"c\")");
    postgres("a + b * c % d", "\"a\" + \"b\" * \"c\" % \"d\"");
    postgres("-2 ^ 2", "(-2) ^ 2");
    postgres("2 ^ 3 ^ 3", "2 ^ 3 ^ 3");
    postgres("-a::int", "-CAST(\"a\" AS integer)");
    postgres("-1::int", "-CAST(1 AS integer)");
    postgres(
        "a AT TIME ZONE 'x' || b",
        "(\"a\" AT TIME ZONE 'x') || \"b\"",
    );
    postgres("a || b COLLATE \"C\"", "\"a\" || (\"b\" COLLATE \"C\")");
    postgres("NOT a IS NULL", "NOT \"a\" IS NULL");
    postgres("(NOT a) IS NULL", "(NOT \"a\") IS NULL");
    postgres("a BETWEEN 1 AND 2 AND b", "\"a\" BETWEEN 1 AND 2 AND \"b\"");
    postgres(
        "a NOT BETWEEN b + 1 AND c",
        "\"a\" NOT BETWEEN \"b\" + 1 AND \"c\"",
    );
    postgres("a -> b -> c ->> d", "(\"a\" -> \"b\" -> \"c\") ->> \"d\"");
    postgres("a IN (1) = b", "(\"a\" IN (1)) = \"b\"");
    postgres("~ a & b", "(~\"a\") & \"b\"");
    postgres("- - a", "-(-\"a\")");
    postgres("-(-1)", "-(-1)");
    postgres("a - -1", "\"a\" - -1");
}

#[test]
fn of_sqlite() {
    sqlite("a = b < c", "\"a\" = (\"b\" < \"c\")");
    sqlite("a || b * c", "(\"a\" || \"b\") * \"c\"");
    sqlite("a & b + c", "\"a\" & (\"b\" + \"c\")");
    sqlite("a -> 'b' = 1", "\"a\" -> 'b' = 1");
    sqlite("a IS b", "\"a\" IS \"b\"");
    sqlite("a IS NOT b", "\"a\" IS NOT \"b\"");
    sqlite("a == b OR c != d", "\"a\" = \"b\" OR \"c\" <> \"d\"");
    sqlite(
        "a NOTNULL AND b NOT NULL AND c ISNULL",
        "\"a\" IS NOT NULL AND \"b\" IS NOT NULL AND \"c\" IS NULL",
    );
    sqlite("~a + b", "(~\"a\") + \"b\"");
    sqlite("NOT a = b", "NOT \"a\" = \"b\"");
    sqlite("a LIKE b = c", "(\"a\" LIKE \"b\") = \"c\"");
}
