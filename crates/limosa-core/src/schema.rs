//! The schema: what a database holds, neutral of dialect.
//!
//! The same types describe what migrations ask for and what a driver's inspection finds, so that the
//! two can be compared ([`crate::diff`]). Nothing here knows how any database spells it.

mod constraint;
mod index;
mod table;
mod visible;
mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expr::Query;
use crate::name::{Case, ObjectName};
use crate::shared::{List, Shared};

pub use constraint::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};
pub use index::{Index, IndexKey};
pub use table::{Column, Generated, Identity, Storage, Table};
pub use visible::{Rows, RowsOf, Visible};
pub use written::Written;

/// Everything in a database that the model knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// How names compare in this database.
    pub case: Case,
    /// The schema that an unqualified name means (`public`, `main`).
    pub default_schema: Option<String>,
    /// Further names of the default schema: a database without schemas takes `public` for its own.
    pub default_aliases: Vec<String>,
    /// Whether a table can go while foreign keys refer to it.
    pub references: References,
    /// Tables with their columns, constraints and indexes.
    pub tables: List<Shared<Table>>,
    /// Enum types.
    pub enums: List<EnumType>,
    /// Views.
    pub views: List<Shared<View>>,
    /// Triggers.
    pub triggers: List<Trigger>,
    /// Sequences that no identity column owns.
    pub sequences: List<ObjectName>,
    /// Types that the model does not hold (domains, composite types, ranges), by name alone: what
    /// drops or renames one of them must not be taken for done.
    pub other_types: List<ObjectName>,
    /// Tables that the model does not hold (virtual ones and those behind them), by name alone, for the
    /// same reason.
    pub other_tables: List<ObjectName>,
}

/// What holds a table that foreign keys of others refer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum References {
    /// They do: it goes with them (`CASCADE`) or not at all.
    #[default]
    Held,
    /// Nothing: they stay, and refer to whatever has the name next (`SQLite`; a table that is built
    /// anew relies on it).
    Loose,
}

/// An enum type with its labels in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumType {
    /// The type's name.
    pub name: ObjectName,
    /// The labels, first to last.
    pub labels: Vec<String>,
    /// `COMMENT ON TYPE`.
    pub comment: Option<String>,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The view's name.
    pub name: ObjectName,
    /// Column names, if they were given.
    pub columns: Vec<String>,
    /// The query, or its text where the model cannot hold it.
    pub query: Definition,
    /// Whether its rows are stored (`CREATE MATERIALIZED VIEW`).
    pub materialized: bool,
    /// `COMMENT ON VIEW`.
    pub comment: Option<String>,
}

/// The query of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Definition {
    /// Understood.
    Query(Shared<Query>),
    /// Carried verbatim for one dialect.
    Verbatim {
        /// The dialect's identifier.
        dialect: String,
        /// The text as written.
        text: String,
    },
}

/// A trigger. Its body belongs to one dialect and is carried verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// The trigger's name.
    pub name: String,
    /// The table or view that it watches.
    pub table: ObjectName,
    /// The dialect whose text this is.
    pub dialect: String,
    /// The whole `CREATE TRIGGER` statement.
    pub text: String,
}

impl Schema {
    /// An empty schema of a database with these rules for names.
    pub fn empty(case: Case, default_schema: Option<String>) -> Self {
        Self {
            case,
            default_schema,
            ..Self::default()
        }
    }

    /// Whether two names mean the same object here; the default schema may be said or left out.
    pub fn same_object(&self, a: &ObjectName, b: &ObjectName) -> bool {
        self.case.same(&a.name, &b.name)
            && self.same_schema(a.schema.as_deref(), b.schema.as_deref())
    }

    fn same_schema(&self, a: Option<&str>, b: Option<&str>) -> bool {
        if a == b {
            return true;
        }
        match (
            a.filter(|name| !self.is_default(name)),
            b.filter(|name| !self.is_default(name)),
        ) {
            (Some(a), Some(b)) => self.case.same(a, b),
            (a, b) => a == b,
        }
    }

