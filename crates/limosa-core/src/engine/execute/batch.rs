//! A batch of commands with where each is from.

use crate::engine::Boxed;
use crate::migrator::{Command, Interrupted, Migrator};

/// The readings of the clock; or a failure, and whose command it was.
type Sent = Result<Vec<i64>, (Interrupted, Option<Origin>)>;

/// Commands that are to be sent together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    slots: Vec<(Slot, Option<Origin>)>,
}

/// A command, or a statement of its own.
#[derive(Debug)]
enum Slot {
    Command(Command<'static>),
    Statement(String),
}

/// Which statement of which migration a command carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The migration's place in its group.
    pub(super) member: usize,
    /// The step's place in the migration, and the statement's in the step.
    pub(super) step: Option<(usize, usize)>,
}

impl Origin {
    pub(super) fn member(member: usize) -> Self {
        Self { member, step: None }
    }

    pub(super) fn statement(member: usize, step: usize, statement: usize) -> Self {
        Self {
            member,
            step: Some((step, statement)),
        }
    }
}

impl Batch {
    pub(super) fn push(&mut self, command: Command<'static>, origin: impl Into<Option<Origin>>) {
        self.slots.push((Slot::Command(command), origin.into()));
    }

    pub(super) fn execute(&mut self, statement: &str, origin: impl Into<Option<Origin>>) {
        self.slots
            .push((Slot::Statement(statement.to_owned()), origin.into()));
    }

    /// Sends everything and returns the readings of the clock; on a failure, whose command it was.
    pub(super) fn send<'f>(&'f mut self, session: &'f mut dyn Migrator) -> Boxed<'f, Sent> {
        Box::pin(async move {
            let slots = std::mem::take(&mut self.slots);
            if slots.is_empty() {
                return Ok(Vec::new());
            }
            let commands: Vec<Command<'_>> = slots
                .iter()
                .map(|(slot, _)| match slot {
                    Slot::Command(command) => command.clone(),
                    Slot::Statement(text) => Command::Execute(text),
                })
                .collect();
            session.run(&commands).await.map_err(|failed| {
                let failed = failed.at(&commands);
                let origin = slots.get(failed.done).and_then(|(_, origin)| *origin);
                (failed, origin)
            })
        })
    }
}
