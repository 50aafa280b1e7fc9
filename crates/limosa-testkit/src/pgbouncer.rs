//! Throw-away `PgBouncer`s in transaction mode.
//!
//! A pooler stands before one throw-away server, listens on a free port of 127.0.0.1, and ends with
//! the test process however that ends. A machine without `pgbouncer` fails the test: there is no
//! silent skip.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::postgres::account::Account;
use crate::postgres::{Database, Server};

const PATIENCE: Duration = Duration::from_secs(20);

const MISSING: &str = "no pgbouncer on this machine: run ./scripts/test, which installs it, or set \
    LIMOSA_TEST_PGBOUNCER to the program";

/// A running pooler of the test's own.
#[derive(Debug)]
pub struct PgBouncer {
    port: u16,
    watchdog: Child,
}

impl PgBouncer {
    /// Starts a pooler in transaction mode that opens at most `pool` sessions with each database of a
    /// server.
    ///
    /// # Panics
    /// It could not be started; the message says why and what to do.
    pub async fn start(server: &Server, pool: u32) -> Self {
        let (account, program) = (Account::find(), program());
        let directory = tempfile::Builder::new().prefix("limosa-").tempdir();
        let directory = directory.expect("make a temporary directory").keep();
        let port = free_port();
        let settings = settings(server.port(), port, pool);
        let file = directory.join("pgbouncer.ini");
        fs::write(&file, settings).expect("write pgbouncer.ini");
        account.own(&file);
        account.own(&directory);
        let mut command = account.command("/bin/sh");
        command
            .args(["-c", include_str!("pgbouncer/watchdog.sh"), "watchdog"])
            .arg(&directory)
            .arg(program)
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let watchdog = command.spawn().expect("start /bin/sh");
        let pooler = Self { port, watchdog };
        pooler.wait(&directory).await;
        pooler
    }

    /// The URL of a database, by way of the pooler.
    pub fn url(&self, database: &Database<'_>) -> String {
        let name = database.name();
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    async fn wait(&self, directory: &Path) {
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
            assert!(
                since.elapsed() < PATIENCE,
                "PgBouncer did not start:\n{}",
                log()
            );
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        drop(self.watchdog.wait());
    }
}

/// `any` logs every client in as the user of the database's line. The parameter is what JDBC and
/// libpq's `options` make people add; session settings stay unknown to the pooler.
fn settings(server: u16, port: u16, pool: u32) -> String {
    format!(
        "[databases]\n\
         * = host=127.0.0.1 port={server} user=postgres\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = any\n\
         pool_mode = transaction\n\
         default_pool_size = {pool}\n\
         max_client_conn = 500\n\
         ignore_startup_parameters = extra_float_digits\n"
    )
}

/// Debian puts it where only root's `PATH` leads.
fn program() -> PathBuf {
    if let Some(named) = env::var_os("LIMOSA_TEST_PGBOUNCER") {
        return PathBuf::from(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].map(PathBuf::from))
        .map(|directory| directory.join("pgbouncer"))
        .find(|program| program.is_file())
        .expect(MISSING)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound address").port()
}
