//! The way back as migrations of its own.

use super::Extent;
use super::back::{Reach, back};
use super::before::{self, Before};
use crate::engine::Runner;
use crate::error::Error;
use crate::journal::{Journal, State};
use crate::migration::{Migration, Migrations, Statement};
use crate::migrator::Migrator;
use crate::plan::{Expected, Options, Pending, Planner, Selection, learn, learn_names, statements};
use crate::schema::Schema;
use crate::version::Version;

/// The migrations that undo others, of the same versions and names, the last one first.
pub(super) struct WayBack {
    pub(super) migrations: Migrations,
    /// What stays as it is, and why.
    pub(super) kept: Vec<String>,
    /// What all that is applied has made, with the types that live in the model alone.
    pub(super) applied: Expected,
    /// What is left of it behind the way back.
    pub(super) left: Expected,
}

impl WayBack {
    /// The version that is undone last.
    pub(super) fn last(&self) -> Option<&Version> {
        self.migrations.list().last().map(|one| &one.version)
    }

    pub(super) fn planner<'a>(
        &'a self,
        session: &dyn Migrator,
        journal: &Journal,
        actual: &Schema,
        options: &'a Options,
    ) -> Result<Planner<'a>, Error> {
        let pending = (0..self.migrations.list().len())
            .map(|index| self.pending(index, journal))
            .collect();
        let selection = Selection {
            pending,
            gone: Vec::new(),
        };
        let mut actual = actual.clone();
        if !session.dialect().facts().enum_types {
            actual.enums.clone_from(&self.applied.schema.enums);
            session.dialect().recognise(&mut actual);
        }
        learn(&mut actual, &self.applied.schema.tables, session.dialect());
        learn_names(&mut actual, &self.applied.schema.tables, session.dialect());
        // The journal's checksums are of the way there.
        let journal = Journal::default();
        Planner::new(
            session.dialect(),
            &self.migrations,
            &journal,
            &actual,
            &selection,
            options,
        )
    }

    /// A way back that an earlier run began is gone to its end.
    fn pending(&self, index: usize, journal: &Journal) -> Pending {
        let version = &self.migrations.list()[index].version;
        let begun = journal
            .entry(version)
            .filter(|row| row.state == State::RollingBack)
            .cloned();
        Pending {
            index,
            done: begun.as_ref().map_or(0, |row| row.done),
            begun,
        }
    }
}

/// The way back by so much of what is applied.
pub(super) fn way_back(
    runner: &Runner<'_>,
    session: &dyn Migrator,
    journal: &Journal,
    actual: &Schema,
    extent: &Extent,
) -> Result<WayBack, Error> {
    let id = session.dialect().facts().id;
    let list = runner.migrations.list();
    let known = |version: &Version| {
        journal
            .entry(version)
            .is_some_and(|entry| entry.state != State::RolledBack)
    };
    let applied: Vec<&Migration> = list.iter().filter(|one| known(&one.version)).collect();
    let keep = match extent {
        Extent::Steps(steps) => applied.len().saturating_sub(*steps),
        Extent::To(version) => {
            if !list.iter().any(|one| one.version == *version) {
                return Err(Error::UnknownVersion {
                    version: version.clone(),
                });
            }
            applied
                .iter()
                .take_while(|one| one.version <= *version)
                .count()
        }
    };
    let operations = applied
        .iter()
        .flat_map(|one| statements(one, id))
        .flat_map(Statement::operations);
    let mut expected = Expected::base(operations, actual);
    let mut otherwise = Expected::at(before::otherwise(&expected.schema));
    let (mut undone, mut kept) = (Vec::new(), Vec::new());
    let mut left = None;
    for (place, migration) in applied.iter().enumerate() {
        let reach = Reach::of(journal.entry(&migration.version));
        let before = Before {
            schema: &expected.schema,
            otherwise: &otherwise.schema,
        };
        let back = (place >= keep).then(|| back(migration, session, before, reach, &mut kept));
        if place == keep {
            left = Some(expected.clone());
        }
        for operation in statements(migration, id).flat_map(Statement::operations) {
            expected.apply(operation);
            otherwise.apply(operation);
        }
        undone.extend(back.transpose()?);
    }
    undone.reverse();
    Ok(WayBack {
        migrations: Migrations::in_order(undone),
        kept,
        left: left.unwrap_or_else(|| expected.clone()),
        applied: expected,
    })
}
