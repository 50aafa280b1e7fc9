//! Columns.

use std::collections::HashMap;

use limosa_core::datatype::DataType;
use limosa_core::dialect::Dialect;
use limosa_core::expr::{Expr, Lexicon};
use limosa_core::migrator::Result;
use limosa_core::schema::{Column, Generated, Identity};
use limosa_core::shared::Shared;
use tokio_postgres::SimpleQueryRow;

use super::row::Fields;
use super::{Names, Tables};
use crate::PostgresDialect;
use crate::session::Rows;

/// Names of columns by the table's number and the column's.
pub(super) type Numbers = HashMap<(String, String), String>;

pub(super) fn read(rows: &Rows, tables: &mut Tables, names: &Names) -> Result<Numbers> {
    let mut numbers = Numbers::with_capacity(rows.len());
    for row in rows {
        let table = row.text(0)?;
        if let Some(found) = tables.get(table) {
            let column = column(row, names)?;
            let key = (table.to_owned(), row.text(1)?.to_owned());
            numbers.insert(key, column.name.clone());
            found.columns.push(column);
        }
    }
    Ok(numbers)
}

fn column(row: &SimpleQueryRow, names: &Names) -> Result<Column> {
    let mut column = Column::new(row.text(2)?, data_type(row, names)?);
    column.nullable = !row.is(6);
    column.collation = row.optional(11).map(str::to_owned);
    column.comment = row.optional(12).map(str::to_owned);
    column.identity = match (row.text(9)?, row.is(10)) {
        ("a", _) => Some(Identity::Always),
        ("d", _) => Some(Identity::ByDefault),
        (_, true) => Some(Identity::Serial),
        _ => None,
    };
    let expr = row
        .optional(7)
        .map(|text| Expr::parse(text, &Lexicon::POSTGRES));
    match row.text(8)? {
        "" if column.identity.is_none() => column.default = expr,
        "" => {}
        kind => {
            column.generated = expr.map(|expr| Generated {
                expr,
                stored: kind == "s",
            });
        }
    }
    Ok(column)
}

fn data_type(row: &SimpleQueryRow, names: &Names) -> Result<DataType> {
    let spelling = row.text(3)?;
    let (Some(schema), Some(name)) = (row.optional(4), row.optional(5)) else {
        return Ok(PostgresDialect.parse_type(spelling));
    };
    let found = DataType::Enum(names.object(schema, name));
    if spelling.ends_with("[]") {
        Ok(DataType::Array(Shared::new(found)))
    } else {
        Ok(found)
    }
}