    fn is_default(&self, schema: &str) -> bool {
        let mut names = self.default_schema.iter().chain(&self.default_aliases);
        names.any(|own| self.case.same(own, schema))
    }

    /// The name without the default schema.
    pub(crate) fn short(&self, name: &ObjectName) -> ObjectName {
        let schema = name.schema.as_ref();
        ObjectName {
            schema: schema.filter(|own| !self.is_default(own)).cloned(),
            name: name.name.clone(),
        }
    }

    /// An empty schema with the same rules.
    #[must_use]
    pub fn without_objects(&self) -> Self {
        let default_aliases = self.default_aliases.clone();
        Self {
            default_aliases,
            references: self.references,
            ..Self::empty(self.case, self.default_schema.clone())
        }
    }

    /// The table of this name.
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.shared_table(name).map(AsRef::as_ref)
    }

    /// The table of this name, to hold it as it is now.
    pub(crate) fn shared_table(&self, name: &ObjectName) -> Option<&Shared<Table>> {
        let mut tables = self.tables.iter();
        tables.find(|table| self.same_object(&table.name, name))
    }

    /// The table of this name, to change.
    pub fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        let at = self
            .tables
            .iter()
            .position(|table| self.same_object(&table.name, name))?;
        Some(&mut self.tables[at])
    }

    /// The index of this name, with its table. Index names are unique in a schema.
    pub fn index(&self, name: &ObjectName) -> Option<(&Table, &Index)> {
        self.tables.iter().find_map(|table| {
            let named = |index: &&Index| self.case.same(&index.name, &name.name);
            let index = table.indexes.iter().find(named)?;
            // An index is in the schema of its table.
            let schemas = (table.name.schema.as_deref(), name.schema.as_deref());
            self.same_schema(schemas.0, schemas.1)
                .then_some((&**table, index))
        })
    }

    /// The index of this name, to change.
    pub fn index_mut(&mut self, name: &ObjectName) -> Option<&mut Index> {
        let (table, index) = self.index(name)?;
        let (table, index) = (table.name.clone(), index.name.clone());
        self.table_mut(&table)?
            .indexes
            .iter_mut()
            .find(|own| own.name == index)
    }

    /// The enum type of this name, to change.
    pub fn enum_mut(&mut self, name: &ObjectName) -> Option<&mut EnumType> {
        let at = self
            .enums
            .iter()
            .position(|found| self.same_object(&found.name, name))?;
        Some(&mut self.enums[at])
    }

    /// The enum type of this name.
    pub fn enum_type(&self, name: &ObjectName) -> Option<&EnumType> {
        self.enums
            .iter()
            .find(|found| self.same_object(&found.name, name))
    }

    /// Whether there is a type of this name that the model does not hold.
    pub fn has_other_type(&self, name: &ObjectName) -> bool {
        self.other_types
            .iter()
            .any(|found| self.same_object(found, name))
    }

    /// Whether there is a table of this name that the model does not hold.
    pub fn has_other_table(&self, name: &ObjectName) -> bool {
        self.other_tables
            .iter()
            .any(|found| self.same_object(found, name))
    }

    /// The view of this name.
    pub fn view(&self, name: &ObjectName) -> Option<&View> {
        self.views
            .iter()
            .find(|found| self.same_object(&found.name, name))
            .map(AsRef::as_ref)
    }

    /// The trigger of this name on this table.
    pub fn trigger(&self, name: &str, table: &ObjectName) -> Option<&Trigger> {
        self.triggers.iter().find(|found| {
            self.case.same(&found.name, name) && self.same_object(&found.table, table)
        })
    }

    /// The sequence of this name.
    pub fn sequence(&self, name: &ObjectName) -> Option<&ObjectName> {
        self.sequences
            .iter()
            .find(|found| self.same_object(found, name))
    }

    /// How many objects of each kind there are, for a summary.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        BTreeMap::from([
            ("tables", self.tables.len()),
            (
                "indexes",
                self.tables.iter().map(|table| table.indexes.len()).sum(),
            ),
            ("enums", self.enums.len()),
            ("views", self.views.len()),
            ("triggers", self.triggers.len()),
            ("sequences", self.sequences.len()),
        ])
    }
}
