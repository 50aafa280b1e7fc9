//! Blocking work that ends when nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use limosa_core::error::DatabaseError;

use super::failed;

/// Whether the work is still wanted.
#[derive(Clone)]
pub(super) struct Wanted(Arc<AtomicBool>);

impl Wanted {
    pub(super) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Unwanted(Wanted);

impl Drop for Unwanted {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

/// Does the work on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce(Wanted) -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let _unless_dropped = Unwanted(wanted.clone());
    let done = tokio::task::spawn_blocking(move || work(wanted)).await;
    done.map_err(|_| failed("the work on the backup panicked"))?
}
