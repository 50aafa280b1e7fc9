//! What Limosa has just made is never taken for something else, and what it tries is fair.

use limosa_core::engine::{Consent, Extent, Runner, TrialOutcome};
use limosa_core::error::Error;
use limosa_core::migration::{Migrations, Statement};
use limosa_core::operation::{Effect, Operation, Sql};
use limosa_core::plan::Plan;
use limosa_tests::{On, migrations, on_both};

on_both!(
    a_view_of_literals_is_as_it_was_written,
    a_view_with_a_pattern_is_as_it_was_written,
    a_view_in_the_place_of_a_table_is_refused,
    a_table_in_the_place_of_a_view_is_refused,
    a_generated_column_does_not_overflow_in_a_trial,
    an_index_beside_the_primary_key_does_not_fail_its_trial,
    keys_that_share_a_column_fail_no_trial,
    bytes_are_bytes_on_both,
    a_key_said_twice_is_one_key,
    a_key_to_its_own_table_says_no_columns,
    a_type_that_goes_later_is_known_until_then,
    a_key_is_renamed_by_its_index,
    a_label_is_added_behind_a_prefix_by_hand,
    accepted_words_are_known_under_new_names,
    a_table_that_its_own_expressions_name_is_renamed,
    a_table_comes_in_the_place_of_one_that_was_renamed,
);

const TABLE: &str =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b VARCHAR(20), n INTEGER NOT NULL DEFAULT 1);";

async fn plan(on: &On, migrations: &Migrations) -> Plan {
    let mut session = on.session().await;
    let plan = Runner::new(migrations).plan(session.as_mut()).await;
    plan.expect("the migrations fit the journal")
}

/// It is made, shows no drift, and is adopted where the journal is lost.
async fn is_recognised(on: &On, view: &str) {
    let migrations = migrations(&[TABLE, view]);
    on.run(&migrations).await.expect(view);
    assert_eq!(plan(on, &migrations).await.drift, []);
    on.execute("DROP TABLE limosa_journal").await;
    let planned = plan(on, &migrations).await;
    assert_eq!(planned.conflicts(), []);
    let executed = planned
        .steps()
        .filter(|(_, step)| !step.statements.is_empty());
    assert_eq!(executed.count(), 0);
}

async fn a_view_of_literals_is_as_it_was_written(on: On) {
    let view = "CREATE VIEW v AS SELECT id, a || 'x' AS ax, upper(b), a || coalesce(b, '') AS ab \
                FROM t WHERE b IN ('p', 'q');";
    is_recognised(&on, view).await;
}

async fn a_view_with_a_pattern_is_as_it_was_written(on: On) {
    is_recognised(&on, "CREATE VIEW v AS SELECT id FROM t WHERE a LIKE 'x%';").await;
}

async fn is_refused(on: &On, there: &str, wanted: &str, expected: &str) {
    on.execute(there).await;
    let failure = on.run(&migrations(&[wanted])).await.expect_err(wanted);
    assert!(matches!(failure.error, Error::Conflicts(_)), "{failure}");
    assert!(failure.to_string().contains(expected), "{failure}");
}

async fn a_view_in_the_place_of_a_table_is_refused(on: On) {
    let wanted = "CREATE TABLE IF NOT EXISTS v (id INTEGER);";
    is_refused(&on, "CREATE VIEW v AS SELECT 1 AS id", wanted, "is a view").await;
}

async fn a_table_in_the_place_of_a_view_is_refused(on: On) {
    let wanted = "CREATE VIEW v AS SELECT 1 AS id;";
    is_refused(&on, "CREATE TABLE v (id INTEGER)", wanted, "is a table").await;
}

async fn no_trial_fails(on: &On, migrations: &Migrations) {
    on.run(migrations).await.expect("a new database");
    let mut session = on.session().await;
    let trials = Runner::new(migrations).probe(session.as_mut()).await;
    for trial in trials.expect("the session is kept") {
        assert!(
            !matches!(trial.outcome, TrialOutcome::Failed { .. }),
            "{trial:?}"
        );
    }
}

async fn a_generated_column_does_not_overflow_in_a_trial(on: On) {
    let twice = "CREATE TABLE g (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, \
                 b INTEGER GENERATED ALWAYS AS (a * 2 + 1) STORED);";
    no_trial_fails(&on, &migrations(&[twice])).await;
}

async fn an_index_beside_the_primary_key_does_not_fail_its_trial(on: On) {
    no_trial_fails(&on, &migrations(&[TABLE, "CREATE INDEX by_id ON t (id);"])).await;
}

