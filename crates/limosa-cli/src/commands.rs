//! The commands, one file each.

mod changed;
mod check;
mod completions;
mod migrate;
mod new;
mod plan;
mod repair;
mod rollback;
mod status;
mod test;
mod verify;
mod wait;

use limosa_core::migration::Migrations;
use limosa_core::migrator::Server;
use limosa_sql::Reader;

use crate::answer::{Answer, Format};
use crate::args::{Cli, Command, Global};
use crate::backend::{self, Purpose, Session};
use crate::config::Settings;
use crate::failure::Failure;
use crate::redact::redact;
use crate::render;

/// Carries out the command.
pub(crate) async fn run(cli: &Cli) -> Result<Answer, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Check(choice) => check::run(global, choice).await,
        Command::Plan(choice) => plan::run(global, choice).await,
        Command::Migrate(args) => Box::pin(migrate::run(global, args)).await,
        Command::Wait(args) => Box::pin(wait::run(global, args)).await,
        Command::Verify => verify::run(global).await,
        Command::Test => test::run(global).await,
        Command::Rollback(args) => Box::pin(rollback::run(global, args)).await,
        Command::Repair(args) => Box::pin(repair::run(global, args)).await,
        Command::Status => status::run(global).await,
        Command::New { name } => new::run(global, &name.join(" ")),
        Command::Completions { shell } => Ok(completions::run(*shell)),
    }
}

/// What a command works with.
struct Work {
    settings: Settings,
    migrations: Migrations,
    session: Session,
    server: Server,
    format: Format,
}

impl Work {
    /// Reads the migrations, then connects.
    async fn open(global: &Global, purpose: Purpose) -> Result<Self, Failure> {
        let settings = Settings::collect(global)?;
        let reader = Reader::new().language(settings.language);
        let migrations = reader.read_dir(&settings.migrations)?;
        let url = &settings.database_url;
        let mut session = backend::open(url, purpose).await?;
        let server = session.migrator.server().await;
        let server = server.map_err(|error| Failure::database(error).at(url))?;
        Ok(Self {
            migrations,
            session,
            server,
            format: Format::of(global.json),
            settings,
        })
    }

    /// The URL as it may be shown.
    fn url(&self) -> String {
        redact(&self.settings.database_url)
    }

    /// What it is connected to, in one line.
    fn connected(&self) -> String {
        let server = render::server(&self.server, self.session.missing.as_deref());
        format!("{server}\n")
    }
}
