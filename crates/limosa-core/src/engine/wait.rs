//! Waiting until another process has brought the database up to date: for those who may not migrate.
//!
//! Each look is the one statement that finds nothing pending, outside of any transaction: no right to
//! write is needed, and a standby will do.

use std::time::{Duration, Instant};

use super::{Boxed, Runner};
use crate::error::Error;
use crate::event::Event;
use crate::migrator::Migrator;
use crate::report::Report;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

pub(super) fn wait<'f>(
    runner: &'f Runner<'_>,
    session: &'f mut dyn Migrator,
    limit: Duration,
    report: &'f mut Report,
) -> Boxed<'f, Result<(), Error>> {
    Box::pin(async move {
        let id = session.dialect().facts().id;
        id.clone_into(&mut report.dialect);
        let since = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let recorded = session.recorded().await?.unwrap_or_default();
            let found = runner.left(id, &recorded)?;
            report.gone = found.gone;
            let heads = runner.migrations.heads(id);
            let pending: Vec<_> = (found.pending.iter())
                .map(|index| heads[*index].version.clone())
                .collect();
            let (left, waited) = (pending.len(), since.elapsed());
            if left == 0 {
                return Ok(());
            }
            if waited >= limit {
                return Err(Error::Behind { pending, waited });
            }
            runner.tell(&Event::Behind {
                pending: left,
                waited,
            });
            session.sleep(pause.min(limit.saturating_sub(waited))).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    })
}
