//! Fields of a row.

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;
use tokio_postgres::SimpleQueryRow;

/// Reads fields by their number.
pub(super) trait Fields {
    /// The text; none for NULL.
    fn optional(&self, column: usize) -> Option<&str>;

    /// The text of a field that is never NULL.
    fn text(&self, column: usize) -> Result<&str> {
        self.optional(column)
            .ok_or_else(|| unexpected("an empty field"))
    }

    /// Whether it is true.
    fn is(&self, column: usize) -> bool {
        self.optional(column) == Some("t")
    }
}

impl Fields for SimpleQueryRow {
    fn optional(&self, column: usize) -> Option<&str> {
        self.get(column)
    }
}

/// The catalog is not what the manual says.
pub(super) fn unexpected(what: &str) -> DatabaseError {
    DatabaseError::new(Kind::Other, format!("the catalog gave {what}"))
}
