//! The journal: what Limosa remembers in the database itself.
//!
//! One row for each migration that was ever started. The database's table is the driver's; what its
//! rows mean is said here.

mod damage;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::version::Version;

pub(crate) use damage::unwritable;
pub use damage::{TABLE, foreign, invalid, too_new, unreadable};

/// The format of the journal that this version of Limosa writes. A journal with a row of a higher
/// format belongs to a newer Limosa and is refused.
pub const FORMAT: u32 = 1;

/// The journal of one database, in the order of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Its rows.
    pub entries: Vec<Entry>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The migration's version.
    pub version: Version,
    /// The migration's name.
    pub name: String,
    /// The checksum of the statements that were run: of the whole script if it is applied, of the
    /// statements that are done if it is only begun.
    pub checksum: Checksum,
    /// What became of it.
    pub state: State,
    /// How many steps it has for this database.
    pub steps: u32,
    /// How many of them are done, adopted ones included.
    pub done: u32,
    /// How many of them were found already true, and not executed.
    pub adopted: u32,
    /// When it was started: microseconds since 1970-01-01 00:00 UTC by the database's clock.
    pub started_at: i64,
    /// When it was finished or rolled back, likewise.
    pub finished_at: Option<i64>,
    /// The database role (or system user) that ran it.
    pub applied_by: String,
    /// The version of Limosa that wrote the row.
    pub written_by: String,
    /// The row's format, see [`FORMAT`].
    pub format: u32,
    /// That somebody declared a change of its statements to be right, after they were run.
    #[serde(flatten)]
    pub accepted: Option<Acceptance>,
    /// Checksums of the differences between the migrations' words for an expression and the catalog's,
    /// as they were found right after the migration ran: they are no drift. A row that is written keeps
    /// those that it has, and adds these.
    #[serde(skip)]
    pub wordings: Vec<Checksum>,
}

/// A row in short: what tells whether its migration is pending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The migration's version.
    pub version: Version,
    /// The checksum, as of [`Entry::checksum`].
    pub checksum: Checksum,
    /// What became of it.
    pub state: State,
}

impl Recorded {
    /// A row from its fields; none if only the whole row can tell what it is: one that no Limosa, or only
    /// a newer one, writes.
    pub fn of(version: &str, checksum: &str, state: &str, format: u32) -> Option<Self> {
        if format != FORMAT || version.is_empty() {
            return None;
        }
        Some(Self {
            version: Version::new(version),
            checksum: Checksum::parse(checksum)?,
            state: State::parse(state)?,
        })
    }
}

/// Who declared a change to be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// When: microseconds since 1970-01-01 00:00 UTC by the database's clock.
    #[serde(rename = "accepted_at")]
    pub at: i64,
    /// The database role (or system user).
    #[serde(rename = "accepted_by")]
    pub by: String,
}

/// What became of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Some of its steps cannot be in a transaction; it is under way, or its process died.
    Started,
    /// All its steps are done and verified.
    Applied,
    /// It is being undone, or the process that undid it died: `done` counts the steps of the way back.
    RollingBack,
    /// It was undone.
    RolledBack,
}

impl State {
    /// The word in the journal's table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Applied => "applied",
            Self::RollingBack => "rolling_back",
            Self::RolledBack => "rolled_back",
        }
    }

    /// The state from the word in the journal's table.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Started,
            Self::Applied,
            Self::RollingBack,
            Self::RolledBack,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

impl Entry {
    /// Its wordings as the journal's table has them; none if there are none.
    pub fn wordings_text(&self) -> Option<String> {
        let texts: Vec<String> = self.wordings.iter().map(Checksum::to_string).collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    /// The wordings from what the journal's table has. What is none is passed over: it could only hide
    /// a difference.
    pub fn parse_wordings(text: &str) -> Vec<Checksum> {
        text.split(' ').filter_map(Checksum::parse).collect()
    }

    /// The row in short.
    pub fn recorded(&self) -> Recorded {
        Recorded {
            version: self.version.clone(),
            checksum: self.checksum,
            state: self.state,
        }
    }
}

impl Journal {
    /// All rows in short.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.entries.iter().map(Entry::recorded).collect()
    }

    /// The row of a migration.
    pub fn entry(&self, version: &Version) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.version == *version)
    }

    /// All rows by version, for those who ask about many.
    pub fn by_version(&self) -> HashMap<&Version, &Entry> {
        let mut rows = HashMap::with_capacity(self.entries.len());
        for entry in &self.entries {
            rows.entry(&entry.version).or_insert(entry);
        }
        rows
    }

    /// The migration of which the undoing was interrupted.
    pub fn half_undone(&self) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.state == State::RollingBack)
    }

    /// Whether a migration is applied and not rolled back.
    pub fn is_applied(&self, version: &Version) -> bool {
        self.entry(version)
            .is_some_and(|entry| entry.state == State::Applied)
    }
}
