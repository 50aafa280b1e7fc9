//! A row that was made up, and what is known of it.

use crate::expr::Expr;

/// A row that was made up.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) values: Vec<(String, Expr)>,
    /// The columns that others decide: rows that refer to it, or rows that it refers to.
    bound: Vec<String>,
    /// Why the database may refuse it although nothing is wrong.
    pub(super) doubts: Vec<String>,
}

impl Row {
    pub(super) fn get(&self, column: &str) -> Option<&Expr> {
        let found = self.values.iter().find(|(name, _)| name == column);
        found.map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, column: &str, value: Expr) {
        match self.values.iter_mut().find(|(name, _)| name == column) {
            Some((_, old)) => *old = value,
            None => self.values.push((column.to_owned(), value)),
        }
    }

    pub(super) fn bind(&mut self, column: &str, value: Expr) {
        self.set(column, value);
        if !self.is_bound(column) {
            self.bound.push(column.to_owned());
        }
    }

    pub(super) fn is_bound(&self, column: &str) -> bool {
        self.bound.iter().any(|own| own == column)
    }
}
