//! The arguments. Their doc comments are the command's help, so they are not Markdown.
#![allow(clippy::doc_markdown)]

pub(crate) mod backup;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use limosa_core::engine::Runner;
use limosa_core::plan::{OutOfOrder, Unrecorded};

/// Brings databases to where your migrations say: does what is missing, adopts what is there already,
/// and proves it from the catalog.
#[derive(Debug, Parser)]
#[command(name = "limosa", version, propagate_version = true, after_help = AFTER, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Exit status: 0 done or up to date, 1 failed, 2 wrong usage, 10 migrations are pending (check, status,
wait), 20 drift or conflict.";

/// What all commands share.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The database: postgres://USER@HOST/NAME, sqlite:PATH or sqlite::memory:
    /// [else $DATABASE_URL, .env, limosa.toml, sqlite:limosa.db]
    #[arg(short, long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// The database again, without a pooler before it: for what changes it (migrate, rollback, repair)
    /// [else $LIMOSA_DIRECT_URL, $DIRECT_URL, .env, limosa.toml]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) direct_url: Option<String>,
    /// The directory of the migrations [else $LIMOSA_MIGRATIONS, .env, limosa.toml, migrations]
    #[arg(short, long, global = true, value_name = "DIR")]
    pub(crate) migrations: Option<PathBuf>,
    /// The configuration file [else limosa.toml in the working directory, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Log to standard error; twice for more, or set RUST_LOG
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connect and report server, role, journal, pending migrations, conflicts and drift; write nothing
    Check(Choice),
    /// Show the exact SQL, transactions, and what is adopted, for this database; write nothing
    Plan(Choice),
    /// Apply what is pending
    Migrate(Migrate),
    /// Wait until another process has applied what is pending; write nothing
    Wait(Wait),
    /// Prove from the catalog every object that the applied migrations made
    Verify,
    /// Exercise the applied migrations' objects in a transaction that is rolled back
    Test,
    /// Undo applied migrations, the last one first
    Rollback(Rollback),
    /// Record a decision about a row of the journal; run nothing
    Repair(Repair),
    /// Make a backup of the database while others work, and prove that it is sound
    Backup(backup::Backup),
    /// Bring the database back to where a backup was made
    Restore(backup::Restore),
    /// List all migrations: state, when, how long, adopted or executed
    Status,
    /// Make a new migration directory with a UTC version
    New {
        /// What it does: `add last_error to environments`
        #[arg(required = true, num_args = 1.., value_name = "NAME")]
        name: Vec<String>,
    },
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

impl Command {
    /// The word on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Plan(_) => "plan",
            Self::Migrate(_) => "migrate",
            Self::Wait(_) => "wait",
            Self::Verify => "verify",
            Self::Test => "test",
            Self::Rollback(_) => "rollback",
            Self::Repair(_) => "repair",
            Self::Backup(_) => "backup",
            Self::Restore(_) => "restore",
            Self::Status => "status",
            Self::New { .. } => "new",
            Self::Completions { .. } => "completions",
        }
    }
}

/// Which migrations, and what is allowed.
#[derive(Debug, Default, Args)]
pub(crate) struct Choice {
    /// Stop after this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Also apply versions below the highest applied one
    #[arg(long)]
    pub(crate) out_of_order: bool,
    /// Changes of rows and verbatim statements that stand, unrecorded, before changes that the
    /// database already has, and expressions that it has in other words: stop and ask, take them
    /// as done, or run them
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(crate) unrecorded: UnrecordedChoice,
}

impl Choice {
    /// A runner that follows the choice.
    pub(crate) fn apply<'m>(&self, mut runner: Runner<'m>) -> Runner<'m> {
        if let Some(to) = &self.to {
            runner = runner.to(to.as_str());
        }
        if self.out_of_order {
            runner = runner.out_of_order(OutOfOrder::Allow);
        }
        runner.unrecorded(match self.unrecorded {
            UnrecordedChoice::Refuse => Unrecorded::Refuse,
            UnrecordedChoice::Adopt => Unrecorded::Adopt,
            UnrecordedChoice::Execute => Unrecorded::Execute,
        })
    }
}

