//! Numbers drawn for one operation, used up one by one.

/// The numbers of one step. Zero is the plainest choice: that is where shrinking goes.
#[derive(Debug)]
pub(super) struct Dice {
    draws: [u16; 12],
    at: usize,
}

impl Dice {
    pub(super) fn new(draws: [u16; 12]) -> Self {
        Self { draws, at: 0 }
    }

    /// A number below `sides`, zero if there are none.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        // When all are used they are used again, a little changed.
        let round = self.at / self.draws.len();
        let draw = usize::from(self.draws[self.at % self.draws.len()]);
        self.at += 1;
        (draw + draw * round) % sides.max(1)
    }

    /// Whether one of so many cases is met; never for a draw of zero.
    pub(super) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == sides - 1
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
