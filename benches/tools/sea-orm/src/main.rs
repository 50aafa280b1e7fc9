//! sea-orm-migration, with one raw statement a migration.

include!("../../common.rs");
include!("../../runtime.rs");
include!("migrator.rs");

migrator!(Postgres1, "../../../target/migrations/postgres-1/list.rs");
migrator!(Postgres100, "../../../target/migrations/postgres-100/list.rs");
migrator!(Postgres1000, "../../../target/migrations/postgres-1000/list.rs");
migrator!(Sqlite1, "../../../target/migrations/sqlite-1/list.rs");
migrator!(Sqlite100, "../../../target/migrations/sqlite-100/list.rs");
migrator!(Sqlite1000, "../../../target/migrations/sqlite-1000/list.rs");

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    laps.lap();
    block_on(run(&arguments, &mut laps)).unwrap_or_else(|error| fail(error));
    laps.print();
}

async fn run(arguments: &Arguments, laps: &mut Laps) -> Result<(), DbErr> {
    let url = match arguments.postgres {
        true => arguments.target.clone(),
        false => format!("sqlite://{}?mode=rwc", arguments.target),
    };
    let connection = Database::connect(url).await?;
    laps.lap();
    match (arguments.postgres, arguments.count) {
        (true, 1) => Postgres1::up(&connection, None).await?,
        (true, 100) => Postgres100::up(&connection, None).await?,
        (true, _) => Postgres1000::up(&connection, None).await?,
        (false, 1) => Sqlite1::up(&connection, None).await?,
        (false, 100) => Sqlite100::up(&connection, None).await?,
        (false, _) => Sqlite1000::up(&connection, None).await?,
    }
    laps.lap();
    Ok(())
}
