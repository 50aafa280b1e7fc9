//! SQL text to Limosa's operations: splitter, readers, migration directory layouts.
//!
//! Text flows one way: a [`Reader`] finds the files of a directory, cuts each one into statements
//! ([`split()`]), reads the directives in its comments, and lowers every statement into operations. What
//! the model does not know is carried verbatim; nothing is dropped.
//!
//! ```
//! use limosa_core::operation::Operation;
//! use limosa_sql::{Language, statement};
//!
//! let read = statement("ALTER TABLE t ADD a text, ADD b int", Language::Postgres).unwrap();
//! assert_eq!(read.operations.len(), 2);
//!
//! let read = statement("VACUUM", Language::Postgres).unwrap();
//! assert!(matches!(read.operations().next(), Some(Operation::Sql(_))));
//! ```
//!
//! [`read_dir`] reads a directory at run time; `limosa::embed!` does the same when an application is
//! compiled, so that it does not link this crate. `docs/migration-files.md` describes layouts and
//! directives. This crate knows no driver.

mod cursor;
mod directive;
mod error;
mod guard;
mod language;
mod layout;
mod lower;
mod moved;
mod reader;
mod script;
mod section;
mod split;
mod statement;
mod temporary;
mod transaction;
mod verbatim;

pub use error::ReadError;
pub use language::Language;
pub use reader::{Reader, read_dir};
pub use script::Text;
pub use split::{Note, Piece, Pieces, split};
pub use statement::statement;
