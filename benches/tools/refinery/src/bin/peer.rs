//! refinery in the tests of benches/reliability.

include!("../../../peer.rs");
include!("../../../runtime.rs");

use deadpool_postgres::{Manager, Pool};
use refinery::Runner;

fn main() {
    let task = Task::given();
    let read = refinery::load_sql_migrations(&task.directory);
    let runner = Runner::new(&read.unwrap_or_else(|error| fail(error)));
    match task.pool {
        Some(time) => block_on(pool(&task.target, &runner, time)),
        None if task.postgres => finish(block_on(postgres(&task.target, &runner))),
        None => finish(sqlite(&task.target, &runner)),
    }
}

async fn postgres(url: &str, runner: &Runner) -> Result<(), String> {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (mut client, connection) = connected.unwrap_or_else(|error| fail(error));
    tokio::spawn(connection);
    ready();
    runner.run_async(&mut client).await.map(drop).map_err(whole)
}

fn sqlite(path: &str, runner: &Runner) -> Result<(), String> {
    let opened = rusqlite::Connection::open(path);
    let mut connection = opened.unwrap_or_else(|error| fail(error));
    ready();
    runner.run(&mut connection).map(drop).map_err(whole)
}

/// An error of it does not say what its cause said.
fn whole(error: refinery::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

async fn pool(url: &str, runner: &Runner, time: Option<std::time::Duration>) {
    let manager = Manager::new(url.parse().expect("a URL"), tokio_postgres::NoTls);
    let pool = Pool::builder(manager).max_size(1).build().expect("a pool");
    ready();
    let run = async {
        let mut client = pool.get().await.expect("a client");
        runner.run_async(&mut **client).await.map(drop).map_err(whole)
    };
    say_run(within(time, run).await);
    let client = pool.get().await.expect("a client");
    let visit = client.batch_execute(VISIT).await;
    drop(client);
    say_visit(visit);
}