/// As text on one of them they would be found there by no query for them.
/// As where everything belongs to a tenant, and says so.
async fn keys_that_share_a_column_fail_no_trial(on: On) {
    let tenants = migrations(&["CREATE TABLE tenants (id integer PRIMARY KEY);
        CREATE TABLE users (tenant integer NOT NULL REFERENCES tenants (id), id integer NOT NULL, chief integer,
          PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, chief) REFERENCES users (tenant, id));
        CREATE TABLE rooms (tenant integer NOT NULL, id integer NOT NULL, PRIMARY KEY (tenant, id));
        CREATE TABLE seats (id integer PRIMARY KEY, tenant integer NOT NULL REFERENCES tenants (id),
          owner integer NOT NULL, room integer NOT NULL, FOREIGN KEY (tenant, room) REFERENCES rooms (tenant, id),
          FOREIGN KEY (tenant, owner) REFERENCES users (tenant, id));"]);
    no_trial_fails(&on, &tenants).await;
    let mut session = on.session().await;
    let trials = Runner::new(&tenants).probe(session.as_mut()).await;
    let trials = trials.expect("the session is kept");
    let passed = |table: &str| {
        let mut own = trials.iter().filter(|trial| trial.table == table);
        own.any(|trial| trial.object == "table" && trial.outcome == TrialOutcome::Passed)
    };
    for table in ["tenants", "users", "rooms", "seats"] {
        assert!(passed(table), "{table}: {trials:?}");
    }
}

async fn bytes_are_bytes_on_both(on: On) {
    let table = "CREATE TABLE b (id INTEGER PRIMARY KEY, own BYTEA DEFAULT '\\xdead');";
    let rows = "INSERT INTO b (id) VALUES (1); INSERT INTO b VALUES (2, '\\xbeef'); \
                INSERT INTO b VALUES (3, '\\xBEEF'::bytea); UPDATE b SET own = '\\x00' WHERE id = 2;";
    let migrations = migrations(&[table, rows]);
    on.run(&migrations).await.expect("a new database");
    assert_eq!(plan(&on, &migrations).await.drift, []);
    let hex = match on {
        On::Postgres(_) => "SELECT encode(own, 'hex') FROM b ORDER BY id",
        On::Sqlite(_) => "SELECT typeof(own) || lower(hex(own)) FROM b ORDER BY id",
    };
    let found: Vec<String> = on.column(hex).await.into_iter().flatten().collect();
    let found: Vec<&str> = found
        .iter()
        .map(|own| own.trim_start_matches("blob"))
        .collect();
    assert_eq!(found, ["dead", "00", "beef"]);
}

/// `pg_dump` writes a `serial` as a sequence, its owner and a default: the catalog shows a `serial`.
#[tokio::test]
async fn a_dumped_serial_is_no_drift() {
    let on = On::postgres().await;
    let dump = "CREATE TABLE public.t (id integer NOT NULL, a text);
        CREATE SEQUENCE public.t_id_seq AS integer START WITH 1 INCREMENT BY 1;
        ALTER SEQUENCE public.t_id_seq OWNED BY public.t.id;
        ALTER TABLE ONLY public.t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq'::regclass);
        ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id);";
    let migrations = migrations(&[dump]);
    on.run(&migrations).await.expect("a new database");
    assert_eq!(plan(&on, &migrations).await.drift, []);
}

/// What a trigger makes of a value is its own business.
#[tokio::test]
async fn a_trigger_that_changes_rows_fails_no_trial() {
    let on = On::sqlite();
    let migrations = migrations(&[TABLE]);
    on.run(&migrations).await.expect("a new database");
    on.execute(
        "CREATE TRIGGER shout AFTER INSERT ON t BEGIN UPDATE t SET a = 'X' WHERE id = new.id; END",
    )
    .await;
    no_trial_fails(&on, &migrations).await;
}

/// PostgreSQL makes one key of them, under the first name that was given.
async fn a_key_said_twice_is_one_key(on: On) {
    let table = "CREATE TABLE t (id INTEGER UNIQUE PRIMARY KEY, a TEXT UNIQUE, b TEXT NOT NULL,
                 UNIQUE (b), CONSTRAINT named UNIQUE (b), CONSTRAINT other UNIQUE (a));";
    let migrations = migrations(&[table]);
    on.run(&migrations).await.expect(table);
    assert_eq!(plan(&on, &migrations).await.drift, []);
}

