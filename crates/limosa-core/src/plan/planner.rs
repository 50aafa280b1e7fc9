//! Decides, statement by statement, what becomes of the pending migrations on one database.

mod cloud;
mod complete;
mod doubt;
mod gone;
mod judge;
mod narrowed;
mod needed;
mod overtake;
mod suspects;
mod together;
mod types;

pub(crate) use suspects::words;
pub(crate) use types::{learn, learn_names};

use std::collections::HashSet;

use super::chain::{self, Expected, Words};
use super::select::{Pending, Selection};
use super::{Options, PlannedMigration, Step, Verdict};
use crate::checksum::Checksum;
use crate::dialect::Dialect;
use crate::diff::{Difference, Wordings};
use crate::error::Error;
use crate::journal::{Entry, Journal, State};
use crate::migration::{Migration, Migrations, Script, Statement};
use crate::operation::Operation;
use crate::schema::Schema;
use crate::shared::{List, Shared};
use crate::version::Version;

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
    worded: Vec<((usize, u32), Difference)>,
    /// What the step that was judged last has to execute.
    open: List<Shared<Operation>>,
}

/// A pending migration.
#[derive(Clone, Debug)]
struct Candidate<'a> {
    migration: &'a Migration,
    script: Option<&'a Script>,
    items: Vec<Item<'a>>,
    /// The journal row of an earlier run that did not get to the end.
    begun: Option<Entry>,
    /// Whether the journal has a row of it: what that does not say to be done was not done, or undone.
    in_journal: bool,
}

/// One pending statement.
#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    statement: &'a Statement,
    /// From 1.
    number: u32,
    standing: Standing,
}

/// What is known of a statement before the schema is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Open,
    /// The journal says that it was done.
    Recorded,
    /// It stands before changes that the database has.
    Overtaken,
    /// What it does to the schema is there; what it does to rows nobody can see.
    Doubtful,
}

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
        let done = done_operations(list, journal, selection, id);
        let pending = candidates(list, &selection.pending, journal, id);
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

    /// What is to be known as no difference from now on, of what is adopted.
    pub(crate) fn wordings(&self) -> Vec<Checksum> {
        let worded = self.worded.iter().map(|(_, one)| one);
        let all = self.left.iter().chain(worded);
        all.map(Difference::wording).collect()
    }

    /// What the database may say in other words than a statement.
    fn said_otherwise(&self, candidate: &Candidate<'_>, number: u32) -> Option<&Difference> {
        let place = self.place(&candidate.migration.version)?;
        let mut worded = self.worded.iter();
        worded
            .find(|(at, _)| *at == (place, number))
            .map(|(_, one)| one)
    }

    /// The statement of each open operation: the place of its migration, and its number.
    fn places(&self) -> Vec<(usize, u32)> {
        let mut places = Vec::new();
        for (place, candidate) in self.pending.iter().enumerate() {
            let open = |item: &&Item<'_>| item.standing == Standing::Open;
            for item in candidate.items.iter().filter(open) {
                places.extend(
                    item.statement
                        .operations
                        .iter()
                        .map(|_| (place, item.number)),
                );
            }
        }
        places
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
        let open: Vec<&Operation> = self
            .pending
            .iter()
            .flat_map(Candidate::open_operations)
            .collect();
        let places = self.places();
        let stands = |words| chain::prefix(&self.applied, &open, actual, self.dialect, words);
        let found = stands(Words::Differ).or_else(|| stands(Words::MaySayTheSame));
        let prefix = found.as_ref().map(|found| found.done);
        self.overtake(prefix.unwrap_or_default());
        if let Some(found) = found {
            self.left = found.left;
            let at = |(done, one): (usize, Difference)| Some((*places.get(done)?, one));
            self.worded = found.worded.into_iter().filter_map(at).collect();
        }
        self.exact = if prefix.is_some() {
            Exactness::Exact
        } else {
            Exactness::PieceByPiece
        };
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

    /// What the migrations would have made up to behind a pending one, as far as the model knows.
    pub(crate) fn expected_behind(&self, version: &Version) -> Expected {
        let mut expected = self.applied.clone();
        for candidate in &self.pending {
            let open = |item: &&Item<'_>| item.standing != Standing::Recorded;
            for item in candidate.items.iter().filter(open) {
                for operation in &item.statement.operations {
                    expected.apply(operation);
                }
            }
            if candidate.migration.version == *version {
                break;
            }
        }
        expected
    }

    /// The catalog as it was given, with the types that live in the model alone.
    pub(crate) fn with_types(&self, mut actual: Schema) -> Schema {
        if !self.dialect.facts().enum_types {
            actual.enums.clone_from(&self.applied.schema.enums);
            self.dialect.recognise(&mut actual);
        }
        actual
    }

    /// The catalog as it was given, with the types and names that the migrations say, where it cannot tell
    /// them. So many statements of this migration are done.
    pub(crate) fn told(&self, actual: Schema, version: &Version, done: u32) -> Schema {
        let facts = self.dialect.facts();
        if facts.enum_types && facts.constraint_names {
            return actual;
        }
        let mut told = actual;
        let place = self.place(version);
        let chain = place.map(|place| self.chain_before(place, done));
        let tables = chain.as_ref().map_or(&[][..], |chain| &chain.tables);
        types::learn_names(&mut told, tables, self.dialect);
        // What is there already of later migrations has their types.
        let tables = types::together(tables, &self.chain);
        types::learn(&mut told, &tables, self.dialect);
        told
    }

    /// The schema as it is predicted after everything that was planned.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Columns that are there may be of a type that has just come into being, or got their labels.
    fn recognise(&mut self) {
        if !self.dialect.facts().enum_types {
            self.dialect.recognise(&mut self.schema);
            types::learn(&mut self.schema, &self.chain.tables, self.dialect);
        }
    }

    /// Types that live in the model alone are not in any catalog.
    fn look_at(&mut self, actual: &Schema) {
        self.schema = self.with_types(actual.clone());
        self.adopted.clear();
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

    /// Whether a pending statement may do what the model does not know, so that what the migrations
    /// would have made is uncertain.
    fn is_clouded(&self) -> bool {
        let items = self.pending.iter().flat_map(|one| &one.items);
        let operations = items.flat_map(|item| item.statement.operations());
        operations.into_iter().any(Operation::has_unknown_effect)
    }

    /// What the migrations would have made up to behind a statement.
    fn chain_before(&self, place: usize, done: u32) -> Schema {
        let mut chain = self.applied.schema.clone();
        for (at, candidate) in self.pending.iter().enumerate().take(place + 1) {
            let items = candidate.items.iter();
            let behind = items.filter(|item| at < place || item.number <= done);
            for operation in behind
                .filter(|item| item.standing != Standing::Recorded)
                .flat_map(|item| item.statement.operations())
            {
                // What does not fit the model is about objects that it does not know.
                let _ = chain.apply(operation);
            }
        }
        chain
    }
}

impl<'a> Candidate<'a> {
    fn open_operations(&self) -> impl DoubleEndedIterator<Item = &'a Operation> {
        self.items
            .iter()
            .filter(|item| item.standing == Standing::Open)
            .flat_map(|item| item.statement.operations())
    }

    /// Whether the journal says that this statement was about to be run outside a transaction when the
    /// earlier run ended.
    fn was_announced(&self, number: u32) -> bool {
        self.begun
            .as_ref()
            .is_some_and(|row| row.done + 1 == number)
    }

    fn planned(&self, steps: Vec<Step>) -> PlannedMigration {
        PlannedMigration {
            version: self.migration.version.clone(),
            name: self.migration.name.clone(),
            checksum: self
                .script
                .map_or(Checksum::EMPTY, |script| script.checksum),
            total: u32::try_from(self.items.len()).unwrap_or(u32::MAX),
            source: self.script.and_then(source_text),
            begun: self.begun.clone(),
            steps: steps.into(),
        }
    }
}

