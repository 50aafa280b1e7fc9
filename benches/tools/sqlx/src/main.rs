//! sqlx, with embedded migrations.

include!("../../common.rs");
include!("../../runtime.rs");

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, migrate};

static POSTGRES: [Migrator; 3] = [
    migrate!("../../target/migrations/postgres-1/plain"),
    migrate!("../../target/migrations/postgres-100/plain"),
    migrate!("../../target/migrations/postgres-1000/plain"),
];
static SQLITE: [Migrator; 3] = [
    migrate!("../../target/migrations/sqlite-1/plain"),
    migrate!("../../target/migrations/sqlite-100/plain"),
    migrate!("../../target/migrations/sqlite-1000/plain"),
];

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    block_on(run(&arguments, &mut laps)).unwrap_or_else(|error| fail(error));
    laps.print();
}

async fn run(arguments: &Arguments, laps: &mut Laps) -> Result<(), MigrateError> {
    let sets = if arguments.postgres { &POSTGRES } else { &SQLITE };
    let migrator = match arguments.count {
        1 => &sets[0],
        100 => &sets[1],
        _ => &sets[2],
    };
    laps.lap();
    if arguments.postgres {
        let mut connection = sqlx::PgConnection::connect(&arguments.target).await?;
        laps.lap();
        migrator.run(&mut connection).await?;
    } else {
        let options = SqliteConnectOptions::new().filename(&arguments.target);
        let mut connection = options.create_if_missing(true).connect().await?;
        laps.lap();
        migrator.run(&mut connection).await?;
    }
    laps.lap();
    Ok(())
}
