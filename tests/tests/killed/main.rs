//! Runs that are killed: whoever runs next ends where an undisturbed run ends.

mod postgres;
mod sqlite;
mod story;
