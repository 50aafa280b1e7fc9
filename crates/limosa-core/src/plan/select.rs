//! Which migrations are pending, from their heads and the journal alone.

use std::collections::HashSet;

use super::{Options, OutOfOrder};
use crate::checksum::Checksum;
use crate::error::Error;
use crate::journal::{Entry, Journal, State};
use crate::migration::Head;
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

/// Finds what is pending.
///
/// # Errors
/// A migration that was changed after it was applied; one that is out of order; a version to stop at
/// that does not exist.
pub fn select(heads: &[Head], journal: &Journal, options: &Options) -> Result<Selection, Error> {
    if let Some(to) = &options.to
        && !heads.iter().any(|head| head.version == *to)
    {
        return Err(Error::UnknownVersion {
            version: to.clone(),
        });
    }
    let recorded = journal.by_version();
    let mut pending = Vec::new();
    for (index, head) in heads.iter().enumerate() {
        let entry = recorded.get(&head.version).copied();
        unchanged(head, entry)?;
        let done = match entry.map(|entry| (entry.state, entry.done)) {
            Some((State::Applied, _)) => continue,
            Some((State::Started, done)) => done,
            // What is left of a way back is gone before anything is applied.
            Some((State::RollingBack | State::RolledBack, _)) | None => 0,
        };
        let begun = entry.filter(|entry| entry.state == State::Started).cloned();
        if options.to.as_ref().is_none_or(|to| head.version <= *to) {
            pending.push(Pending { index, done, begun });
        }
    }
    if options.out_of_order == OutOfOrder::Refuse {
        in_order(heads, &pending, journal)?;
    }
    let known: HashSet<&Version> = heads.iter().map(|head| &head.version).collect();
    let gone = journal
        .entries
        .iter()
        .filter(|entry| entry.state == State::Applied)
        .filter(|entry| !known.contains(&entry.version))
        .map(|entry| entry.version.clone())
        .collect();
    Ok(Selection { pending, gone })
}

/// Of one that was only begun, the statements that are done must be the same; those are compared
/// where its statements are at hand.
fn unchanged(head: &Head, entry: Option<&Entry>) -> Result<(), Error> {
    let Some(entry) = entry.filter(|entry| entry.state == State::Applied) else {
        return Ok(());
    };
    if head.checksum.unwrap_or(Checksum::EMPTY) == entry.checksum {
        return Ok(());
    }
    Err(Error::Changed {
        version: head.version.clone(),
        name: head.name.clone(),
    })
}

fn in_order(heads: &[Head], pending: &[Pending], journal: &Journal) -> Result<(), Error> {
    let applied = journal
        .entries
        .iter()
        .filter(|entry| entry.state == State::Applied);
    let Some(highest) = applied.map(|entry| &entry.version).max() else {
        return Ok(());
    };
    let late = pending
        .iter()
        .map(|one| &heads[one.index])
        .find(|head| head.version < *highest);
    match late {
        None => Ok(()),
        Some(head) => Err(Error::OutOfOrder {
            version: head.version.clone(),
            name: head.name.clone(),
            highest: highest.clone(),
        }),
    }
}
