//! The macro embed! of Limosa: migrations read and parsed at compile time.
