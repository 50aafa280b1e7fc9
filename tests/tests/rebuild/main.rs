//! Changes of tables on `SQLite` that make other tools lose rows.

mod killed;
mod reported;
mod survival;
