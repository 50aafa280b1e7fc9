//! How a session leaves the server's: clean, even when it is dropped in the middle of something.

use std::pin::pin;
use std::task::{Context, Waker};

use super::Postgres;
use crate::batch;
use crate::connect::Link;
use crate::lock;

impl<L: Link> Drop for Postgres<L> {
    fn drop(&mut self) {
        let words = self.farewell();
        if words.is_empty() {
            return;
        }
        {
            // The first poll puts the message into the connection's queue, behind whatever is under
            // way; nobody waits for the answer. `tokio_postgres` rolls back in the same manner.
            let farewell = pin!(self.link.client().simple_query(&words));
            let _ = farewell.poll(&mut Context::from_waker(Waker::noop()));
        }
        self.link.discard();
    }
}

impl<L: Link> Postgres<L> {
    /// The statements that clean up; empty if there is nothing to clean.
    pub(super) fn farewell(&self) -> String {
        let mut condition = self.state.condition.clone();
        // A message whose answers were not waited for may have begun anything.
        condition.open |= self.state.under_way;
        let mut words = batch::reset(&condition);
        if let Some(held) = self.state.held {
            words.push_str(&held.release());
        } else if self.state.under_way {
            words.push_str(lock::RELEASE);
        }
        words
    }
}
