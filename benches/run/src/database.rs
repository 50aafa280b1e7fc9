//! Fresh databases: a throw-away server with its usual settings, and files.

use std::fs;
use std::path::PathBuf;

use limosa_testkit::postgres::{Options, Server};
use tokio_postgres::SimpleQueryMessage;

use crate::tools::Database;

pub struct Databases {
    server: Server,
    files: PathBuf,
}

impl Databases {
    /// Starts the server. It writes to the disk as in production: what a commit costs is measured too.
    pub async fn start(files: PathBuf) -> Self {
        fs::create_dir_all(&files).expect("a directory can be made");
        let options = Options::new().durable().setting("shared_buffers", "128MB");
        Self {
            server: Server::start_with(options).await,
            files,
        }
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Makes an empty database of this name, and returns its URL or path.
    pub async fn fresh(&self, database: Database, name: &str) -> String {
        match database {
            Database::Postgres => {
                let client = self.server.client().await;
                for sql in [
                    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                    format!("CREATE DATABASE {name}"),
                    "CHECKPOINT".to_owned(),
                ] {
                    let made = client.batch_execute(&sql).await;
                    made.expect("the server makes a database");
                }
            }
            Database::Sqlite => {
                for end in ["", "-wal", "-shm", "-journal"] {
                    let _ = fs::remove_file(self.files.join(format!("{name}.db{end}")));
                }
            }
        }
        self.target(database, name)
    }

    /// The URL or path of a database.
    pub fn target(&self, database: Database, name: &str) -> String {
        match database {
            Database::Postgres => self.url(name, self.port()),
            Database::Sqlite => self.files.join(format!("{name}.db")).display().to_string(),
        }
    }

    /// The URL of a database through some port.
    pub fn url(&self, name: &str, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable")
    }

    /// Rows of a query as text, on a database of the server.
    pub async fn query(&self, name: &str, sql: &str) -> String {
        let client = limosa_testkit::postgres::connect(&self.url(name, self.port())).await;
        let answer = client.simple_query(sql).await.expect("the server answers");
        let field = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        answer
            .iter()
            .filter_map(field)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
