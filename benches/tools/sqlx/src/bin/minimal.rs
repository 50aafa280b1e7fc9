//! sqlx with three embedded migrations.

use sqlx::Connection;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(run());
}

#[cfg(feature = "postgres")]
async fn run() {
    let url = std::env::args().nth(1).expect("a URL");
    let mut connection = sqlx::PgConnection::connect(&url).await.expect("connects");
    let migrator = sqlx::migrate!("../../target/migrations/postgres-3/plain");
    migrator.run(&mut connection).await.expect("applies");
}

#[cfg(feature = "sqlite")]
async fn run() {
    let path = std::env::args().nth(1).expect("a path");
    let url = format!("sqlite://{path}?mode=rwc");
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    let migrator = sqlx::migrate!("../../target/migrations/sqlite-3/plain");
    migrator.run(&mut connection).await.expect("applies");
}
