//! A set of migrations: embedded at compile time, or read or built at run time.

use std::sync::OnceLock;

use super::Migration;
use crate::checksum::Checksum;
use crate::error::Error;
use crate::version::Version;

/// All migrations of an application, in order.
///
/// An embedded set is decoded only when something is pending: to find out that nothing is, the heads
/// suffice.
#[derive(Debug)]
pub struct Migrations {
    embedded: &'static [Embedded],
    decoded: OnceLock<Vec<Migration>>,
}

/// One embedded migration, as the macro `embed!` writes it.
#[derive(Debug)]
pub struct Embedded {
    /// The version.
    pub version: &'static str,
    /// The name.
    pub name: &'static str,
    /// For each script the dialect that it is for (empty: all others) and its checksum.
    pub checksums: &'static [(&'static str, u128)],
    /// The migration, encoded with `postcard`.
    pub payload: &'static [u8],
}

/// What suffices to compare a migration with the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The version.
    pub version: Version,
    /// The name.
    pub name: String,
    /// The checksum of its script for the dialect that was asked for; none if it has no such script.
    pub checksum: Option<Checksum>,
}

impl Migrations {
    /// The set that `embed!` found at compile time, checked and in order.
    pub const fn embedded(embedded: &'static [Embedded]) -> Self {
        Self {
            embedded,
            decoded: OnceLock::new(),
        }
    }

    /// A set that was read or built at run time, in any order.
    ///
    /// # Errors
    /// Two migrations of one version.
    pub fn new(mut migrations: Vec<Migration>) -> Result<Self, Error> {
        migrations.sort_by(|a, b| a.version.cmp(&b.version));
        if let Some(pair) = migrations
            .windows(2)
            .find(|pair| pair[0].version == pair[1].version)
        {
            return Err(Error::DuplicateVersion {
                version: pair[0].version.clone(),
                first: pair[0].label(),
                second: pair[1].label(),
            });
        }
        Ok(Self {
            embedded: &[],
            decoded: OnceLock::from(migrations),
        })
    }

    /// A set in the order given, for the way back.
    pub(crate) fn in_order(migrations: Vec<Migration>) -> Self {
        Self {
            embedded: &[],
            decoded: OnceLock::from(migrations),
        }
    }

    /// The migrations.
    ///
    /// # Panics
    /// An embedded payload that the macro of another version of Limosa wrote: the build is broken.
    pub fn list(&self) -> &[Migration] {
        self.decoded.get_or_init(|| {
            self.embedded
                .iter()
                .map(|one| {
                    postcard::from_bytes(one.payload)
                        .expect("embed! and limosa-core are of one version")
                })
                .collect()
        })
    }

    /// The heads of all migrations for a dialect, without decoding an embedded set.
    pub fn heads(&self, dialect: &str) -> Vec<Head> {
        match self.decoded.get() {
            Some(migrations) => migrations.iter().map(|one| one.head(dialect)).collect(),
            None => self.embedded.iter().map(|one| one.head(dialect)).collect(),
        }
    }
}

impl Migration {
    /// The version and the checksum for a dialect.
    pub fn head(&self, dialect: &str) -> Head {
        Head {
            version: self.version.clone(),
            name: self.name.clone(),
            checksum: self.script(dialect).map(|script| script.checksum),
        }
    }

    /// How errors name it: its file, else its version and name.
    pub fn label(&self) -> String {
        let path = self.scripts.iter().find_map(|script| script.path.clone());
        path.unwrap_or_else(|| format!("{}_{}", self.version, self.name))
    }
}

impl Embedded {
    fn head(&self, dialect: &str) -> Head {
        let of = |wanted: &str| self.checksums.iter().find(|(only, _)| *only == wanted);
        Head {
            version: Version::from(self.version),
            name: self.name.to_owned(),
            checksum: of(dialect)
                .or_else(|| of(""))
                .map(|(_, sum)| Checksum(*sum)),
        }
    }
}
