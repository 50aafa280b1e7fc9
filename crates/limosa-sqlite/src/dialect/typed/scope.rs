//! Which columns can be named in a place, and their types.

use limosa_core::datatype::DataType;
use limosa_core::expr::Relation;
use limosa_core::name::ObjectName;
use limosa_core::schema::{Schema, Table};

use super::super::names;

/// The tables that an expression sees.
#[derive(Clone, Debug)]
pub(in super::super) struct Scope<'a> {
    schema: Option<&'a Schema>,
    /// By the name that each has here; none for what has no known types.
    items: Vec<(String, Option<&'a Table>)>,
    /// Common table expressions, which hide tables of their name.
    hidden: Vec<String>,
}

impl<'a> Scope<'a> {
    /// No table at all.
    pub(in super::super) fn nothing() -> Self {
        Self {
            schema: None,
            items: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// No table yet.
    pub(in super::super) fn new(schema: &'a Schema) -> Self {
        Self {
            schema: Some(schema),
            ..Self::nothing()
        }
    }

    /// One table under its name.
    pub(in super::super) fn one(table: &'a Table) -> Self {
        Self {
            items: vec![(table.name.name.clone(), Some(table))],
            ..Self::nothing()
        }
    }

    /// With a table under its name or another one, before those that are there.
    pub(in super::super) fn table(mut self, table: &ObjectName, alias: Option<&str>) -> Self {
        let name = alias.unwrap_or(&table.name).to_owned();
        let hidden = (self.hidden.iter()).any(|hidden| hidden.eq_ignore_ascii_case(&table.name));
        let schema = self.schema.filter(|_| !hidden);
        let found = schema.and_then(|schema| names::table(schema, table));
        self.items.insert(0, (name, found));
        self
    }

    /// The table that a row is put into, also as `excluded`, the row that is not put.
    pub(in super::super) fn target(self, table: &ObjectName) -> Self {
        self.table(table, None).table(table, Some("excluded"))
    }

    /// What is in it is seen from within as well.
    pub(super) fn inner(&self) -> Self {
        self.clone()
    }

    /// With the items of a `FROM`.
    pub(in super::super) fn with(&self, from: &[Relation]) -> Self {
        from.iter().rev().fold(self.clone(), Self::relation)
    }

    fn relation(mut self, of: &Relation) -> Self {
        match of {
            Relation::Table(name, alias) => self.table(name, alias.as_deref()),
            Relation::Query(_, alias) => {
                self.items
                    .insert(0, (alias.clone().unwrap_or_default(), None));
                self
            }
            Relation::Join(join) => self.relation(&join.right).relation(&join.left),
        }
    }

    /// From now on a table of this name is another one.
    pub(super) fn hide(&mut self, name: &str) {
        self.hidden.push(name.to_owned());
    }

    /// The type of a column.
    pub(super) fn column(&self, path: &[String]) -> Option<&'a DataType> {
        let (name, of) = match path {
            [.., of, name] => (name, Some(of)),
            [name] => (name, None),
            [] => return None,
        };
        let mut seen = self
            .items
            .iter()
            .filter(|(own, _)| of.is_none_or(|of| own.eq_ignore_ascii_case(of)));
        if of.is_some() {
            return column(seen.next()?.1?, name);
        }
        seen.find_map(|(_, table)| column((*table)?, name))
    }
}

fn column<'a>(table: &'a Table, name: &str) -> Option<&'a DataType> {
    let mut columns = table.columns.iter();
    let found = columns.find(|column| column.name.eq_ignore_ascii_case(name))?;
    Some(&found.data_type)
}
