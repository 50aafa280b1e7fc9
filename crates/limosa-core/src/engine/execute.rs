//! Execution of planned migrations.
//!
//! Two ways: consecutive migrations that can share a transaction go as one batch ([`group`]); one
//! that cannot be in a single transaction, or whose effect must be looked at in between, goes in
//! parts ([`parts`]).

mod batch;
mod group;
mod parts;

use std::collections::VecDeque;

use super::{Boxed, Operate, Runner, budget};
use crate::checksum::Checksum;
use crate::dialect::{Basis, Fate, Savepoints, Transaction};
use crate::diff::{Difference, Wordings};
use crate::error::{Error, StepError};
use crate::event::Event;
use crate::journal::{self, Entry, State};
use crate::migrator::{Command, Foreign, Interrupted, Kind, Limits, Migrator, Scope};
use crate::operation::Operation;
use crate::plan::{
    Conflict, Expected, PlannedMigration, Planner, Proof, Step, Verdict, ends_transaction,
    is_one_batch,
};
use crate::report::{Ran, Report};
use crate::schema::Schema;
use crate::version::Version;
use batch::{Batch, Origin};
use group::Group;

/// Carries out planned migrations, one after the other.
pub(super) struct Executor<'r, 'p> {
    pub(super) runner: &'r Runner<'r>,
    pub(super) session: &'r mut dyn Migrator,
    pub(super) planner: Planner<'p>,
    pub(super) report: &'r mut Report,
    pub(super) operate: Operate,
    pub(super) scope: Scope,
    pub(super) journal: JournalTable,
    /// The catalog as it was read first: these tables have other users.
    pub(super) old: Schema,
    /// The catalog as it should be now.
    pub(super) actual: Schema,
    pub(super) group: Option<Group>,
    pub(super) parting: Parting,
    /// In what the catalog differed before.
    pub(super) drift: Vec<Difference>,
    /// Differences that are of words alone, and those of them that no journal row has yet.
    pub(super) wordings: Wordings,
    pub(super) new_wordings: Vec<Checksum>,
    /// What is undone, on a way back.
    pub(super) undone: Option<Undone<'r>>,
}

/// A way back: from where to where.
#[derive(Clone, Copy)]
pub(super) struct Undone<'r> {
    /// The version that is undone last.
    pub(super) last: &'r Version,
    /// What all migrations have made.
    pub(super) applied: &'r Expected,
    /// What is left of it.
    pub(super) left: &'r Expected,
}

/// Whether migrations are left behind those that are being carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Nothing,
    More,
}

impl Rest {
    fn of(queue: &VecDeque<PlannedMigration>) -> Self {
        if queue.is_empty() {
            Self::Nothing
        } else {
            Self::More
        }
    }
}

/// When the lock is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parting {
    /// Together with the transaction that comes next: it is the last one.
    Now,
    /// Not yet, but together with the last one.
    WithTheLast,
    /// When all is done: the lock is needed for something else behind it.
    Afterwards,
}

/// Whether the journal's table is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JournalTable {
    There,
    Missing,
}

