//! What cannot be the same is refused before anything is run: the message names the construct, the
//! file, the line, and what to do.

use limosa_core::engine::Runner;
use limosa_core::plan::Verdict;
use limosa_tests::{On, migrations};

use crate::both::refusal;

const TABLES: &str =
    "CREATE TABLE t (id integer PRIMARY KEY, a integer, b boolean, d date, at timestamptz,
    p numeric(8, 3), f double precision, j jsonb, l text[], raw bytea, x text);\n";

/// The statement stands on line 4.
async fn check(cases: &[(&str, &str)]) {
    for (statement, construct) in cases {
        let said = refusal(&[&format!("{TABLES}\n{statement}")]).await;
        for part in [construct, "SQLite", "migration.sql:4"] {
            assert!(
                said.contains(part),
                "{statement}: {part:?} is not in {said}"
            );
        }
    }
}

#[tokio::test]
async fn values_and_operators() {
    check(&[
        ("UPDATE t SET d = d + 1", "calculate with date"),
        (
            "UPDATE t SET at = at + interval '1 day'",
            "calculate with timestamp",
        ),
        (
            "UPDATE t SET at = now() - interval '1 month'",
            "calculate with timestamp",
        ),
        ("UPDATE t SET j = j || '{\"a\": 1}'", "use || on jsonb"),
        ("UPDATE t SET j = j - 'a'", "calculate with jsonb"),
        ("UPDATE t SET l = l || 'a'", "use || on array"),
        ("UPDATE t SET raw = raw || '\\x00'", "use || on bytes"),
        ("UPDATE t SET x = p::text", "write numeric as text"),
        ("UPDATE t SET x = f", "write double as text"),
        ("UPDATE t SET x = at::text", "write timestamp as text"),
        ("UPDATE t SET x = raw::text", "write bytes as text"),
        ("UPDATE t SET p = p % 2", "remainder"),
        ("UPDATE t SET x = x ~ 'a'", "operator ~"),
        ("UPDATE t SET b = x SIMILAR TO 'a'", "SIMILAR TO"),
        ("UPDATE t SET b = j @> '{}'", "operator @>"),
        ("UPDATE t SET b = l && '{a}'", "operator &&"),
        ("UPDATE t SET x = l[1]", "operator []"),
        ("UPDATE t SET x = j->>x", "by this key"),
        ("UPDATE t SET x = j->>-1", "by this key"),
        ("UPDATE t SET x = j->>'$.a'", "by this key"),
        ("UPDATE t SET a = x LIKE x", "LIKE"),
        ("UPDATE t SET b = x::boolean", "cast text to boolean"),
        ("UPDATE t SET at = x::timestamptz", "cast text to timestamp"),
        ("UPDATE t SET a = extract(year FROM at)", "extract"),
        ("UPDATE t SET x = to_char(at, 'YYYY')", "to_char"),
        ("UPDATE t SET a = nextval('s')", "nextval"),
        ("UPDATE t SET a = floor(f)", "floor"),
        ("UPDATE t SET f = random()", "random"),
        ("UPDATE t SET a = greatest(a, 1)", "greatest"),
        ("UPDATE t SET j = jsonb_set(j, '{a}', '1')", "jsonb_set"),
        (
            "UPDATE t SET j = jsonb_build_object('a', 1)",
            "jsonb_build_object",
        ),
        (
            "UPDATE t SET x = 'a' WHERE at AT TIME ZONE 'Europe/Berlin' > now()",
            "AT TIME ZONE",
        ),
        (
            "UPDATE t SET x = string_agg(DISTINCT x, ',')",
            "string_agg DISTINCT",
        ),
        ("UPDATE t SET x = x COLLATE \"de_DE\"", "collation de_DE"),
        ("UPDATE t SET l = ARRAY[x]", "array"),
        (
            "INSERT INTO t (id) SELECT generate_series(1, 3)",
            "generate_series",
        ),
        ("INSERT INTO other.t (id) VALUES (1)", "other"),
    ])
    .await;
}

