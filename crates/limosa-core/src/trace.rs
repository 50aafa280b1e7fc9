//! Spans and events of a run through `tracing`, if the feature is on; nothing otherwise.

use std::future::Future;

use crate::event::Event;

/// Runs a future in a span of this operation on this database.
#[cfg(feature = "tracing")]
pub(crate) async fn span<F: Future>(
    operation: &'static str,
    dialect: &str,
    future: F,
) -> F::Output {
    use tracing::Instrument;
    future
        .instrument(tracing::info_span!("limosa", operation, dialect))
        .await
}

/// Runs a future.
#[cfg(not(feature = "tracing"))]
pub(crate) async fn span<F: Future>(_: &'static str, _: &str, future: F) -> F::Output {
    future.await
}

#[cfg(feature = "tracing")]
pub(crate) fn event(event: &Event<'_>) {
    match event {
        Event::Waiting { holder, waited } => {
            tracing::info!(?holder, ?waited, "waiting for another runner");
        }
        Event::Behind { pending, waited } => {
            tracing::debug!(
                pending,
                waited_ms = waited.as_millis(),
                "waiting for others to migrate"
            );
        }
        Event::Planned { migrations } => {
            tracing::info!(pending = migrations.len(), "migrations are pending");
        }
        Event::Started { migration } => {
            tracing::debug!(version = %migration.version, name = migration.name, "migration begins");
        }
        Event::StepStarted { migration, step } => {
            tracing::info!(version = %migration.version, step = step.summary, "step begins");
        }
        Event::Progress { progress } => {
            let rows = progress.rows;
            let (done, total) = (rows.map(|rows| rows.done), rows.map(|rows| rows.total));
            tracing::debug!(done, total, "{}", progress.what);
        }
        Event::Finished { ran } => {
            let micros = ran.finished_at - ran.started_at;
            tracing::info!(version = %ran.version, name = ran.name, micros, "migration is done");
        }
        Event::Warning { message } => tracing::warn!("{message}"),
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn event(_event: &Event<'_>) {}
