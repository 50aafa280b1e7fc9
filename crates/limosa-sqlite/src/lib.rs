//! The SQLite driver of Limosa.