/// It refers to the primary key of the very table.
async fn a_key_to_its_own_table_says_no_columns(on: On) {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER, \
                 CONSTRAINT upwards FOREIGN KEY (up) REFERENCES t ON DELETE CASCADE);";
    let migrations = migrations(&[table, "ALTER TABLE t ADD COLUMN n INTEGER;"]);
    on.run(&migrations).await.expect(table);
    nothing_differs(&on, &migrations).await;
}

/// `drizzle` quotes the types that it does not know itself.
#[tokio::test]
async fn a_type_of_the_catalog_is_the_same_in_quotes() {
    let on = On::postgres().await;
    let table = "CREATE TABLE t (id \"int4\" PRIMARY KEY, raw \"bytea\" NOT NULL, \
                 name \"varchar\"(20) DEFAULT 'a', at \"timestamptz\"[]);";
    let migrations = migrations(&[table]);
    let report = on.run(&migrations).await.expect(table);
    assert_eq!(report.warnings, Vec::<String>::new());
    nothing_differs(&on, &migrations).await;
}

/// Behind a statement of which nobody knows what it does, the rest is planned anew: from what is there
/// then, not from what was predicted for the end.
async fn a_type_that_goes_later_is_known_until_then(on: On) {
    let texts = [
        "CREATE TYPE mood AS ENUM ('glad');",
        "CREATE TABLE t (id BIGINT PRIMARY KEY, mood mood);",
        "DROP TABLE t;",
        "DROP TYPE mood;",
    ];
    let mut list = migrations(&texts).list().to_vec();
    for at in [0, 2] {
        list[at].scripts[0].up.push(Statement::built(Operation::Sql(
            Sql {
                dialect: None,
                summary: "something".to_owned(),
                effect: Effect::Unknown,
                text: "SELECT 1".to_owned(),
            }
            .into(),
        )));
    }
    let all = Migrations::new(list).expect("the versions differ");
    on.run(&all).await.expect("they fit");
    assert_eq!(plan(&on, &all).await.drift, []);
}

/// A rebuild by hand drops a table to which others refer, and gives its name to the new one.
#[tokio::test]
async fn what_was_rebuilt_by_hand_is_as_it_was_written_on_sqlite() {
    let on = On::sqlite();
    let migrations = migrations(&[
        "-- limosa: dialect sqlite

         CREATE TABLE flags (key VARCHAR(255) PRIMARY KEY NOT NULL, name TEXT NOT NULL);
         CREATE TABLE rules (id TEXT PRIMARY KEY, flag VARCHAR(255) NOT NULL REFERENCES flags (key));
         INSERT INTO flags VALUES ('a', 'A');
         INSERT INTO rules VALUES ('r', 'a');",
        "-- limosa: dialect sqlite

         PRAGMA foreign_keys = OFF;
         CREATE TABLE flags_temp (key VARCHAR(255) PRIMARY KEY NOT NULL, name TEXT NOT NULL, more TEXT);
         INSERT INTO flags_temp (key, name) SELECT key, name FROM flags;
         DROP TABLE flags;
         ALTER TABLE flags_temp RENAME TO flags;
         PRAGMA foreign_keys = ON;",
    ]);
    on.run(&migrations).await.expect("a rebuild");
    assert_eq!(plan(&on, &migrations).await.drift, []);
    let mut session = on.session().await;
    for one in Runner::new(&migrations)
        .verify(session.as_mut())
        .await
        .expect("evidence")
    {
        assert_eq!(one.differences, []);
    }
    assert_eq!(on.value("SELECT count(*) FROM rules").await, "1");
}

/// To SQLite these are words: nothing numbers the rows.
#[tokio::test]
async fn a_serial_of_a_sqlite_file_is_a_type_like_any_other() {
    let on = On::sqlite();
    let migrations = migrations(&["-- limosa: dialect sqlite\n\n\
         CREATE TABLE s (id INTEGER PRIMARY KEY, a bigserial NOT NULL, b serial);"]);
    let report = on.run(&migrations).await.expect("a new database");
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(plan(&on, &migrations).await.drift, []);
}

