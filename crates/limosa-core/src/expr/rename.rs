//! Which columns and tables an expression mentions, and their renaming.

use super::{Expr, Query};
use crate::name::{Case, ObjectName};

impl Expr {
    /// The last part of every column that is mentioned, each once, in order.
    pub fn columns(&self) -> Vec<String> {
        unimplemented!()
    }

    /// Renames a column wherever it is mentioned.
    pub fn rename_column(&mut self, from: &str, to: &str, case: Case) {
        let _ = (from, to, case);
        unimplemented!()
    }
}

impl Query {
    /// The tables and views that are read, each once.
    pub fn tables(&self) -> Vec<ObjectName> {
        unimplemented!()
    }

    /// Renames a table wherever it is mentioned.
    pub fn rename_table(&mut self, from: &ObjectName, to: &ObjectName, case: Case) {
        let _ = (from, to, case);
        unimplemented!()
    }
}
