//! A change of a type that reckons the values anew (`USING n * 100`), where the column has the type
//! already.
//!
//! Who has changed the type by hand may have reckoned the values, or not. Done a second time they would be
//! wrong, and not done at all as well: it is asked, as about an `UPDATE`.

use super::{Item, Planner, Standing};
use crate::operation::{Operation, TableChange};
use crate::plan::truth::{Truth, truth};

impl Planner<'_> {
    /// The statement, doubtful if its type is there although the migrations so far have not made it.
    /// Where they have, no type tells anything, and it is as with any change of rows.
    pub(super) fn with_doubts<'i>(&self, item: Item<'i>) -> Item<'i> {
        let doubtful = item.standing != Standing::Recorded
            && item.statement.operations().any(|one| self.is_doubtful(one));
        let standing = if doubtful {
            Standing::Doubtful
        } else {
            item.standing
        };
        Item { standing, ..item }
    }

    fn is_doubtful(&self, operation: &Operation) -> bool {
        let Some(plain) = without_using(operation) else {
            return false;
        };
        let plain = self.chain.complete(&plain);
        truth(&plain, &self.chain, self.dialect) == Truth::Pending
            && matches!(truth(&plain, &self.schema, self.dialect), Truth::Already(_))
    }
}

/// The change of the type alone, of one that reckons values.
fn without_using(operation: &Operation) -> Option<Operation> {
    let Operation::AlterTable { change, .. } = operation else {
        return None;
    };
    if !change.reckons() {
        return None;
    }
    let mut plain = operation.clone();
    if let Operation::AlterTable {
        change: TableChange::SetType { using, .. },
        ..
    } = &mut plain
    {
        *using = None;
    }
    Some(plain)
}
