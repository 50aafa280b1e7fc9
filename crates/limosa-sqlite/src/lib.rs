//! The `SQLite` driver of Limosa: its dialect, and sessions over `rusqlite` connections.
//!
//! A session blocks while it works. [`block_on`] runs it without a runtime; under the feature `tokio`
//! [`Background`] runs it on a thread of its own, so that no executor is held up.
//!
//! ```
//! use limosa_core::migrator::Migrator;
//! use limosa_sqlite::{Sqlite, block_on};
//!
//! # fn main() -> Result<(), limosa_core::error::DatabaseError> {
//! let mut session = Sqlite::in_memory()?;
//! let server = block_on(session.server())?;
//! assert!(server.product.starts_with("SQLite 3."));
//! # Ok(())
//! # }
//! ```
//!
//! [`SqliteDialect`] says in `SQLite`'s words what migrations written for `PostgreSQL` mean, and refuses
//! what cannot be said: `docs/sqlite.md` lists it.

#[cfg(feature = "tokio")]
mod background;
pub mod backup;
mod batch;
mod block_on;
mod connect;
pub mod dialect;
mod error;
mod explain;
mod inspect;
mod journal;
mod lock;
mod session;
mod target;

#[cfg(feature = "tokio")]
pub use background::Background;
pub use block_on::block_on;
pub use connect::{Location, Mode, open};
pub use dialect::SqliteDialect;
pub use session::Sqlite;
