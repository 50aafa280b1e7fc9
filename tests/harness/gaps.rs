//! The gaps at which a run can be disturbed.

use limosa_core::error::Failure;
use limosa_core::migrator::Migrator;
use limosa_core::report::Report;
use limosa_testkit::fault::{Faults, Faulty};

/// Those of a run in this session, which nothing disturbs.
///
/// # Panics
/// The run fails.
pub async fn of(
    session: Box<dyn Migrator + '_>,
    run: impl AsyncFnOnce(&mut dyn Migrator) -> Result<Report, Failure>,
) -> Vec<String> {
    let faults = Faults::none();
    let trail = faults.trail();
    let mut session = Faulty::new(session, faults);
    let done = run(&mut session).await;
    done.unwrap_or_else(|failure| panic!("nothing disturbs it: {failure}"));
    trail.gaps()
}
