//! Constants in one form.
//!
//! A database that knows a constant's type reads it in many forms and shows it in one; another keeps
//! what was written. Both need that one form: to write values that read back the same everywhere, and
//! to tell whether a catalog shows what a migration said. The forms are those that `PostgreSQL` prints,
//! an instant in UTC.

pub mod boolean;
pub mod bytes;
mod decimal;
pub mod json;
pub mod moment;
pub mod network;
pub mod uuid;

pub use decimal::Decimal;
