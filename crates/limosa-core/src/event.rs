//! What a run tells while it is under way.

use std::time::Duration;

use crate::migrator::Holder;
use crate::plan::{PlannedMigration, Step};
use crate::progress::Progress;
use crate::report::Ran;

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another runner has the lock.
    Waiting {
        /// Who it is, as far as the database tells.
        holder: Option<&'a Holder>,
        /// How long it has been waited for.
        waited: Duration,
    },
    /// Migrations are pending that another process is to apply.
    Behind {
        /// How many.
        pending: usize,
        /// How long they have been waited for.
        waited: Duration,
    },
    /// It is known what will be done.
    Planned {
        /// The migrations.
        migrations: &'a [PlannedMigration],
    },
    /// A migration was sent to the database.
    Started {
        /// The migration.
        migration: &'a PlannedMigration,
    },
    /// A step that cannot be in a transaction, or that is proven to lose nothing, begins; it may take
    /// long.
    StepStarted {
        /// The migration.
        migration: &'a PlannedMigration,
        /// The step.
        step: &'a Step,
    },
    /// The step that began last has got this far. Of a copy the first has no row done and the last all
    /// of them; between them some ten come in a second, perhaps on another thread.
    Progress {
        /// What is being done, and how much of it is.
        progress: &'a Progress,
    },
    /// A migration is done, verified and recorded.
    Finished {
        /// What was done.
        ran: &'a Ran,
    },
    /// Something is worth knowing.
    Warning {
        /// What.
        message: &'a str,
    },
}
