//! Events of a run as `tracing` events, if the feature is on.

use crate::event::Event;

#[cfg(feature = "tracing")]
pub(crate) fn event(event: &Event<'_>) {
    match event {
        Event::Waiting { holder, waited } => {
            tracing::info!(?holder, ?waited, "waiting for another runner");
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
        Event::Finished { ran } => {
            let micros = ran.finished_at - ran.started_at;
            tracing::info!(version = %ran.version, name = ran.name, micros, "migration is done");
        }
        Event::Warning { message } => tracing::warn!("{message}"),
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn event(_event: &Event<'_>) {}
