//! Where the catalog has other words than an applied migration.

use super::{Journal, Migration, Migrator, Runner};
use crate::checksum::Checksum;
use crate::diff::{Difference, Wordings};
use crate::error::Error;
use crate::operation::Operation;
use crate::plan::{Expected, statements, touched};

/// The differences that may be of words alone, of all objects that a migration touched.
pub(super) async fn of(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
    journal: &Journal,
    migration: &Migration,
) -> Result<Vec<Checksum>, Error> {
    let dialect = session.dialect();
    let id = dialect.facts().id;
    let actual = session.inspect(&runner.scope(id)).await?;
    let applied = (runner.migrations.list().iter()).filter(|one| journal.is_applied(&one.version));
    let operations: Vec<(bool, &Operation)> = applied
        .flat_map(|one| statements(one, id).map(move |own| (one.version == migration.version, own)))
        .flat_map(|(is_own, one)| one.operations.iter().map(move |each| (is_own, &**each)))
        .collect();
    let all = operations.iter().map(|(_, operation)| *operation);
    let mut expected = Expected::base(all, &actual).knowing(Wordings::of(journal));
    let mut objects = Vec::new();
    for (is_own, operation) in operations {
        if is_own {
            objects.extend(touched(operation, &expected.schema));
        }
        expected.apply(operation);
    }
    objects.sort();
    objects.dedup();
    let differences = objects
        .iter()
        .flat_map(|object| expected.difference(object, &actual, dialect));
    Ok(differences
        .filter(Difference::is_of_words)
        .map(|one| one.wording())
        .collect())
}
