//! A migration that was changed after it was applied: which lines.

use limosa_core::engine::Repaired;
use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::migrator::Migrator;
use limosa_core::report::Report;
use limosa_core::version::Version;

use crate::failure::Failure;
use crate::render::lines;

/// The failure of an error, behind what a report says was done; of a changed migration with the lines that
/// changed.
pub(super) async fn failure(
    error: Error,
    report: &Report,
    session: &mut dyn Migrator,
    migrations: &Migrations,
) -> Failure {
    let Error::Changed { version, .. } = &error else {
        return Failure::of(error, report);
    };
    let recorded = session.recorded_text(version.as_str()).await;
    let difference = match (recorded, text(version, migrations, session)) {
        (Ok(Some(recorded)), Some(now)) => lines::difference(&recorded, &now),
        _ => String::new(),
    };
    let failure = Failure::from(error);
    if difference.is_empty() {
        failure
    } else {
        failure.detail(difference)
    }
}

/// The lines that a repaired row did not know; empty if it was not about that.
pub(super) fn between(
    repaired: &Repaired,
    migrations: &Migrations,
    session: &dyn Migrator,
) -> String {
    let accepted = (repaired.after.as_ref()).is_some_and(|after| *after != repaired.before);
    let now = text(&repaired.before.version, migrations, session);
    match (accepted, &repaired.text, now) {
        (true, Some(before), Some(now)) => {
            let lines = lines::difference(before, &now);
            format!("  {}\n", lines.replace('\n', "\n  "))
        }
        _ => String::new(),
    }
}

/// The statements of a migration as they are now.
fn text(version: &Version, migrations: &Migrations, session: &dyn Migrator) -> Option<String> {
    let id = session.dialect().facts().id;
    let migration = migrations.list().iter().find(|one| one.version == *version);
    let script = migration.and_then(|one| one.script(id))?;
    let texts = script.up.iter().filter_map(|one| one.text.as_deref());
    Some(texts.collect::<Vec<_>>().join(";\n"))
}