/// SQLite takes any words for a type, and one in quotes.
#[tokio::test]
async fn words_that_nobody_knows_are_types_of_sqlite() {
    let on = On::sqlite();
    let texts = [
        "-- limosa: dialect sqlite\n\n\
         CREATE TABLE t (a UNSIGNED BIG INT, b VARYING CHARACTER(255), c [long text], d \"TEXT\", n INT);
         ALTER TABLE t ADD COLUMN e Native Character(7) DEFAULT 'x';
         CREATE INDEX by_a ON t (a);",
        "ALTER TABLE t ALTER COLUMN n SET NOT NULL;",
    ];
    for upto in 1..=texts.len() {
        let all = migrations(&texts[..upto]);
        let report = on.run(&all).await.expect("a new database, then a rebuild");
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!(plan(&on, &all).await.drift, []);
    }
    let types = "SELECT group_concat(type) FROM pragma_table_xinfo('t')";
    assert_eq!(
        on.value(types).await,
        "UNSIGNED BIG INT,VARYING CHARACTER(255),long text,TEXT,INT,Native Character(7)"
    );
}

/// Its words for these are not those of the author, in ways that nobody lists in full.
const WORDS: &str = "
    CREATE TABLE w (id integer PRIMARY KEY, at timestamptz DEFAULT 'epoch', due timestamptz DEFAULT '2020-01-01',
      day date DEFAULT '2020-1-2', host cidr DEFAULT '10/8', big double precision DEFAULT '1e3', ok boolean, n bigint,
      data jsonb, t time, span interval DEFAULT '3 days ago', raw bytea DEFAULT 'abc',
      CONSTRAINT late CHECK (at > '2020-01-01 00:00:00+02' AND due >= '2020-1-1'),
      CONSTRAINT early CHECK (t < '12:30'), CONSTRAINT is_ok CHECK (ok = 't'),
      CONSTRAINT large CHECK (greatest(id, n) > 2), CONSTRAINT held CHECK (data @> '{\"a\": 1}'));
    CREATE INDEX of_days ON w (date(day)) WHERE at < '2030-01-01 00:00:00Z';
    CREATE VIEW named (a, b) AS SELECT id, n FROM w;
    CREATE VIEW first_of AS SELECT DISTINCT ON (n) n, id::text FROM w;
    CREATE VIEW both_of AS SELECT id FROM w UNION ALL SELECT 1;";

