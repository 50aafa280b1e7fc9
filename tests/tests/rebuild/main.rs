//! Changes of tables on `SQLite` that make other tools lose rows.

mod changes;
mod keys;
mod killed;
mod meddled;
mod moved;
mod others;
mod reported;
mod retyped;
mod settings;
mod survival;
mod values;
