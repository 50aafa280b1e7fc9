//! What Postgres files become, statement by statement.

use limosa_core::dialect::Dialect;
use limosa_core::name::Case;
use limosa_core::schema::Schema;
use limosa_sql::Language;
use limosa_sqlite::SqliteDialect;

/// The tables and types that the cases are about.
const BEFORE: &str = "\
    CREATE TYPE mood AS ENUM ('sad', 'ok');\
    CREATE TYPE spare AS ENUM ('a');\
    CREATE TABLE users (id bigserial PRIMARY KEY, name text, flag boolean DEFAULT true, \
        code varchar(10), note text, m mood, CHECK (length(note) > code::int), UNIQUE (code));\
    CREATE INDEX users_note ON users (note);\
    CREATE TABLE posts (id int PRIMARY KEY, author bigint REFERENCES users (id), body text);\
    CREATE VIEW bodies AS SELECT body FROM posts;\
    CREATE VIEW longer AS SELECT body FROM bodies WHERE length(body) > 9;\
    CREATE TABLE pairs (a int, b int, c uuid NOT NULL DEFAULT gen_random_uuid())";

fn before() -> Schema {
    let mut schema = Schema::empty(Case::Insensitive, Some("main".into()));
    for text in BEFORE.split(';') {
        let read = limosa_sql::statement(text, Language::Postgres).unwrap();
        for operation in &read.operations {
            schema.apply(operation).unwrap();
        }
    }
    schema
}

