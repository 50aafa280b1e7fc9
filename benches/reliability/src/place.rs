//! Databases to run on: on a throw-away server, or in a file; and a look at what is there, that uses no
//! tool.

use limosa_testkit::postgres::{Database, Server};
use tempfile::TempDir;
use tokio_postgres::SimpleQueryMessage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Postgres,
    Sqlite,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

/// A database of its own.
pub enum Place {
    Postgres(Database<'static>),
    Sqlite(TempDir),
}

impl Place {
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Postgres => Self::Postgres(Server::shared().await.database().await),
            Kind::Sqlite => Self::Sqlite(TempDir::new().expect("a temporary directory")),
        }
    }

    /// What the programs are given: a URL, or a path.
    pub fn target(&self) -> String {
        match self {
            Self::Postgres(database) => format!("{}?sslmode=disable", database.url()),
            Self::Sqlite(directory) => directory.path().join("test.db").display().to_string(),
        }
    }

    pub fn database(&self) -> &Database<'static> {
        match self {
            Self::Postgres(database) => database,
            Self::Sqlite(_) => unreachable!("only asked of PostgreSQL"),
        }
    }

    pub async fn execute(&self, sql: &str) {
        match self {
            Self::Postgres(database) => {
                database.client().await.batch_execute(sql).await.expect(sql);
            }
            Self::Sqlite(_) => self.open().execute_batch(sql).expect(sql),
        }
    }

    /// The first column of a query.
    pub async fn column(&self, sql: &str) -> Result<Vec<String>, String> {
        match self {
            Self::Postgres(database) => {
                let answer = database.client().await.simple_query(sql).await;
                let answer = answer.map_err(|error| match error.as_db_error() {
                    Some(error) => error.message().to_owned(),
                    None => error.to_string(),
                })?;
                let row = |message| match message {
                    SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
                    _ => None,
                };
                Ok(answer.into_iter().filter_map(row).collect())
            }
            Self::Sqlite(_) => rows(&self.open(), sql).map_err(|error| error.to_string()),
        }
    }

    /// The single value of a query.
    pub async fn value(&self, sql: &str) -> String {
        let column = self.column(sql).await.expect(sql);
        column.into_iter().next().expect("a row")
    }

    /// Everything that the database holds: the tool's journal, definitions, rows.
    pub async fn snapshot(&self, journal: &str, rows: &[&str]) -> Vec<Result<Vec<String>, String>> {
        let definitions = match self {
            Self::Postgres(_) => include_str!("definitions.postgres.sql"),
            Self::Sqlite(_) => include_str!("definitions.sqlite.sql"),
        };
        let mut all = Vec::new();
        for query in [journal, definitions].iter().chain(rows) {
            all.push(self.column(query).await);
        }
        all
    }

    fn open(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.target()).expect("the file opens");
        let patience = std::time::Duration::from_secs(10);
        connection.busy_timeout(patience).expect("it is set");
        connection
    }
}

fn rows(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let text = |row: &rusqlite::Row<'_>| {
        Ok(row
            .get::<_, Option<String>>(0)?
            .unwrap_or_else(|| "NULL".to_owned()))
    };
    statement.query_map([], text)?.collect()
}
