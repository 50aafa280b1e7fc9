//! Differences of words alone.
//!
//! A database shows an expression or a query in words of its own, and no list of what it does to them
//! is complete. But what the catalog shows right after the author's own words were executed is what
//! they mean: that difference is remembered in the journal by its checksum, and is none from then on.
//! As soon as either side changes, it is a difference again.
//!
//! The same goes for whatever a statement of unknown effect has done (`DROP FUNCTION ... CASCADE` takes
//! triggers with it): what the migrations make is what is there behind it.

use super::Difference;
use crate::checksum::Checksum;
use crate::journal::Journal;

/// The aspects that are expressions, or hold some.
const WORDS: [&str; 4] = ["default", "generation", "definition", "query"];

/// Differences that are known to be of words alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wordings(Vec<Checksum>);

impl Wordings {
    /// Those that the rows of a journal remember, whatever became of their migrations since: what was
    /// true of the words stays true.
    pub(crate) fn of(journal: &Journal) -> Self {
        let rows = journal.entries.iter();
        Self(rows.flat_map(|row| &row.wordings).copied().collect())
    }

    /// Without those that are known.
    pub(crate) fn leave_out(&self, mut differences: Vec<Difference>) -> Vec<Difference> {
        if !self.is_empty() {
            differences.retain(|one| !self.has(one));
        }
        differences
    }

    /// Whether a difference is known.
    pub(crate) fn has(&self, difference: &Difference) -> bool {
        self.0.contains(&difference.wording())
    }

    /// Whether none is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From now on these are known, too.
    pub(crate) fn learn(&mut self, wordings: &[Checksum]) {
        self.0.extend(wordings);
    }
}

impl Difference {
    /// Whether it is about what is called so: where it is missing, its definition may stand behind the name
    /// (`constraint c of t (CHECK (a > 0))`).
    pub(crate) fn is_about(&self, object: &str) -> bool {
        let rest = self.object.strip_prefix(object);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    }

    /// Whether it may be one of words alone.
    pub(crate) fn is_of_words(&self) -> bool {
        WORDS.contains(&self.aspect.as_str())
    }

    /// Whether both sides have an expression here, which may be the same one in other words.
    pub(crate) fn may_say_the_same(&self) -> bool {
        let sides = [&self.expected, &self.found];
        match self.aspect.as_str() {
            "definition" => sides.iter().all(|own| own.starts_with("CHECK")),
            _ => self.is_of_words() && sides.iter().all(|own| *own != "none"),
        }
    }

    /// What it is known by: both sides. Of words it does not matter to which object they belong: that may
    /// be renamed.
    pub(crate) fn wording(&self) -> Checksum {
        let object = (!self.is_of_words()).then_some(&self.object);
        [&self.aspect, &self.expected, &self.found]
            .into_iter()
            .chain(object)
            .fold(Checksum::EMPTY, |sum, part| {
                sum.bytes(part.as_bytes()).bytes(&[0])
            })
    }
}
