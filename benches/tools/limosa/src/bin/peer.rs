//! Limosa in the tests of benches/reliability.

include!("../../../peer.rs");
include!("../../../runtime.rs");

use deadpool_postgres::{Manager, Pool};
use limosa::{Failure, Migrations, Runner};
use limosa::postgres::Postgres;
use limosa::sqlite::{Mode, Sqlite};
use limosa_sql::Language;

fn main() {
    let task = Task::given();
    let language = if task.postgres { Language::Postgres } else { Language::Sqlite };
    let read = limosa_sql::Reader::new().language(language).read_dir(&task.directory);
    let migrations = read.unwrap_or_else(|error| fail(error));
    match task.pool {
        Some(time) => block_on(pool(&task.target, &migrations, time)),
        None if task.postgres => finish(block_on(postgres(&task.target, &migrations))),
        None => finish(sqlite(&task.target, &migrations)),
    }
}

async fn postgres(url: &str, migrations: &Migrations) -> Result<(), Failure> {
    let session = Postgres::connect(url).await.unwrap_or_else(|error| fail(error));
    ready();
    Runner::new(migrations).run_on(session).await.map(drop)
}

fn sqlite(path: &str, migrations: &Migrations) -> Result<(), Failure> {
    let mut session = Sqlite::open(path, Mode::Create).unwrap_or_else(|error| fail(error));
    ready();
    limosa::sqlite::block_on(Runner::new(migrations).run(&mut session)).map(drop)
}

async fn pool(url: &str, migrations: &Migrations, time: Option<std::time::Duration>) {
    let manager = Manager::new(url.parse().expect("a URL"), tokio_postgres::NoTls);
    let pool = Pool::builder(manager).max_size(1).build().expect("a pool");
    ready();
    say_run(within(time, Runner::new(migrations).run_on(&pool)).await.map(|run| run.map(drop)));
    let client = pool.get().await.expect("a client");
    let visit = client.batch_execute(VISIT).await;
    drop(client);
    say_visit(visit);
}
