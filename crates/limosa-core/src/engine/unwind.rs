//! A panic in the middle of a run, of an event handler say: whoever catches it finds the session as after
//! an error, without an open transaction and without the lock.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::migrator::{Command, Migrator};

/// What a future came to, or what it panicked with.
pub(super) type Caught<T> = Result<T, Box<dyn Any + Send>>;

/// Polls a future to its end, and catches its panic.
pub(super) async fn caught<F: Future>(future: F) -> Caught<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // What it leaves half done is the session's alone, and that is put right before anybody sees it.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// Goes on with what came of it; or leaves the session in order, and goes on panicking.
pub(super) async fn settled<T>(session: &mut dyn Migrator, caught: Caught<T>) -> T {
    match caught {
        Ok(output) => output,
        Err(panic) => {
            // The session may be what panicked: what it says now does not matter any more.
            let _ = self::caught(session.run(&[Command::Rollback])).await;
            let _ = self::caught(session.unlock()).await;
            resume_unwind(panic)
        }
    }
}
