//! The pending migrations, statement by statement, and what the journal says of them.

use crate::checksum::Checksum;
use crate::journal::{Entry, Journal, State};
use crate::migration::{Migration, Script, Statement};
use crate::operation::Operation;
use crate::plan::select::{Pending, Selection};
use crate::plan::{PlannedMigration, Step};

/// A pending migration.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) migration: &'a Migration,
    pub(super) script: Option<&'a Script>,
    pub(super) items: Vec<Item<'a>>,
    /// The journal row of an earlier run that did not get to the end.
    pub(super) begun: Option<Entry>,
    /// Whether the journal has a row of it: what that does not say to be done was not done, or undone.
    pub(super) in_journal: bool,
}

/// One pending statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) statement: &'a Statement,
    /// From 1.
    pub(super) number: u32,
    pub(super) standing: Standing,
}

/// What is known of a statement before the schema is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing.
    Open,
    /// The journal says that it was done.
    Recorded,
    /// It stands before changes that the database has.
    Overtaken,
    /// What it does to the schema is there; what it does to rows nobody can see.
    Doubtful,
}

impl<'a> Candidate<'a> {
    pub(super) fn open_operations(&self) -> impl DoubleEndedIterator<Item = &'a Operation> {
        self.items
            .iter()
            .filter(|item| item.standing == Standing::Open)
            .flat_map(|item| item.statement.operations())
    }

    /// Whether the journal says that this statement was about to be run outside a transaction when the
    /// earlier run ended.
    pub(super) fn was_announced(&self, number: u32) -> bool {
        self.begun
            .as_ref()
            .is_some_and(|row| row.done + 1 == number)
    }

    pub(super) fn planned(&self, steps: Vec<Step>) -> PlannedMigration {
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

/// The operations of migrations that are applied, and of the begun ones as far as they are done. Those that a later
/// one needs are among the applied ones.
pub(super) fn done_operations<'a>(
    list: &'a [Migration],
    journal: &Journal,
    selection: &Selection,
    needed: &[usize],
    id: &'a str,
) -> Vec<&'a Operation> {
    let recorded = journal.by_version();
    // Both are in the order of the list.
    let mut pending = selection.pending.iter().peekable();
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

/// The pending migrations; those that a later one needs were applied all the same.
pub(super) fn candidates<'a>(
    list: &'a [Migration],
    pending: &[Pending],
    journal: &Journal,
    needed: &[usize],
    id: &'a str,
) -> Vec<Candidate<'a>> {
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
