//! What hostile databases and hostile texts must not bring about.
//!
//! Passwords and encryption are tested where they are: `limosa-cli/tests/secrets.rs`,
//! `limosa-postgres/tests/connect.rs`.

mod path;
mod quoting;
