//! Backups of files that are in use, and the way back.

#[path = "../common/mod.rs"]
mod common;

mod killed;
mod made;
mod others;
mod place;
mod refused;
mod replaced;
mod restored;
