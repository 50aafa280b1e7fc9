//! One database of a throw-away server, and sessions with it.

use std::str::FromStr;

use tokio_postgres::{Client, Config, NoTls};

use super::Server;

/// A database with a name of its own.
///
/// It is dropped some time after this value is: when the server makes the next one, or ends.
#[derive(Debug)]
pub struct Database<'a> {
    server: &'a Server,
    name: String,
}

impl<'a> Database<'a> {
    pub(super) fn new(server: &'a Server, name: String) -> Self {
        Self { server, name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL as a superuser.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// The server that it is on.
    pub fn server(&self) -> &'a Server {
        self.server
    }

    /// A superuser's session with it.
    ///
    /// # Panics
    /// The server is stopped, or refuses.
    pub async fn client(&self) -> Client {
        connect(&self.url()).await
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        self.server.forget(std::mem::take(&mut self.name));
    }
}

/// A session with the database that a URL names.
///
/// # Panics
/// It is no URL, or the server refuses.
pub async fn connect(url: &str) -> Client {
    connect_with(&Config::from_str(url).expect("a URL of libpq's form")).await
}

pub(super) async fn connect_with(config: &Config) -> Client {
    let session = config.connect(NoTls).await;
    let (client, connection) = session.expect("connect to the throw-away server");
    // It ends with the client; an error reaches whoever uses the client.
    tokio::spawn(async move { drop(connection.await) });
    client
}