/// What Limosa made is as it should be, whatever the catalog calls it; and a change of it is seen.
#[tokio::test]
async fn what_the_catalog_calls_otherwise_is_no_drift() {
    let on = On::postgres().await;
    let migrations = migrations(&[WORDS]);
    let report = on.run(&migrations).await.expect("a new database");
    assert_eq!(report.warnings, Vec::<String>::new());
    nothing_differs(&on, &migrations).await;

    // Another session may print constants in another way.
    on.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Kolkata''', current_database()); \
        EXECUTE format('ALTER DATABASE %I SET datestyle = ''German''', current_database()); \
        EXECUTE format('ALTER DATABASE %I SET intervalstyle = ''iso_8601''', current_database()); \
        EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''', current_database()); END $$")
        .await;
    nothing_differs(&on, &migrations).await;

    for (change, object) in [
        (
            "ALTER TABLE w ALTER at SET DEFAULT 'infinity'",
            "column w.at",
        ),
        (
            "ALTER TABLE w DROP CONSTRAINT early, ADD CONSTRAINT early CHECK (t < '12:31')",
            "constraint early of w",
        ),
        (
            "CREATE OR REPLACE VIEW both_of AS SELECT id FROM w UNION ALL SELECT 2",
            "view both_of",
        ),
    ] {
        on.execute(change).await;
        let drift = plan(&on, &migrations).await.drift;
        assert!(drift.iter().any(|one| one.object == object), "{drift:?}");
    }
}

async fn nothing_differs(on: &On, migrations: &Migrations) {
    assert_eq!(plan(on, migrations).await.drift, []);
    let mut session = on.session().await;
    let evidence = Runner::new(migrations).verify(session.as_mut()).await;
    for one in evidence.expect("the session is kept") {
        assert_eq!(one.differences, [], "{}", one.object);
    }
}

/// Renamings of all that the expressions and queries of [`WORDS`] mention.
const RENAMED: &str = "
    ALTER TABLE w RENAME COLUMN at TO moment; ALTER TABLE w RENAME COLUMN t TO hour;
    ALTER TABLE w RENAME COLUMN ok TO \"Fine\"; ALTER TABLE w RENAME TO things;
    ALTER TABLE things RENAME COLUMN n TO count; ALTER TABLE things RENAME COLUMN data TO t;
    ALTER TABLE things RENAME COLUMN day TO data; ALTER TABLE things ADD COLUMN n integer DEFAULT 1;";

/// What was the same before it got another name is the same behind it.
#[tokio::test]
async fn words_are_known_under_new_names() {
    let all = migrations(&[WORDS, RENAMED]);
    for by_hand in [false, true] {
        let on = On::postgres().await;
        on.run(&migrations(&[WORDS])).await.expect("a new database");
        if by_hand {
            on.execute(RENAMED).await;
        }
        let report = on.run(&all).await.expect("it goes on");
        assert_eq!(report.warnings, Vec::<String>::new());
        nothing_differs(&on, &all).await;
        for (change, object) in [
            (
                "ALTER TABLE things ALTER moment SET DEFAULT 'infinity'",
                "column things.moment",
            ),
            (
                "ALTER TABLE things DROP CONSTRAINT early, ADD CONSTRAINT early CHECK (hour < '12:31')",
                "constraint early of things",
            ),
        ] {
            on.execute(change).await;
            let drift = plan(&on, &all).await.drift;
            assert!(drift.iter().any(|one| one.object == object), "{drift:?}");
        }
    }
    // At once, and back again.
    let on = On::postgres().await;
    on.run(&all).await.expect("a new database");
    nothing_differs(&on, &all).await;
    let (runner, mut session) = (Runner::new(&all), on.session().await);
    let undone = runner.rollback(session.as_mut(), &Extent::Steps(1), Consent::Given);
    undone.await.expect("the old names");
    drop(session);
    nothing_differs(&on, &migrations(&[WORDS])).await;
    let other = "CREATE OR REPLACE VIEW both_of AS SELECT id FROM w UNION ALL SELECT 2";
    on.execute(other).await;
    let drift = plan(&on, &all).await.drift;
    assert!(
        drift.iter().any(|one| one.object == "view both_of"),
        "{drift:?}"
    );
}

#[tokio::test]
async fn words_are_known_of_a_table_under_a_new_name() {
    let on = On::postgres().await;
    on.run(&migrations(&[WORDS])).await.expect("a new database");
    let all = migrations(&[WORDS, "ALTER TABLE w RENAME TO things;"]);
    on.run(&all).await.expect("it goes on");
    nothing_differs(&on, &all).await;
}

/// A change by hand is not taken for a matter of words because something gets another name.
#[tokio::test]
async fn a_change_by_hand_stays_one_under_a_new_name() {
    let on = On::postgres().await;
    on.run(&migrations(&[WORDS])).await.expect("a new database");
    on.execute(
        "ALTER TABLE w ALTER at SET DEFAULT 'infinity'; \
                ALTER TABLE w DROP CONSTRAINT early, ADD CONSTRAINT early CHECK (t < '12:31')",
    )
    .await;
    let all = migrations(&[WORDS, RENAMED]);
    on.run(&all).await.expect("it goes on");
    let drift = plan(&on, &all).await.drift;
    let objects: Vec<&str> = drift.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(
        objects,
        ["column things.moment", "constraint early of things"]
    );
}

async fn accepted_words_are_known_under_new_names(on: On) {
    let table = "CREATE TABLE w (id INTEGER PRIMARY KEY, n INTEGER, a TEXT);
        CREATE INDEX of_a ON w (a) WHERE n > 0;";
    let by_hand = "DROP INDEX of_a; CREATE INDEX of_a ON w (a) WHERE n >= 1";
    on.run(&migrations(&[table])).await.expect("a new database");
    on.execute(by_hand).await;
    let all = migrations(&[
        table,
        "ALTER TABLE w RENAME COLUMN n TO m; ALTER TABLE w RENAME TO x; ALTER TABLE x RENAME COLUMN m TO o;",
    ]);
    let mut session = on.session().await;
    let accepted = Runner::new(&migrations(&[table]))
        .accept(session.as_mut(), &"1".into())
        .await;
    accepted.expect("it is applied");
    drop(session);
    on.run(&all).await.expect("it goes on");
    nothing_differs(&on, &all).await;
    on.execute("DROP INDEX of_a; CREATE INDEX of_a ON x (a) WHERE o >= 2")
        .await;
    assert_eq!(plan(&on, &all).await.drift.len(), 1);
}

/// A new version of the server may have new words; or somebody says that a change by hand was right.
#[tokio::test]
async fn other_words_are_accepted_by_a_person() {
    let on = On::postgres().await;
    let all = migrations(&[
        TABLE,
        "CREATE TABLE w (id integer PRIMARY KEY, n integer DEFAULT 1);",
    ]);
    on.run(&all).await.expect("a new database");
    on.execute("ALTER TABLE w ALTER n SET DEFAULT 2; ALTER TABLE w ALTER id TYPE bigint; ALTER TABLE t ALTER n SET DEFAULT 5")
        .await;
    assert_eq!(plan(&on, &all).await.drift.len(), 3);
    let mut session = on.session().await;
    let accepted = Runner::new(&all)
        .accept(session.as_mut(), &"2".into())
        .await;
    let row = accepted.expect("it is applied").after.expect("a row");
    assert!(row.accepted.is_some() && row.wordings.len() == 1, "{row:?}");
    // What is of no words, and of no object of this migration, stays drift.
    let drift = plan(&on, &all).await.drift;
    let objects: Vec<&str> = drift.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(objects, ["column t.n", "column w.id"]);
}

/// What was changed by hand before is not taken for a matter of words by the next run.
#[tokio::test]
async fn a_change_by_hand_stays_one_behind_a_run() {
    let on = On::postgres().await;
    let table = "CREATE TABLE w (id integer PRIMARY KEY, n integer DEFAULT 1);";
    on.run(&migrations(&[table])).await.expect("a new database");
    on.execute("ALTER TABLE w ALTER n SET DEFAULT 2").await;
    let all = migrations(&[table, "ALTER TABLE w ADD COLUMN m integer DEFAULT 3;"]);
    on.run(&all).await.expect("it goes on");
    let drift = plan(&on, &all).await.drift;
    assert_eq!(drift.len(), 1, "{drift:?}");
    assert_eq!(drift[0].object, "column w.n");
}

/// As some projects do while a table is filled: in between, its indexes are not what they should be.
#[tokio::test]
async fn indexes_that_are_switched_off_meanwhile_are_no_error() {
    let on = On::postgres().await;
    let switch = |to| {
        format!(
            "UPDATE pg_index SET indisready = {to} WHERE indrelid = (SELECT oid FROM pg_class WHERE relname = 't')"
        )
    };
    let text = format!(
        "ALTER TABLE t ADD COLUMN m integer; ALTER TABLE t DISABLE TRIGGER ALL; {};
         UPDATE t SET m = id; ALTER TABLE t ALTER COLUMN m SET NOT NULL; ALTER TABLE t ENABLE TRIGGER ALL; {};
         REINDEX TABLE t; CREATE INDEX of_m ON t (m);",
        switch(false),
        switch(true)
    );
    let all = migrations(&[
        TABLE,
        "CREATE INDEX of_n ON t (n); INSERT INTO t (id) VALUES (1);",
        &text,
    ]);
    let report = on.run(&all).await.expect("as psql runs it");
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(plan(&on, &all).await.drift, []);
}

async fn a_key_is_renamed_by_its_index(on: On) {
    let table = "CREATE TABLE k (id INTEGER PRIMARY KEY, a TEXT UNIQUE);";
    let rename = "ALTER INDEX k_pkey RENAME TO of_k; ALTER INDEX k_a_key RENAME TO of_a;";
    let all = migrations(&[table, rename]);
    let report = on.run(&all).await.expect("a new database");
    assert_eq!(report.warnings, Vec::<String>::new());
    nothing_differs(&on, &all).await;
    // Nothing of it is recorded: it is found again.
    on.execute("DROP TABLE limosa_journal").await;
    on.run(&all).await.expect("it is all there");
    let (runner, mut session) = (Runner::new(&all), on.session().await);
    let undone = runner.rollback(session.as_mut(), &Extent::Steps(1), Consent::Given);
    undone.await.expect("the old names");
    drop(session);
    nothing_differs(&on, &all).await;
}

/// What goes with a function is nothing that its name tells.
#[tokio::test]
async fn what_a_cascade_took_is_no_drift() {
    let on = On::postgres().await;
    let trigger = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER of_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TRIGGER also_of_t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();";
    let all = migrations(&[TABLE, trigger]);
    on.run(&all).await.expect("a new database");
    on.execute("DROP TRIGGER also_of_t ON t").await;
    assert_eq!(plan(&on, &all).await.drift.len(), 1);

    let all = migrations(&[TABLE, trigger, "DROP FUNCTION f CASCADE;"]);
    on.run(&all).await.expect("as psql runs it");
    let drift = plan(&on, &all).await.drift;
    let objects: Vec<&str> = drift.iter().map(|one| one.object.as_str()).collect();
    // What was dropped by hand before stays drift.
    assert_eq!(objects, ["trigger also_of_t on t"]);
    let mut session = on.session().await;
    let evidence = Runner::new(&all).verify(session.as_mut()).await;
    let evidence = evidence.expect("the session is kept");
    let wrong: Vec<&str> = (evidence.iter().filter(|one| !one.differences.is_empty()))
        .map(|one| one.object.as_str())
        .collect();
    assert_eq!(wrong, ["trigger also_of_t on t"]);
}

/// A type that no catalog shows is known from what is there; what comes after it is done.
async fn a_label_is_added_behind_a_prefix_by_hand(on: On) {
    let all = migrations(&[
        "CREATE TYPE mood AS ENUM ('sad');",
        "CREATE TABLE m (id bigint PRIMARY KEY, own mood); CREATE TABLE n (id bigint PRIMARY KEY);
         ALTER TYPE mood ADD VALUE 'ok';",
    ]);
    on.execute(match on {
        On::Sqlite(_) => {
            "CREATE TABLE m (id BIGINT NOT NULL, own TEXT CHECK (own IN ('sad')), PRIMARY KEY (id))"
        }
        On::Postgres(_) => {
            "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE m (id bigint PRIMARY KEY, own mood)"
        }
    })
    .await;
    on.run(&all).await.expect("what is left");
    on.execute("INSERT INTO m VALUES (1, 'sad'), (2, 'ok')")
        .await;
    nothing_differs(&on, &all).await;
}

/// A comment that was taken away and given again by hand stays.
#[tokio::test]
async fn a_comment_that_came_later_is_not_taken_away() {
    let on = On::postgres().await;
    let first = "COMMENT ON TABLE t IS 'first'; COMMENT ON TABLE t IS NULL;";
    on.execute(&format!("{TABLE} COMMENT ON TABLE t IS 'it''s'"))
        .await;
    let all = migrations(&[TABLE, first, "COMMENT ON TABLE t IS 'it''s';"]);
    on.run(&all).await.expect("all is there");
    assert_eq!(
        on.value("SELECT obj_description('t'::regclass)").await,
        "it's"
    );
    // What nothing gave again is taken away.
    let all = migrations(&[
        TABLE,
        first,
        "COMMENT ON TABLE t IS 'it''s';",
        "COMMENT ON TABLE t IS NULL;",
    ]);
    on.execute("DROP TABLE limosa_journal").await;
    on.run(&all).await.expect("the last step");
    assert_eq!(
        on.value("SELECT count(obj_description('t'::regclass))")
            .await,
        "0"
    );
}

async fn a_table_that_its_own_expressions_name_is_renamed(on: On) {
    let table = "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (t.a + 1) STORED,
        CONSTRAINT positive CHECK (t.a > 0));
        CREATE INDEX t_sum ON t ((t.a + t.b)) WHERE t.a > 1;";
    let all = migrations(&[table, "ALTER TABLE t RENAME TO u;"]);
    on.run(&all).await.expect("it is renamed");
    nothing_differs(&on, &all).await;
}

/// PostgreSQL makes up a name for a key that no other table of the schema has one of.
async fn a_table_comes_in_the_place_of_one_that_was_renamed(on: On) {
    let child =
        "CREATE TABLE c (id integer PRIMARY KEY, t integer UNIQUE REFERENCES t, CHECK (t > 0));";
    let anew = format!("ALTER TABLE c RENAME TO old; {child}");
    let all = migrations(&[TABLE, child, &anew]);
    on.run(&all).await.expect("it comes");
    nothing_differs(&on, &all).await;
    let without =
        "ALTER TABLE c DROP CONSTRAINT c_t_fkey1; ALTER TABLE old DROP CONSTRAINT c_t_check;";
    let all = migrations(&[TABLE, child, &anew, without]);
    on.run(&all).await.expect("both go by the names they got");
    nothing_differs(&on, &all).await;
}

/// Prisma writes this where an enum becomes a text: the default that names the type goes, too.
#[tokio::test]
async fn what_a_cascade_takes_along_is_no_drift() {
    let on = On::postgres().await;
    let before = "CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE e (kind kind DEFAULT 'a');";
    let after = "ALTER TABLE e ALTER COLUMN kind TYPE text; DROP TYPE kind CASCADE;";
    let all = migrations(&[before, after]);
    on.run(&all).await.expect("the type goes");
    nothing_differs(&on, &all).await;
}

/// Verification knows of constraints, indexes and labels what the comparison of tables knows.
#[tokio::test]
async fn what_a_block_did_is_no_drift() {
    let on = On::postgres().await;
    let before =
        "CREATE TYPE kind AS ENUM ('a'); CREATE TABLE k (id integer, n integer UNIQUE, kind kind);
        CREATE INDEX by_kind ON k (kind);";
    let block = "DO $$ BEGIN ALTER TABLE k DROP CONSTRAINT k_n_key; DROP INDEX by_kind; END $$;
        DO $$ BEGIN ALTER TYPE kind ADD VALUE 'b'; END $$;";
    let all = migrations(&[before, block]);
    on.run(&all).await.expect("as psql runs it");
    nothing_differs(&on, &all).await;
    on.execute("ALTER TABLE k DROP COLUMN n").await;
    assert_ne!(plan(&on, &all).await.drift, []);
}

/// Verification does not miss the parts of a table that is known to be gone.
#[tokio::test]
async fn a_table_that_a_block_dropped_takes_its_parts_along() {
    let on = On::postgres().await;
    let before = "CREATE TABLE k (id integer PRIMARY KEY, n integer CHECK (n > 0));
        CREATE INDEX of_k ON k (n);";
    let block = "DO $$ BEGIN DROP TABLE k; END $$;";
    let all = migrations(&[TABLE, before, block]);
    on.run(&all).await.expect("as psql runs it");
    nothing_differs(&on, &all).await;
}

/// What makes the new table is not understood: it is not the one that was renamed.
#[tokio::test]
async fn a_table_that_nobody_understands_takes_the_name_of_another() {
    let on = On::postgres().await;
    let before = "CREATE TABLE p (id integer PRIMARY KEY, n integer CONSTRAINT few CHECK (n < 9));
        CREATE TABLE c (p integer CONSTRAINT to_p REFERENCES p);";
    let anew = "ALTER TABLE p RENAME TO old; CREATE TABLE p AS SELECT id, n FROM old;
        ALTER TABLE p ADD PRIMARY KEY (id), ADD CONSTRAINT few CHECK (n < 5);";
    let all = migrations(&[before, anew]);
    on.run(&all).await.expect("as psql runs it");
    nothing_differs(&on, &all).await;
    on.execute("ALTER TABLE old DROP CONSTRAINT few").await;
    assert_eq!(plan(&on, &all).await.drift.len(), 1);
}

/// A foreign key goes with the index that it relies on, and may come again under its name.
#[tokio::test]
async fn a_key_that_a_cascade_took_along_comes_again() {
    let on = On::postgres().await;
    let before = "CREATE TABLE p (id integer, n integer, m integer);
        CREATE UNIQUE INDEX p_id ON p (id); CREATE UNIQUE INDEX p_both ON p (id, n);
        CREATE TABLE c (p integer, n integer, CONSTRAINT to_p FOREIGN KEY (p) REFERENCES p (id));
        CREATE TABLE d (p integer, n integer, FOREIGN KEY (p, n) REFERENCES p (id, n));";
    let gone = "DROP INDEX p_id CASCADE;";
    let again = "ALTER TABLE c ADD CONSTRAINT to_p FOREIGN KEY (p, n) REFERENCES p (id, n);";
    let all = migrations(&[before, gone, again]);
    on.run(&all).await.expect("it comes again");
    nothing_differs(&on, &all).await;
}

#[tokio::test]
async fn a_domain_that_is_renamed_is_no_drift() {
    let on = On::postgres().await;
    let before = "CREATE DOMAIN many AS integer; CREATE TABLE d (n many);";
    let all = migrations(&[before, "ALTER DOMAIN many RENAME TO count;"]);
    let report = on.run(&all).await.expect("it is renamed");
    assert_eq!(report.warnings, Vec::<String>::new());
    nothing_differs(&on, &all).await;
}

/// A commit that fails takes its rows of the journal along, and what they would have remembered.
#[tokio::test]
async fn words_are_remembered_behind_a_commit_that_failed() {
    let on = On::postgres().await;
    let view = "CREATE VIEW first_of AS SELECT DISTINCT ON (n) n, id::text FROM t;";
    let orphan = "CREATE TABLE c (t integer REFERENCES t DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO c VALUES (9);";
    let failure = on.run(&migrations(&[TABLE, view, orphan])).await;
    failure.expect_err("nobody has the 9");
    nothing_differs(&on, &migrations(&[TABLE, view])).await;
}

/// A migration may say the default schema, and the next one not.
#[tokio::test]
async fn what_goes_with_a_function_is_known_by_any_name() {
    let on = On::postgres().await;
    let all = migrations(&[
        "CREATE TABLE t (id integer PRIMARY KEY);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
         CREATE TRIGGER by_name AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
         CREATE TRIGGER by_schema AFTER UPDATE ON public.t FOR EACH ROW EXECUTE FUNCTION f();",
        "DROP FUNCTION f CASCADE;",
    ]);
    on.run(&all).await.expect("a new database");
    nothing_differs(&on, &all).await;
}
