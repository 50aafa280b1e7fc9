//! Ways in which a server ends (manual section 18.5).

/// How a server is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It lets nobody in any more, and waits until everybody has left.
    Smart,
    /// It ends the sessions, and rolls back what they were doing.
    Fast,
    /// As a crash would: nothing is written that was not yet.
    Immediate,
}

impl Shutdown {
    /// The watchdog's command for it.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Smart => "ask TERM",
            Self::Fast => "ask INT",
            Self::Immediate => "stop",
        }
    }
}
