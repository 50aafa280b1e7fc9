//! What an expression sees, and where it stands.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Cte, Relation};
use limosa_core::name::{Case, ObjectName};
use limosa_core::schema::{Schema, Table, Visible};

use super::infer;

/// The tables that an expression sees.
#[derive(Clone, Debug)]
pub(in super::super) struct Scope<'a> {
    visible: Visible<'a>,
    place: Place,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a statement: its author wrote it.
    Statement,
    /// In a table's definition: the catalog may have shown it.
    Table,
}

impl<'a> Scope<'a> {
    fn of(visible: Visible<'a>) -> Self {
        Self {
            visible,
            place: Place::Statement,
        }
    }

    /// No table at all.
    pub(in super::super) fn nothing() -> Self {
        Self::of(Visible::nothing(Case::Insensitive))
    }

    /// No table yet.
    pub(in super::super) fn new(schema: &'a Schema) -> Self {
        Self::of(Visible::new(schema))
    }

    /// One table under its name.
    pub(in super::super) fn one(table: &'a Table) -> Self {
        Self::of(Visible::one(table, Case::Insensitive))
    }

    /// One table, in its own definition.
    pub(super) fn standing(table: &'a Table) -> Self {
        Self {
            place: Place::Table,
            ..Self::one(table)
        }
    }

    /// Whether an expression stands in a table's definition.
    pub(super) fn stands(&self) -> bool {
        self.place == Place::Table
    }

    /// The tables themselves.
    pub(super) fn visible(&self) -> &Visible<'a> {
        &self.visible
    }

    /// With the table that a statement changes, under its name or another one, before those that are
    /// there.
    pub(in super::super) fn changed(self, table: &ObjectName, alias: Option<&str>) -> Self {
        Self {
            visible: self.visible.changed(table, alias),
            ..self
        }
    }

    /// The table that a row is put into, also as `excluded`, the row that is not put.
    pub(in super::super) fn target(self, table: &ObjectName) -> Self {
        self.changed(table, None).changed(table, Some("excluded"))
    }

    /// What is in it is seen from within as well.
    pub(super) fn inner(&self) -> Self {
        self.clone()
    }

    /// With the items of a `FROM`.
    pub(in super::super) fn with(&self, from: &[Relation]) -> Self {
        Self {
            visible: self.visible.with(from, &infer::rows_within),
            place: self.place,
        }
    }

    /// With what `WITH` defines.
    pub(super) fn define(&mut self, cte: &Cte) {
        let rows = infer::rows(&cte.query, self).map(|mut rows| {
            for ((own, _), given) in rows.iter_mut().zip(&cte.columns) {
                own.clone_from(given);
            }
            rows
        });
        self.visible.define(&cte.name, rows);
    }

    /// From now on a table of this name is another one, of which nothing is known.
    pub(super) fn hide(&mut self, name: &str) {
        self.visible.define(name, None);
    }

    /// The type of a column.
    pub(super) fn column(&self, path: &[String]) -> Option<&DataType> {
        self.visible.column(path)
    }
}

impl<'a> From<Visible<'a>> for Scope<'a> {
    fn from(visible: Visible<'a>) -> Self {
        Self::of(visible)
    }
}
