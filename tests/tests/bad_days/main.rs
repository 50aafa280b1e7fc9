//! Days on which something else goes wrong: each ends in an error that says what happened and what to
//! do, with nothing lost, and the next run completes.
//!
//! `LIMOSA_CASES` in the environment makes the sweeps longer: so many places to break at.

mod connection;
mod disk;
mod file;
mod journal;
mod names;
mod server;
mod size;

use std::time::{Duration, Instant};

use limosa_core::error::{DatabaseError, Failure};
use limosa_tests::On;

/// How many cases of a sweep to run.
fn cases(usual: u64) -> u64 {
    let wanted = std::env::var("LIMOSA_CASES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What the database said.
#[track_caller]
fn said(failure: &Failure) -> &DatabaseError {
    let said = failure.error.database();
    said.unwrap_or_else(|| panic!("the database said nothing: {failure}"))
}

/// An error for people: what happened, with something to do about it, and no secret.
#[track_caller]
fn check(error: &DatabaseError, message: &str, hint: &str) {
    let told = error.hint.as_deref().unwrap_or_default();
    assert!(error.message.contains(message), "{message} in {error:?}");
    assert!(told.contains(hint), "{hint} in {error:?}");
    assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
}

/// The journal without times, and the rows that count how often each step ran.
async fn state(on: &On) -> Vec<Option<String>> {
    let journal = "SELECT version || ' ' || state || ' ' || done || ' ' || steps FROM limosa_journal ORDER BY 1";
    let mut all = on.column(journal).await;
    all.extend(
        on.column("SELECT step || ' ' || count(*) FROM seen GROUP BY step ORDER BY 1")
            .await,
    );
    all
}

/// Waits until a query has this answer.
async fn until(on: &On, query: &str, answer: &str) {
    let since = Instant::now();
    while on.value(query).await != answer {
        assert!(
            since.elapsed() < Duration::from_secs(60),
            "{query} is never {answer}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
