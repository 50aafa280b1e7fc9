//! What is drawn, read one after the other.

/// Draws that are read as they are needed; behind the last one, zeros.
pub(super) struct Dice {
    draws: [u16; 8],
    at: usize,
}

impl Dice {
    pub(super) fn new(draws: [u16; 8]) -> Self {
        Self { draws, at: 0 }
    }

    /// A number below another one, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let draw = self.draws.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        usize::from(draw) % end
    }

    pub(super) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    /// One of several; none of none.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() {
            return None;
        }
        Some(&all[self.below(all.len())])
    }
}
