//! refinery with three embedded migrations.

#[cfg(feature = "postgres")]
refinery::embed_migrations!("../../target/migrations/postgres-3/refinery");
#[cfg(feature = "sqlite")]
refinery::embed_migrations!("../../target/migrations/sqlite-3/refinery");

#[cfg(feature = "postgres")]
fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let url = std::env::args().nth(1).expect("a URL");
        let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connects");
        tokio::spawn(connection);
        migrations::runner().run_async(&mut client).await.expect("applies");
    });
}

#[cfg(feature = "sqlite")]
fn main() {
    let path = std::env::args().nth(1).expect("a path");
    let mut connection = rusqlite::Connection::open(path).expect("opens");
    migrations::runner().run(&mut connection).expect("applies");
}
