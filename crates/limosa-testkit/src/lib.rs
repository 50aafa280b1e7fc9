//! What tests of Limosa and of its drivers share: throw-away servers, strategies, the conformance
//! suite.
//!
//! Nothing here knows a driver of Limosa; `tokio_postgres` serves only to look at a server from
//! outside.

pub mod conformance;
pub mod pgbouncer;
pub mod postgres;
pub mod strategy;
