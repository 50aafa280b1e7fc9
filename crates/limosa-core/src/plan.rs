//! The plan: the ordered steps that bring *this* database to where the migrations say.
//!
//! Everything here is pure. The planner looks at the migrations, the journal and the schema that was
//! inspected, and decides for each statement whether it is executed, adopted (the database is
//! already so), or stands in conflict with what is there. The engine carries a plan out; where a
//! statement's effect is unknown it shows the planner the catalog again ([`Planner::observe`]).

mod bounds;
mod chain;
mod hazard;
mod loss;
mod native;
mod planner;
mod select;
mod summary;
mod truth;
mod words;

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::dialect::{Basis, Dialect, Guard, Keep, Transaction};
use crate::diff::Difference;
use crate::error::Error;
use crate::journal::{Entry, Journal};
use crate::migration::Migrations;
use crate::operation::Operation;
use crate::schema::Schema;
use crate::shared::{List, Shared};
use crate::version::Version;

pub use bounds::{Bounds, Part, Unit};
pub(crate) use bounds::{bounds, ends_transaction, is_one_batch};
pub use chain::{Expected, expected};
pub(crate) use chain::{Object, touched};
pub use hazard::{Hazard, hazard};
pub use loss::{Loss, losses};
pub use planner::Planner;
pub(crate) use planner::{learn, learn_names, source_text, statements};
pub use select::{Left, Pending, Selection, left, select};
pub use summary::summary;
pub use truth::{Truth, truth};

/// What the caller allows.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The last version to apply; none means all.
    pub to: Option<Version>,
    /// Whether versions below the highest applied one may be applied.
    pub out_of_order: OutOfOrder,
    /// What to do with statements of which no database can tell whether they were run.
    pub unrecorded: Unrecorded,
}

/// Whether a migration may be applied after one of a higher version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutOfOrder {
    /// It is an error.
    #[default]
    Refuse,
    /// It is applied.
    Allow,
}

/// What to do with changes of rows and verbatim statements that stand, unrecorded, before changes
/// that the database already has, and with expressions that it has in other words: nobody can see
/// whether they were run, or are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unrecorded {
    /// Stop and ask.
    #[default]
    Refuse,
    /// They were run, or are the same: record them.
    Adopt,
    /// They were not: run them.
    Execute,
}

/// A plan for one database.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The dialect's identifier.
    pub dialect: &'static str,
    /// What is left of a rollback that was interrupted: a run finishes it first.
    pub unfinished: Option<Undoing>,
    /// The migrations that are pending, each with its steps.
    pub migrations: Vec<PlannedMigration>,
    /// Where transactions begin and end, as far as can be seen before it is carried out.
    pub units: Vec<Unit>,
    /// Applied migrations whose files are gone.
    pub gone: Vec<Version>,
    /// Where the schema differs from what the applied migrations made.
    pub drift: Vec<Difference>,
    /// The schema that is expected afterwards.
    #[serde(skip)]
    pub after: Schema,
}

/// What a rollback would do.
#[derive(Clone, Debug, Serialize)]
pub struct Undoing {
    /// The migrations, the last one first, with the steps that undo them.
    pub migrations: Vec<PlannedMigration>,
    /// Where transactions begin and end.
    pub units: Vec<Unit>,
    /// What would be lost for good.
    pub losses: List<Loss>,
}

/// Cuts planned migrations where transactions begin and end; `old` is the schema before them.
pub fn units(migrations: &[PlannedMigration], old: &Schema) -> Vec<Unit> {
    bounds::units(migrations, old)
}

/// A pending migration and its steps.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedMigration {
    /// The version.
    pub version: Version,
    /// The name.
    pub name: String,
    /// The checksum that will be recorded.
    #[serde(skip)]
    pub checksum: Checksum,
    /// How many steps it has, those that are done included.
    pub total: u32,
    /// The author's statements, for the journal.
    #[serde(skip)]
    pub source: Option<String>,
    /// The journal row of an earlier run that did not get to the end.
    #[serde(skip)]
    pub begun: Option<Entry>,
    /// The steps.
    pub steps: List<Step>,
}

/// The smallest thing that is executed and recorded: one statement of a migration, on this database.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its number in the migration, from 1.
    pub number: u32,
    /// The file it is from.
    pub path: Option<String>,
    /// The line in that file, from 1; 0 if there is none.
    pub line: u32,
    /// What it does, in a few words.
    pub summary: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The exact SQL, if it is executed.
    pub statements: Vec<String>,
    /// Whether it can be in a transaction.
    pub transaction: Transaction,
    /// Why the SQL is not what the author wrote, if it differs.
    pub rewritten: Option<String>,
    /// What would be lost for good.
    pub losses: List<Loss>,
    /// What values lose that the step makes room for, which its author accepts.
    pub accepted: Vec<String>,
    /// Why the author's statement could not be understood.
    pub unread: Option<String>,
    /// Whether the catalog must be read again behind it, since its effect is not known.
    pub barrier: bool,
    /// What is asked around its statements.
    #[serde(skip)]
    pub proof: Proof,
    /// Whether it may be run twice: if the run ends before it could be recorded, no catalog shows that it
    /// was run.
    pub at_least_once: bool,
    /// Existing tables that it locks.
    #[serde(skip)]
    pub locks: Vec<crate::name::ObjectName>,
    /// Whether it may lock tables that nobody can name: it is carried verbatim.
    #[serde(skip)]
    pub may_lock: bool,
    /// What it means.
    #[serde(skip)]
    pub operations: List<Shared<Operation>>,
}

