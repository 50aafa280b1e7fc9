//! The command `limosa`.
fn main() {}