#[tokio::test]
async fn statements() {
    check(&[
        (
            "UPDATE t SET (a, x) = (SELECT 1, 'a')",
            "SET of several columns",
        ),
        (
            "INSERT INTO t (id) OVERRIDING USER VALUE VALUES (1)",
            "a clause that the model has no place for",
        ),
        ("INSERT INTO t AS u (id) VALUES (1)", "an alias"),
        (
            "INSERT INTO t (id) VALUES (1) ON CONFLICT ON CONSTRAINT t_x_key DO NOTHING",
            "t_x_key",
        ),
        (
            "WITH gone AS (DELETE FROM t RETURNING id) INSERT INTO t SELECT id FROM gone",
            "a WITH that changes rows itself",
        ),
        (
            "WITH made AS (INSERT INTO t (id) VALUES (1) RETURNING id) SELECT id FROM made",
            "with",
        ),
        (
            "WITH t AS (SELECT id FROM t) UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t)",
            "read t in a WITH of that name",
        ),
        (
            "WITH odd AS (SELECT d + 1 AS d FROM t) UPDATE t SET a = 1 FROM odd",
            "calculate with date",
        ),
        ("SELECT setval('t_id_seq', 5)", "select"),
        ("TRUNCATE t", "truncate"),
        (
            "INSERT INTO t (id) VALUES (1) RETURNING nextval('s')",
            "RETURNING",
        ),
        ("DO $$ BEGIN UPDATE t SET a = 1; END $$", "do"),
    ])
    .await;
}

#[tokio::test]
async fn defaults() {
    check(&[
        ("CREATE TABLE u (a integer DEFAULT 'x')", "as a number"),
        (
            "CREATE TABLE u (a smallint DEFAULT 70000)",
            "out of the type's range",
        ),
        ("CREATE TABLE u (a uuid DEFAULT 'x')", "as a uuid"),
        (
            "CREATE TABLE u (a timestamptz DEFAULT 'tomorrow')",
            "as a moment",
        ),
        ("CREATE TABLE u (a jsonb DEFAULT '{')", "as jsonb"),
        (
            "CREATE TABLE u (a date DEFAULT CURRENT_DATE + 7)",
            "calculate with date",
        ),
        ("CREATE TABLE u (a tsvector)", "tsvector"),
        ("CREATE TABLE u (a money)", "money"),
        (
            "ALTER TABLE t ADD COLUMN y varchar(2) DEFAULT 'abc'",
            "3 characters",
        ),
    ])
    .await;
}

/// What follows a refusal is judged as if that were mended: a person reads what is wrong, once.
#[tokio::test]
async fn what_follows_a_refusal_is_no_other_one() {
    let on = On::sqlite();
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY, a tsvector);",
        "ALTER TABLE t ADD COLUMN b integer; CREATE INDEX by_b ON t (b); INSERT INTO t (id, b) VALUES (1, 2);",
    ]);
    let plan = Runner::new(&all).plan(on.session().await.as_mut()).await;
    let plan = plan.expect("it is made");
    let steps = plan.migrations.iter().flat_map(|one| &one.steps);
    let refused = steps.filter(|step| matches!(step.verdict, Verdict::Conflict { .. }));
    let refused: Vec<&str> = refused.map(|step| step.summary.as_str()).collect();
    assert_eq!(refused, ["create table t"]);
}

/// A type that is held like the one before is another one all the same.
#[tokio::test]
async fn a_key_refers_to_a_column_of_a_type_that_is_held_alike() {
    let both = [
        "CREATE TABLE a (id uuid, n integer, CONSTRAINT a_pkey PRIMARY KEY (id)); CREATE TABLE b (a uuid);",
        "ALTER TABLE a DROP CONSTRAINT a_pkey, DROP COLUMN n, ALTER COLUMN id TYPE text,
           ADD CONSTRAINT a_pkey PRIMARY KEY (id);
         ALTER TABLE b ALTER COLUMN a TYPE text;
         ALTER TABLE b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES a (id);",
    ];
    for on in [On::postgres().await, On::sqlite()] {
        on.run(&migrations(&both)).await.expect("they are texts");
    }
}
