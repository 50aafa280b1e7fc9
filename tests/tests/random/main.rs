//! Laws that hold for random migrations on random schemas.
//!
//! `just soak` runs each with more cases (`PROPTEST_CASES`).

mod case;
mod laws;
mod rows;
mod site;
mod watched;
