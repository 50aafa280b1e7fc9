//! Runs that are killed: at every gap between two commands, and at random moments. A second run, which
//! nothing disturbs, must end as one run would have: the same schema, the same rows, the same journal.
//!
//! If `LIMOSA_CASES` is set, no gap is left out, and it says how many random moments there are: a
//! fifth of it for each test that kills processes, a fiftieth for one that stops the server.

mod gaps;
mod kind;
mod moments;
mod pragmas;
mod server;
mod stage;

use kind::{Disturbed, Kind};
use limosa_tests::child::Order;
use stage::Stage;

const CHILD: &str = "a_process_of_its_own_runs_the_chain";

#[tokio::test]
async fn a_process_of_its_own_runs_the_chain() {
    if let Some(order) = Order::given() {
        return order.carry_out().await;
    }
    for kind in [Kind::Postgres, Kind::Sqlite, Kind::SqliteWal] {
        let stage = Stage::new(kind, Disturbed::Up).await;
        let on = stage.before.copy().await;
        let done = stage.order(&on, None).give(CHILD);
        assert_eq!(done, Some(stage.migrations.list().len()));
        stage.recovers(&on, "undisturbed").await;
    }
}

macro_rules! on_each {
    ($($module:ident $kind:ident)+) => {$(
        mod $module {
            use super::{Disturbed::{Down, Up}, Kind, Stage};

            #[tokio::test]
            async fn up_lost_at_gaps() {
                Stage::new(Kind::$kind, Up).await.lost_at_gaps(3).await;
            }

            #[tokio::test]
            async fn up_killed_at_gaps() {
                Stage::new(Kind::$kind, Up).await.killed_at_gaps(5).await;
            }

            #[tokio::test]
            async fn up_killed_at_random_moments() {
                Stage::new(Kind::$kind, Up).await.killed_at_random(12).await;
            }

            #[tokio::test]
            async fn down_lost_at_gaps_then_up() {
                Stage::new(Kind::$kind, Down).await.turned_round_at_gaps(6).await;
            }

            #[tokio::test]
            async fn down_lost_at_gaps() {
                Stage::new(Kind::$kind, Down).await.lost_at_gaps(3).await;
            }

            #[tokio::test]
            async fn down_killed_at_gaps() {
                Stage::new(Kind::$kind, Down).await.killed_at_gaps(5).await;
            }

            #[tokio::test]
            async fn down_killed_at_random_moments() {
                Stage::new(Kind::$kind, Down).await.killed_at_random(12).await;
            }
        }
    )+};
}

#[tokio::test]
async fn up_killed_with_the_server() {
    let stage = Stage::new(Kind::Stopped, Disturbed::Up).await;
    stage.server_stopped(60, 3).await;
}

#[tokio::test]
async fn down_killed_with_the_server() {
    let stage = Stage::new(Kind::Stopped, Disturbed::Down).await;
    stage.server_stopped(60, 2).await;
}

/// The server ends the session, and lives on.
#[tokio::test]
async fn up_terminated_at_random_moments() {
    let stage = Stage::new(Kind::Postgres, Disturbed::Up).await;
    stage.terminated_at_random(16).await;
}

#[tokio::test]
async fn down_terminated_at_random_moments() {
    let stage = Stage::new(Kind::Postgres, Disturbed::Down).await;
    stage.terminated_at_random(8).await;
}

on_each! { postgres Postgres sqlite Sqlite sqlite_wal SqliteWal }
