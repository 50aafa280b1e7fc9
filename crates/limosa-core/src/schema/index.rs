//! Indexes.

use serde::{Deserialize, Serialize};

use super::written::Written;
use crate::expr::Expr;
use crate::shared::List;

/// An index that no constraint owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// The index's name.
    pub name: String,
    /// The keys in order.
    pub keys: List<IndexKey>,
    /// Whether it is unique.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// The access method in lower case (`gin`, `hash`); none for the usual B-tree.
    pub method: Option<String>,
    /// `INCLUDE (...)`.
    pub include: Vec<String>,
    /// `WHERE`: the predicate of a partial index.
    pub predicate: Option<Expr>,
    /// Whether the database uses it; false after a concurrent build that failed.
    pub valid: bool,
    /// `COMMENT ON INDEX`.
    pub comment: Option<String>,
    /// The statement that the catalog keeps for it.
    #[serde(skip)]
    pub written: Written,
}

/// One key of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// A column or an expression; a collation stands in it as [`Expr::Collate`].
    pub expr: Expr,
    /// Whether it is descending.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `NULLS LAST` (false) where that is not the database's default.
    pub nulls_first: Option<bool>,
    /// The operator class, if it is not the type's default one.
    pub operator_class: Option<String>,
}

impl Index {
    /// A plain index over these columns.
    pub fn on_columns<'a>(name: &str, columns: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            name: name.to_owned(),
            keys: columns.into_iter().map(IndexKey::column).collect(),
            unique: false,
            nulls_not_distinct: false,
            method: None,
            include: Vec::new(),
            predicate: None,
            valid: true,
            comment: None,
            written: Written::default(),
        }
    }
}

impl IndexKey {
    /// An ascending key on one column.
    pub fn column(name: &str) -> Self {
        Self {
            expr: Expr::column(name),
            descending: false,
            nulls_first: None,
            operator_class: None,
        }
    }
}