/// The author's words, for the journal.
pub(crate) fn source_text(script: &Script) -> Option<String> {
    let texts: Vec<&str> = script
        .up
        .iter()
        .filter_map(|statement| statement.text.as_deref())
        .collect();
    (!texts.is_empty()).then(|| texts.join(";\n"))
}

fn is_ahead(step: &Step) -> bool {
    matches!(
        step.verdict,
        Verdict::Adopt { .. } | Verdict::Conflict { .. }
    )
}

/// The statements of a migration that are meant for a dialect.
pub(crate) fn statements<'a>(
    migration: &'a Migration,
    id: &'a str,
) -> impl DoubleEndedIterator<Item = &'a Statement> {
    let script = migration.script(id);
    script
        .into_iter()
        .flat_map(|script| &script.up)
        .filter(move |one| one.is_for(id))
}

/// The operations of migrations that are applied, and of the begun ones as far as they are done.
fn done_operations<'a>(
    list: &'a [Migration],
    journal: &Journal,
    selection: &Selection,
    id: &'a str,
) -> Vec<&'a Operation> {
    let recorded = journal.by_version();
    // Both are in the order of the list.
    let mut pending = selection.pending.iter().peekable();
    let needed = needed::by_later_ones(list, journal, &selection.pending, id);
    let mut operations = Vec::new();
    for (index, migration) in list.iter().enumerate() {
        let state = recorded.get(&migration.version).map(|entry| entry.state);
        let done = match pending.next_if(|one| one.index == index) {
            Some(pending) if needed.contains(&pending.index) => usize::MAX,
            Some(pending) => pending.done as usize,
            None if state == Some(State::Applied) => usize::MAX,
            None => 0,
        };
        operations.extend(
            statements(migration, id)
                .take(done)
                .flat_map(Statement::operations),
        );
    }
    operations
}

fn candidates<'a>(
    list: &'a [Migration],
    pending: &[Pending],
    journal: &Journal,
    id: &'a str,
) -> Vec<Candidate<'a>> {
    let needed = needed::by_later_ones(list, journal, pending, id);
    let candidate = |one: &Pending| {
        let migration = &list[one.index];
        let open = if needed.contains(&one.index) {
            Standing::Overtaken
        } else {
            Standing::Open
        };
        let items = statements(migration, id)
            .zip(1..)
            .map(|(statement, number)| {
                let standing = if number <= one.done {
                    Standing::Recorded
                } else {
                    open
                };
                Item {
                    statement,
                    number,
                    standing,
                }
            })
            .collect();
        Candidate {
            migration,
            script: migration.script(id),
            items,
            begun: one.begun.clone(),
            in_journal: journal.entry(&migration.version).is_some(),
        }
    };
    pending.iter().map(candidate).collect()
}
