//! The lock of the only runner.

use std::time::{Duration, Instant};

use limosa_core::migrator::Lock;

use super::super::Setup;

/// One session has it; another one is told at once, and has it when it is given back.
pub async fn it_excludes_other_sessions(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    assert_eq!(own.try_lock().await.expect("lock"), Lock::Acquired);
    let since = Instant::now();
    let answer = other.try_lock().await.expect("an answer");
    assert!(matches!(answer, Lock::Held(_)), "{answer:?}");
    assert!(since.elapsed() < Duration::from_secs(2), "it waited");
    own.unlock().await.expect("unlock");
    assert_eq!(other.try_lock().await.expect("lock"), Lock::Acquired);
    assert!(matches!(
        own.try_lock().await.expect("an answer"),
        Lock::Held(_)
    ));
    other.unlock().await.expect("unlock");
}

/// A session that ends gives it back.
pub async fn it_ends_with_its_session(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    assert_eq!(own.try_lock().await.expect("lock"), Lock::Acquired);
    drop(own);
    let since = Instant::now();
    // A server may need a moment to notice that a session is gone.
    while other.try_lock().await.expect("an answer") != Lock::Acquired {
        assert!(since.elapsed() < Duration::from_secs(10), "still held");
        other.sleep(Duration::from_millis(20)).await;
    }
}

/// Giving back is always possible.
pub async fn giving_back_without_holding_succeeds(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    own.unlock().await.expect("unlock");
    assert_eq!(other.try_lock().await.expect("lock"), Lock::Acquired);
    own.unlock().await.expect("unlock");
    assert!(matches!(
        own.try_lock().await.expect("an answer"),
        Lock::Held(_)
    ));
}
