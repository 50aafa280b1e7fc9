//! New copies of tables: what they keep, and what they refuse.

#[path = "../common/mod.rs"]
mod common;

mod by_hand;
mod change;
mod columns;
mod kept;
mod keys;
mod rows;
mod steps;
