//! Where the database stands among the pending operations, and in what it differs there all the same.

use super::{Candidate, Exactness, Item, Place, Planner, Standing};
use crate::checksum::Checksum;
use crate::diff::Difference;
use crate::operation::Operation;
use crate::plan::chain::{self, Words};
use crate::schema::Schema;

impl Planner<'_> {
    /// Looks for the point between two open operations at which the schema agrees; gives the number of those
    /// before it.
    pub(super) fn stand(&mut self, actual: &Schema) -> Option<usize> {
        let open = self.pending.iter().flat_map(Candidate::open_operations);
        let open: Vec<&Operation> = open.collect();
        let stands = |words| chain::prefix(&self.applied, &open, actual, self.dialect, words);
        let found = stands(Words::Differ).or_else(|| stands(Words::MaySayTheSame));
        self.exact = match found {
            Some(_) => Exactness::Exact,
            None => Exactness::PieceByPiece,
        };
        let found = found?;
        let places = self.places();
        let at = |(done, one): (usize, Difference)| Some((*places.get(done)?, one));
        self.worded = found.worded.into_iter().filter_map(at).collect();
        self.left = found.left;
        Some(found.done)
    }

    /// What is to be known as no difference from now on, of what is adopted.
    pub(crate) fn wordings(&self) -> Vec<Checksum> {
        let worded = self.worded.iter().map(|(_, one)| one);
        let all = self.left.iter().chain(worded);
        all.map(Difference::wording).collect()
    }

    /// What the database may say in other words than a statement.
    pub(super) fn said_otherwise(
        &self,
        candidate: &Candidate<'_>,
        number: u32,
    ) -> Option<&Difference> {
        let place = self.place(&candidate.migration.version)?;
        let mut worded = self.worded.iter();
        worded
            .find(|(at, _)| *at == (place, number))
            .map(|(_, one)| one)
    }

    /// The statement of each open operation: the place of its migration, and its number.
    fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (place, candidate) in self.pending.iter().enumerate() {
            let open = |item: &&Item<'_>| item.standing == Standing::Open;
            for item in candidate.items.iter().filter(open) {
                places.extend(
                    item.statement
                        .operations
                        .iter()
                        .map(|_| (place, item.number)),
                );
            }
        }
        places
    }
}
