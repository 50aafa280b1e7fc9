//! Decides, statement by statement, what becomes of the pending migrations on one database.

mod candidate;
mod cloud;
mod complete;
mod doubt;
mod expected;
mod gone;
mod judge;
mod narrowed;
mod needed;
mod overtake;
mod stand;
mod suspects;
mod together;
mod types;

pub(crate) use candidate::{source_text, statements};
pub(crate) use types::{learn, learn_names};

use std::collections::HashSet;

use super::chain::Expected;
use super::select::Selection;
use super::{Options, PlannedMigration, Step, Verdict};
use crate::checksum::Checksum;
use crate::dialect::Dialect;
use crate::diff::{Difference, Wordings};
use crate::error::Error;
use crate::journal::{Journal, State};
use crate::migration::Migrations;
use crate::operation::Operation;
use crate::schema::Schema;
use crate::shared::{List, Shared};
use crate::version::Version;
use candidate::{Candidate, Item, Standing, candidates, done_operations};

/// The planner: the pending statements, and the schema as far as it is known.
#[derive(Debug)]
pub struct Planner<'a> {
    dialect: &'a dyn Dialect,
    options: &'a Options,
    pending: Vec<Candidate<'a>>,
    schema: Schema,
    /// The schema that the applied migrations should have made.
    applied: Expected,
    /// What the migrations would have made up to the statement that is judged.
    chain: Schema,
    /// Whether the database stands exactly between two pending operations. If it does not, what is
    /// there is judged piece by piece.
    exact: Exactness,
    /// Tables and columns that were adopted piece by piece.
    adopted: Vec<String>,
    /// The words of the statements of unknown effect that will be run before the one that is judged.
    clouds: HashSet<String>,
    journal: JournalIs,
    /// In what the database differs where it stands, as statements of unknown effect have left it.
    left: Vec<Difference>,
    /// What it may say in other words, by the place of a pending migration and the number of its statement.
    worded: Vec<(Place, Difference)>,
    /// What the step that was judged last has to execute.
    open: List<Shared<Operation>>,
}

/// The place of a statement: of its migration among the pending ones, and its number there.
type Place = (usize, u32);

/// Whether the journal has any row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JournalIs {
    Empty,
    Filled,
}

/// Whether the schema agrees with a point between two operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exactness {
    /// It does, as far as is known.
    Exact,
    /// It does with none of them.
    PieceByPiece,
}

impl<'a> Planner<'a> {
    /// Looks at everything once.
    ///
    /// # Errors
    /// A begun migration of which the statements that are done were changed.
    pub fn new(
        dialect: &'a dyn Dialect,
        migrations: &'a Migrations,
        journal: &Journal,
        actual: &Schema,
        selection: &Selection,
        options: &'a Options,
    ) -> Result<Self, Error> {
        let id = dialect.facts().id;
        let list = migrations.list();
        let needed = needed::by_later_ones(list, journal, &selection.pending, id);
        let done = done_operations(list, journal, selection, &needed, id);
        let pending = candidates(list, &selection.pending, journal, &needed, id);
        let open = pending.iter().flat_map(Candidate::open_operations);
        let base = Expected::base(done.iter().copied().chain(open), actual);
        let base = base.knowing(Wordings::of(journal));
        let applied = done.iter().fold(base, |mut expected, operation| {
            expected.apply(operation);
            expected
        });
        let mut planner = Self {
            dialect,
            options,
            pending,
            schema: Schema::default(),
            applied,
            chain: Schema::default(),
            exact: Exactness::Exact,
            adopted: Vec::new(),
            clouds: HashSet::new(),
            left: Vec::new(),
            worded: Vec::new(),
            open: List::new(),
            journal: if journal.entries.is_empty() {
                JournalIs::Empty
            } else {
                JournalIs::Filled
            },
        };
        planner.begun_are_unchanged(journal)?;
        planner.look_at(actual);
        Ok(planner)
    }

    /// The checksum of the first statements of a pending migration: what the journal says of one that
    /// is not finished. Those that were not run yet may still be repaired.
    pub(crate) fn checksum_of(&self, version: &Version, done: u32) -> Checksum {
        let own = (self.pending.iter()).find(|one| one.migration.version == *version);
        let items = own.into_iter().flat_map(|one| &one.items);
        items
            .filter(|item| item.number <= done)
            .fold(Checksum::EMPTY, |sum, item| {
                item.statement.checksum(sum, &self.dialect.facts().lexicon)
            })
    }

