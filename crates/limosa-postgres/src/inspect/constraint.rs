//! Keys and checks.

use limosa_core::expr::{Expr, Lexicon};
use limosa_core::migrator::Result;
use limosa_core::schema::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};
use tokio_postgres::SimpleQueryRow;

use super::array;
use super::column::Numbers;
use super::row::{Fields, unexpected};
use super::{Names, Tables};
use crate::session::Rows;

pub(super) fn read(
    rows: &Rows,
    tables: &mut Tables,
    numbers: &Numbers,
    names: &Names,
) -> Result<()> {
    for row in rows {
        if let Some(table) = tables.get(row.text(0)?) {
            table.constraints.push(constraint(row, numbers, names)?);
        }
    }
    Ok(())
}

fn constraint(row: &SimpleQueryRow, numbers: &Numbers, names: &Names) -> Result<Constraint> {
    Ok(match row.text(1)? {
        "p" => Constraint::PrimaryKey(key(row, numbers)?),
        "u" => Constraint::Unique(key(row, numbers)?),
        "f" => Constraint::ForeignKey(foreign_key(row, numbers, names)?),
        _ => Constraint::Check(Check {
            name: Some(row.text(2)?.to_owned()),
            expr: Expr::parse(row.text(15)?, &Lexicon::POSTGRES),
            validated: row.is(6),
        }),
    })
}

fn key(row: &SimpleQueryRow, numbers: &Numbers) -> Result<Key> {
    Ok(Key {
        name: Some(row.text(2)?.to_owned()),
        columns: columns(row, 3, numbers)?,
        include: columns(row, 7, numbers)?,
        nulls_not_distinct: row.is(8),
        deferrable: deferrable(row),
        on_conflict: OnConflict::Abort,
    })
}

fn foreign_key(row: &SimpleQueryRow, numbers: &Numbers, names: &Names) -> Result<ForeignKey> {
    let table = names.object(row.text(9)?, row.text(10)?);
    let references = array::items(row.text(11)?);
    Ok(ForeignKey {
        name: Some(row.text(2)?.to_owned()),
        on_delete: action(row.text(12)?),
        on_update: action(row.text(13)?),
        match_full: row.is(14),
        deferrable: deferrable(row),
        validated: row.is(6),
        ..ForeignKey::new(columns(row, 3, numbers)?, table, references)
    })
}

/// The names of an array of column numbers.
fn columns(row: &SimpleQueryRow, field: usize, numbers: &Numbers) -> Result<Vec<String>> {
    let table = row.text(0)?;
    let Some(list) = row.optional(field) else {
        return Ok(Vec::new());
    };
    array::items(list)
        .into_iter()
        .map(|number| {
            let name = numbers.get(&(table.to_owned(), number)).cloned();
            name.ok_or_else(|| unexpected("a key without its column"))
        })
        .collect()
}

fn deferrable(row: &SimpleQueryRow) -> Deferrable {
    match (row.is(4), row.is(5)) {
        (true, true) => Deferrable::InitiallyDeferred,
        (true, false) => Deferrable::InitiallyImmediate,
        _ => Deferrable::No,
    }
}

/// Manual section 53.13 "`pg_constraint`".
fn action(letter: &str) -> Action {
    match letter {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
