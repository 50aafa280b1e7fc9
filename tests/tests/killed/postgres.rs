//! The server ends the session.

use std::time::{Duration, Instant};

use limosa_core::engine::Runner;
use limosa_core::error::DatabaseError;
use limosa_tests::On;

use crate::story;

const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Runs, and is terminated after a while. Returns whether it was in time.
async fn killed_after(on: &On, delay: Duration) -> bool {
    let mut session = on.session().await;
    let killer = async {
        tokio::time::sleep(delay).await;
        on.value(TERMINATE).await
    };
    let migrations = story::all();
    let runner = Runner::new(&migrations);
    let (result, _) = tokio::join!(Box::pin(runner.run(session.as_mut())), killer);
    match result {
        Ok(_) => false,
        Err(failure) => {
            let database = failure.error.database();
            assert!(
                database.is_some_and(DatabaseError::is_connection_lost),
                "{failure}"
            );
            true
        }
    }
}

#[tokio::test]
async fn random_terminations_change_nothing() {
    let expected = story::undisturbed(&On::postgres().await).await;
    let on = On::postgres().await;
    story::prepare(&on).await;
    let began = Instant::now();
    story::finish(&on).await;
    let whole = began.elapsed();

    let kills = story::kills();
    let mut in_time = 0;
    for kill in 0..kills {
        let on = On::postgres().await;
        story::prepare(&on).await;
        // A second kill meets what the first one left.
        for part in [1, 3] {
            let delay = whole * (kill * part + 1) / (kills * 3);
            in_time += u32::from(killed_after(&on, delay).await);
        }
        assert_eq!(
            story::finish(&on).await,
            expected,
            "killed in {kill} of {kills}"
        );
    }
    assert!(
        in_time > kills / 4,
        "{in_time} kills of {} were in time",
        kills * 2
    );
}
