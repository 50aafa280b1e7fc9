//! The `SQLite` driver of Limosa: its dialect, and sessions over `rusqlite` connections.
//!
//! A session blocks while it works. [`block_on`] runs it without a runtime; under the feature `tokio`
//! [`Background`] runs it on a thread of its own, so that no executor is held up.

#[cfg(feature = "tokio")]
mod background;
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
