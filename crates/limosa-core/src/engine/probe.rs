//! Exercises what the applied migrations made, in a transaction that is always rolled back.
//!
//! For each table that they touched a row is made up, written and read back; NULL, a second row of
//! the same key, an orphan and a value outside a check are offered where they must be refused; and the
//! database is asked whether each index can serve its column. What cannot be tried is told as
//! skipped, with the reason: it counts as neither passed nor failed.

mod bench;
mod limits;
mod read_back;
mod refer;
mod refuse;
mod row;
mod serve;
mod value;

use serde::{Deserialize, Serialize};

use super::Runner;
use crate::error::{DatabaseError, Error};
use crate::migration::Statement;
use crate::migrator::{Command, Foreign, Migrator};
use crate::operation::Operation;
use crate::plan::{Object, expected, statements};
use crate::schema::{Schema, Table};
use bench::Bench;

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The table.
    pub table: String,
    /// What was tried on: `column email`, `index users_email_idx`.
    pub object: String,
    /// What was tried.
    pub what: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: TrialOutcome,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TrialOutcome {
    /// It is as it should be.
    Passed,
    /// It is not.
    Failed {
        /// What happened.
        why: String,
    },
    /// It could not be tried.
    Skipped {
        /// Why not.
        why: String,
    },
}

/// Why a trial could not go on.
enum Stop {
    /// It cannot be tried.
    Cannot(String),
    /// The session is gone: nothing more can be tried.
    Lost(DatabaseError),
}

pub(super) async fn probe(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
) -> Result<Vec<Trial>, Error> {
    let id = session.dialect().facts().id;
    let journal = session.journal().await?.unwrap_or_default();
    let actual = session.inspect(&runner.scope(id)).await?;
    let list = runner.migrations.list().iter();
    let operations: Vec<&Operation> = list
        .filter(|migration| journal.is_applied(&migration.version))
        .flat_map(|one| statements(one, id))
        .flat_map(Statement::operations)
        .collect();
    let tables = touched(&operations, &actual);
    if tables.is_empty() {
        return Ok(Vec::new());
    }
    session
        .run(&[Command::Begin(Foreign::Enforced)])
        .await
        .map_err(|failed| failed.error)?;
    let mut bench = Bench::new(session, &actual);
    let mut result = Ok(());
    for table in tables {
        result = exercise(&mut bench, table).await;
        if result.is_err() {
            break;
        }
    }
    let trials = bench.into_trials();
    let undone = session.run(&[Command::Rollback]).await;
    result?;
    undone.map_err(|failed| failed.error)?;
    Ok(trials)
}

/// The tables that operations touched and that are there, in the order of their names.
fn touched<'a>(operations: &[&Operation], actual: &'a Schema) -> Vec<&'a Table> {
    let expected = expected(operations, actual);
    let names = expected.touched.iter().filter_map(|object| match object {
        Object::Table(name) => expected.schema.table(name).map(|_| name),
        _ => None,
    });
    let mut tables: Vec<&Table> = names.filter_map(|name| actual.table(name)).collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    tables.dedup_by(|a, b| a.name == b.name);
    tables
}

/// Everything that can be tried on one table. What it wrote is undone behind it.
async fn exercise(bench: &mut Bench<'_>, table: &Table) -> Result<(), DatabaseError> {
    bench.enter(bench::TABLE).await?;
    let base = match bench.write(table).await {
        Ok(row) => {
            bench.read_back(table, &row).await?;
            Ok(row)
        }
        Err(Stop::Cannot(why)) => Err(why),
        Err(Stop::Lost(error)) => return Err(error),
    };
    refuse::all(bench, table, base.as_ref()).await?;
    serve::all(bench, table).await?;
    bench.leave(bench::TABLE).await
}
