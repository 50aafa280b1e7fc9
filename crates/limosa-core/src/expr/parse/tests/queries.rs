//! Queries that people write, and that `pg_get_viewdef` of Postgres 15 prints.

use super::query;
use crate::expr::testing::Small;
use crate::expr::{Lexicon, Query, render_query};

#[test]
fn selects() {
    query("select 1", "SELECT 1");
    query("select * from t", "SELECT * FROM \"t\"");
    query("SELECT FROM g", "SELECT FROM \"g\"");
    query(
        "select distinct a, b bb from s.t x where c order by a desc nulls last, b asc limit 5 offset 2;",
        "SELECT DISTINCT \"a\", \"b\" AS \"bb\" FROM \"s\".\"t\" AS \"x\" WHERE \"c\" \
         ORDER BY \"a\" DESC NULLS LAST, \"b\" LIMIT 5 OFFSET 2",
    );
    query(
        " SELECT t.a,\n    count(*) AS n\n   FROM t\n  WHERE t.ok\n  GROUP BY t.a, t.b\n HAVING (count(*) > 1)\n OFFSET 2\n LIMIT 5;",
        "SELECT \"t\".\"a\", count(*) AS \"n\" FROM \"t\" WHERE \"t\".\"ok\" \
         GROUP BY \"t\".\"a\", \"t\".\"b\" HAVING count(*) > 1 LIMIT 5 OFFSET 2",
    );
    query(" VALUES (1,'a'), (2,'b')", "VALUES (1, 'a'), (2, 'b')");
    query("((select 1))", "SELECT 1");
}

#[test]
fn joins() {
    query(
        "SELECT 1 FROM ((t JOIN g ON ((g.a = t.a))) LEFT JOIN d ON (d.b = t.a))",
        "SELECT 1 FROM \"t\" JOIN \"g\" ON \"g\".\"a\" = \"t\".\"a\" LEFT JOIN \"d\" ON \"d\".\"b\" = \"t\".\"a\"",
    );
    query(
        "select 1 from a full outer join (b cross join c) using (x, y), d",
        "SELECT 1 FROM \"a\" FULL JOIN (\"b\" CROSS JOIN \"c\") USING (\"x\", \"y\"), \"d\"",
    );
    query(
        "select 1 from (select 2) x",
        "SELECT 1 FROM (SELECT 2) AS \"x\"",
    );
}

#[test]
fn sets_and_common_tables() {
    query(
        " WITH x AS (\n SELECT 1 AS q\n )\n(\n SELECT x.q FROM x\n UNION ALL\n SELECT 2 AS q\n) UNION\n SELECT 3 AS q;",
        "WITH \"x\" AS (SELECT 1 AS \"q\") SELECT \"x\".\"q\" FROM \"x\" UNION ALL SELECT 2 AS \"q\" UNION SELECT 3 AS \"q\"",
    );
    query(
        "with recursive r(n) as (select 1 union all select n + 1 from r) select n from r",
        "WITH RECURSIVE \"r\" (\"n\") AS (SELECT 1 UNION ALL SELECT \"n\" + 1 FROM \"r\") SELECT \"n\" FROM \"r\"",
    );
    query(
        "select 1 union select 2 intersect select 3",
        "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)",
    );
    query(
        "(select 1 union select 2) intersect select 3",
        "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3",
    );
    query(
        "(select 1 limit 1) union select 2",
        "(SELECT 1 LIMIT 1) UNION SELECT 2",
    );
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Query::parse(text, &Lexicon::POSTGRES).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_the_tree_does_not_hold_is_refused() {
    refused("select distinct on (a) a from t", "DISTINCT ON is not held");
    refused(
        "select a from t group by rollup(a)",
        "grouping sets are not held",
    );
    refused(
        "select 1 from generate_series(1, 3) gs",
        "a function in FROM is not held",
    );
    refused(
        "select 1 from (select 2) x(a)",
        "an alias with columns is not held",
    );
    refused(
        "select 1 from a natural join b",
        "NATURAL JOIN is not held: name the columns",
    );
    refused(
        "select 1 from a, lateral (select 1) b",
        "expected a table, found `lateral`",
    );
    refused(
        "select 1 from t for update",
        "expected the end, found `for`",
    );
    refused("select 1; select 2", "expected the end, found `select`");
    refused(
        "select 1 from a join b",
        "expected ON or USING, found the end",
    );
    refused("table t", "expected SELECT, found `table`");
}

#[track_caller]
fn small(text: &str, expected: &str) {
    let tree = Query::parse(text, &Lexicon::POSTGRES).unwrap();
    assert_eq!(render_query(&tree, &Small).unwrap(), expected);
}

#[test]
fn another_dialect_words_it_its_own_way() {
    small("select 1 offset 2", "SELECT 1 LIMIT -1 OFFSET 2");
    small(
        "select 1 union (select 2 union all select 3)",
        "SELECT 1 UNION SELECT * FROM (SELECT 2 UNION ALL SELECT 3)",
    );
    small(
        "select 1 where 2 = any (array[1, 2])",
        "SELECT 1 WHERE 2 IN (1, 2)",
    );
    small(
        "select 1 where 2 <> all (select 3)",
        "SELECT 1 WHERE 2 NOT IN (SELECT 3)",
    );
}

#[test]
fn sqlite_reads_set_operators_from_left_to_right() {
    let text = "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3";
    let tree = Query::parse(text, &Lexicon::SQLITE).unwrap();
    let expected = "SELECT * FROM (SELECT 1 UNION SELECT 2) INTERSECT SELECT 3";
    assert_eq!(render_query(&tree, &Small).unwrap(), expected);
}
