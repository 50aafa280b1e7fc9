//! The `PostgreSQL` driver of Limosa.
//!
//! [`PostgresDialect`] is the pure half: SQL from the model and back. [`Postgres`] is the live half:
//! one session, over a client of the caller's, an object of a pool, or a connection of its own.

mod batch;
mod connect;
mod dialect;
mod error;
mod explain;
mod inspect;
mod journal;
mod lock;
mod session;
mod target;

#[cfg(feature = "deadpool")]
pub use connect::Pooled;
pub use connect::{Connection, Link};
pub use dialect::PostgresDialect;
pub use session::Postgres;
