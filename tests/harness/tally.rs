//! How often tests did what they do: kills, starts, rounds.
//!
//! `just soak` adds up what is appended to the file that `LIMOSA_TALLY` names; `LIMOSA_CASES` says how many
//! cases it wants.

use std::io::Write;

/// How many cases a long run wants; none in the short form of the tests.
pub fn cases() -> Option<usize> {
    std::env::var("LIMOSA_CASES").ok()?.parse().ok()
}

/// Says that a test did something so often.
///
/// # Panics
/// The file cannot be written.
pub fn add(test: &str, what: &str, count: usize) {
    println!("{test}: {what}: {count}");
    let Some(path) = std::env::var_os("LIMOSA_TALLY") else {
        return;
    };
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    // One write: other processes append too.
    let line = format!("{test}\t{what}\t{count}\n");
    let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
    written.expect("the tally can be written");
}
