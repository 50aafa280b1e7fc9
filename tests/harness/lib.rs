//! What end-to-end tests need: a database of either kind, migrations from text, and a look at what is
//! there without Limosa.

pub mod child;
pub mod gaps;
pub mod property;
pub mod snapshot;
pub mod tally;

use limosa_core::engine::Runner;
use limosa_core::error::Failure;
use limosa_core::migration::Migrations;
use limosa_core::migrator::{Migrator, Scope};
use limosa_core::report::Report;
use limosa_core::schema::Schema;
use limosa_postgres::Postgres;
use limosa_sqlite::{Mode, Sqlite};
use limosa_testkit::postgres::{Database, Server};
use tempfile::TempDir;

/// A database of its own for one test.
pub enum On {
    /// On a throw-away server.
    Postgres(Database<'static>),
    /// A file in a temporary directory.
    Sqlite(TempDir),
}

impl On {
    /// A new database on the shared `PostgreSQL` server.
    pub async fn postgres() -> Self {
        Self::Postgres(Server::shared().await.database().await)
    }

    /// A new `SQLite` file.
    ///
    /// # Panics
    /// There is no temporary directory.
    pub fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().expect("a temporary directory"))
    }

    /// A new database that holds what this one does. Nobody may be connected to this one.
    ///
    /// # Panics
    /// The copy fails.
    pub async fn copy(&self) -> Self {
        match self {
            Self::Postgres(database) => Self::Postgres(database.server().copy_of(database).await),
            Self::Sqlite(directory) => {
                let copy = TempDir::new().expect("a temporary directory");
                let name = "test.db";
                std::fs::copy(directory.path().join(name), copy.path().join(name))
                    .expect("the file is copied");
                Self::Sqlite(copy)
            }
        }
    }

    /// The dialect's identifier.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// A URL for the command.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url(),
            Self::Sqlite(directory) => {
                format!("sqlite:{}", directory.path().join("test.db").display())
            }
        }
    }

    /// A new session.
    ///
    /// # Panics
    /// The database cannot be opened.
    pub async fn session(&self) -> Box<dyn Migrator> {
        match self {
            Self::Postgres(database) => Box::new(Postgres::new(database.client().await)),
            Self::Sqlite(_) => {
                Box::new(Sqlite::open(&self.url(), Mode::Create).expect("the file opens"))
            }
        }
    }

    /// Executes SQL without Limosa.
    ///
    /// # Panics
    /// The database refuses it.
    pub async fn execute(&self, sql: &str) {
        match self {
            Self::Postgres(database) => {
                database.client().await.batch_execute(sql).await.expect(sql);
            }
            Self::Sqlite(_) => self.connection().execute_batch(sql).expect(sql),
        }
    }

    /// The first column of a query's rows as text, without Limosa.
    ///
    /// # Panics
    /// The database refuses it.
    pub async fn column(&self, sql: &str) -> Vec<Option<String>> {
        match self {
            Self::Postgres(database) => {
                use tokio_postgres::SimpleQueryMessage::Row;
                let messages = database.client().await.simple_query(sql).await.expect(sql);
                let rows = messages.into_iter().filter_map(|message| match message {
                    Row(row) => Some(row.get(0).map(str::to_owned)),
                    _ => None,
                });
                rows.collect()
            }
            Self::Sqlite(_) => {
                let connection = self.connection();
                let mut statement = connection.prepare(sql).expect(sql);
                let rows = statement.query_map([], |row| {
                    Ok(match row.get_ref(0)? {
                        rusqlite::types::ValueRef::Null => None,
                        rusqlite::types::ValueRef::Integer(number) => Some(number.to_string()),
                        rusqlite::types::ValueRef::Real(number) => Some(number.to_string()),
                        rusqlite::types::ValueRef::Text(text)
                        | rusqlite::types::ValueRef::Blob(text) => {
                            Some(String::from_utf8_lossy(text).into_owned())
                        }
                    })
                });
                rows.expect(sql).collect::<Result<_, _>>().expect(sql)
            }
        }
    }

    /// The single value of a query as text.
    ///
    /// # Panics
    /// There is not exactly one row, or its value is NULL.
    pub async fn value(&self, sql: &str) -> String {
        match self.column(sql).await.as_slice() {
            [Some(value)] => value.clone(),
            other => panic!("{sql}: {other:?}"),
        }
    }

    /// The schema as Limosa sees it.
    ///
    /// # Panics
    /// The catalog cannot be read.
    pub async fn schema(&self) -> Schema {
        self.session()
            .await
            .inspect(&Scope::default())
            .await
            .expect("the catalog is readable")
    }

    /// Runs what is pending, in a session of its own.
    ///
    /// # Errors
    /// The run fails.
    pub async fn run(&self, migrations: &Migrations) -> Result<Report, Failure> {
        Runner::new(migrations)
            .run(self.session().await.as_mut())
            .await
    }

    fn connection(&self) -> rusqlite::Connection {
        let url = self.url();
        let path = url.trim_start_matches("sqlite:");
        rusqlite::Connection::open(path).expect("the file opens")
    }
}

/// Migrations of versions 1, 2, 3 ... from their texts, written for `PostgreSQL`.
///
/// # Panics
/// A text cannot be read.
pub fn migrations(texts: &[&str]) -> Migrations {
    let directory = directory(texts);
    limosa_sql::read_dir(directory.path()).expect("the migrations are readable")
}

/// A directory with these migrations, for a process of its own.
///
/// # Panics
/// It cannot be written.
pub fn directory(texts: &[&str]) -> TempDir {
    let directory = TempDir::new().expect("a temporary directory");
    for (text, version) in texts.iter().zip(1..) {
        let one = directory
            .path()
            .join(format!("{version}_migration_{version}"));
        std::fs::create_dir(&one).expect("a directory");
        std::fs::write(one.join("migration.sql"), text).expect("a file");
    }
    directory
}

/// Makes two tests of an async function that takes an [`On`]: one for each database.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name($crate::On::postgres().await).await;
                }
            )+
        }
        mod sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name($crate::On::sqlite()).await;
                }
            )+
        }
    };
}
