//! How a session leaves the server's: clean, even when it is dropped in the middle of something.

use std::pin::pin;
use std::task::{Context, Waker};

use super::Postgres;
use crate::batch::{self, LockTable};
use crate::connect::Link;
use crate::lock::Lease;

impl<L: Link> Drop for Postgres<L> {
    fn drop(&mut self) {
        let words = self.farewell();
        if words.is_empty() && !self.state.condition.traced && !self.state.under_way {
            return;
        }
        for message in &words {
            // The first poll puts the message into the connection's queue, behind whatever is under
            // way; nobody waits for the answer. `tokio_postgres` rolls back in the same manner.
            let farewell = pin!(self.link.client().simple_query(message));
            let _ = farewell.poll(&mut Context::from_waker(Waker::noop()));
        }
        self.link.discard();
    }
}

impl<L: Link> Postgres<L> {
    /// The messages that clean up; none if there is nothing to clean. Each is one of its own: what
    /// the first one did must not be undone by a failure of the second.
    pub(super) fn farewell(&self) -> Vec<String> {
        let mut condition = self.state.condition.clone();
        // A message whose answers were not waited for may have begun anything.
        condition.open |= self.state.under_way;
        let mut messages = vec![batch::reset(&condition)];
        // Its table may have gone with the transaction that was to make it.
        let made = condition.table == LockTable::Made || self.state.under_way;
        let lease = self.state.lease.as_ref().filter(|_| made);
        messages.extend(lease.map(Lease::release));
        messages.retain(|message| !message.is_empty());
        messages
    }
}
