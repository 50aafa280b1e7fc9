//! Limosa: migrations embedded, or with `LIMOSA_DIRECTORY` read and parsed at run time.

include!("../../common.rs");
include!("../../runtime.rs");

use limosa::{Migrations, Runner, embed};

static POSTGRES: [Migrations; 3] = [
    embed!("../../target/migrations/postgres-1/plain"),
    embed!("../../target/migrations/postgres-100/plain"),
    embed!("../../target/migrations/postgres-1000/plain"),
];
static SQLITE: [Migrations; 3] = [
    embed!("../../target/migrations/sqlite-1/plain", language = "sqlite"),
    embed!("../../target/migrations/sqlite-100/plain", language = "sqlite"),
    embed!("../../target/migrations/sqlite-1000/plain", language = "sqlite"),
];

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    let read;
    let migrations = match std::env::var("LIMOSA_DIRECTORY") {
        Ok(directory) => {
            read = directory_of(&directory, arguments.postgres);
            &read
        }
        Err(_) => {
            let sets = if arguments.postgres { &POSTGRES } else { &SQLITE };
            match arguments.count {
                1 => &sets[0],
                100 => &sets[1],
                _ => &sets[2],
            }
        }
    };
    laps.lap();
    if arguments.postgres {
        block_on(postgres(&arguments.target, migrations, &mut laps));
    } else {
        sqlite(&arguments.target, migrations, &mut laps);
    }
    laps.print();
}

fn directory_of(path: &str, postgres: bool) -> Migrations {
    let language = if postgres { limosa_sql::Language::Postgres } else { limosa_sql::Language::Sqlite };
    let read = limosa_sql::Reader::new().language(language).read_dir(path);
    read.unwrap_or_else(|error| fail(error))
}

async fn postgres(url: &str, migrations: &Migrations, laps: &mut Laps) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap_or_else(|error| fail(error));
    tokio::spawn(connection);
    laps.lap();
    let run = Runner::new(migrations).run_on(&client).await;
    run.unwrap_or_else(|error| fail(error));
    laps.lap();
}

fn sqlite(path: &str, migrations: &Migrations, laps: &mut Laps) {
    let opened = limosa::sqlite::Sqlite::open(path, limosa::sqlite::Mode::Create);
    let mut session = opened.unwrap_or_else(|error| fail(error));
    laps.lap();
    let run = limosa::sqlite::block_on(Runner::new(migrations).run(&mut session));
    run.unwrap_or_else(|error| fail(error));
    laps.lap();
}
