//! Changes of rows.

use serde::{Deserialize, Serialize};

use crate::expr::{Expr, Query, Relation, With};
use crate::name::ObjectName;
use crate::shared::{List, Shared};

/// `INSERT INTO`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insert {
    /// `WITH`.
    pub with: With,
    /// The table.
    pub table: ObjectName,
    /// The columns; empty means all in order.
    pub columns: Vec<String>,
    /// The rows.
    pub source: Source,
    /// `ON CONFLICT`.
    pub on_conflict: Option<Conflict>,
}

/// Where inserted rows come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// `VALUES`; none in a row is `DEFAULT`.
    Values(List<Vec<Option<Expr>>>),
    /// A query.
    Query(Shared<Query>),
    /// `DEFAULT VALUES`.
    Defaults,
}

/// What to do where a row is already there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The key's columns; empty means any.
    pub columns: Vec<String>,
    /// `ON CONSTRAINT`: the key by its name instead.
    pub constraint: Option<String>,
    /// `DO UPDATE SET`; empty is `DO NOTHING`.
    pub update: List<Assignment>,
    /// `WHERE` of the update.
    pub filter: Option<Expr>,
}

/// `column = value`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The column.
    pub column: String,
    /// The value; none is `DEFAULT`.
    pub value: Option<Expr>,
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// `WITH`.
    pub with: With,
    /// The table.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<String>,
    /// `SET`.
    pub set: List<Assignment>,
    /// `FROM`.
    pub from: List<Relation>,
    /// `WHERE`.
    pub filter: Option<Expr>,
}

/// `DELETE FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// `WITH`.
    pub with: With,
    /// The table.
    pub table: ObjectName,
    /// Its alias.
    pub alias: Option<String>,
    /// `USING`.
    pub using: List<Relation>,
    /// `WHERE`.
    pub filter: Option<Expr>,
}
