//! The `SQLite` driver of Limosa.

pub mod dialect;

pub use dialect::SqliteDialect;
