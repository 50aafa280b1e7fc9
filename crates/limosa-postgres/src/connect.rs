//! What a session runs on: a client of the caller's, an object of a pool, or a connection of its own.

mod environment;
mod failure;
mod passfile;
mod program;
#[cfg(feature = "tls")]
mod tls;
mod url;

use std::fmt;
use std::sync::Arc;

use limosa_core::error::DatabaseError;
use tokio_postgres::{Client, NoTls};

pub use program::client_variables;
use url::{Mode, Settings};

/// Something that a session can run on.
pub trait Link: Send + Sync {
    /// The client.
    fn client(&self) -> &Client;

    /// Told when the session ends with state of its own left in the server's: a lock, a transaction.
    /// What can close the connection does.
    fn discard(&mut self) {}
}

impl Link for Client {
    fn client(&self) -> &Client {
        self
    }
}

impl Link for &Client {
    fn client(&self) -> &Client {
        self
    }
}

impl Link for &mut Client {
    fn client(&self) -> &Client {
        self
    }
}

impl Link for Arc<Client> {
    fn client(&self) -> &Client {
        self
    }
}

/// An object of a pool. It goes back to its pool unless the session leaves something behind.
#[cfg(feature = "deadpool")]
pub struct Pooled(Option<deadpool_postgres::Object>);

#[cfg(feature = "deadpool")]
impl From<deadpool_postgres::Object> for Pooled {
    fn from(object: deadpool_postgres::Object) -> Self {
        Self(Some(object))
    }
}

#[cfg(feature = "deadpool")]
impl Link for Pooled {
    fn client(&self) -> &Client {
        self.0.as_ref().expect("taken only by discard, at the end")
    }

    fn discard(&mut self) {
        if let Some(object) = self.0.take() {
            // Taken out of the pool, it is closed when dropped.
            drop(deadpool_postgres::Object::take(object));
        }
    }
}

#[cfg(feature = "deadpool")]
impl fmt::Debug for Pooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pooled")
    }
}

/// Takes an object out of a pool.
#[cfg(feature = "deadpool")]
pub(crate) async fn pooled(pool: &deadpool_postgres::Pool) -> Result<Pooled, DatabaseError> {
    use deadpool_postgres::PoolError;
    match pool.get().await {
        Ok(object) => Ok(Pooled::from(object)),
        Err(PoolError::Backend(error)) => Err(failure::of(error, None)),
        Err(error) => Err(failure::unreachable(format!(
            "the pool gives no connection: {error}"
        ))),
    }
}

/// A connection of Limosa's own; it ends when it is dropped.
pub struct Connection {
    client: Client,
}

impl Link for Connection {
    fn client(&self) -> &Client {
        &self.client
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

/// Reads a text as [`connect`] does, and goes no further.
pub(crate) fn check(text: &str) -> Result<(), DatabaseError> {
    Settings::read(text, &environment::Process).map(drop)
}

/// Connects by a URL or by `key=value` pairs with libpq's parameters (manual section 34.1).
pub(crate) async fn connect(text: &str) -> Result<Connection, DatabaseError> {
    let settings = Settings::read(text, &environment::Process)?;
    match settings.mode {
        Mode::Disable => plain(&settings).await,
        _ => encrypted(&settings).await,
    }
}

async fn plain(settings: &Settings) -> Result<Connection, DatabaseError> {
    let connected = settings.config.connect(NoTls).await;
    let (client, connection) = connected.map_err(|error| failure::of(error, Some(settings)))?;
    // Its error reaches whoever waits for an answer; there is nobody else to tell.
    tokio::spawn(async move { drop(connection.await) });
    Ok(Connection { client })
}

#[cfg(feature = "tls")]
async fn encrypted(settings: &Settings) -> Result<Connection, DatabaseError> {
    let connector = tls::connector(settings)?;
    let connected = settings.config.connect(connector).await;
    let (client, connection) = connected.map_err(|error| failure::of(error, Some(settings)))?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(Connection { client })
}

#[cfg(not(feature = "tls"))]
async fn encrypted(settings: &Settings) -> Result<Connection, DatabaseError> {
    match settings.mode {
        Mode::Prefer => plain(settings).await,
        _ => Err(failure::unreachable(
            "this program was built without encrypted connections".to_owned(),
        )
        .with_hint("build limosa-postgres with the feature tls, or say sslmode=disable")),
    }
}
