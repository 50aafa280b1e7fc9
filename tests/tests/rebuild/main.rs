//! Changes of tables on `SQLite` that make other tools lose rows.

mod killed;
mod meddled;
mod reported;
mod settings;
mod survival;
