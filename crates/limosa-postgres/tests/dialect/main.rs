//! The SQL of each operation, and what the dialect says about it.

mod columns;
mod compiled;
mod constraints;
mod facts;
mod objects;
mod rows;
mod tables;
