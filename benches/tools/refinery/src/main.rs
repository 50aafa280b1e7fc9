//! refinery; `REFINERY_GROUPED` puts all migrations into one transaction.
//!
//! The list is what `embed_migrations!` would write; a thousand of them at once it compiles for minutes.

include!("../../common.rs");
include!("../../runtime.rs");

use refinery::{Migration, Runner};

type List = &'static [(&'static str, &'static str)];
const POSTGRES: [List; 3] = [
    include!("../../../target/migrations/postgres-1/list.rs"),
    include!("../../../target/migrations/postgres-100/list.rs"),
    include!("../../../target/migrations/postgres-1000/list.rs"),
];
const SQLITE: [List; 3] = [
    include!("../../../target/migrations/sqlite-1/list.rs"),
    include!("../../../target/migrations/sqlite-100/list.rs"),
    include!("../../../target/migrations/sqlite-1000/list.rs"),
];

fn runner(list: List) -> Runner {
    let migration = |(name, sql): &(&str, &str)| {
        let (version, name) = name[1..].split_once('_').expect("a version and a name");
        Migration::unapplied(&format!("V{version}__{name}"), sql).unwrap_or_else(|error| fail(error))
    };
    Runner::new(&list.iter().map(migration).collect::<Vec<_>>())
}

fn main() {
    let arguments = arguments();
    let mut laps = Laps::start();
    let sets = if arguments.postgres { POSTGRES } else { SQLITE };
    let runner = runner(match arguments.count {
        1 => sets[0],
        100 => sets[1],
        _ => sets[2],
    });
    let runner = runner.set_grouped(std::env::var_os("REFINERY_GROUPED").is_some());
    laps.lap();
    if arguments.postgres {
        block_on(postgres(&arguments.target, &runner, &mut laps));
    } else {
        sqlite(&arguments.target, &runner, &mut laps);
    }
    laps.print();
}

async fn postgres(url: &str, runner: &Runner, laps: &mut Laps) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (mut client, connection) = connected.unwrap_or_else(|error| fail(error));
    tokio::spawn(connection);
    laps.lap();
    let run = runner.run_async(&mut client).await;
    run.unwrap_or_else(|error| fail(error));
    laps.lap();
}

fn sqlite(path: &str, runner: &Runner, laps: &mut Laps) {
    let opened = rusqlite::Connection::open(path);
    let mut connection = opened.unwrap_or_else(|error| fail(error));
    laps.lap();
    runner.run(&mut connection).unwrap_or_else(|error| fail(error));
    laps.lap();
}
