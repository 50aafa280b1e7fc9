//! What a run did, for people and for machines.

use serde::{Deserialize, Serialize};

use crate::diff::Difference;
use crate::plan::{PlannedMigration, Verdict};
use crate::version::Version;

/// The report of a run, complete also when the run failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The dialect's identifier.
    pub dialect: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The migrations that were done and recorded, in order.
    pub migrations: Vec<Ran>,
    /// The migration that the run stopped in, if a part of it is done and recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Begun>,
    /// Applied migrations whose files are gone.
    pub gone: Vec<Version>,
    /// What is worth knowing although nothing failed.
    pub warnings: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing was pending.
    #[default]
    UpToDate,
    /// Everything that was pending is done.
    Done,
    /// It stopped; what is in the report was done all the same.
    Failed {
        /// Why.
        message: String,
    },
}

/// A migration that was done, or undone, in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The version.
    pub version: Version,
    /// The name.
    pub name: String,
    /// How many of its steps are recorded as done.
    pub done: u32,
    /// How many it has.
    pub steps: u32,
}

/// A migration that was done, or undone, and recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The version.
    pub version: Version,
    /// The name.
    pub name: String,
    /// Its steps.
    pub steps: Vec<RanStep>,
    /// When it was started: microseconds since 1970-01-01 00:00 UTC by the database's clock.
    pub started_at: i64,
    /// When it was finished, likewise.
    pub finished_at: i64,
}

/// A step of a migration that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RanStep {
    /// Its number, from 1.
    pub number: u32,
    /// What it does.
    pub summary: String,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The SQL that was executed.
    pub statements: Vec<String>,
    /// Why the SQL was not what the author wrote, if it differed.
    pub rewritten: Option<String>,
}

impl Report {
    /// Whether the run has recorded nothing, so that it has changed nothing either.
    pub fn is_untouched(&self) -> bool {
        self.migrations.is_empty() && self.begun.is_none()
    }
}

impl Ran {
    pub(crate) fn of(planned: &PlannedMigration, started_at: i64, finished_at: i64) -> Self {
        let steps = planned.steps.iter().map(|step| RanStep {
            number: step.number,
            summary: step.summary.clone(),
            verdict: step.verdict.clone(),
            statements: step.statements.clone(),
            rewritten: step.rewritten.clone(),
        });
        Self {
            version: planned.version.clone(),
            name: planned.name.clone(),
            steps: steps.collect(),
            started_at,
            finished_at,
        }
    }

    /// Whether every step was found to be there already.
    pub fn is_adopted(&self) -> bool {
        !self.steps.is_empty()
            && self
                .steps
                .iter()
                .all(|step| matches!(step.verdict, Verdict::Adopt { .. }))
    }
}

/// What the catalog says about one object that a migration made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The migration.
    pub version: Version,
    /// The object: `column environments.last_error`.
    pub object: String,
    /// What the catalog has: `text, NULL, default none`; none if it is missing.
    pub found: Option<String>,
    /// In what it differs from what the migrations made; empty is proof.
    pub differences: Vec<Difference>,
}
