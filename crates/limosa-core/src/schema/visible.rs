//! Which columns an expression sees, and their types.
//!
//! Both dialects need it: what a constant means, and whether a word is a column at all, depends on the
//! tables in sight.

use super::{Schema, Table};
use crate::datatype::DataType;
use crate::expr::{Query, Relation};
use crate::name::{Case, ObjectName};

/// The columns of rows that a query gives: names, and types as far as they are known.
pub type Rows = Vec<(String, Option<DataType>)>;

/// Tells the rows of a query that stands where a table could.
pub type RowsOf<'f> = &'f dyn Fn(&Query, &Visible<'_>) -> Option<Rows>;

/// The tables that an expression sees, the nearest first.
#[derive(Clone, Debug)]
pub struct Visible<'a> {
    schema: Option<&'a Schema>,
    case: Case,
    /// By the name that each has here.
    items: Vec<(String, Seen<'a>)>,
    /// Common table expressions, the last one first.
    common: Vec<(String, Seen<'a>)>,
}

#[derive(Clone, Debug)]
enum Seen<'a> {
    Table(&'a Table),
    Rows(Rows),
    Unknown,
}

/// A column.
enum Found<'s> {
    Typed(&'s DataType),
    /// Of a type that is not known.
    Untyped,
}

impl<'s> Found<'s> {
    fn data_type(self) -> Option<&'s DataType> {
        match self {
            Self::Typed(own) => Some(own),
            Self::Untyped => None,
        }
    }
}

impl<'a> Visible<'a> {
    /// No table at all.
    pub fn nothing(case: Case) -> Self {
        Self {
            schema: None,
            case,
            items: Vec::new(),
            common: Vec::new(),
        }
    }

    /// No table yet.
    pub fn new(schema: &'a Schema) -> Self {
        Self {
            schema: Some(schema),
            ..Self::nothing(schema.case)
        }
    }

    /// One table under its name.
    pub fn one(table: &'a Table, case: Case) -> Self {
        Self {
            items: vec![(table.name.name.clone(), Seen::Table(table))],
            ..Self::nothing(case)
        }
    }

    /// With a table, or what `WITH` calls so, under its name or another one, before those that are there.
    #[must_use]
    pub fn table(mut self, table: &ObjectName, alias: Option<&str>) -> Self {
        let name = alias.unwrap_or(&table.name).to_owned();
        let mut common = self.common.iter();
        let own =
            common.find(|(own, _)| table.schema.is_none() && self.case.same(own, &table.name));
        let seen = own.map_or_else(|| self.real(table), |(_, rows)| rows.clone());
        self.items.insert(0, (name, seen));
        self
    }

    /// With the table that a statement changes: never one that `WITH` calls so.
    #[must_use]
    pub fn changed(mut self, table: &ObjectName, alias: Option<&str>) -> Self {
        let name = alias.unwrap_or(&table.name).to_owned();
        let seen = self.real(table);
        self.items.insert(0, (name, seen));
        self
    }

    fn real(&self, table: &ObjectName) -> Seen<'a> {
        let found = self.schema.and_then(|schema| schema.table(table));
        found.map_or(Seen::Unknown, Seen::Table)
    }

    /// With the items of a `FROM`.
    #[must_use]
    pub fn with(&self, from: &[Relation], rows_of: RowsOf<'_>) -> Self {
        let add = |all: Self, one: &Relation| all.relation(one, self, rows_of);
        from.iter().rev().fold(self.clone(), add)
    }

    fn relation(mut self, of: &Relation, outer: &Self, rows_of: RowsOf<'_>) -> Self {
        match of {
            Relation::Table(name, alias) => self.table(name, alias.as_deref()),
            Relation::Query(query, alias) => {
                let rows = rows_of(query, outer).map_or(Seen::Unknown, Seen::Rows);
                self.items
                    .insert(0, (alias.clone().unwrap_or_default(), rows));
                self
            }
            Relation::Join(join) => self
                .relation(&join.right, outer, rows_of)
                .relation(&join.left, outer, rows_of),
        }
    }

    /// From now on a table of this name is what `WITH` says.
    pub fn define(&mut self, name: &str, rows: Option<Rows>) {
        let rows = rows.map_or(Seen::Unknown, Seen::Rows);
        self.common.insert(0, (name.to_owned(), rows));
    }

    /// The type of a column.
    pub fn column(&self, path: &[String]) -> Option<&DataType> {
        let (of, name) = parts(path)?;
        let mut seen = self.items.iter().filter(|(own, _)| self.is(own, of));
        if of.is_some() {
            return self.within(&seen.next()?.1, name)?.data_type();
        }
        seen.find_map(|(_, one)| self.within(one, name))?
            .data_type()
    }

    /// Whether it is known that no table here has such a column.
    pub fn lacks(&self, path: &[String]) -> bool {
        let Some((of, name)) = parts(path) else {
            return false;
        };
        let lacks =
            |one: &Seen<'_>| !matches!(one, Seen::Unknown) && self.within(one, name).is_none();
        let mut seen = self.items.iter().filter(|(own, _)| self.is(own, of));
        seen.all(|(_, one)| lacks(one))
            && !self.items.iter().any(|(own, _)| self.case.same(own, name))
    }

    /// All columns in the order in which `*` shows them; none if some are not known.
    pub fn rows(&self, count: usize, of: Option<&str>) -> Option<Rows> {
        let items = self.items.iter().take(count);
        let own = items.filter(|(own, _)| self.is(own, of));
        let lists = own.map(|(_, one)| match one {
            Seen::Table(table) => {
                let columns = table.columns.iter();
                Some(
                    columns
                        .map(|own| (own.name.clone(), Some(own.data_type.clone())))
                        .collect(),
                )
            }
            Seen::Rows(rows) => Some(rows.clone()),
            Seen::Unknown => None,
        });
        let lists: Option<Vec<Rows>> = lists.collect();
        Some(lists?.concat())
    }

    /// How many tables are in sight.
    pub fn count(&self) -> usize {
        self.items.len()
    }

    fn is(&self, own: &str, of: Option<&str>) -> bool {
        of.is_none_or(|of| self.case.same(own, of))
    }

    fn within<'s>(&self, one: &'s Seen<'_>, name: &str) -> Option<Found<'s>> {
        match one {
            Seen::Table(table) => Some(Found::Typed(&table.column(name, self.case)?.data_type)),
            Seen::Rows(rows) => {
                let (_, own) = rows.iter().find(|(own, _)| self.case.same(own, name))?;
                Some(own.as_ref().map_or(Found::Untyped, Found::Typed))
            }
            Seen::Unknown => None,
        }
    }
}

/// The qualifier and the name.
fn parts(path: &[String]) -> Option<(Option<&str>, &str)> {
    match path {
        [.., of, name] => Some((Some(of), name)),
        [name] => Some((None, name)),
        [] => None,
    }
}
