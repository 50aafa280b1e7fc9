//! A set of migrations: embedded at compile time, or read or built at run time.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Migration;
use crate::checksum::Checksum;
use crate::error::Error;
use crate::version::Version;

const ONE_VERSION: &str = "embed! and limosa-core are of one version";

/// All migrations of an application, in order.
///
/// An embedded set is decoded only when something is pending: to find out that nothing is, the heads
/// suffice.
#[derive(Debug)]
pub struct Migrations {
    embedded: &'static [u8],
    decoded: OnceLock<Vec<Migration>>,
}

/// What an embedded set begins with for each migration. Numbers and text without an address in them: the
/// loader of a program writes every address into its memory before anything runs.
#[derive(Serialize, Deserialize)]
struct Embedded<'a> {
    version: &'a str,
    name: &'a str,
    /// For each script the dialect that it is for, none for all others, and its checksum's bytes: a number
    /// of this size is slow to decode, and every start decodes all.
    #[serde(borrow)]
    checksums: Vec<(Option<&'a str>, [u8; 16])>,
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
    /// The set that `embed!` found at compile time, as [`Migrations::encoded`] gives it.
    pub const fn embedded(embedded: &'static [u8]) -> Self {
        Self {
            embedded,
            decoded: OnceLock::new(),
        }
    }

    /// What `embed!` writes into a program: the heads of checked migrations in order, and behind them the
    /// migrations.
    ///
    /// # Panics
    /// Never: what can be held can be encoded.
    pub fn encoded(migrations: &[&Migration]) -> Vec<u8> {
        let heads: Vec<Embedded<'_>> = migrations.iter().map(|one| Embedded::of(one)).collect();
        postcard::to_stdvec(&(heads, migrations)).expect("migrations always encode")
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
            let (_, migrations) = self.heads_and_rest();
            postcard::from_bytes(migrations).expect(ONE_VERSION)
        })
    }

    fn heads_and_rest(&self) -> (Vec<Embedded<'static>>, &'static [u8]) {
        postcard::take_from_bytes(self.embedded).expect(ONE_VERSION)
    }

    /// The heads of all migrations for a dialect, without decoding an embedded set.
    pub fn heads(&self, dialect: &str) -> Vec<Head> {
        if let Some(migrations) = self.decoded.get() {
            return migrations.iter().map(|one| one.head(dialect)).collect();
        }
        let (heads, _) = self.heads_and_rest();
        heads.iter().map(|one| one.head(dialect)).collect()
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

impl<'a> Embedded<'a> {
    fn of(migration: &'a Migration) -> Self {
        let scripts = migration.scripts.iter();
        Self {
            version: migration.version.as_str(),
            name: &migration.name,
            checksums: scripts
                .map(|script| (script.only.as_deref(), script.checksum.0.to_le_bytes()))
                .collect(),
        }
    }

    fn head(&self, dialect: &str) -> Head {
        let of = |wanted| self.checksums.iter().find(|(only, _)| *only == wanted);
        Head {
            version: Version::from(self.version),
            name: self.name.to_owned(),
            checksum: of(Some(dialect))
                .or_else(|| of(None))
                .map(|(_, sum)| Checksum(u128::from_le_bytes(*sum))),
        }
    }
}
