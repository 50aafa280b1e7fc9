//! The commands of a run: as few messages as they can be, each behind what must be so before it.

use limosa_core::error::DatabaseError;
use limosa_core::migrator::{Command, Interrupted, Limits, Result};

use super::{Postgres, limit, no_answer, stream};
use crate::batch::{self, Place};
use crate::connect::Link;
use crate::lock;

impl<L: Link> Postgres<L> {
    /// Carries commands out, and returns the readings of the clock.
    pub(super) async fn carry_out(
        &mut self,
        commands: &[Command<'_>],
    ) -> Result<Vec<i64>, Interrupted> {
        let (mut done, mut clock, mut limit) = (0, Vec::new(), usize::MAX);
        let interrupted = |done, clock, error| Interrupted { done, clock, error };
        let goes_on = |command: &Command<'_>| {
            let begun = [Command::Commit, Command::Rollback];
            matches!(command, Command::Begin(_)) || begun.contains(command)
        };
        if !commands.first().is_some_and(goes_on)
            && let Err(error) = self.settle().await
        {
            return Err(interrupted(0, clock, error));
        }
        if commands.iter().any(names_journal)
            && let Err(error) = self.schema().await
        {
            return Err(interrupted(0, clock, error));
        }
        while done < commands.len() {
            if let Err(error) = self.announce(&commands[done]).await {
                return Err(interrupted(done, clock, error));
            }
            match self.is_limited(&commands[done]).await {
                Ok(false) => {}
                Ok(true) => {
                    done += 1;
                    continue;
                }
                Err(error) => return Err(interrupted(done, clock, error)),
            }
            let place = Place {
                schema: self.state.schema.as_deref(),
                lease: self.state.lease.as_ref(),
            };
            let message = batch::message(&commands[done..], &self.state.condition, place, limit)
                .map_err(|error| interrupted(done, clock.clone(), error))?;
            limit = usize::MAX;
            match self.send(&message).await {
                stream::Outcome::Done(readings) => {
                    clock.extend(readings);
                    done += message.parts.len();
                    if self.state.condition.given_back && !self.state.condition.open {
                        self.is_given_back();
                    }
                }
                stream::Outcome::Unread(at, _) if self.state.condition.ahead => {
                    // It begins again, without what cannot be read.
                    if let Err(error) = self.end_ahead(&[Command::Rollback]).await {
                        return Err(interrupted(done, clock, error));
                    }
                    limit = at;
                }
                stream::Outcome::Unread(at, error) if self.state.condition.open => {
                    // The open transaction is lost: what stands before cannot be run for itself.
                    let error = unread(error, &commands[done + at]);
                    return Err(interrupted(done + at, clock, error));
                }
                stream::Outcome::Unread(at, _) => limit = at,
                stream::Outcome::Failed(failed) => {
                    clock.extend(failed.clock);
                    return Err(interrupted(done + failed.done, clock, failed.error));
                }
            }
        }
        Ok(clock)
    }

    /// Whether a limit outside a transaction needs no setting. Behind a pooler none can be set: the
    /// statement may reach another server process, and somebody else this one. There the role must
    /// leave the statement time enough.
    async fn is_limited(&mut self, command: &Command<'_>) -> Result<bool> {
        let Command::Limit(limits) = command else {
            return Ok(false);
        };
        if self.state.condition.open || *limits == Limits::default() {
            return Ok(false);
        }
        let rows = self.rows(limit::ASK).await?;
        let client = lock::process(self.link.client());
        let row = rows.first().ok_or_else(no_answer)?;
        limit::remember(row, &mut self.state.condition);
        limit::is_met(row, *limits, client)
    }
}

fn names_journal(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::CreateJournal | Command::Record(_) | Command::Forget(_)
    )
}

/// The error of a statement for which nothing of its message was done.
fn unread(error: DatabaseError, command: &Command<'_>) -> DatabaseError {
    let detail = match command {
        Command::Execute(text) => format!("the server could not read this statement: {text}"),
        _ => "the server could not read a statement, and ran none".to_owned(),
    };
    DatabaseError {
        position: None,
        detail: Some(detail),
        ..error
    }
}
