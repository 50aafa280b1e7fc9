//! The library as applications use it: embedded migrations, on their own pools and connections.

use limosa::{Error, Event, Migrations, OnFailure, Outcome, Runner};
use limosa_tests::{On, migrations};
use std::sync::{Arc, Mutex};

static MIGRATIONS: Migrations = limosa::embed!("../migrations");

fn pool(on: &On) -> deadpool_postgres::Pool {
    let config = on.url().parse().expect("a URL");
    let manager = deadpool_postgres::Manager::new(config, tokio_postgres::NoTls);
    deadpool_postgres::Pool::builder(manager)
        .max_size(2)
        .build()
        .expect("a pool")
}

#[tokio::test]
async fn a_pool_is_migrated_at_start_up() {
    let on = On::postgres().await;
    let pool = pool(&on);
    let report = Runner::new(&MIGRATIONS)
        .run_on(&pool)
        .await
        .expect("all is applied");
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(report.migrations.len(), 3);
    let report = Runner::new(&MIGRATIONS)
        .run_on(&pool)
        .await
        .expect("nothing is pending");
    assert_eq!(report.outcome, Outcome::UpToDate);
    let kind = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = 'environments'::regclass AND attname = 'deletedAt'";
    assert_eq!(on.value(kind).await, "timestamp without time zone");
    let client = pool.get().await.expect("a client");
    let locks = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND d.datname = current_database()";
    let row = client.query_one(locks, &[]).await.expect("a row");
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_client_of_the_callers_is_migrated() {
    let on = On::postgres().await;
    let On::Postgres(database) = &on else {
        unreachable!()
    };
    let client = database.client().await;
    let report = Runner::new(&MIGRATIONS)
        .run_on(&client)
        .await
        .expect("all is applied");
    assert_eq!(report.migrations.len(), 3);
    client
        .batch_execute("SELECT \"deletedAt\" FROM environments")
        .await
        .expect("it is usable");
}

#[tokio::test]
async fn a_file_is_migrated_without_blocking() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("app.db");
    let report = Runner::new(&MIGRATIONS)
        .run_on(path.as_path())
        .await
        .expect("all is applied");
    assert_eq!(report.migrations.len(), 3);
    let report = Runner::new(&MIGRATIONS)
        .run_on(path.as_path())
        .await
        .expect("up to date");
    assert_eq!(report.outcome, Outcome::UpToDate);
}

#[test]
fn a_connection_is_migrated_without_a_runtime() {
    let mut connection = rusqlite::Connection::open_in_memory().expect("a connection");
    let runner = Runner::new(&MIGRATIONS);
    let report = limosa::sqlite::block_on(runner.run_on(&mut connection)).expect("all is applied");
    assert_eq!(report.migrations.len(), 3);
    let kind: String = connection
        .query_row(
            "SELECT type FROM pragma_table_info('environments') WHERE name = 'deletedAt'",
            [],
            |row| row.get(0),
        )
        .expect("the column is there");
    assert_eq!(kind, "DATETIME");
}

#[tokio::test]
async fn an_application_may_go_on_serving() {
    let on = On::sqlite();
    let broken = migrations(&[
        "CREATE TABLE a (id TEXT);",
        "INSERT INTO nowhere VALUES (1);",
    ]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let runner = Runner::new(&broken)
        .on_failure(OnFailure::Warn)
        .on_event(move |event| {
            if let Event::Warning { message } = event {
                listener
                    .lock()
                    .expect("no panic")
                    .push((*message).to_owned());
            }
        });
    let report = runner
        .run(on.session().await.as_mut())
        .await
        .expect("a warning, no error");
    assert!(
        matches!(report.outcome, Outcome::Failed { .. }),
        "{report:?}"
    );
    assert_eq!(report.migrations.len(), 1);
    assert!(
        heard
            .lock()
            .expect("no panic")
            .iter()
            .any(|one| one.contains("nowhere"))
    );
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    let on = On::sqlite();
    on.run(&migrations(&["CREATE TABLE a (id TEXT);"]))
        .await
        .expect("it is applied");
    let same = migrations(&["-- a comment\r\ncreate   table A (id text);"]);
    on.run(&same).await.expect("the same by meaning");
    let changed = migrations(&["CREATE TABLE a (id TEXT, more TEXT);"]);
    let failure = on.run(&changed).await.expect_err("it was changed");
    assert!(
        matches!(failure.error, Error::Changed { .. }),
        "{}",
        failure.error
    );
}

#[tokio::test]
async fn an_unreachable_server_is_an_error_without_the_password() {
    let url = "postgres://user:secret@127.0.0.1:1/nowhere";
    let error = limosa::postgres::Postgres::connect(url)
        .await
        .expect_err("nobody listens");
    assert!(error.is_connection_lost());
    assert!(!format!("{error} {error:?}").contains("secret"));
}

/// Story of the service with many replicas: all start at once, each migration runs once.
#[tokio::test(flavor = "multi_thread")]
async fn many_replicas_start_at_once() {
    let on = On::postgres().await;
    let replicas: Vec<_> = (0..8)
        .map(|_| {
            let pool = pool(&on);
            tokio::spawn(async move { Runner::new(&MIGRATIONS).run_on(&pool).await })
        })
        .collect();
    let mut ran = 0;
    for replica in replicas {
        let report = replica
            .await
            .expect("no panic")
            .expect("every replica starts");
        ran += report.migrations.len();
    }
    assert_eq!(ran, 3);
    let valid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    assert_eq!(on.value(valid).await, "0");
}

/// A role that may read the journal but not write needs nothing when nothing is pending.
#[tokio::test]
async fn a_role_without_rights_starts_on_an_up_to_date_database() {
    let on = On::postgres().await;
    let On::Postgres(database) = &on else {
        unreachable!()
    };
    Runner::new(&MIGRATIONS)
        .run_on(&pool(&on))
        .await
        .expect("all is applied");
    let role = format!("reader_{}", database.name());
    on.execute(&format!(
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;
         CREATE ROLE {role} LOGIN; GRANT SELECT ON limosa_journal TO {role}"
    ))
    .await;
    let url = database.url();
    let (head, tail) = url.split_once('@').expect("a user in the URL");
    let (scheme, _) = head.split_once("//").expect("a scheme");
    let url = format!("{scheme}//{role}@{tail}");
    let session = limosa::postgres::Postgres::connect(&url)
        .await
        .expect("the role connects");
    let report = Runner::new(&MIGRATIONS)
        .run_on(session)
        .await
        .expect("nothing is pending");
    assert_eq!(report.outcome, Outcome::UpToDate);
    on.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
}
