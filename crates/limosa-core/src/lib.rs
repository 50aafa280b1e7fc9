//! The model, the plan and the engine of Limosa.
//!
//! Nothing here knows a database, a driver, an async runtime or the file system. Data flows one way:
//! migrations, the journal and the inspected [`schema`] become a [`plan`], which the [`engine`] carries
//! out through a [`migrator::Migrator`].

pub mod checksum;
pub mod datatype;
pub mod dialect;
pub mod diff;
pub mod engine;
pub mod error;
pub mod event;
pub mod expr;
pub mod journal;
pub mod migration;
pub mod migrator;
pub mod name;
pub mod naming;
pub mod operation;
pub mod plan;
pub mod report;
pub mod schema;
pub mod simulate;
mod trace;
pub mod version;
