//! Which migrations are pending, from their heads and the journal alone.

use super::{Options, OutOfOrder};
use crate::checksum::Checksum;
use crate::error::Error;
use crate::journal::{Entry, Journal, Recorded, State};
use crate::migration::Head;
use crate::order::sort_by;
use crate::version::Version;

/// What a comparison of migrations with the journal gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// What is to be done, in order.
    pub pending: Vec<Pending>,
    /// Versions that are applied and of which there is no migration any more.
    pub gone: Vec<Version>,
}

/// A pending migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its place among all migrations.
    pub index: usize,
    /// How many of its steps an earlier run did.
    pub done: u32,
    /// The row of that run, which did not get to the end.
    pub begun: Option<Entry>,
}

/// What the journal in short suffices for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The places of the pending migrations among all, in order.
    pub pending: Vec<usize>,
    /// As in [`Selection`].
    pub gone: Vec<Version>,
}

/// Finds what is pending, and what was begun of it.
///
/// # Errors
/// As [`left`].
pub fn select(heads: &[Head], journal: &Journal, options: &Options) -> Result<Selection, Error> {
    let Left { pending, gone } = left(heads, &journal.recorded(), options)?;
    let rows = journal.by_version();
    let begun = |index: usize| {
        let row = rows.get(&heads[index].version).copied();
        // What is left of a way back is gone before anything is applied.
        row.filter(|row| row.state == State::Started).cloned()
    };
    let pending = pending.into_iter().map(|index| {
        let begun = begun(index);
        Pending {
            index,
            done: begun.as_ref().map_or(0, |row| row.done),
            begun,
        }
    });
    Ok(Selection {
        pending: pending.collect(),
        gone,
    })
}

/// Finds what is pending.
///
/// # Errors
/// A migration that was changed after it was applied; one that is out of order; a version to stop at
/// that does not exist.
pub fn left(heads: &[Head], recorded: &[Recorded], options: &Options) -> Result<Left, Error> {
    if let Some(to) = &options.to
        && !heads.iter().any(|head| head.version == *to)
    {
        return Err(Error::UnknownVersion {
            version: to.clone(),
        });
    }
    let mut rows = Rows::of(recorded);
    let mut pending = Vec::new();
    for (index, head) in heads.iter().enumerate() {
        let row = rows.find(&head.version);
        if let Some(row) = row.filter(|row| row.state == State::Applied) {
            unchanged(head, row)?;
        } else if options.to.as_ref().is_none_or(|to| head.version <= *to) {
            pending.push(index);
        }
    }
    if options.out_of_order == OutOfOrder::Refuse {
        in_order(heads, &pending, &rows)?;
    }
    Ok(Left {
        pending,
        gone: rows.gone(),
    })
}

/// Rows in the order of versions, and which of them have a migration.
struct Rows<'j> {
    rows: Vec<(&'j Recorded, Known)>,
    /// Behind the row that was found last: migrations are asked for in their order.
    next: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Yes,
    No,
}

impl<'j> Rows<'j> {
    fn of(recorded: &'j [Recorded]) -> Self {
        let mut rows: Vec<_> = recorded.iter().map(|row| (row, Known::No)).collect();
        sort_by(&mut rows, |(a, _), (b, _)| a.version.cmp(&b.version));
        Self { rows, next: 0 }
    }

    /// The row of a version; none if there are several: then the journal, read in full, is refused.
    fn find(&mut self, version: &Version) -> Option<&'j Recorded> {
        let first = match self.rows.get(self.next) {
            Some((row, _)) if row.version == *version => self.next,
            _ => (self.rows).partition_point(|(row, _)| row.version < *version),
        };
        let same = self.rows[first..]
            .iter_mut()
            .take_while(|(row, _)| row.version == *version);
        let found = same.map(|(_, known)| *known = Known::Yes).count();
        self.next = first + found;
        (found == 1).then(|| self.rows[first].0)
    }

    fn applied(&self) -> impl DoubleEndedIterator<Item = (&'j Recorded, Known)> {
        let applied = |(row, _): &(&Recorded, Known)| row.state == State::Applied;
        self.rows.iter().copied().filter(applied)
    }

    fn gone(&self) -> Vec<Version> {
        let gone = self.applied().filter(|(_, known)| *known == Known::No);
        gone.map(|(row, _)| row.version.clone()).collect()
    }
}

/// Of one that was only begun, the statements that are done must be the same; those are compared
/// where its statements are at hand.
fn unchanged(head: &Head, row: &Recorded) -> Result<(), Error> {
    if head.checksum.unwrap_or(Checksum::EMPTY) == row.checksum {
        return Ok(());
    }
    Err(Error::Changed {
        version: head.version.clone(),
        name: head.name.clone(),
    })
}

fn in_order(heads: &[Head], pending: &[usize], rows: &Rows<'_>) -> Result<(), Error> {
    let Some((highest, _)) = rows.applied().next_back() else {
        return Ok(());
    };
    let mut pending = pending.iter().map(|index| &heads[*index]);
    match pending.find(|head| head.version < highest.version) {
        None => Ok(()),
        Some(head) => Err(Error::OutOfOrder {
            version: head.version.clone(),
            name: head.name.clone(),
            highest: highest.version.clone(),
        }),
    }
}
