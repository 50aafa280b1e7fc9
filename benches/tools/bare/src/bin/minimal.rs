//! The least that a client needs to run three statements.

#[cfg(feature = "postgres")]
fn main() {
    const SQL: &str = include_str!("../../../../target/migrations/postgres-3/all.sql");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let url = std::env::args().nth(1).expect("a URL");
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connects");
        tokio::spawn(connection);
        client.batch_execute(SQL).await.expect("applies");
    });
}

#[cfg(feature = "sqlite")]
fn main() {
    const SQL: &str = include_str!("../../../../target/migrations/sqlite-3/all.sql");
    let path = std::env::args().nth(1).expect("a path");
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.execute_batch(SQL).expect("applies");
}
