//! A place with a server's database, and what is in it.

use limosa_testkit::postgres::{Database, connect};

use crate::ROWS;
use crate::support::Place;

/// What a dump has to bring back besides tables.
pub(crate) const MORE: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN short AS varchar(9);
    CREATE SCHEMA other;
    CREATE TABLE other.\"odd \"\"name'\" (id bigserial PRIMARY KEY, m mood, s short, env text REFERENCES environments);
    INSERT INTO other.\"odd \"\"name'\" (m, env) VALUES ('ok', 'c'), (NULL, 'c');
    CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION f(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
COMMIT;
    RETURN 2; END $$;
    CREATE VIEW other.v AS SELECT id FROM environments;
    SELECT lo_from_bytea(4711, '\\x00ff');";

pub(crate) async fn filled_server(database: &Database<'_>) -> Place {
    let place = Place::new(&database.url());
    place.expect("migrate", 0);
    execute(&place.url, ROWS).await;
    place
}

pub(crate) async fn execute(url: &str, sql: &str) {
    connect(url)
        .await
        .batch_execute(sql)
        .await
        .expect("execute");
}

pub(crate) async fn state(url: &str) -> String {
    let client = connect(url).await;
    let sql = "SELECT 'column ' || table_schema || table_name || column_name || data_type || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
          AND table_name <> 'limosa_lock'
        UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
          WHERE schemaname <> 'pg_catalog' AND tablename <> 'limosa_lock'
        UNION ALL SELECT 'routine ' || p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'type ' || typname FROM pg_type
          WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
        UNION ALL SELECT 'large ' || loid || encode(data, 'hex') FROM pg_largeobject
        UNION ALL SELECT 'row ' || version || checksum || state || started_at FROM limosa_journal
        UNION ALL SELECT 'row ' || id || name FROM environments
        UNION ALL SELECT 'sequence ' || schemaname || sequencename || coalesce(last_value, 0) FROM pg_sequences
        ORDER BY 1";
    let rows = client.query(sql, &[]).await.expect("an answer");
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

/// The same from a thread of its own, for a test that waits for processes meanwhile.
pub(crate) fn look(url: &str) -> String {
    let own = || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(state(url))
    };
    std::thread::scope(|scope| scope.spawn(own).join().expect("a state"))
}
