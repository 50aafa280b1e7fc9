//! Migrations written in Rust.

use super::{Accepts, Down, Migration, Script, Statement, TransactionMode};
use crate::checksum::Checksum;
use crate::operation::Operation;
use crate::shared::Shared;
use crate::version::Version;

/// Builds a migration from operations.
///
/// ```
/// use limosa_core::migration::Migration;
/// use limosa_core::operation::{Operation, TableChange};
/// use limosa_core::schema::Column;
/// use limosa_core::datatype::DataType;
/// use limosa_core::shared::List;
///
/// let migration = Migration::builder("20250804020810", "add_last_error")
///     .up(Operation::AlterTable {
///         table: "environments".into(),
///         if_exists: false,
///         change: TableChange::AddColumn {
///             column: Column::new("last_error", DataType::Text).into(),
///             constraints: List::new(),
///             if_not_exists: false,
///         },
///     })
///     .build();
/// assert_eq!(migration.scripts[0].up.len(), 1);
/// ```
#[derive(Debug)]
pub struct Builder {
    version: Version,
    name: String,
    up: Vec<Statement>,
    down: Option<Vec<Statement>>,
    transaction: TransactionMode,
    accepts: Accepts,
}

impl Builder {
    pub(super) fn new(version: Version, name: String) -> Self {
        let transaction = TransactionMode::WherePossible;
        Self {
            version,
            name,
            up: Vec::new(),
            down: None,
            transaction,
            accepts: Accepts::Nothing,
        }
    }

    /// Adds an operation.
    #[must_use]
    pub fn up(mut self, operation: impl Into<Shared<Operation>>) -> Self {
        self.up.push(Statement::built(operation));
        self
    }

    /// Adds an operation to the way back; without any, the inverse is computed where there is one.
    #[must_use]
    pub fn down(mut self, operation: impl Into<Shared<Operation>>) -> Self {
        self.down
            .get_or_insert_with(Vec::new)
            .push(Statement::built(operation));
        self
    }

    /// Runs statements of unknown effect outside transactions; what the model knows is in one
    /// wherever it can be.
    #[must_use]
    pub fn without_transaction(mut self) -> Self {
        self.transaction = TransactionMode::Never;
        self
    }

    /// Accepts that databases keep some values only in part, such as the digits of a `numeric` on
    /// `SQLite`; without it the plan refuses that. It speaks of all operations, there and back.
    #[must_use]
    pub fn accept_loss(mut self) -> Self {
        self.accepts = Accepts::Loss;
        self
    }

    /// The migration.
    pub fn build(mut self) -> Migration {
        for statement in self.up.iter_mut().chain(self.down.iter_mut().flatten()) {
            statement.accepts = self.accepts;
        }
        let checksum = self.up.iter().fold(Checksum::EMPTY, |sum, statement| {
            sum.bytes(&statement.encoded)
        });
        let script = Script {
            only: None,
            path: None,
            up: self.up,
            down: self.down.map(|statements| Down {
                path: None,
                statements,
            }),
            transaction: self.transaction,
            checksum,
        };
        Migration {
            version: self.version,
            name: self.name,
            scripts: vec![script],
        }
    }
}
