//! The cases, by the part of the contract that they hold.

#![allow(
    clippy::missing_panics_doc,
    reason = "a case panics if the driver does not conform"
)]

pub mod columns;
pub mod commands;
pub mod constraints;
pub mod dialect;
pub mod indexes;
pub mod inspection;
pub mod journal;
pub mod lock;
pub mod objects;
pub mod rows;
pub mod tables;
