//! End-to-end tests of Limosa across databases.
