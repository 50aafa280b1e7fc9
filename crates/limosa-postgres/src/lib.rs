//! The `PostgreSQL` driver of Limosa.
//!
//! [`PostgresDialect`] is the pure half: SQL from the model and back. [`Postgres`] is the live half:
//! one session, over a client of the caller's, an object of a pool, or a connection of its own.

mod dialect;

pub use dialect::PostgresDialect;
