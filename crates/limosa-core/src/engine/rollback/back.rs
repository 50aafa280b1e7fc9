//! The way back of one migration: its `down.sql`, or the inverses of its statements.

use super::before::{self, Before};
use crate::checksum::Checksum;
use crate::dialect::{Dialect, Transaction};
use crate::engine::inverse::inverse;
use crate::error::Error;
use crate::journal::{Entry, State};
use crate::migration::{Accepts, Migration, Script, Statement, TransactionMode};
use crate::migrator::Migrator;
use crate::operation::Operation;
use crate::plan::{statements, summary};

/// How much of a migration is to be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of it.
    Whole,
    /// So many of its statements, and the next one if the run may have died behind it.
    Done(u32),
    /// As much as makes this number of steps: an earlier run has begun with them.
    Begun(u32),
}

impl Reach {
    pub(super) fn of(row: Option<&Entry>) -> Self {
        match row.map(|row| (row.state, row)) {
            Some((State::Started, row)) => Self::Done(row.done),
            Some((State::RollingBack, row)) => Self::Begun(row.steps),
            _ => Self::Whole,
        }
    }
}

/// One migration's way back as a migration of the same version and name.
pub(super) fn back(
    migration: &Migration,
    session: &dyn Migrator,
    before: Before<'_>,
    reach: Reach,
    kept: &mut Vec<String>,
) -> Result<Migration, Error> {
    let id = session.dialect().facts().id;
    let script = migration.script(id);
    let (path, up) = match script.and_then(|script| script.down.as_ref()) {
        Some(down) => {
            if let Reach::Done(done) = reach {
                suits_a_part(migration, &down.statements, done, id)?;
            }
            (down.path.clone(), down.statements.clone())
        }
        None => (
            None,
            inverse_statements(migration, session, before, reach, kept)?,
        ),
    };
    let script = Script {
        only: script.and_then(|script| script.only.clone()),
        path,
        up,
        down: None,
        transaction: script.map_or(TransactionMode::WherePossible, |script| script.transaction),
        checksum: script.map_or(Checksum::EMPTY, |script| script.checksum),
    };
    Ok(Migration {
        scripts: vec![script],
        ..migration.clone()
    })
}

/// A `down.sql` undoes the whole. What it does to the schema is skipped where it is so already; what
/// it does to rows would be done to rows that the migration never touched.
fn suits_a_part(
    migration: &Migration,
    down: &[Statement],
    done: u32,
    id: &str,
) -> Result<(), Error> {
    let own = down.iter().filter(|one| one.is_for(id));
    if !own
        .flat_map(Statement::operations)
        .any(Operation::changes_rows)
    {
        return Ok(());
    }
    Err(Error::HalfApplied {
        version: migration.version.clone(),
        name: migration.name.clone(),
        done,
        steps: u32::try_from(statements(migration, id).count()).unwrap_or(u32::MAX),
    })
}

fn inverse_statements(
    migration: &Migration,
    session: &dyn Migrator,
    before: Before<'_>,
    reach: Reach,
    kept: &mut Vec<String>,
) -> Result<Vec<Statement>, Error> {
    let dialect = session.dialect();
    let (mut schema, mut otherwise) = (before.schema.clone(), before.otherwise.clone());
    let mut back: Vec<Vec<Statement>> = Vec::new();
    for (statement, number) in statements(migration, dialect.facts().id).zip(1_u32..) {
        let steps = back.iter().map(Vec::len).sum::<usize>();
        let is_reached = match reach {
            Reach::Whole => true,
            Reach::Done(done) => {
                number <= done || (number == done + 1 && is_outside(migration, statement, dialect))
            }
            Reach::Begun(begun) => steps < begun as usize,
        };
        if !is_reached {
            break;
        }
        for operation in statement.operations() {
            let refuse = |why: &str| Error::NotInvertible {
                version: migration.version.clone(),
                name: migration.name.clone(),
                step: summary(&schema.complete(operation), dialect),
                why: why.to_owned(),
            };
            let undo = inverse(operation, &schema).ok_or_else(|| refuse("it has no inverse"))?;
            let is_known = inverse(operation, &otherwise).as_ref() == Some(&undo);
            if !is_known && !matches!(operation, Operation::Comment { .. }) {
                return Err(refuse(before::UNKNOWN));
            }
            // One that stays does no harm.
            if !is_known && dialect.facts().comments {
                let (version, name) = (&migration.version, &migration.name);
                let what = summary(operation, dialect);
                kept.push(format!(
                    "{version}_{name}: {what} stays: {}",
                    before::UNKNOWN
                ));
            }
            back.push(undo.into_iter().map(given_back).collect());
            // What does not fit the model was about objects that it does not know.
            let _ = schema.apply(operation);
            let _ = otherwise.apply(operation);
        }
    }
    Ok(back.into_iter().rev().flatten().collect())
}

/// What was there before was kept as this database keeps it.
fn given_back(operation: Operation) -> Statement {
    Statement {
        accepts: Accepts::Loss,
        ..Statement::unrecorded(operation)
    }
}

/// Whether a statement runs outside transactions, so that it may have been run without being recorded.
fn is_outside(migration: &Migration, statement: &Statement, dialect: &dyn Dialect) -> bool {
    let script = migration.script(dialect.facts().id);
    let never = script.is_some_and(|script| script.transaction == TransactionMode::Never);
    statement.operations().any(|operation| {
        dialect.transaction(operation) == Transaction::Outside
            || (never && matches!(operation, Operation::Sql(_)))
    })
}
