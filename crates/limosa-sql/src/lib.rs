//! SQL text to Limosa's operations: splitter, readers, migration directory layouts.
//!
//! Text flows one way: a [`Reader`] finds the files of a directory, cuts each one into statements
//! ([`split()`]), reads the directives in its comments, and lowers every statement into operations. What
//! the model does not know is carried verbatim; nothing is dropped. This crate knows no driver, and an
//! application with embedded migrations does not link it.

mod cursor;
mod directive;
mod error;
mod guard;
mod language;
mod layout;
mod lower;
mod reader;
mod script;
mod section;
mod split;
mod statement;
mod transaction;
mod verbatim;

pub use error::ReadError;
pub use language::Language;
pub use reader::{Reader, read_dir};
pub use script::Text;
pub use split::{Note, Piece, Pieces, split};
pub use statement::statement;