/// What is asked around the statements of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// What must hold before them.
    pub guards: List<Guard>,
    /// What must be the same behind them.
    pub keeps: List<Keep>,
    /// What they were made from.
    pub basis: Basis,
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Its SQL is executed.
    Execute,
    /// The database is already so: recorded, not executed.
    Adopt {
        /// What was found.
        found: String,
    },
    /// There is nothing to do on this database.
    Nothing {
        /// Why.
        why: String,
    },
    /// It was done in an earlier run that did not get to the end of the migration.
    Done,
    /// What is there contradicts it, or this database cannot do it.
    Conflict {
        /// Why, one reason a line.
        reasons: Vec<String>,
    },
}

impl Step {
    /// What it means, one after the other.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().map(AsRef::as_ref)
    }
}

impl Plan {
    /// Plans without a database: the effects of verbatim statements are not seen.
    ///
    /// # Errors
    /// Migrations that were changed after they were applied, or are out of order.
    pub fn build(
        dialect: &dyn Dialect,
        migrations: &Migrations,
        journal: &Journal,
        actual: &Schema,
        options: &Options,
    ) -> Result<Self, Error> {
        let selection = select(&migrations.heads(dialect.facts().id), journal, options)?;
        let mut planner = Planner::new(dialect, migrations, journal, actual, &selection, options)?;
        let (migrations, drift) = planner.plan(actual);
        Ok(Self {
            dialect: dialect.facts().id,
            unfinished: None,
            units: units(&migrations, actual),
            migrations,
            gone: selection.gone,
            drift,
            after: planner.schema().clone(),
        })
    }

    /// All steps in order.
    pub fn steps(&self) -> impl Iterator<Item = (&PlannedMigration, &Step)> {
        self.migrations
            .iter()
            .flat_map(|one| one.steps.iter().map(move |step| (one, step)))
    }

    /// The steps that cannot be done as things are.
    pub fn conflicts(&self) -> Vec<Conflict> {
        conflicts_of(&self.migrations)
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// What executing it would lose for good.
    pub fn losses(&self) -> Vec<Loss> {
        losses_of(&self.migrations)
    }
}

/// The steps that cannot be done as things are.
pub(crate) fn conflicts_of(planned: &[PlannedMigration]) -> Vec<Conflict> {
    planned
        .iter()
        .flat_map(|one| one.steps.iter().filter_map(|step| Conflict::of(one, step)))
        .collect()
}

/// What executing the steps would lose for good.
pub(crate) fn losses_of(planned: &[PlannedMigration]) -> Vec<Loss> {
    planned
        .iter()
        .flat_map(|one| &one.steps)
        .filter(|step| step.verdict == Verdict::Execute)
        .flat_map(|step| step.losses.clone())
        .collect()
}

/// A step that cannot be done as things are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The migration's version.
    pub version: Version,
    /// The migration's name.
    pub name: String,
    /// The file.
    pub path: Option<String>,
    /// The line in it.
    pub line: u32,
    /// What the step does.
    pub step: String,
    /// Why it cannot.
    pub reasons: Vec<String>,
}

impl Conflict {
    /// The conflict of a step, if it is in one.
    pub fn of(migration: &PlannedMigration, step: &Step) -> Option<Self> {
        let Verdict::Conflict { reasons } = &step.verdict else {
            return None;
        };
        Some(Self::because(migration, step, reasons.clone()))
    }

    /// A step that cannot be done, for these reasons.
    pub(crate) fn because(migration: &PlannedMigration, step: &Step, reasons: Vec<String>) -> Self {
        let unread = step
            .unread
            .iter()
            .map(|why| format!("it was not understood: {why}"));
        Self {
            version: migration.version.clone(),
            name: migration.name.clone(),
            path: step.path.clone(),
            line: step.line,
            step: step.summary.clone(),
            reasons: reasons.into_iter().chain(unread).collect(),
        }
    }
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}:{}: {}", self.line, self.step)?,
            None => write!(f, "{}_{}: {}", self.version, self.name, self.step)?,
        }
        for reason in &self.reasons {
            write!(f, "\n  {reason}")?;
        }
        Ok(())
    }
}
