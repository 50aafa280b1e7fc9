//! What was known of words before something in them got another name.
//!
//! Two texts that mean the same still do once a column or a table is called otherwise in both. So a
//! difference is known if it was, with the old names: the renamings are taken back on both sides, one after
//! the other, and each time it is asked whether the journal knows the difference as it was then.

use super::{Expected, Object};
use crate::dialect::Dialect;
use crate::diff::Difference;
use crate::operation::{Operation, TableChange};
use crate::schema::Schema;

/// Whether an operation gives another name to what expressions and queries mention.
pub(super) fn is_renaming(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::RenameTable { .. }
            | Operation::AlterTable {
                change: TableChange::RenameColumn { .. },
                ..
            }
    )
}

/// The differences of one object, each with what it was under earlier names.
pub(super) fn earlier(
    expected: &Expected,
    object: &Object,
    actual: &Schema,
    dialect: &dyn Dialect,
) -> Vec<(Difference, Difference)> {
    let today = expected.compared(object, actual, dialect);
    let mut then = Then {
        expected: expected.clone(),
        actual: actual.clone(),
        object: object.clone(),
    };
    let mut pairs = Vec::new();
    for renaming in expected.renamings.iter().rev() {
        then.take_back(renaming);
        let found = then.expected.compared(&then.object, &then.actual, dialect);
        // Both are in the order of the table's parts, which no renaming changes.
        if found.len() == today.len() {
            pairs.extend(today.iter().cloned().zip(found));
        }
    }
    pairs
}

/// Both sides of a comparison with earlier names.
struct Then {
    expected: Expected,
    actual: Schema,
    object: Object,
}

impl Then {
    /// Gives the old name again. What one of the sides does not have any more, neither gets: else they would
    /// differ by it.
    fn take_back(&mut self, renaming: &Operation) {
        let (mut expected, mut actual) = (self.expected.schema.clone(), self.actual.clone());
        if back(&mut expected, renaming).is_none() || back(&mut actual, renaming).is_none() {
            return;
        }
        if let Operation::RenameTable { from, to, .. } = renaming
            && let Object::Table(name) = &mut self.object
            && expected.same_object(name, &from.sibling(to.clone()))
        {
            *name = from.clone();
        }
        self.expected.schema = expected;
        self.actual = actual;
    }
}

fn back(schema: &mut Schema, renaming: &Operation) -> Option<()> {
    if let Operation::AlterTable {
        table,
        change: TableChange::RenameColumn { from, to },
        ..
    } = renaming
    {
        let found = schema.table(table)?;
        let same = schema.case.same(from, to);
        if !same && found.column(from, schema.case).is_some() {
            // Another column has got the name since.
            let aside = Operation::AlterTable {
                table: table.clone(),
                if_exists: false,
                change: TableChange::RenameColumn {
                    from: from.clone(),
                    to: format!("{from} since"),
                },
            };
            schema.apply(&aside).ok()?;
        }
    }
    schema.apply(&renaming.renamed_back()?).ok()
}
