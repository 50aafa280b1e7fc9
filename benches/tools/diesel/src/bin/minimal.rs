//! diesel_migrations with three embedded migrations.

use diesel::Connection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

#[cfg(feature = "postgres")]
fn main() {
    const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../target/migrations/postgres-3/diesel");
    let url = std::env::args().nth(1).expect("a URL");
    let mut connection = diesel::PgConnection::establish(&url).expect("connects");
    connection.run_pending_migrations(MIGRATIONS).expect("applies");
}

#[cfg(feature = "sqlite")]
fn main() {
    // Named so that it is linked with SQLite in it.
    use libsqlite3_sys as _;
    const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../target/migrations/sqlite-3/diesel");
    let path = std::env::args().nth(1).expect("a path");
    let mut connection = diesel::SqliteConnection::establish(&path).expect("opens");
    connection.run_pending_migrations(MIGRATIONS).expect("applies");
}
