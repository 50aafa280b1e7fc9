//! Database migrations for applications: written once in SQL or Rust, planned for each database, proven
//! from its catalog, safe to kill.
//!
//! ```no_run
//! # #[cfg(feature = "deadpool")]
//! # async fn start(pool: deadpool_postgres::Pool) -> Result<(), limosa::Failure> {
//! // Read and parsed at compile time; an SQL error is a compile error with file and line.
//! static MIGRATIONS: limosa::Migrations = limosa::embed!("migrations");
//!
//! let report = limosa::Runner::new(&MIGRATIONS).run_on(&pool).await?;
//! println!("{} migrations done", report.migrations.len());
//! # Ok(())
//! # }
//! ```
//!
//! A [`Runner`] reads the journal in the database. If nothing is pending, that one `SELECT` is all it
//! does. Otherwise it waits until it is the only runner, looks at the schema as it is, plans, and
//! executes: what the database has already is recorded and not run again, and what contradicts the
//! migrations stops the run before anything is changed.
//!
//! # What to run on
//!
//! [`Runner::run_on`] takes a [`Target`]: on `PostgreSQL` a `&deadpool_postgres::Pool`, a
//! `tokio_postgres::Client` or a reference to one; on `SQLite` a `&Path`, or a
//! `&mut rusqlite::Connection`, which needs no runtime:
//!
//! ```
//! # #[cfg(feature = "sqlite")]
//! # fn main() -> Result<(), limosa::Failure> {
//! # use limosa::sqlite::Sqlite;
//! static MIGRATIONS: limosa::Migrations = limosa::embed!("migrations");
//!
//! let session = Sqlite::in_memory().expect("memory");
//! let runner = limosa::Runner::new(&MIGRATIONS);
//! let report = limosa::sqlite::block_on(runner.run_on(session))?;
//! assert_eq!(report.outcome, limosa::Outcome::Done);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sqlite"))]
//! # fn main() {}
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `postgres` | the driver for `PostgreSQL` 13 and later, over `tokio-postgres` and `deadpool-postgres` |
//! | `sqlite` | the driver for `SQLite`, over `rusqlite`, with the library compiled in |
//! | `tokio` | asynchronous runs on `SQLite` |
//! | `tracing` | spans and events of a run through `tracing` |
//!
//! The guide is `docs/library.md` of the repository; `examples/` of this crate holds whole programs.

pub use limosa_core::diff::Difference;
pub use limosa_core::engine::{
    Consent, Extent, LOCK_BUDGET, LOCK_WAIT, OnFailure, Precaution, Repaired, Runner, Undoing,
};
pub use limosa_core::error::{DatabaseError, Error, Failure, Kind, StepError};
pub use limosa_core::event::Event;
pub use limosa_core::migration::{Migration, Migrations};
pub use limosa_core::migrator::{Migrator, Target};
pub use limosa_core::plan::{
    Conflict, Hazard, Loss, OutOfOrder, Plan, PlannedMigration, Step, Unrecorded, Verdict, hazard,
};
pub use limosa_core::report::{Evidence, Outcome, Ran, RanStep, Report};
pub use limosa_core::version::Version;
pub use limosa_core::{
    datatype, dialect, expr, journal, migrator, name, operation, schema, shared,
};
pub use limosa_macros::embed;

#[cfg(feature = "postgres")]
pub use limosa_postgres as postgres;
#[cfg(feature = "sqlite")]
pub use limosa_sqlite as sqlite;

/// The code of the guides is compiled, and run where it can be.
#[cfg(all(doctest, feature = "deadpool", feature = "sqlite", feature = "tokio"))]
mod guides {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/library.md")]
    struct Library;
}
