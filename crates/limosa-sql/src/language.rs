//! The languages that a migration file can be written in.

use limosa_core::expr::Lexicon;
use sqlparser::dialect::{Dialect, PostgreSqlDialect, SQLiteDialect};

/// The SQL that a file is written in.
///
/// This says how text is read, not where it runs: a Postgres file can be carried out on `SQLite`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `PostgreSQL`.
    #[default]
    Postgres,
    /// `SQLite`.
    Sqlite,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The language of a name as people write it: `postgres`, `postgresql`, `pg`, `sqlite`, `sqlite3`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" | "pg" | "pgsql" => Some(Self::Postgres),
            "sqlite" | "sqlite3" => Some(Self::Sqlite),
            _ => None,
        }
    }

    /// The dialect's identifier, as scripts and statements carry it.
    pub fn id(self) -> &'static str {
        self.lexicon().id
    }

    /// How its text is cut into tokens.
    pub fn lexicon(self) -> &'static Lexicon {
        match self {
            Self::Postgres => &Lexicon::POSTGRES,
            Self::Sqlite => &Lexicon::SQLITE,
        }
    }

    pub(crate) fn parser(self) -> &'static dyn Dialect {
        match self {
            Self::Postgres => &PostgreSqlDialect {},
            Self::Sqlite => &SQLiteDialect {},
        }
    }
}
