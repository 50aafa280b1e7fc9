//! Where the values of a rebuilt table's columns come from.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Table};
use limosa_core::shared::Shared;

use super::super::{column, enums, names, quoted, render, typed, unsupported};

/// Where the values of one column come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The old table's column of this name.
    Column(String),
    /// An expression over the old table's columns.
    Reckoned(String),
    /// A column that was added, with what its rows get.
    Added(String),
    /// Nothing is copied: the database reckons or numbers it.
    Nothing,
}

/// The origin of every column by its name.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(Vec<(String, Origin)>);

impl Origins {
    /// Follows the columns of a table through operations.
    pub(super) fn of(table: &Table, operations: &[&Operation]) -> Result<Self, Unsupported> {
        let own = table.columns.iter().map(|column| {
            let origin = match column.generated {
                Some(_) => Origin::Nothing,
                None => Origin::Column(column.name.clone()),
            };
            (column.name.clone(), origin)
        });
        let mut origins = Self(own.collect());
        for &operation in operations {
            match operation {
                Operation::AlterTable {
                    table: name,
                    change,
                    ..
                } if names::same(name, &table.name) => origins.follow(table, change)?,
                Operation::RenameEnumLabel { name, from, to } => {
                    origins.relabel(table, name, (from, to));
                }
                _ => {}
            }
        }
        Ok(origins)
    }

    /// The origin of a column.
    pub(super) fn get(&self, column: &str) -> &Origin {
        let found = self
            .0
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(column));
        found.map_or(&Origin::Nothing, |(_, origin)| origin)
    }

    /// Whether any value is a new one.
    pub(super) fn reckon(&self) -> bool {
        (self.0.iter()).any(|(_, origin)| matches!(origin, Origin::Reckoned(_)))
    }

    fn set(&mut self, column: &str, origin: Origin) {
        self.0.retain(|(own, _)| !own.eq_ignore_ascii_case(column));
        self.0.push((column.to_owned(), origin));
    }

    fn follow(&mut self, table: &Table, change: &TableChange) -> Result<(), Unsupported> {
        match change {
            TableChange::AddColumn { column, .. } => {
                let exists = self
                    .0
                    .iter()
                    .any(|(own, _)| own.eq_ignore_ascii_case(&column.name));
                if !exists {
                    self.set(&column.name, added(column)?);
                }
            }
            TableChange::DropColumn { name, .. } => {
                self.0.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            }
            TableChange::SetType {
                column,
                data_type,
                using: Some(using),
                ..
            } if change.reckons() => {
                let value = typed::value(using, Some(data_type), &typed::Scope::one(table))?;
                self.set(column, Origin::Reckoned(render::expression(&value)?));
            }
            TableChange::SetType {
                column, data_type, ..
            } => {
                if let Origin::Column(source) = self.get(column).clone()
                    && let Some(old) = names::column(table, &source)
                    && is_said_otherwise(&old.data_type, data_type)
                {
                    let cast = Expr::Cast(Shared::new(Expr::column(source)), data_type.clone());
                    let value = typed::value(&cast, Some(data_type), &typed::Scope::one(table))?;
                    self.set(column, Origin::Reckoned(render::expression(&value)?));
                }
            }
            // The values stay when the expression goes.
            TableChange::SetGenerated {
                column,
                generated: None,
            } => {
                let Some(old) = names::column(table, column) else {
                    return Err(unsupported(
                        format!("drop the expression of {column}"),
                        "the same statement adds the column; do that first, in a statement of its own",
                    ));
                };
                self.set(column, Origin::Column(old.name.clone()));
            }
            TableChange::SetGenerated { column, .. } => self.set(column, Origin::Nothing),
            _ => {}
        }
        Ok(())
    }

    /// A row that has the old label has the new one.
    fn relabel(&mut self, table: &Table, name: &ObjectName, (from, to): (&str, &str)) {
        let is_of =
            |column: &&Column| column.generated.is_none() && enums::is_of(&column.data_type, name);
        for column in table.columns.iter().filter(is_of) {
            let own = quoted(&column.name);
            let (from, to) = (text(from), text(to));
            let reckoned = format!("CASE {own} WHEN {from} THEN {to} ELSE {own} END");
            self.set(&column.name, Origin::Reckoned(reckoned));
        }
    }
}

/// Whether a value of one type is held in another form by the other: `true` is 1, but `'true'` as a text.
/// What no expression says as PostgreSQL does (a number with a fraction as a text) is refused by the cast.
fn is_said_otherwise(from: &DataType, to: &DataType) -> bool {
    match to {
        DataType::Text | DataType::Varchar(_) | DataType::Char(_) => matches!(
            from,
            DataType::Boolean | DataType::Real | DataType::Double | DataType::Numeric(_)
        ),
        DataType::Timestamp { .. } => *from == DataType::Date,
        DataType::Date => matches!(from, DataType::Timestamp { .. }),
        _ => false,
    }
}

fn added(column: &Column) -> Result<Origin, Unsupported> {
    if column.generated.is_some() || column.identity.is_some() {
        return Ok(Origin::Nothing);
    }
    let value = column
        .default
        .as_ref()
        .filter(|value| **value != Expr::Null);
    let value = value
        .map(|value| column::default_value(value, column))
        .transpose()?;
    Ok(Origin::Added(value.unwrap_or_else(|| "NULL".to_owned())))
}

/// A quoted text.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
