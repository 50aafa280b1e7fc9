//! Indexes that no constraint owns.

use std::collections::HashMap;

use limosa_core::expr::{Expr, Lexicon};
use limosa_core::migrator::Result;
use limosa_core::schema::{Index, IndexKey};
use limosa_core::shared::Shared;
use tokio_postgres::SimpleQueryRow;

use super::Tables;
use super::row::Fields;
use crate::session::Rows;

pub(super) fn read(indexes: &Rows, keys: &Rows, tables: &mut Tables) -> Result<()> {
    let mut keys_of: HashMap<&str, Vec<&SimpleQueryRow>> = HashMap::with_capacity(indexes.len());
    for key in keys {
        keys_of.entry(key.text(0)?).or_default().push(key);
    }
    for row in indexes {
        if let Some(table) = tables.get(row.text(0)?) {
            let keys = keys_of.get(row.text(1)?).map(Vec::as_slice);
            table.indexes.push(index(row, keys.unwrap_or_default())?);
        }
    }
    Ok(())
}

fn index(row: &SimpleQueryRow, keys: &[&SimpleQueryRow]) -> Result<Index> {
    let mut index = Index::on_columns(row.text(2)?, []);
    index.method = Some(row.text(3)?.to_owned()).filter(|method| method != "btree");
    index.unique = row.is(4);
    index.valid = row.is(5);
    index.nulls_not_distinct = row.is(6);
    index.predicate = row
        .optional(7)
        .map(|text| Expr::parse(text, &Lexicon::POSTGRES));
    index.comment = row.optional(8).map(str::to_owned);
    for row in keys {
        if row.is(7) {
            index.keys.push(key(row)?);
        } else {
            index.include.push(row.text(1)?.to_owned());
        }
    }
    Ok(index)
}

fn key(row: &SimpleQueryRow) -> Result<IndexKey> {
    let expr = match row.optional(1) {
        Some(column) => Expr::column(column),
        None => Expr::parse(row.text(2)?, &Lexicon::POSTGRES),
    };
    let expr = match row.optional(6) {
        Some(collation) => Expr::Collate(Shared::new(expr), collation.to_owned()),
        None => expr,
    };
    let (descending, nulls_first) = (row.is(3), row.is(4));
    Ok(IndexKey {
        expr,
        descending,
        nulls_first: (nulls_first != descending).then_some(nulls_first),
        operator_class: row.optional(5).map(str::to_owned),
    })
}