fn compile(text: &str) -> Result<Vec<String>, String> {
    let schema = before();
    let read = limosa_sql::statement(text, Language::Postgres).unwrap();
    assert_eq!(read.unread, None, "{text}");
    let mut all = Vec::new();
    for operation in &read.operations {
        let compiled = SqliteDialect.compile(&schema.complete(operation), &schema);
        all.extend(compiled.map_err(|refusal| refusal.to_string())?);
    }
    Ok(all)
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let compiled = compile(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
    assert_eq!(compiled, expected, "{text}");
}

/// A change that needs a new copy of a table; what its definition says then.
#[track_caller]
fn rebuilt(text: &str, definition: &str) {
    let compiled = compile(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
    let creates = compiled
        .iter()
        .find(|text| text.starts_with("CREATE TABLE \"limosa_new_"));
    let create = creates.unwrap_or_else(|| panic!("{text}: {compiled:?}"));
    assert!(create.contains(definition), "{text}: {create}");
}

#[track_caller]
fn refused(text: &str, reason: &str) {
    match compile(text) {
        Ok(statements) => panic!("{text}: {statements:?}"),
        Err(refusal) => assert!(refusal.contains(reason), "{text}: {refusal}"),
    }
}

#[test]
fn tables() {
    check(
        "CREATE TABLE public.t (id serial PRIMARY KEY, \"Name\" varchar(20) NOT NULL DEFAULT 'x'::varchar, \
         at timestamptz(3) DEFAULT now(), m mood, p bigint REFERENCES public.posts ON DELETE CASCADE, \
         n numeric(8, 2) CONSTRAINT pos CHECK (n > 0), UNIQUE (p, n))",
        &["CREATE TABLE \"t\" (\n  \
           \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n  \
           \"Name\" VARCHAR(20) NOT NULL DEFAULT 'x',\n  \
           \"at\" DATETIME DEFAULT CURRENT_TIMESTAMP,\n  \
           \"m\" TEXT CHECK (\"m\" IN ('sad', 'ok')),\n  \
           \"p\" BIGINT CONSTRAINT \"t_p_fkey\" REFERENCES \"posts\" ON DELETE CASCADE,\n  \
           \"n\" NUMERIC(8,2) CONSTRAINT \"pos\" CHECK (\"n\" > 0),\n  \
           CONSTRAINT \"t_p_n_key\" UNIQUE (\"p\", \"n\")\n)"],
    );
    refused(
        "CREATE TABLE t (id serial, a int, PRIMARY KEY (id, a))",
        "whole primary key",
    );
    refused("CREATE TABLE auth.t (a int)", "it has no schemas");
    refused("CREATE TABLE t (a tsvector)", "FTS5");
    refused(
        "CREATE TABLE t (a int DEFAULT nextval('s'))",
        "call nextval",
    );
    refused("CREATE TABLE t (a text COLLATE \"de_DE\")", "collation");
    refused(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a)",
        "written for postgres",
    );
    refused(
        "CREATE TABLE t (a int UNIQUE DEFERRABLE)",
        "only foreign keys can be deferred",
    );
    check("DROP TABLE pairs", &["DROP TABLE \"pairs\""]);
    refused("DROP TABLE users", "posts refers to it");
    refused("DROP TABLE posts", "the view bodies reads it");
    check(
        "DROP TABLE posts CASCADE",
        &[
            "DROP VIEW \"longer\"",
            "DROP VIEW \"bodies\"",
            "DROP TABLE \"posts\"",
        ],
    );
    check(
        "ALTER TABLE users RENAME TO people",
        &["ALTER TABLE \"users\" RENAME TO \"people\""],
    );
}

#[test]
fn columns() {
    check(
        "ALTER TABLE users ADD COLUMN last_error text, ADD COLUMN n int NOT NULL DEFAULT '0'",
        &[
            "ALTER TABLE \"users\" ADD COLUMN \"last_error\" TEXT",
            "ALTER TABLE \"users\" ADD COLUMN \"n\" INTEGER NOT NULL DEFAULT 0",
        ],
    );
    check(
        "ALTER TABLE posts ADD COLUMN editor bigint REFERENCES users (id) ON DELETE SET NULL",
        &[
            "ALTER TABLE \"posts\" ADD COLUMN \"editor\" BIGINT CONSTRAINT \"posts_editor_fkey\" REFERENCES \"users\" (\"id\") \
           ON DELETE SET NULL",
        ],
    );
    rebuilt(
        "ALTER TABLE users ADD COLUMN a int NOT NULL",
        "\"a\" INTEGER NOT NULL",
    );
    rebuilt(
        "ALTER TABLE users ADD COLUMN a timestamp DEFAULT now()",
        "\"a\" DATETIME DEFAULT CURRENT_TIMESTAMP",
    );
    rebuilt(
        "ALTER TABLE users ADD COLUMN a int UNIQUE",
        "CONSTRAINT \"users_a_key\" UNIQUE (\"a\")",
    );
    refused(
        "ALTER TABLE users ADD COLUMN a serial",
        "only a column that is the whole primary key is numbered",
    );
    rebuilt(
        "ALTER TABLE posts ADD a int DEFAULT 1 REFERENCES users",
        "\"a\" INTEGER DEFAULT 1 CONSTRAINT \"posts_a_fkey\" REFERENCES \"users\"",
    );
    check(
        "ALTER TABLE users RENAME COLUMN name TO full_name",
        &["ALTER TABLE \"users\" RENAME COLUMN \"name\" TO \"full_name\""],
    );
    check(
        "ALTER TABLE users DROP COLUMN m",
        &["ALTER TABLE \"users\" DROP COLUMN \"m\""],
    );
    refused(
        "ALTER TABLE users DROP COLUMN id",
        "table posts needs users.id",
    );
    rebuilt("ALTER TABLE users DROP COLUMN code", "\"note\" TEXT");
    rebuilt("ALTER TABLE users DROP COLUMN note", "UNIQUE (\"code\")");
    // A foreign key may stand apart from its column, where ALTER TABLE would not find it.
    rebuilt("ALTER TABLE posts DROP COLUMN author", "\"body\" TEXT");
}

#[test]
fn definitions_of_columns() {
    check("ALTER TABLE pairs ALTER c TYPE text", &[]);
    check("ALTER TABLE pairs ALTER c TYPE text USING c::text", &[]);
    rebuilt(
        "ALTER TABLE pairs ALTER c TYPE text USING lower(c::text)",
        "\"c\" TEXT",
    );
    rebuilt("ALTER TABLE pairs ALTER a TYPE text", "\"a\" TEXT");
    check("ALTER TABLE pairs ALTER c SET NOT NULL", &[]);
    rebuilt(
        "ALTER TABLE pairs ALTER a SET NOT NULL",
        "\"a\" INTEGER NOT NULL",
    );
    check("ALTER TABLE users ALTER flag SET DEFAULT 't'", &[]);
    rebuilt(
        "ALTER TABLE users ALTER flag DROP DEFAULT",
        "\"flag\" BOOLEAN,",
    );
    rebuilt(
        "ALTER TABLE pairs ADD PRIMARY KEY (a)",
        "CONSTRAINT \"pairs_pkey\" PRIMARY KEY (\"a\")",
    );
    rebuilt(
        "ALTER TABLE pairs ADD CONSTRAINT u UNIQUE (a)",
        "CONSTRAINT \"u\" UNIQUE (\"a\")",
    );
    refused(
        "ALTER TABLE pairs DROP CONSTRAINT u",
        "no constraint u of pairs",
    );
    rebuilt(
        "ALTER TABLE users RENAME CONSTRAINT users_code_key TO k",
        "CONSTRAINT \"k\" UNIQUE (\"code\")",
    );
}

#[test]
fn indexes() {
    check(
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON users USING btree \
         (lower(name) DESC NULLS LAST, code text_pattern_ops) INCLUDE (note) WHERE flag IS TRUE",
        &[
            "CREATE UNIQUE INDEX \"i\" ON \"users\" ((lower(\"name\")) DESC, \"code\") \
           WHERE \"flag\" IS TRUE",
        ],
    );
    refused(
        "CREATE INDEX i ON users USING gin (note)",
        "it has no gin indexes",
    );
    refused(
        "CREATE UNIQUE INDEX i ON pairs (a) NULLS NOT DISTINCT",
        "always distinct",
    );
    refused(
        "CREATE INDEX i ON users (note gin_trgm_ops)",
        "operator class",
    );
    check(
        "DROP INDEX CONCURRENTLY IF EXISTS public.users_note",
        &["DROP INDEX \"users_note\""],
    );
    check(
        "ALTER INDEX users_note RENAME TO n",
        &[
            "DROP INDEX \"users_note\"",
            "CREATE INDEX \"n\" ON \"users\" (\"note\")",
        ],
    );
}

#[test]
fn what_lives_in_the_model_alone() {
    check("CREATE TYPE color AS ENUM ('red')", &[]);
    check("DROP TYPE spare", &[]);
    check("ALTER TYPE spare ADD VALUE 'b'", &[]);
    check("COMMENT ON TABLE users IS 'people'", &[]);
    rebuilt(
        "ALTER TYPE mood ADD VALUE 'glad'",
        "CHECK (\"m\" IN ('sad', 'ok', 'glad'))",
    );
    rebuilt(
        "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
        "CHECK (\"m\" IN ('blue', 'ok'))",
    );
    refused("DROP TYPE mood", "users.m is of this type");
}

#[test]
fn views() {
    check(
        "CREATE OR REPLACE VIEW v (n) AS SELECT u.name FROM public.users u WHERE u.name ILIKE 'a%' \
         ORDER BY 1 NULLS FIRST OFFSET 2",
        &[
            "DROP VIEW IF EXISTS \"v\"",
            "CREATE VIEW \"v\" (\"n\") AS SELECT \"u\".\"name\" FROM \"users\" AS \"u\" \
             WHERE \"u\".\"name\" LIKE 'a%' ORDER BY 1 NULLS FIRST LIMIT -1 OFFSET 2",
        ],
    );
    refused(
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a",
        "never stored",
    );
    refused("DROP VIEW bodies", "the view longer reads it");
}

#[test]
fn rows() {
    check(
        "INSERT INTO users (name, flag, note) VALUES ('a', 't', DEFAULT), ('b', DEFAULT, upper('x')) \
         ON CONFLICT (name) DO UPDATE SET note = excluded.note, flag = DEFAULT WHERE users.flag",
        &[
            "INSERT INTO \"users\" (\"name\", \"flag\", \"note\") VALUES ('a', TRUE, NULL), \
           ('b', TRUE, upper('x')) ON CONFLICT (\"name\") DO UPDATE SET \
           \"note\" = \"excluded\".\"note\", \"flag\" = TRUE WHERE \"users\".\"flag\"",
        ],
    );
    check(
        "INSERT INTO pairs (a) SELECT id FROM posts ON CONFLICT DO NOTHING",
        &[
            "INSERT INTO \"pairs\" (\"a\") SELECT * FROM (SELECT \"id\" FROM \"posts\") WHERE TRUE \
           ON CONFLICT DO NOTHING",
        ],
    );
    check(
        "UPDATE posts p SET body = u.name FROM users u WHERE u.id = p.author AND u.name LIKE 'A\\_%'"
            .replace("\\_", "b")
            .as_str(),
        &["UPDATE \"posts\" AS \"p\" SET \"body\" = \"u\".\"name\" FROM \"users\" AS \"u\" \
           WHERE \"u\".\"id\" = \"p\".\"author\" AND \"u\".\"name\" GLOB 'Ab*'"],
    );
    check(
        "DELETE FROM posts USING users u WHERE u.id = posts.author",
        &[
            "DELETE FROM \"posts\" WHERE EXISTS (SELECT 1 FROM \"users\" AS \"u\" \
           WHERE \"u\".\"id\" = \"posts\".\"author\")",
        ],
    );
    check(
        "UPDATE users SET flag = 'f' WHERE id = ANY (ARRAY[1, 2])",
        &["UPDATE \"users\" SET \"flag\" = FALSE WHERE \"id\" IN (1, 2)"],
    );
}

#[test]
fn what_has_no_counterpart() {
    refused(
        "UPDATE users SET name = now() + interval '1 month'",
        "calculate with timestamp",
    );
    refused(
        "UPDATE users SET name = now() + interval '1 day'",
        "depends on the session's time zone",
    );
    refused(
        "UPDATE users SET name = to_char(now(), 'YYYY')",
        "call to_char",
    );
    refused(
        "UPDATE users SET note = note WHERE name LIKE note",
        "its LIKE ignores case",
    );
    refused(
        "UPDATE users SET note = note WHERE name LIKE 'a\\'",
        "its LIKE ignores case",
    );
    refused(
        "UPDATE users SET note = note WHERE name ~ '^a'",
        "operator ~",
    );
    refused("UPDATE users SET id = greatest(1, 2)", "call greatest");
    refused(
        "UPDATE users SET name = name::timestamp",
        "cast text to timestamp",
    );
    refused(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "written for postgres",
    );
    refused(
        "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()",
        "written for postgres",
    );
}
