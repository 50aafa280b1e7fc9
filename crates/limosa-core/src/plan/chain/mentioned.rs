//! What migrations ever speak of: nothing else of their tables is compared.

use std::collections::{HashMap, HashSet};

use crate::diff::Comparison;
use crate::schema::{Constraint, Schema, Table};
use crate::shared::Shared;

/// What migrations ever speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentioned {
    /// The names of columns, constraints and indexes.
    names: HashSet<String>,
    /// The constraints of each table, by its name in lower case: a database may not keep their names.
    constraints: HashMap<String, Vec<Constraint>>,
    /// Tables as they were made: of most nothing is ever asked, so that none of it is taken apart before.
    pub(super) made: Vec<Shared<Table>>,
}

impl Mentioned {
    pub(super) fn add(&mut self, table: &Table) {
        let name = table.name.name.to_ascii_lowercase();
        let all = self.constraints.entry(name).or_default();
        for own in &table.constraints {
            if !all.contains(own) {
                all.push(own.clone());
            }
        }
        let names = names(table).map(str::to_ascii_lowercase);
        self.names.extend(names);
    }

    pub(super) fn add_name(&mut self, name: &str) {
        self.names.insert(name.to_ascii_lowercase());
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(name);
        self.names.contains(&name.to_ascii_lowercase())
            || self.made.iter().any(|table| names(table).any(is))
    }

    /// Whether one that a table has under another name was ever said of it.
    pub(super) fn has_like(
        &self,
        table: &Table,
        at: usize,
        comparison: Comparison<'_>,
        schema: &Schema,
    ) -> bool {
        let name = table.name.name.to_ascii_lowercase();
        let made = self.made.iter();
        let made = made.filter(|own| own.name.name.eq_ignore_ascii_case(&name));
        let all = self.constraints.get(&name).map(Vec::as_slice).into_iter();
        all.chain(made.map(|own| own.constraints.as_slice()))
            .any(|all| comparison.has(all, table, at, schema))
    }
}

/// The names of a table's columns, constraints and indexes.
fn names(table: &Table) -> impl Iterator<Item = &str> {
    let columns = table.columns.iter().map(|column| column.name.as_str());
    let constraints = table.constraints.iter().filter_map(Constraint::name);
    let indexes = table.indexes.iter().map(|index| index.name.as_str());
    columns.chain(constraints).chain(indexes)
}
