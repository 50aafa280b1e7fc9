//! Messages and their answers.

use std::future::poll_fn;
use std::pin::{Pin, pin};

use futures_core::Stream;
use limosa_core::error::DatabaseError;
use limosa_core::migrator::Result;
use tokio_postgres::error::Error;
use tokio_postgres::{SimpleQueryMessage as Answer, SimpleQueryRow, SimpleQueryStream};

use super::{Postgres, State};
use crate::batch::{Condition, Failure, Message, Progress};
use crate::connect::Link;
use crate::error;
use crate::lock::Lease;

/// The rows of one statement.
pub(crate) type Rows = Vec<SimpleQueryRow>;

/// What became of a message.
pub(super) enum Outcome {
    /// All of it was done.
    Done(Vec<i64>),
    /// Nothing was done: the server could not read this command.
    Unread(usize, DatabaseError),
    /// A command failed.
    Failed(Failed),
}

/// A command that failed.
pub(super) struct Failed {
    pub(super) done: usize,
    pub(super) clock: Vec<i64>,
    pub(super) error: DatabaseError,
}

impl<L: Link> Postgres<L> {
    /// Sends a message of commands and keeps track of the session's condition.
    pub(super) async fn send(&mut self, message: &Message) -> Outcome {
        if let Err(error) = self.recover().await {
            let (done, clock) = (0, Vec::new());
            return Outcome::Failed(Failed { done, clock, error });
        }
        let before = self.state.condition.clone();
        self.state.under_way = true;
        let mut progress = Progress::new(message);
        let answered = self
            .each(&message.sql, |answer| progress.answer(&answer))
            .await;
        self.state.under_way = false;
        let Err(error) = answered else {
            let (done, clock) = progress.finish();
            self.state.condition = message.condition(&before, done);
            return Outcome::Done(clock);
        };
        match progress.fail(error.position) {
            Failure::Unread(at) => {
                self.state.condition = before;
                Outcome::Unread(at, error)
            }
            Failure::Refused {
                done,
                clock,
                position,
            } => {
                self.state.condition = message.condition_after_failure(&before, done);
                self.state.condition.traced |= message.leaves_traces();
                let mut error = DatabaseError { position, ..error };
                if message.begins(done) {
                    error = crate::lock::lost(error);
                }
                Outcome::Failed(Failed { done, clock, error })
            }
        }
    }

    /// The rows of all statements of a text.
    pub(super) async fn rows(&mut self, sql: &str) -> Result<Rows> {
        Ok(self.sets(sql).await?.into_iter().flatten().collect())
    }

    /// The rows of each statement of a text.
    pub(super) async fn sets(&mut self, sql: &str) -> Result<Vec<Rows>> {
        let (sets, answered) = self.sets_until_failure(sql).await;
        answered.map(|()| sets)
    }

    /// The rows of each statement of a text in front of one that fails.
    pub(super) async fn sets_until_failure(&mut self, sql: &str) -> (Vec<Rows>, Result<()>) {
        if let Err(error) = self.recover().await {
            return (Vec::new(), Err(error));
        }
        if let Err(error) = self.settle().await {
            return (Vec::new(), Err(error));
        }
        let mark = self.state.lease.as_ref().map(Lease::mark);
        let sql = mark.unwrap_or_default() + sql;
        let (mut sets, mut rows) = (Vec::new(), Rows::new());
        self.state.under_way = true;
        let answered = self
            .each(&sql, |answer| match answer {
                Answer::Row(row) => rows.push(row),
                Answer::CommandComplete(_) => sets.push(std::mem::take(&mut rows)),
                _ => {}
            })
            .await;
        self.state.under_way = false;
        (sets, answered)
    }

    /// Cleans up behind a future that was dropped before its answers were there.
    async fn recover(&mut self) -> Result<()> {
        if !self.state.under_way {
            return Ok(());
        }
        for message in self.farewell() {
            match self.each(&message, |_| {}).await {
                // The table of the lock may not be there yet.
                Err(error) if !crate::lock::is_missing(&error) => return Err(error),
                _ => {}
            }
        }
        self.state = State {
            schema: self.state.schema.take(),
            // What the message did to the session is not known.
            condition: Condition {
                traced: true,
                ..Condition::default()
            },
            ..State::default()
        };
        Ok(())
    }

    /// Sends a text and hands on each answer.
    ///
    /// An error is not the end of the answer: a message that is sent before the server is ready again
    /// overtakes that word, and `PgBouncer` then takes a server process that is at work for idle, and
    /// gives its answer to another client if this one dies.
    async fn each(&self, sql: &str, mut take: impl FnMut(Answer) + Send) -> Result<()> {
        let client = self.link.client();
        let stream = client.simple_query_raw(sql).await.map_err(error::from)?;
        let mut stream = pin!(stream);
        let mut failed = None;
        while let Some(answer) = next(stream.as_mut()).await {
            match (answer, &failed) {
                (Ok(answer), None) => take(answer),
                (Ok(_), Some(_)) => {}
                (Err(error), None) => failed = Some(error),
                // The connection is gone, too.
                (Err(_), Some(_)) => break,
            }
        }
        failed.map_or(Ok(()), |error| Err(error::from(error)))
    }
}

async fn next(mut stream: Pin<&mut SimpleQueryStream>) -> Option<Result<Answer, Error>> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}