impl Executor<'_, '_> {
    /// Carries out migrations in order. Where the catalog was looked at in between, the rest is
    /// planned anew.
    pub(super) fn execute(
        &mut self,
        planned: Vec<PlannedMigration>,
    ) -> Boxed<'_, Result<(), Error>> {
        Box::pin(async move {
            let mut queue = VecDeque::from(planned);
            while let Some(migration) = queue.pop_front() {
                if is_one_batch(&migration) {
                    self.add_to_group(migration, Rest::of(&queue)).await?;
                } else {
                    self.commit_group(Rest::More).await?;
                    if let Some(rest) = self.run_in_parts(migration).await? {
                        queue = rest.into();
                    }
                }
            }
            self.commit_group(Rest::Nothing).await
        })
    }

    /// The limits of a step; none where the session's own are left alone.
    fn limits(&self, migration: &PlannedMigration, step: &Step) -> Option<Limits> {
        budget::limits(migration, step, &self.old, self.runner.lock_budget)
    }

    /// The error of a statement, with where it is from.
    fn step_error(
        &self,
        migration: &PlannedMigration,
        origin: Option<Origin>,
        failed: Interrupted,
    ) -> Error {
        let Some((at, statement)) = origin.and_then(|origin| origin.step) else {
            return failed.error.into();
        };
        let step = &migration.steps[at];
        let limit = self.limits(migration, step).and_then(|limits| limits.lock);
        Error::Step(Box::new(StepError {
            version: migration.version.clone(),
            name: migration.name.clone(),
            path: step.path.clone(),
            line: step.line,
            step: step.summary.clone(),
            statement: step.statements.get(statement).cloned().unwrap_or_default(),
            locks: step.locks.clone(),
            budget: limit.filter(|limit| *limit == self.runner.lock_budget),
            transaction: step.transaction,
            error: failed.error,
        }))
    }

    /// Begins a transaction.
    fn begin(batch: &mut Batch, foreign: Foreign) {
        batch.push(Command::Begin(foreign), None);
        batch.push(Command::Clock, None);
    }

    /// Writes journal rows and commits. The table, if it is not there yet, is made only now: a database
    /// that reads its whole schema again for each change of a table has less to read until then.
    fn recording(&self, rows: Vec<(Entry, Option<String>)>) -> Vec<Command<'static>> {
        let mut commands = Vec::with_capacity(4);
        if self.journal == JournalTable::Missing {
            commands.push(Command::CreateJournal);
        }
        commands.push(Command::Record(rows));
        if self.parting == Parting::Now {
            commands.push(Command::Unlock);
        }
        commands.push(Command::Commit);
        commands
    }

    /// Reads the catalog, but for the kinds of objects of which there were none and should be none.
    async fn look_at_kinds(&mut self, expected: &Expected) -> Result<Schema, Error> {
        let absent = |kind: &Kind| kind.is_absent(&self.actual) && kind.is_absent(&expected.schema);
        let without = Kind::ALL.into_iter().filter(absent).collect();
        let scope = Scope {
            without,
            ..self.scope.clone()
        };
        self.look(expected, &scope).await
    }

    /// Reads the catalog. Types that live in the model alone are as the model has them.
    fn look<'f>(
        &'f mut self,
        expected: &'f Expected,
        scope: &'f Scope,
    ) -> Boxed<'f, Result<Schema, Error>> {
        Box::pin(async move {
            let mut actual = self.session.inspect(scope).await?;
            if self.types() == Types::InModel {
                actual.enums.clone_from(&expected.schema.enums);
                self.session.dialect().recognise(&mut actual);
            }
            Ok(actual)
        })
    }

    /// Compares the catalog with what is expected. What the author's own words made is the author's:
    /// that the catalog has other words for it is remembered, another difference is told; an object that
    /// is missing or broken, or made by other words, is an error.
    fn verify(&mut self, expected: &Expected, actual: &Schema, own: Words) -> Result<(), Error> {
        let differences = expected.differences(actual, self.session.dialect());
        let differences = self.wordings.leave_out(differences);
        let (grave, slight): (Vec<_>, Vec<_>) = differences
            .into_iter()
            .partition(|difference| own == Words::Compiled || is_grave(difference));
        if !grave.is_empty() {
            return Err(Error::NotVerified {
                differences: grave,
                transaction: Transaction::Inside,
            });
        }
        let (words, told): (Vec<_>, Vec<_>) = slight
            .into_iter()
            .partition(|one| one.is_of_words() && !self.was_there(one));
        for difference in &told {
            self.warn(format!(
                "the catalog differs from what was expected: {difference}"
            ));
        }
        // A way back may give the old names again.
        let earlier = expected.under_earlier_names(&words, actual, self.session.dialect());
        self.remember(&words);
        self.remember(&earlier);
        Ok(())
    }

    /// Where the last renaming below a view is undone, the database writes its query in words that nobody may have
    /// seen: made and renamed in one run, it was never looked at in between.
    fn old_words(&self, version: &Version, actual: &Schema) -> Vec<Difference> {
        let undone = self.undone.filter(|undone| undone.last == version);
        let words = undone.map(|undone| {
            let dialect = self.session.dialect();
            undone.left.reworded(undone.applied, actual, dialect)
        });
        self.wordings.leave_out(words.unwrap_or_default())
    }

    /// From now on these are no differences.
    fn remember(&mut self, differences: &[Difference]) {
        let sums: Vec<Checksum> = differences.iter().map(Difference::wording).collect();
        self.wordings.learn(&sums);
        self.new_wordings.extend(sums);
    }

    /// Whether an object differed in the same before the run.
    fn was_there(&self, difference: &Difference) -> bool {
        let same = |one: &Difference| {
            (&one.object, &one.aspect) == (&difference.object, &difference.aspect)
        };
        self.drift.iter().any(same)
    }

    /// With nothing left to do the lock is given back with the next transaction.
    fn part(&mut self, rest: Rest) {
        if self.parting == Parting::WithTheLast && rest == Rest::Nothing {
            self.parting = Parting::Now;
        }
    }

    /// The lock is kept until all is over: a failure has to be dealt with.
    fn stay(&mut self) {
        self.parting = Parting::Afterwards;
    }

    fn types(&self) -> Types {
        if self.session.dialect().facts().enum_types {
            Types::InCatalog
        } else {
            Types::InModel
        }
    }

    fn warn(&mut self, message: String) {
        self.runner.tell(&Event::Warning { message: &message });
        self.report.warnings.push(message);
    }

    /// The row that says that a migration is done, or undone.
    fn final_entry(&self, migration: &PlannedMigration, clock: (i64, i64)) -> Entry {
        match self.operate {
            Operate::Apply => entry(migration, State::Applied, migration.total, clock),
            Operate::Undo => entry(migration, State::RolledBack, 0, clock),
        }
    }

    fn finished(&mut self, migration: &PlannedMigration, clock: (i64, i64)) {
        let ran = Ran::of(migration, clock.0, clock.1);
        self.runner.tell(&Event::Finished { ran: &ran });
        self.report.migrations.push(ran);
    }
}

