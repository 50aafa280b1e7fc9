//! What is done before a run changes anything: a backup, say.
//!
//! The core knows no file system; what a precaution is, and when it is needed, is the caller's.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Boxed, Runner};
use crate::error::{DatabaseError, Error};
use crate::migrator::Migrator;
use crate::plan::PlannedMigration;

/// Something that is done once it is known what a run will do, and before it does any of it.
///
/// The session has the lock. A run that begins again (behind a deadlock, or for the lock of a table)
/// asks again, and so does the rest of a run that first finished an interrupted rollback: whoever has
/// taken a precaution already MAY leave it at that.
#[async_trait]
pub trait Precaution: Send + Sync {
    /// Takes it, if these migrations need one; see [`hazard`](crate::plan::hazard).
    ///
    /// # Errors
    /// The run must not take place. Nothing was changed.
    async fn take(
        &self,
        session: &mut dyn Migrator,
        planned: &[PlannedMigration],
    ) -> Result<(), DatabaseError>;
}

impl Runner<'_> {
    /// Takes a precaution before anything is changed.
    #[must_use]
    pub fn precaution(mut self, precaution: Arc<dyn Precaution>) -> Self {
        self.precaution = Some(precaution);
        self
    }

    pub(super) fn take_precaution<'f>(
        &'f self,
        session: &'f mut dyn Migrator,
        planned: &'f [PlannedMigration],
    ) -> Boxed<'f, Result<(), Error>> {
        Box::pin(async move {
            match &self.precaution {
                Some(precaution) => precaution
                    .take(session, planned)
                    .await
                    .map_err(Error::Precaution),
                None => Ok(()),
            }
        })
    }
}
