//! diesel_migrations in the tests of benches/reliability. It blocks: nothing can be given up.

include!("../../../peer.rs");

use diesel::connection::SimpleConnection;
use diesel::migration::{self, MigrationSource};
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
// Named so that it is linked with SQLite in it.
use libsqlite3_sys as _;

fn main() {
    let task = Task::given();
    let read = FileBasedMigrations::from_path(&task.directory);
    let migrations = read.unwrap_or_else(|error| fail(error));
    match task.pool {
        Some(_) => pool(&task.target, migrations),
        None if task.postgres => {
            let connection = PgConnection::establish(&task.target);
            let mut connection = connection.unwrap_or_else(|error| fail(error));
            ready();
            finish(run(&mut connection, migrations));
        }
        None => {
            let connection = SqliteConnection::establish(&task.target);
            let mut connection = connection.unwrap_or_else(|error| fail(error));
            ready();
            finish(run(&mut connection, migrations));
        }
    }
}

fn run<DB, C>(connection: &mut C, migrations: FileBasedMigrations) -> migration::Result<()>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    FileBasedMigrations: MigrationSource<DB>,
{
    connection.run_pending_migrations(migrations).map(drop)
}

fn pool(url: &str, migrations: FileBasedMigrations) {
    let manager = ConnectionManager::<PgConnection>::new(url);
    let pool = Pool::builder().max_size(1).build(manager).unwrap_or_else(|error| fail(error));
    ready();
    let mut client = pool.get().unwrap_or_else(|error| fail(error));
    let result = run(&mut *client, migrations);
    drop(client);
    say_run(Some(result));
    let mut client = pool.get().unwrap_or_else(|error| fail(error));
    let visit = client.batch_execute(VISIT);
    drop(client);
    say_visit(visit);
}