    fn begun_are_unchanged(&self, journal: &Journal) -> Result<(), Error> {
        let changed = |one: &&Candidate<'_>| {
            let version = &one.migration.version;
            let entry = (journal.entry(version)).filter(|entry| entry.state == State::Started);
            entry.is_some_and(|entry| self.checksum_of(version, entry.done) != entry.checksum)
        };
        match self.pending.iter().find(changed) {
            None => Ok(()),
            Some(one) => Err(Error::Changed {
                version: one.migration.version.clone(),
                name: one.migration.name.clone(),
            }),
        }
    }

    /// What becomes of all pending migrations, as far as can be seen, and where the schema differs
    /// from what the applied ones made.
    pub fn plan(&mut self, actual: &Schema) -> (Vec<PlannedMigration>, Vec<Difference>) {
        let planned = self.plan_from(0, 0);
        if !planned.iter().flat_map(|one| &one.steps).any(is_ahead) {
            return (planned, self.applied.differences(actual, self.dialect));
        }
        // Something is there already. Does the database stand between two of the operations?
        let prefix = self.stand(actual);
        self.overtake(prefix.unwrap_or_default());
        self.look_at(actual);
        let mut planned = self.plan_from(0, 0);
        if prefix.is_none() && self.overtake_unseen(&planned) {
            self.look_at(actual);
            planned = self.plan_from(0, 0);
        }
        match prefix {
            Some(1..) => (planned, Vec::new()),
            Some(0) | None => (planned, self.applied.differences(actual, self.dialect)),
        }
    }

    /// Looks at the catalog again after a step, and plans what comes behind it: first the rest of its
    /// migration. Types that live in the model alone are among what is given.
    pub fn observe(
        &mut self,
        after: &PlannedMigration,
        number: u32,
        actual: &Schema,
    ) -> Vec<PlannedMigration> {
        let Some(place) = self.place(&after.version) else {
            return Vec::new();
        };
        self.schema = actual.clone();
        self.plan_from(place, number)
    }

    /// As [`Planner::observe`], of the rest of that migration alone: whoever has seen that the catalog is as it was
    /// predicted need not plan later ones again.
    pub(crate) fn observe_one(
        &mut self,
        after: &PlannedMigration,
        number: u32,
        actual: &Schema,
    ) -> Option<PlannedMigration> {
        let place = self.place(&after.version)?;
        let chain = self.chain.clone();
        let schema = std::mem::replace(&mut self.schema, actual.clone());
        let planned = self.plan_through(place, number, place);
        self.chain = chain;
        self.schema = schema;
        planned.into_iter().next()
    }

    fn place(&self, version: &Version) -> Option<usize> {
        let mut pending = self.pending.iter();
        pending.position(|one| one.migration.version == *version)
    }

    /// The schema as it is predicted after everything that was planned.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    fn plan_from(&mut self, place: usize, done: u32) -> Vec<PlannedMigration> {
        let last = self.pending.len().saturating_sub(1);
        self.plan_through(place, done, last)
    }

    /// Plans the pending migrations from one to another, the first without what is done of it.
    fn plan_through(&mut self, place: usize, done: u32, last: usize) -> Vec<PlannedMigration> {
        self.chain = self.chain_before(place, done);
        self.clouds.clear();
        types::learn(&mut self.schema, &self.chain.tables, self.dialect);
        types::learn_names(&mut self.schema, &self.chain.tables, self.dialect);
        let mut planned = Vec::new();
        for at in place..self.pending.len().min(last + 1) {
            let candidate = self.pending[at].clone();
            let skip = if at == place { done } else { 0 };
            let items = candidate.items.iter().filter(|item| item.number > skip);
            let items: Vec<Item<'_>> = items.copied().collect();
            let steps = together::steps(self, &candidate, &items);
            planned.push(candidate.planned(steps));
        }
        planned
    }
}

fn is_ahead(step: &Step) -> bool {
    matches!(
        step.verdict,
        Verdict::Adopt { .. } | Verdict::Conflict { .. }
    )
}
