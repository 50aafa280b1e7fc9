//! The model, the plan and the engine of Limosa: what is the same for every database.
//!
//! Applications use the crate `limosa`; this one is for authors of drivers and of tools. Nothing here
//! knows a database, a driver, an async runtime or the file system.
//!
//! Data flows one way. [`migration::Migrations`], the [`journal::Journal`] and the inspected
//! [`schema::Schema`] become a [`plan::Plan`]; the [`engine::Runner`] carries it out through a
//! [`migrator::Migrator`] and gives a [`report::Report`]. Everything before the engine is pure:
//!
//! ```
//! # use limosa_core::operation::Operation;
//! use limosa_core::name::Case;
//! use limosa_core::schema::{Schema, Table};
//!
//! let mut schema = Schema::empty(Case::Sensitive, Some("public".into()));
//! let create = Operation::CreateTable {
//!     table: Table::new("environments".into()).into(),
//!     if_not_exists: false,
//! };
//! schema.apply(&create).unwrap();
//! assert!(schema.table(&"environments".into()).is_some());
//! assert!(schema.apply(&create).is_err(), "it is there already");
//! ```
//!
//! A driver implements two traits, whose documentation is the contract: [`dialect::Dialect`], pure
//! functions from the model to a database's SQL and back, and [`migrator::Migrator`], one live session.
//! `limosa-testkit` has the suite of tests that holds a driver to them.

pub mod checksum;
pub mod constant;
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
mod order;
pub mod plan;
pub mod progress;
pub mod report;
pub mod schema;
pub mod shared;
pub mod simulate;
mod trace;
pub mod version;
