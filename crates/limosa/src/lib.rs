//! Database migrations: written once, planned for each database, proven, safe to kill.
//!
//! ```no_run
//! # #[cfg(feature = "postgres")]
//! # async fn start(pool: deadpool_postgres::Pool) -> Result<(), limosa::Failure> {
//! // Read and parsed at compile time; an SQL error is a compile error with file and line:
//! // static MIGRATIONS: limosa::Migrations = limosa::embed!("migrations");
//! # static MIGRATIONS: limosa::Migrations = limosa::Migrations::embedded(&[]);
//! let report = limosa::Runner::new(&MIGRATIONS).run_on(&pool).await?;
//! println!("{} migrations done", report.migrations.len());
//! # Ok(())
//! # }
//! ```

pub use limosa_core::engine::{Consent, Extent, LOCK_WAIT, OnFailure, Runner, Undoing};
pub use limosa_core::error::{DatabaseError, Error, Failure, Kind};
pub use limosa_core::event::Event;
pub use limosa_core::migration::{Embedded, Migration, Migrations};
pub use limosa_core::migrator::{Migrator, Target};
pub use limosa_core::plan::{OutOfOrder, Plan, Unrecorded};
pub use limosa_core::report::{Evidence, Outcome, Ran, Report};
pub use limosa_core::version::Version;
pub use limosa_core::{datatype, dialect, expr, journal, migrator, name, operation, schema};
pub use limosa_macros::embed;

#[cfg(feature = "postgres")]
pub use limosa_postgres as postgres;
#[cfg(feature = "sqlite")]
pub use limosa_sqlite as sqlite;