/// Does to the expectation what a step does to the database. What is adopted is there already, but
/// a type that lives in the model alone comes into being with its step, whatever becomes
/// of that.
fn expect(expected: &mut Expected, step: &Step, types: Types) {
    let holds = |operation: &&Operation| match step.verdict {
        Verdict::Execute | Verdict::Nothing { .. } => true,
        Verdict::Adopt { .. } => types == Types::InModel && operation.is_about_enum(),
        Verdict::Done | Verdict::Conflict { .. } => false,
    };
    for operation in step.operations().filter(holds) {
        expected.apply(operation);
    }
}

/// Where a database's enum types are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Types {
    /// In its catalog.
    InCatalog,
    /// Nowhere but in the model.
    InModel,
}

/// Whose words were executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    /// The author's.
    Native,
    /// The dialect's.
    Compiled,
}

impl Words {
    fn of(steps: &[Step]) -> Self {
        if steps.iter().any(|step| step.rewritten.is_some()) {
            Self::Compiled
        } else {
            Self::Native
        }
    }
}

fn is_grave(difference: &Difference) -> bool {
    matches!(difference.aspect.as_str(), "existence" | "validity")
}

/// The journal row of a migration; the driver fills in who it is.
fn entry(migration: &PlannedMigration, state: State, done: u32, clock: (i64, i64)) -> Entry {
    let unfinished = matches!(state, State::Started | State::RollingBack);
    let until = if unfinished { done } else { u32::MAX };
    let adopted =
        |step: &&Step| step.number <= until && matches!(step.verdict, Verdict::Adopt { .. });
    let adopted = u32::try_from(migration.steps.iter().filter(adopted).count());
    // What an earlier run found is not looked for again.
    let earlier = migration.begun.as_ref();
    Entry {
        version: migration.version.clone(),
        name: migration.name.clone(),
        checksum: migration.checksum,
        state,
        steps: migration.total,
        done,
        adopted: earlier.map_or(0, |row| row.adopted) + adopted.unwrap_or_default(),
        started_at: earlier.map_or(clock.0, |row| row.started_at),
        finished_at: (!unfinished).then_some(clock.1),
        applied_by: String::new(),
        written_by: env!("CARGO_PKG_VERSION").to_owned(),
        format: journal::FORMAT,
        accepted: earlier.and_then(|row| row.accepted.clone()),
        wordings: Vec::new(),
    }
}