/// The words for [`Unrecorded`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnrecordedChoice {
    /// Stop and ask
    #[default]
    Refuse,
    /// They were run, or are the same: record them
    Adopt,
    /// They were not: run them
    Execute,
}

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) choice: Choice,
    /// Show the plan and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) keeping: backup::Keeping,
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// How long others are waited for.
#[derive(Debug, Args)]
pub(crate) struct Patience {
    /// How long to wait while another runner is at work
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) lock_timeout: Duration,
    /// How long a statement may wait for the lock of a table, and everybody else behind it; it is tried
    /// ten times
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) lock_budget: Duration,
}

impl Patience {
    /// A runner that waits that long.
    pub(crate) fn apply<'m>(&self, runner: Runner<'m>) -> Runner<'m> {
        runner
            .lock_wait(self.lock_timeout)
            .lock_budget(self.lock_budget)
    }
}

/// Arguments of `wait`.
#[derive(Debug, Args)]
pub(crate) struct Wait {
    /// Up to this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Wait also for versions below the highest applied one
    #[arg(long)]
    pub(crate) out_of_order: bool,
    /// How long to wait
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

/// Arguments of `rollback`.
#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// How many migrations
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "to")]
    pub(crate) steps: usize,
    /// Everything above this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<String>,
    /// Agree to what is lost for good [or CONFIRM_ROLLBACK=yes]
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Show the plan and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) keeping: backup::Keeping,
    #[command(flatten)]
    pub(crate) patience: Patience,
}

/// Arguments of `repair`.
#[derive(Debug, Args)]
pub(crate) struct Repair {
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// How long to wait while another runner is at work
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) lock_timeout: Duration,
}

/// What was decided.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Decision {
    /// This migration was changed after it was applied, and is right as it is now: record its new
    /// checksum, and who said so
    #[arg(long, value_name = "VERSION")]
    pub(crate) accept: Option<String>,
    /// This migration was begun and put right by hand, or its files are gone: remove its row; the next
    /// run judges it by what the database has
    #[arg(long, value_name = "VERSION")]
    pub(crate) forget: Option<String>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
    }

    #[track_caller]
    fn check(words: &str, expected: Result<&str, i32>) {
        let parsed = Cli::try_parse_from(words.split(' '));
        let parsed = parsed
            .as_ref()
            .map(|cli| cli.command.name())
            .map_err(clap::Error::exit_code);
        assert_eq!(parsed, expected, "{words}");
    }

    #[test]
    fn reads_arguments() {
        check("limosa check", Ok("check"));
        check(
            "limosa -d sqlite:a.db -m x migrate --to 2 --dry-run",
            Ok("migrate"),
        );
        check(
            "limosa migrate -d sqlite:a.db --json --lock-timeout 0.5",
            Ok("migrate"),
        );
        check("limosa migrate --lock-timeout -1", Err(2));
        check(
            "limosa migrate --lock-budget 0.2 --direct-url postgres:///a",
            Ok("migrate"),
        );
        check("limosa migrate --unrecorded adopt", Ok("migrate"));
        check("limosa migrate --unrecorded maybe", Err(2));
        check("limosa migrate --backup", Ok("migrate"));
        check("limosa migrate --backup=never --to 3", Ok("migrate"));
        check("limosa migrate --backup=maybe", Err(2));
        check("limosa rollback --backup --confirm", Ok("rollback"));
        check("limosa backup --to a.db", Ok("backup"));
        check("limosa backup --format tar", Err(2));
        check("limosa restore a.db --confirm", Ok("restore"));
        check("limosa restore", Err(2));
        check("limosa rollback --steps 2", Ok("rollback"));
        check("limosa rollback --steps 2 --to 3", Err(2));
        check("limosa repair --accept 3", Ok("repair"));
        check("limosa repair --accept 3 --forget 3", Err(2));
        check("limosa repair", Err(2));
        check("limosa wait --timeout 0.5 --to 3", Ok("wait"));
        check("limosa new add a column", Ok("new"));
        check("limosa new", Err(2));
        check("limosa", Err(2));
        check("limosa --version", Err(0));
    }
}
