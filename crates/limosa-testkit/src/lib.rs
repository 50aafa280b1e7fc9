//! What tests of Limosa and of its drivers share.
//!
//! - [`conformance`]: what any driver must do, whoever wrote it, as one test a case;
//! - [`fault`]: a session in which something goes wrong at a chosen place;
//! - [`postgres`]: throw-away servers, which end with the test process however that ends;
//! - [`pgbouncer`]: a throw-away pooler before one of them;
//! - [`proxy`]: a way to a server that breaks at a chosen byte;
//! - [`strategy`]: random migrations for proptest.
//!
//! A machine without the servers' binaries fails a test: there is no silent skip. Nothing here knows a
//! driver of Limosa; `tokio_postgres` serves only to look at a server from outside.

pub mod conformance;
pub mod fault;
pub mod pgbouncer;
pub mod postgres;
pub mod proxy;
pub mod strategy;
