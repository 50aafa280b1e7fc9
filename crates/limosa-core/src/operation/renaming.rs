//! The way back from another name.

use super::{Operation, TableChange};

impl Operation {
    /// What gives the old name again once this was done; nothing if it renames nothing.
    pub(crate) fn renamed_back(&self) -> Option<Self> {
        Some(match self {
            Self::RenameTable { from, to, mentions } => Self::RenameTable {
                from: from.sibling(to.clone()),
                to: from.name.clone(),
                mentions: *mentions,
            },
            Self::RenameIndex { from, to, .. } => Self::RenameIndex {
                from: from.sibling(to.clone()),
                to: from.name.clone(),
                if_exists: false,
            },
            Self::RenameEnum { from, to } => Self::RenameEnum {
                from: from.sibling(to.clone()),
                to: from.name.clone(),
            },
            Self::RenameEnumLabel { name, from, to } => Self::RenameEnumLabel {
                name: name.clone(),
                from: to.clone(),
                to: from.clone(),
            },
            Self::AlterTable { table, change, .. } => Self::AlterTable {
                table: table.clone(),
                if_exists: false,
                change: change.renamed_back()?,
            },
            _ => return None,
        })
    }
}

impl TableChange {
    /// What gives the old name again once this was done; nothing if it renames nothing.
    pub(crate) fn renamed_back(&self) -> Option<Self> {
        Some(match self {
            Self::RenameColumn { from, to } => Self::RenameColumn {
                from: to.clone(),
                to: from.clone(),
            },
            Self::RenameConstraint { from, to } => Self::RenameConstraint {
                from: to.clone(),
                to: from.clone(),
            },
            _ => return None,
        })
    }
}
