//! sqlx in the tests of benches/reliability.

include!("../../../peer.rs");
include!("../../../runtime.rs");

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

fn main() {
    block_on(run(Task::given()));
}

async fn run(task: Task) {
    let read = Migrator::new(task.directory).await;
    let migrator = read.unwrap_or_else(|error| fail(error));
    match task.pool {
        Some(time) => pool(&task.target, &migrator, time).await,
        None if task.postgres => finish(postgres(&task.target, &migrator).await),
        None => finish(sqlite(&task.target, &migrator).await),
    }
}

async fn postgres(url: &str, migrator: &Migrator) -> Result<(), MigrateError> {
    let connected = sqlx::PgConnection::connect(url).await;
    let mut connection = connected.unwrap_or_else(|error| fail(error));
    ready();
    migrator.run(&mut connection).await
}

async fn sqlite(path: &str, migrator: &Migrator) -> Result<(), MigrateError> {
    let options = SqliteConnectOptions::new().filename(path);
    let opened = options.create_if_missing(true).connect().await;
    let mut connection = opened.unwrap_or_else(|error| fail(error));
    ready();
    migrator.run(&mut connection).await
}

async fn pool(url: &str, migrator: &Migrator, time: Option<std::time::Duration>) {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await;
    let pool = pool.unwrap_or_else(|error| fail(error));
    ready();
    say_run(within(time, migrator.run(&pool)).await);
    say_visit(sqlx::raw_sql(VISIT).execute(&pool).await.map(drop));
}
