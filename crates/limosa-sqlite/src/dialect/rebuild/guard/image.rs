//! The rows of a table as they will be.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::schema::{Column, Table};

use super::super::super::{names, quoted, render};
use super::super::origin::Origin;
use super::super::{Change, copy};

/// The rows as they will be, with what they are called in messages. What is generated is reckoned from
/// the new values, each column in a query of its own around those that it reads.
pub(super) fn image(change: &Change<'_>) -> Result<String, Unsupported> {
    let mut columns = vec![format!("{} AS \"limosa key\"", key(change))];
    for column in &change.after.columns {
        if let (None, Some(source)) = (&column.generated, copy::source(change, column)) {
            let value = stored(change, column, source);
            columns.push(format!("{value} AS {}", quoted(&column.name)));
        }
    }
    let mut image = format!(
        "(SELECT {} FROM {})",
        columns.join(", "),
        names::object(&change.before.name)?
    );
    for column in generated(change.after) {
        if let Some(how) = &column.generated {
            let value = held(&column.data_type, render::expression(&how.expr)?);
            image = format!(
                "(SELECT *, {value} AS {} FROM {image})",
                quoted(&column.name)
            );
        }
    }
    Ok(image)
}

/// A value as its column will hold it.
fn stored(change: &Change<'_>, column: &Column, source: String) -> String {
    let retyped = match change.origins.get(&column.name) {
        Origin::Column(old) => change.is_retyped(old, column),
        Origin::Reckoned(_) => true,
        Origin::Added(_) | Origin::Nothing => false,
    };
    if retyped {
        held(&column.data_type, source)
    } else {
        source
    }
}

/// A value as a column of this type holds it and compares it ("Datatypes In SQLite", sections 3 and 4).
fn held(data_type: &DataType, source: String) -> String {
    match data_type {
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Boolean
        | DataType::Numeric(_) => format!("CAST({source} AS NUMERIC)"),
        DataType::Real | DataType::Double => format!("CAST({source} AS REAL)"),
        DataType::Text | DataType::Varchar(_) | DataType::Char(_) => {
            format!("CAST({source} AS TEXT)")
        }
        // Bytes stay what they are, and texts of dates are no numbers.
        _ => source,
    }
}

/// The generated columns, each behind those that it is reckoned from.
fn generated(table: &Table) -> Vec<&Column> {
    let mut left: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_some())
        .collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |column: &Column| {
            let read = column.generated.iter().flat_map(|how| how.expr.columns());
            let others = left.iter().filter(|other| other.name != column.name);
            let names: Vec<String> = others.map(|other| other.name.clone()).collect();
            read.into_iter().any(|name| names::contains(&names, &name))
        };
        // SQLite refuses circles; here they would wait for ever.
        let at = left.iter().position(|column| !waits(column)).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    ordered
}

/// What a row of the old table is called in messages.
pub(super) fn key(change: &Change<'_>) -> String {
    let shown = |name: &String| format!("quote({})", quoted(name));
    let columns: Vec<String> = change.before.primary_key().iter().map(shown).collect();
    if columns.is_empty() {
        return copy::rowid(change)
            .map_or_else(|| "NULL".to_owned(), |rowid| format!("'rowid ' || {rowid}"));
    }
    let named = change.before.primary_key().join(", ").replace('\'', "''");
    format!("'{named} = ' || {}", columns.join(" || ', ' || "))
}
