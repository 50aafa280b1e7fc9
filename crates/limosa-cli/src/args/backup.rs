//! The arguments about backups.
#![allow(clippy::doc_markdown)]

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Deserialize;

/// When a run makes a backup first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    /// Before a step that may lose rows, and before SQLite copies a table
    BeforeDestructive,
    /// Before every run that changes something
    Always,
    /// Not at all
    Never,
}

/// How `pg_dump` writes; SQLite's backups are databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DumpFormat {
    /// pg_dump's own, compressed
    Custom,
    /// SQL
    Plain,
    /// SQL, compressed
    Gzip,
}

/// What `migrate` and `rollback` can be told about backups.
#[derive(Debug, Default, Args)]
pub(crate) struct Keeping {
    /// Make a backup first: always, before-destructive or never
    /// [else $LIMOSA_BACKUP, .env, limosa.toml, before-destructive; --backup alone: always]
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always"
    )]
    pub(crate) backup: Option<When>,
    #[command(flatten)]
    pub(crate) with: With,
}

/// Where backups are, and what makes them.
#[derive(Debug, Default, Args)]
pub(crate) struct With {
    /// The directory of backups [else $LIMOSA_BACKUP_DIRECTORY, .env, limosa.toml, limosa-backups
    /// beside SQLite's file, or in the working directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) backup_directory: Option<PathBuf>,
    /// The pg_dump to use; psql and pg_restore are looked for beside it
    /// [else $LIMOSA_PG_DUMP, .env, limosa.toml, the one that fits the server]
    #[arg(long, value_name = "FILE")]
    pub(crate) pg_dump: Option<PathBuf>,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write, or a directory to put it in; no file is overwritten
    #[arg(long, value_name = "PATH")]
    pub(crate) to: Option<PathBuf>,
    /// PostgreSQL alone: how it is written [else by the name that --to ends with: .sql, .sql.gz;
    /// custom]
    #[arg(long, value_enum)]
    pub(crate) format: Option<DumpFormat>,
    #[command(flatten)]
    pub(crate) with: With,
    /// How long to wait while others lock tables
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = super::seconds)]
    pub(crate) lock_timeout: Duration,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    pub(crate) path: PathBuf,
    /// Agree that what is in the database now is replaced; it is kept aside as a backup
    /// [or CONFIRM_RESTORE=yes]
    #[arg(long)]
    pub(crate) confirm: bool,
    #[command(flatten)]
    pub(crate) with: With,
    /// How long to wait while another runner is at work, or others lock tables
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = super::seconds)]
    pub(crate) lock_timeout: Duration,
}
