//! diesel_migrations, with embedded migrations.

include!("../../common.rs");

use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
// Named so that it is linked with SQLite in it.
use libsqlite3_sys as _;

const POSTGRES: [EmbeddedMigrations; 3] = [
    embed_migrations!("../../target/migrations/postgres-1/diesel"),
    embed_migrations!("../../target/migrations/postgres-100/diesel"),
    embed_migrations!("../../target/migrations/postgres-1000/diesel"),
];
const SQLITE: [EmbeddedMigrations; 3] = [
    embed_migrations!("../../target/migrations/sqlite-1/diesel"),
    embed_migrations!("../../target/migrations/sqlite-100/diesel"),
    embed_migrations!("../../target/migrations/sqlite-1000/diesel"),
];

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    let sets = if arguments.postgres { POSTGRES } else { SQLITE };
    let [one, hundred, thousand] = sets;
    let migrations = match arguments.count {
        1 => one,
        100 => hundred,
        _ => thousand,
    };
    laps.lap();
    if arguments.postgres {
        let connection = PgConnection::establish(&arguments.target);
        let mut connection = connection.unwrap_or_else(|error| fail(error));
        laps.lap();
        connection.run_pending_migrations(migrations).unwrap_or_else(|error| fail(error));
    } else {
        let connection = SqliteConnection::establish(&arguments.target);
        let mut connection = connection.unwrap_or_else(|error| fail(error));
        laps.lap();
        connection.run_pending_migrations(migrations).unwrap_or_else(|error| fail(error));
    }
    laps.lap();
    laps.print();
}
