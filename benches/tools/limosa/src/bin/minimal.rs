//! Limosa with three embedded migrations.

#[cfg(feature = "postgres")]
fn main() {
    static MIGRATIONS: limosa::Migrations = limosa::embed!("../../target/migrations/postgres-3/plain");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let url = std::env::args().nth(1).expect("a URL");
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connects");
        tokio::spawn(connection);
        limosa::Runner::new(&MIGRATIONS).run_on(&client).await.expect("applies");
    });
}

#[cfg(feature = "sqlite")]
fn main() {
    use limosa::sqlite::{Mode, Sqlite, block_on};
    static MIGRATIONS: limosa::Migrations =
        limosa::embed!("../../target/migrations/sqlite-3/plain", language = "sqlite");
    let path = std::env::args().nth(1).expect("a path");
    let mut session = Sqlite::open(&path, Mode::Create).expect("opens");
    block_on(limosa::Runner::new(&MIGRATIONS).run(&mut session)).expect("applies");
}
