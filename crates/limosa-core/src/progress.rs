//! How far a statement has got that takes long.
//!
//! A driver that can tell it does so while the statement runs ([`Migrator::watch`]); the engine makes
//! an [`Event::Progress`] of it.
//!
//! [`Migrator::watch`]: crate::migrator::Migrator::watch
//! [`Event::Progress`]: crate::event::Event::Progress

use std::fmt;
use std::sync::Arc;

/// What is being done, and how much of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// For people: `copying items`.
    pub what: String,
    /// How many rows it has dealt with; none where that is not counted.
    pub rows: Option<Rows>,
}

/// Some of all rows. On the way it MAY be an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// So many are done; never more than all, never fewer than it was told before.
    pub done: u64,
    /// All of them, as counted when it began.
    pub total: u64,
}

/// Who hears of progress.
#[derive(Clone)]
pub struct Watcher(Arc<dyn Fn(&Progress) + Send + Sync>);

impl Watcher {
    /// Calls a function at each progress. It may be called on another thread than the run's, and holds
    /// the statement up while it is at work.
    pub fn new(tell: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells of progress.
    pub fn tell(&self, what: impl Into<String>, rows: Option<Rows>) {
        let what = what.into();
        (self.0)(&Progress { what, rows });
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}
