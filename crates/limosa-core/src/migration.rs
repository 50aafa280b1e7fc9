//! Migrations: what people write.

mod builder;
mod set;

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::expr::Lexicon;
use crate::operation::Operation;
use crate::shared::Shared;
use crate::version::Version;

pub use builder::Builder;
pub use set::{Head, Migrations};

/// A migration: a version, a name, and one script or one for each dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// Its place in the order.
    pub version: Version,
    /// Its name, without the version.
    pub name: String,
    /// At least one script; at most one for each dialect, and at most one for all others.
    pub scripts: Vec<Script>,
}

/// The statements of a migration, as one file or one Rust builder gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The one dialect that it is for (`migration.sqlite.sql`); none for all that have no own one.
    pub only: Option<String>,
    /// The file, as it was named to the reader; none for a migration built in Rust.
    pub path: Option<String>,
    /// What it does.
    pub up: Vec<Statement>,
    /// How it is undone, if its author says so.
    pub down: Option<Down>,
    /// Whether its author lets it run in a transaction.
    pub transaction: TransactionMode,
    /// The checksum of `up`.
    pub checksum: Checksum,
}

/// The statements that undo a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Down {
    /// The file that they are from.
    pub path: Option<String>,
    /// The statements in the order in which they are run.
    pub statements: Vec<Statement>,
}

/// Whether a script runs in a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionMode {
    /// Wherever its statements can.
    #[default]
    WherePossible,
    /// Never: the file says so, in its tool's way (`-- limosa: no transaction`).
    Never,
}

/// What the author of a statement accepts on databases that it was not written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Accepts {
    /// Nothing: what would be kept only in part is refused when planning.
    #[default]
    Nothing,
    /// That values are kept only in part (`-- limosa: accept loss`).
    Loss,
}

/// One statement and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The author's words without the last semicolon; none if it was built in Rust.
    pub text: Option<String>,
    /// The dialect that `text` is written in; empty if there is none.
    pub language: String,
    /// The line of `text` in its file, from 1; 0 if there is none.
    pub line: u32,
    /// The dialects that it is for (`-- limosa: only postgres`); empty means all.
    pub only: Vec<String>,
    /// What its author accepts where values can be kept only in part.
    pub accepts: Accepts,
    /// Whether its author commits right behind it (a `COMMIT` in the middle of a file): what follows is in
    /// another transaction.
    pub commits: bool,
    /// What it does: several for an `ALTER TABLE` with several actions, one [`Operation::Sql`] for
    /// what the model does not know.
    pub operations: Vec<Shared<Operation>>,
    /// The operations encoded, if it was built in Rust: what its checksum is made from. Empty where
    /// there is a text.
    pub encoded: Vec<u8>,
    /// Why the statement was not understood although it looks as if it should be.
    pub unread: Option<String>,
}

impl Migration {
    /// The script for a dialect: its own one, else the general one.
    pub fn script(&self, dialect: &str) -> Option<&Script> {
        self.scripts
            .iter()
            .find(|script| script.only.as_deref() == Some(dialect))
            .or_else(|| self.scripts.iter().find(|script| script.only.is_none()))
    }

    /// Starts a migration that is written in Rust.
    pub fn builder(version: impl Into<Version>, name: impl Into<String>) -> Builder {
        Builder::new(version.into(), name.into())
    }
}

impl Statement {
    /// A statement that was built in Rust.
    ///
    /// # Panics
    /// Never: operations always encode.
    pub fn built(operation: impl Into<Shared<Operation>>) -> Self {
        let unrecorded = Self::unrecorded(operation);
        let encoded = postcard::to_stdvec(&unrecorded.operations);
        Self {
            encoded: encoded.expect("operations always encode"),
            ..unrecorded
        }
    }

    /// One that Limosa itself made, and whose checksum nobody asks for: what encodes operations is not
    /// part of an application that builds none.
    pub(crate) fn unrecorded(operation: impl Into<Shared<Operation>>) -> Self {
        Self {
            text: None,
            language: String::new(),
            line: 0,
            only: Vec::new(),
            accepts: Accepts::Nothing,
            commits: false,
            operations: vec![operation.into()],
            encoded: Vec::new(),
            unread: None,
        }
    }

    /// What it does, one after the other.
    pub fn operations(&self) -> impl DoubleEndedIterator<Item = &Operation> {
        self.operations.iter().map(AsRef::as_ref)
    }

    /// Continues a checksum with what it says.
    pub(crate) fn checksum(&self, sum: Checksum, lexicon: &Lexicon) -> Checksum {
        match &self.text {
            Some(text) => sum.statement(text, lexicon),
            None => sum.bytes(&self.encoded),
        }
    }

    /// Whether it is meant for this dialect.
    pub fn is_for(&self, dialect: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == dialect)
    }
}
