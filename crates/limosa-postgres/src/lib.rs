//! The `PostgreSQL` driver of Limosa, for version 13 and later.
//!
//! [`PostgresDialect`] is the pure half: SQL from the model and back. [`Postgres`] is the live half: one
//! session over `tokio-postgres`, on a client of the caller's, an object of a `deadpool-postgres` pool,
//! or a connection of its own:
//!
//! ```no_run
//! # async fn example() -> Result<(), limosa_core::error::DatabaseError> {
//! use limosa_core::migrator::Migrator;
//! use limosa_postgres::Postgres;
//!
//! let mut session = Postgres::connect("postgres://localhost/shop?connect_timeout=5").await?;
//! println!("{}", session.server().await?.product);
//! # Ok(())
//! # }
//! ```
//!
//! A pool, a client and a reference to one are also targets of `Runner::run_on`. Dropped in the middle
//! of a run, a session rolls back, gives its lock back and resets what it set. Only the simple query
//! protocol is used, so that it works behind poolers; `docs/decisions/postgres-lock.md` says what a
//! pooler does to the lock.

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
mod template;

#[cfg(feature = "deadpool")]
pub use connect::Pooled;
pub use connect::{Connection, Link, client_variables};
pub use dialect::PostgresDialect;
pub use session::Postgres;
