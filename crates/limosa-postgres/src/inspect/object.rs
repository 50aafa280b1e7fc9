//! Enum types, views, triggers and sequences.

use limosa_core::expr::{Lexicon, Query};
use limosa_core::migrator::Result;
use limosa_core::name::ObjectName;
use limosa_core::schema::{Definition, EnumType, Trigger, View};
use limosa_core::shared::Shared;

use super::Names;
use super::array;
use super::row::Fields;
use crate::session::Rows;

pub(super) fn enums(rows: &Rows, names: &Names) -> Result<Vec<EnumType>> {
    rows.iter()
        .map(|row| {
            Ok(EnumType {
                name: names.object(row.text(0)?, row.text(1)?),
                labels: array::items(row.text(2)?),
                comment: row.optional(3).map(str::to_owned),
            })
        })
        .collect()
}

/// Column names that a view was given stand as aliases in the query that the catalog gives back.
pub(super) fn views(rows: &Rows, names: &Names) -> Result<Vec<Shared<View>>> {
    rows.iter()
        .map(|row| {
            Ok(Shared::new(View {
                name: names.object(row.text(0)?, row.text(1)?),
                columns: Vec::new(),
                query: definition(row.text(3)?),
                materialized: row.is(2),
                comment: row.optional(4).map(str::to_owned),
            }))
        })
        .collect()
}

fn definition(text: &str) -> Definition {
    let text = text.trim().trim_end_matches(';').trim_end();
    match Query::parse(text, &Lexicon::POSTGRES) {
        Ok(query) => Definition::Query(Shared::new(query)),
        Err(_) => Definition::Verbatim {
            dialect: Lexicon::POSTGRES.id.to_owned(),
            text: text.to_owned(),
        },
    }
}

pub(super) fn triggers(rows: &Rows, names: &Names) -> Result<Vec<Trigger>> {
    rows.iter()
        .map(|row| {
            Ok(Trigger {
                name: row.text(0)?.to_owned(),
                table: names.object(row.text(1)?, row.text(2)?),
                dialect: Lexicon::POSTGRES.id.to_owned(),
                text: row.text(3)?.to_owned(),
            })
        })
        .collect()
}

pub(super) fn names(rows: &Rows, names: &Names) -> Result<Vec<ObjectName>> {
    rows.iter()
        .map(|row| Ok(names.object(row.text(0)?, row.text(1)?)))
        .collect()
}
