//! How far a message has come, told by the server's answers.

use tokio_postgres::SimpleQueryMessage as Answer;

use super::{Condition, End, Message};

/// How far a message has come.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    message: &'a Message,
    done: usize,
    completed: usize,
    answered: bool,
    marked: bool,
    clock: Vec<i64>,
}

impl<'a> Progress<'a> {
    /// Nothing is done yet.
    pub(crate) fn new(message: &'a Message) -> Self {
        let mut progress = Self {
            message,
            done: 0,
            completed: 0,
            answered: false,
            marked: false,
            clock: Vec::new(),
        };
        progress.skip_empty();
        progress
    }

    /// Takes in one answer.
    pub(crate) fn answer(&mut self, answer: &Answer) {
        let Some(part) = self.message.parts.get(self.done) else {
            return;
        };
        match answer {
            Answer::RowDescription(columns) => {
                self.marked = matches!(
                    (&part.end, &**columns),
                    (End::Mark(mark), [column]) if column.name() == mark
                );
            }
            Answer::Row(row) if part.is_clock => {
                let reading = row.get(0).and_then(crate::journal::clock::read);
                self.clock.extend(reading);
            }
            Answer::CommandComplete(_) => self.complete(),
            _ => {}
        }
    }

    /// The server has answered everything.
    pub(crate) fn finish(mut self) -> (usize, Vec<i64>) {
        self.done = self.message.parts.len();
        (self.done, self.clock)
    }

    /// The server has refused a statement, perhaps with its position in the message.
    pub(crate) fn fail(self, position: Option<usize>) -> Failure {
        let at = position.map(|position| self.message.part_at(position));
        if !self.answered
            && !self.message.together
            && let Some(unread) = at.filter(|at| *at > self.done)
        {
            return Failure::Unread(unread);
        }
        let failed = &self.message.parts[self.done.min(self.message.parts.len() - 1)];
        let position = position
            .filter(|_| failed.is_authors && at == Some(self.done))
            .map(|position| position - failed.start);
        Failure::Refused {
            done: if self.message.together { 0 } else { self.done },
            clock: if self.message.together {
                Vec::new()
            } else {
                self.clock
            },
            position,
        }
    }

    fn complete(&mut self) {
        (self.completed, self.answered) = (self.completed + 1, true);
        let is_end = match &self.message.parts[self.done].end {
            End::Completed(statements) => self.completed == *statements,
            End::Mark(_) => self.marked,
            End::Message => false,
        };
        if is_end {
            self.advance();
            self.skip_empty();
        }
    }

    fn advance(&mut self) {
        self.done += 1;
        self.completed = 0;
        self.marked = false;
    }

    /// A command without any statement is done as soon as its turn comes.
    fn skip_empty(&mut self) {
        while let Some(part) = self.message.parts.get(self.done)
            && part.end == End::Completed(0)
        {
            self.advance();
        }
    }
}

/// How a message failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server read the whole message before it ran any of it, and could not read this command.
    /// Nothing was done.
    Unread(usize),
    /// A command was refused.
    Refused {
        /// How many commands of the message stand.
        done: usize,
        /// The readings of the clock among them.
        clock: Vec<i64>,
        /// Where in the failed command, in characters from 0.
        position: Option<usize>,
    },
}

impl Message {
    /// The command at a position, in characters from 0.
    fn part_at(&self, position: usize) -> usize {
        let behind = self.parts.partition_point(|part| part.start <= position);
        behind.saturating_sub(1)
    }

    /// Whether any of its statements may outlive its transaction.
    pub(crate) fn leaves_traces(&self) -> bool {
        self.parts.last().is_some_and(|part| part.after.traced)
    }

    /// Whether a command begins a transaction.
    pub(crate) fn begins(&self, command: usize) -> bool {
        self.parts
            .get(command)
            .is_some_and(|part| part.begins_transaction)
    }

    /// The condition of the session when so many commands are done.
    pub(crate) fn condition(&self, before: &Condition, done: usize) -> Condition {
        match done.checked_sub(1) {
            Some(last) => self.parts[last].after.clone(),
            None => before.clone(),
        }
    }

    /// Likewise, when the next one has failed: a commit that fails ends its transaction too.
    pub(crate) fn condition_after_failure(&self, before: &Condition, done: usize) -> Condition {
        match self.parts.get(done) {
            Some(failed) if failed.ends_transaction => Condition {
                table: self.condition(before, done).table.lost(),
                given_back: false,
                ..failed.after.clone()
            },
            Some(failed) if failed.begins_transaction => failed.after.clone(),
            _ => self.condition(before, done),
        }
    }
}
