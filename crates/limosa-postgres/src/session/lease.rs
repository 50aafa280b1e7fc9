//! How a session becomes the only runner, stays it, and what it finds then.

use limosa_core::migrator::{Command, Footing, Lock, Migrator, Result, Scope};

use super::{Postgres, Rows, no_answer, stream};
use crate::batch::{self, BEGIN, LockTable, Place};
use crate::connect::Link;
use crate::lock::Lease;
use crate::{inspect, journal, lock};

/// A way to the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// With its table, in a transaction that stays open for what the lock is for.
    Begin,
    /// With its table.
    Create,
    /// In the table that is there.
    Take,
    /// In the table that is there, without a row.
    Refill,
}

impl<L: Link> Postgres<L> {
    /// The lease is gone, and nothing is known of it any more.
    pub(super) fn is_given_back(&mut self) {
        self.state.lease = None;
        self.state.condition.given_back = false;
        self.state.condition.table = LockTable::default();
    }

    pub(super) fn has_lease(&self) -> bool {
        self.state.lease.as_ref().is_some_and(|own| own.acquired)
    }

    /// Tries to become the only runner, and asks something behind the lock.
    pub(super) async fn lock(&mut self, behind: &str) -> Result<(Lock, Rows)> {
        let schema = self.schema().await?;
        let lease = Lease::attempt(schema.as_deref(), self.link.client());
        // Should this future be dropped, the lease may be had without anybody's knowing.
        self.state.lease = Some(lease.clone());
        let taken = self.take(&lease, behind).await;
        let acquired = matches!(taken, Ok((Lock::Acquired, _)));
        self.state.lease = acquired.then(|| lease.acquired());
        taken
    }

    /// Tries to get the lease, and makes its table if it is not there.
    async fn take(&mut self, lease: &Lease, behind: &str) -> Result<(Lock, Rows)> {
        // Whatever is seen first may be otherwise by now: each way is tried once.
        let mut ways = vec![Way::Refill, Way::Create, Way::Take];
        if self.state.fresh && !self.state.lockable {
            let create = match behind {
                "" => Way::Create,
                _ => Way::Begin,
            };
            ways = vec![Way::Refill, Way::Take, create];
        }
        while let Some(way) = ways.pop() {
            let sql = match way {
                Way::Begin => format!("{BEGIN};\n{}", lease.create().0),
                Way::Create => lease.create_alone(),
                Way::Take => lease.take(),
                Way::Refill => format!("{}\n{}", lease.refill(), lease.take()),
            };
            let asked = self.sets(&format!("{sql};\n{behind}")).await;
            if way == Way::Begin {
                self.begun(&asked).await?;
            }
            match asked {
                Ok(mut sets) => {
                    let behind = match behind {
                        "" => Rows::new(),
                        _ => sets.pop().ok_or_else(no_answer)?,
                    };
                    self.state.lockable = true;
                    if let Some(answer) = sets.last().and_then(|rows| lock::answer(rows)) {
                        return Ok((answer, behind));
                    }
                    // The table has lost its row.
                    ways.retain(|way| *way == Way::Refill);
                }
                Err(error) if lock::is_there(&error) && ways.contains(&Way::Take) => {}
                Err(error) if lock::is_missing(&error) && ways.contains(&Way::Create) => {}
                Err(error) if lock::is_contended(&error) => return self.held_by_maker(lease).await,
                Err(error) => return Err(error),
            }
        }
        Ok((Lock::Held(None), Rows::new()))
    }

    /// What the session is in behind a message that begins a transaction with the lock's table.
    async fn begun(&mut self, asked: &Result<Vec<Rows>>) -> Result<()> {
        match asked {
            Ok(_) => {
                let condition = &mut self.state.condition;
                (condition.open, condition.ahead) = (true, true);
                condition.table = LockTable::Making;
            }
            Err(error) if error.is_connection_lost() => {}
            Err(_) => drop(self.sets("ROLLBACK").await?),
        }
        Ok(())
    }

    /// Another session has the lock: it is the one that is making its table, if any is.
    async fn held_by_maker(&mut self, lease: &Lease) -> Result<(Lock, Rows)> {
        let rows = self.rows(&lease.maker()).await?;
        Ok((lock::answer(&rows).unwrap_or(Lock::Held(None)), Rows::new()))
    }

    /// Ends a transaction that was begun with the lock, where the work that comes next is not in it.
    pub(super) async fn settle(&mut self) -> Result<()> {
        if !self.state.condition.ahead {
            return Ok(());
        }
        self.end_ahead(&[Command::Commit]).await
    }

    /// Ends a transaction that was begun with the lock, in this way.
    pub(super) async fn end_ahead(&mut self, way: &[Command<'_>; 1]) -> Result<()> {
        let place = Place {
            schema: None,
            lease: self.state.lease.as_ref(),
        };
        let message = batch::message(way, &self.state.condition, place, 1)?;
        match self.send(&message).await {
            stream::Outcome::Done(_) => Ok(()),
            stream::Outcome::Unread(_, error) => Err(error),
            stream::Outcome::Failed(failed) => Err(failed.error),
        }
    }

    /// Where a run begins that has got the lock, given the answer to what was asked behind it.
    pub(super) async fn footing(&mut self, rows: &Rows) -> Result<Footing> {
        if !self.state.fresh {
            let journal = Some(journal::read(rows)?);
            let schema = None;
            return Ok(Footing { journal, schema });
        }
        if lock::is_alone(rows) {
            let schema = Some(inspect::nothing(self.state.schema.clone()));
            let journal = None;
            return Ok(Footing { journal, schema });
        }
        // What is there is looked at for as long as that takes: not in an open transaction. Somebody else
        // may have made a journal since it was looked for.
        self.settle().await?;
        let (journal, schema) = (self.journal().await?, None);
        Ok(Footing { journal, schema })
    }

    /// What a run asks behind the lock: for the journal, or whether there is anything at all.
    pub(super) fn behind(&self, scope: &Scope) -> String {
        let schema = self.state.schema.as_deref();
        if self.state.fresh {
            lock::footing(schema, scope)
        } else {
            journal::read_in(schema)
        }
    }

    /// Before a statement outside a transaction: says that it comes, if this session has the lease.
    pub(super) async fn announce(&mut self, command: &Command<'_>) -> Result<()> {
        let condition = &self.state.condition;
        let lease = self.state.lease.as_ref().filter(|own| own.acquired);
        if let (Command::Execute(_), false, Some(lease)) = (command, condition.open, lease) {
            let announce = lease.announce();
            if condition.table == LockTable::Unmade {
                let create = lease.create_alone();
                self.rows(&create).await.map_err(lock::lost)?;
                self.state.condition.table = LockTable::Made;
            }
            self.rows(&announce).await.map_err(lock::lost)?;
        }
        Ok(())
    }
}
