//! Waiting to be the only runner: bounded, and never inside a statement.

use std::time::Duration;

use super::{Boxed, Runner};
use crate::error::Error;
use crate::event::Event;
use crate::migrator::{Footing, Migrator, Scope, Start};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(super) fn acquire<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    scope: &'f Scope,
) -> Boxed<'f, Result<Footing, Error>> {
    Box::pin(async move {
        let mut waited = Duration::ZERO;
        let mut pause = FIRST_PAUSE;
        loop {
            let holder = match session.try_start(scope).await? {
                Start::Acquired(footing) => return Ok(footing),
                Start::Held(holder) => holder,
            };
            if waited >= runner.lock_wait {
                return Err(Error::Locked { holder, waited });
            }
            runner.tell(&Event::Waiting {
                holder: holder.as_ref(),
                waited,
            });
            let rest = runner.lock_wait.saturating_sub(waited).min(pause);
            session.sleep(rest).await;
            waited += rest;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    })
}
