//! Compile, execute, inspect: what comes back is what the model predicted.

#[path = "../common/mod.rs"]
mod common;

mod columns;
mod model;
mod objects;
mod tables;
mod world;
