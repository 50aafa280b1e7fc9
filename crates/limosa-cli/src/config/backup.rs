//! What is set about backups.

use std::path::PathBuf;

use clap::ValueEnum;

use super::file::File;
use crate::args::backup::{Keeping, When, With};
use crate::failure::Failure;

const WHEN: &str = "LIMOSA_BACKUP";
const DIRECTORY: &str = "LIMOSA_BACKUP_DIRECTORY";
const PG_DUMP: &str = "LIMOSA_PG_DUMP";

/// Backups of one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backups {
    /// When a run makes one first.
    pub(crate) when: When,
    /// Whether somebody said so.
    pub(crate) wish: Wish,
    /// Where they are; none for the place that fits the database.
    pub(crate) directory: Option<PathBuf>,
    /// The `pg_dump` to use; none for the one that fits the server.
    pub(crate) pg_dump: Option<PathBuf>,
}

/// Who wants a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nobody said anything: where none can be made, a run goes on without it, and warns.
    Default,
    /// Somebody: a run without it does not take place.
    Demand,
}

impl Backups {
    pub(super) fn choose(
        environment: &impl Fn(&str) -> Option<String>,
        file: &File,
    ) -> Result<Self, Failure> {
        let said = match environment(WHEN) {
            Some(word) => Some(When::from_str(&word, true).map_err(|_| {
                let words = "always, before-destructive nor never";
                Failure::usage(&format!("{WHEN} is neither {words}"))
            })?),
            None => file.backup,
        };
        Ok(Self {
            when: said.unwrap_or(When::BeforeDestructive),
            wish: if said.is_some() {
                Wish::Demand
            } else {
                Wish::Default
            },
            directory: environment(DIRECTORY)
                .map(PathBuf::from)
                .or_else(|| file.backup_directory.clone()),
            pg_dump: environment(PG_DUMP)
                .map(PathBuf::from)
                .or_else(|| file.pg_dump.clone()),
        })
    }

    /// With the arguments of a run.
    pub(crate) fn keeping(self, said: &Keeping) -> Self {
        let mut backups = self.with(&said.with);
        if let Some(when) = said.backup {
            (backups.when, backups.wish) = (when, Wish::Demand);
        }
        backups
    }

    /// With the arguments of any command about backups.
    pub(crate) fn with(self, said: &With) -> Self {
        Self {
            directory: said.backup_directory.clone().or(self.directory),
            pg_dump: said.pg_dump.clone().or(self.pg_dump),
            ..self
        }
    }
}
