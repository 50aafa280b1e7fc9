//! Queries: what a view, an `INSERT ... SELECT` or a subquery holds.

use serde::{Deserialize, Serialize};

use super::Expr;
use crate::name::ObjectName;
use crate::shared::{List, Shared};

/// A `SELECT` or `VALUES`, with its common table expressions, order and limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Query {
    /// `WITH name (columns) AS (...)`.
    pub with: List<Cte>,
    /// Whether it says `WITH RECURSIVE`.
    pub recursive: bool,
    /// The select, or selects joined by set operators.
    pub body: Body,
    /// `ORDER BY`.
    pub order_by: List<Ordering>,
    /// `LIMIT`.
    pub limit: Option<Expr>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
}

/// One common table expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its column names, if given.
    pub columns: Vec<String>,
    /// Its query.
    pub query: Query,
}

/// `WITH` in front of a statement that changes rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct With {
    /// The common table expressions; none if it says no `WITH`.
    pub items: List<Cte>,
    /// Whether it says `WITH RECURSIVE`.
    pub recursive: bool,
}

/// What a query selects from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Body {
    /// `SELECT ...`.
    Select(Shared<Select>),
    /// `VALUES (...), (...)`.
    Values(List<Vec<Expr>>),
    /// Two bodies joined by a set operator; the flag is `ALL`.
    Set(Shared<Body>, SetOp, bool, Shared<Body>),
    /// A parenthesised query with an order or limit of its own.
    Query(Shared<Query>),
}

/// An operator between two selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SetOp {
    /// `UNION`.
    Union,
    /// `INTERSECT`.
    Intersect,
    /// `EXCEPT`.
    Except,
}

/// One `SELECT`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Select {
    /// Whether it says `DISTINCT`.
    pub distinct: bool,
    /// The columns with their aliases.
    pub columns: List<(Expr, Option<String>)>,
    /// The comma-separated items of `FROM`.
    pub from: List<Relation>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `GROUP BY`.
    pub group_by: List<Expr>,
    /// `HAVING`.
    pub having: Option<Expr>,
}

/// An item of `FROM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Relation {
    /// A table or view with its alias.
    Table(ObjectName, Option<String>),
    /// A subquery with its alias.
    Query(Shared<Query>, Option<String>),
    /// A join.
    Join(Shared<Join>),
}

/// A join of two items.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Join {
    /// The left side.
    pub left: Relation,
    /// The kind.
    pub kind: JoinKind,
    /// The right side.
    pub right: Relation,
    /// `ON`.
    pub on: Option<Expr>,
    /// `USING (...)`.
    pub using: Vec<String>,
}

/// The kind of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinKind {
    /// `INNER JOIN`.
    Inner,
    /// `LEFT JOIN`.
    Left,
    /// `RIGHT JOIN`.
    Right,
    /// `FULL JOIN`.
    Full,
    /// `CROSS JOIN`.
    Cross,
}

/// An item of `ORDER BY`, or a key of an index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ordering {
    /// What is ordered by.
    pub expr: Expr,
    /// Whether it is descending.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `NULLS LAST` (false), if it was said or differs from the default.
    pub nulls_first: Option<bool>,
}
