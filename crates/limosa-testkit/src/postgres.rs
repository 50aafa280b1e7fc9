//! Throw-away `PostgreSQL` servers.
//!
//! A server lives in a temporary directory, listens on a free port of 127.0.0.1 and on a unix socket
//! in that directory, and ends with the test process however that ends (see `process`). A machine
//! without the server's binaries fails the test: there is no silent skip.

pub(crate) mod account;
mod binaries;
mod database;
mod options;
mod process;
mod shutdown;
mod standby;
mod template;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::OnceCell;
use tokio_postgres::Client;

use account::Account;
use process::Process;

pub use database::{Database, connect};
pub use options::Options;
pub use shutdown::Shutdown;

/// A running server of the test's own.
///
/// Dropping it stops it and removes its directory. One that is never dropped (a static) ends with
/// the process.
#[derive(Debug)]
pub struct Server {
    process: Process,
    password: Option<String>,
    databases: AtomicU64,
    dropped: Mutex<Vec<String>>,
}

impl Server {
    /// The server that all tests of this process share, started at the first call.
    ///
    /// # Panics
    /// No server could be started; the message says why and what to do.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Server> = OnceCell::const_new();
        SHARED.get_or_init(Self::start).await
    }

    /// A server of one's own: for tests that stop it, or change its settings.
    ///
    /// # Panics
    /// No server could be started; the message says why and what to do.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A server with other than the usual options.
    ///
    /// # Panics
    /// No server could be started; the message says why and what to do.
    pub async fn start_with(options: Options) -> Self {
        let process = Process::start(&options).await;
        let server = Self {
            process,
            password: None,
            databases: AtomicU64::new(0),
            dropped: Mutex::default(),
        };
        match options.password {
            Some(password) => server.with_password(password).await,
            None => server,
        }
    }

    /// A hot standby of this server, made from a copy of it and fed by streaming replication. It lasts
    /// no longer than it can reach this one, which is stopped and started again for the copy: its
    /// sessions end.
    ///
    /// # Panics
    /// Its data cannot be copied, or a server does not start; the message says why.
    pub async fn standby(&self) -> Self {
        self.stop(Shutdown::Fast).await;
        let copy = standby::copy(&self.data_directory(), self.socket_directory(), self.port());
        self.start_again().await;
        let data = copy.path().join(standby::DATA);
        let process = Process::start_from(&data, &Options::default()).await;
        Self {
            process,
            password: self.password.clone(),
            databases: AtomicU64::new(0),
            dropped: Mutex::default(),
        }
    }

    /// A new, empty database with a name of its own.
    ///
    /// # Panics
    /// The server is stopped, or refuses.
    pub async fn database(&self) -> Database<'_> {
        self.create("template1").await
    }

    /// A new database that holds what another one does. Nobody may be connected to that.
    ///
    /// # Panics
    /// The server is stopped, or refuses.
    pub async fn copy_of(&self, database: &Database<'_>) -> Database<'_> {
        self.create(database.name()).await
    }

    async fn create(&self, template: &str) -> Database<'_> {
        let client = self.client().await;
        let dropped = std::mem::take(&mut *self.dropped.lock().expect("no panic holds this lock"));
        for name in dropped {
            let drop = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
            client.batch_execute(&drop).await.expect("drop a database");
        }
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        client
            .batch_execute(&create)
            .await
            .expect("create a database");
        Database::new(self, name)
    }

    /// A superuser's session with the database `postgres`.
    ///
    /// # Panics
    /// The server is stopped, or refuses.
    pub async fn client(&self) -> Client {
        connect(&self.url("postgres")).await
    }

    /// The URL of a database as the superuser `postgres`, over TCP.
    pub fn url(&self, database: &str) -> String {
        let secret = self.password.as_ref().map(|one| format!(":{one}"));
        let secret = secret.unwrap_or_default();
        let port = self.port();
        format!("postgres://postgres{secret}@127.0.0.1:{port}/{database}")
    }

    /// The port on 127.0.0.1; it stays the same when the server is started again.
    pub fn port(&self) -> u16 {
        self.process.port()
    }

    /// The directory of the unix socket. It trusts everybody, password or not.
    pub fn socket_directory(&self) -> &Path {
        self.process.directory()
    }

    /// Ends the server as a crash would: sessions break, nothing is written that was not yet. Returns
    /// when it is gone.
    ///
    /// # Panics
    /// It does not end within a minute.
    pub async fn stop_immediate(&self) {
        self.process.stop(Shutdown::Immediate).await;
    }

    /// Tells the server to end. Returns when it is gone.
    ///
    /// # Panics
    /// It does not end within a minute.
    pub async fn stop(&self, shutdown: Shutdown) {
        self.process.stop(shutdown).await;
    }

    /// Its data directory. What is written there belongs to another user if root runs the test.
    pub fn data_directory(&self) -> PathBuf {
        self.process.directory().join("data")
    }

    /// The process id of the server's first process.
    ///
    /// # Panics
    /// The server is stopped.
    pub fn process_id(&self) -> u32 {
        let file = std::fs::read_to_string(self.data_directory().join("postmaster.pid"));
        let file = file.expect("the server is running");
        let first = file
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        first.expect("the first line is the process id")
    }

    /// Starts the server again on the same data and port; it recovers first. Returns when it accepts
    /// sessions.
    ///
    /// # Panics
    /// It does not start; the message has its log.
    pub async fn start_again(&self) {
        self.process.start_again().await;
    }

    /// A command as the user that servers run as, which is another one if root runs the test.
    ///
    /// # Panics
    /// There is no such user.
    pub fn command(program: &str) -> Command {
        Account::find().command(program)
    }

    /// Where this machine's server binaries are: for tests that need `psql` or `pg_dump`.
    ///
    /// # Panics
    /// There are none.
    pub fn binaries() -> PathBuf {
        binaries::directory()
    }

    async fn with_password(mut self, password: String) -> Self {
        let mut config = tokio_postgres::Config::new();
        config.host_path(self.socket_directory()).port(self.port());
        config.user("postgres").dbname("postgres");
        let set = format!("ALTER ROLE postgres PASSWORD '{password}'");
        let client = database::connect_with(&config).await;
        client.batch_execute(&set).await.expect("set the password");
        self.password = Some(password);
        self
    }

    fn forget(&self, database: String) {
        if let Ok(mut dropped) = self.dropped.lock() {
            dropped.push(database);
        }
    }
}
