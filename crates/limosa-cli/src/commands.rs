//! The commands, one file each.

mod backup;
mod changed;
mod check;
mod completions;
mod migrate;
mod new;
mod plan;
mod repair;
mod restore;
mod rollback;
mod status;
mod test;
mod verify;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use limosa_core::migration::Migrations;
use limosa_core::migrator::Server;
use limosa_sql::Reader;

use crate::answer::{Answer, Format, write_text};
use crate::args::{Cli, Command, Global};
use crate::backend::{self, Purpose, Session};
use crate::backup::Policy;
use crate::config::{Backups, Settings};
use crate::failure::Failure;
use crate::live::Live;
use crate::redact::redact;
use crate::render;

/// Carries out the command.
pub(crate) async fn run(cli: &Cli) -> Result<Answer, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Check(choice) => check::run(global, choice).await,
        Command::Plan(choice) => plan::run(global, choice, None).await,
        Command::Migrate(args) => Box::pin(migrate::run(global, args)).await,
        Command::Wait(args) => Box::pin(wait::run(global, args)).await,
        Command::Verify => verify::run(global).await,
        Command::Test => test::run(global).await,
        Command::Rollback(args) => Box::pin(rollback::run(global, args)).await,
        Command::Repair(args) => Box::pin(repair::run(global, args)).await,
        Command::Backup(args) => Box::pin(backup::run(global, args)).await,
        Command::Restore(args) => Box::pin(restore::run(global, args)).await,
        Command::Status => status::run(global).await,
        Command::New { name } => new::run(global, &name.join(" ")),
        Command::Completions { shell } => Ok(completions::run(*shell)),
    }
}

/// What a command works with.
struct Work {
    /// The URL of the session. Never shown as it is.
    url: String,
    migrations: Migrations,
    session: Session,
    server: Server,
    format: Format,
    /// What is set about backups.
    backups: Backups,
}

/// By which URL a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// The usual one: for what can be done through a pooler.
    Usual,
    /// The direct one, if there is one.
    Direct,
}

impl Route {
    fn url(self, settings: &Settings) -> Result<String, Failure> {
        match (self, &settings.direct_url) {
            (Self::Direct, Some(direct)) => {
                backend::are_alike(&settings.database_url, direct)?;
                Ok(direct.clone())
            }
            _ => Ok(settings.database_url.clone()),
        }
    }
}

impl Work {
    /// Reads the migrations, then connects.
    async fn open(global: &Global, purpose: Purpose) -> Result<Self, Failure> {
        Self::open_over(global, purpose, Route::Usual).await
    }

    /// Likewise, by the direct URL if there is one.
    async fn open_direct(global: &Global, purpose: Purpose) -> Result<Self, Failure> {
        Self::open_over(global, purpose, Route::Direct).await
    }

    async fn open_over(global: &Global, purpose: Purpose, route: Route) -> Result<Self, Failure> {
        let settings = Settings::collect(global)?;
        let migrations = read(&settings)?;
        Self::connect(global, settings, migrations, (purpose, route)).await
    }

    /// Connects by the direct URL if there is one, for what is about the database alone.
    async fn open_without_migrations(global: &Global, purpose: Purpose) -> Result<Self, Failure> {
        let settings = Settings::collect(global)?;
        let migrations = Migrations::new(Vec::new())?;
        Self::connect(global, settings, migrations, (purpose, Route::Direct)).await
    }

    async fn connect(
        global: &Global,
        settings: Settings,
        migrations: Migrations,
        (purpose, route): (Purpose, Route),
    ) -> Result<Self, Failure> {
        let url = route.url(&settings)?;
        let mut session = backend::open(&url, purpose).await?;
        let server = session.migrator.server().await;
        let server = server.map_err(|error| Failure::database(error).at(&url))?;
        Ok(Self {
            url,
            migrations,
            session,
            server,
            format: Format::of(global.json),
            backups: settings.backups,
        })
    }

    /// The URL as it may be shown.
    fn url(&self) -> String {
        redact(&self.url)
    }

    /// Says what it is connected to. Returns the display of what is under way.
    fn live(&self) -> Live {
        if self.format == Format::Text {
            write_text(&format!("{}\n", self.connected()));
        }
        Live::new(self.format)
    }

    /// What makes a backup before a run that needs one.
    fn policy(&self, settings: Backups, patience: Duration, live: &Live) -> Arc<Policy> {
        let keeper = self.session.keeper;
        Arc::new(Policy::new(keeper, &self.url, settings, patience, live))
    }

    /// What it is connected to, in one line.
    fn connected(&self) -> String {
        let server = render::server(&self.server, self.session.missing.as_deref());
        format!("{server}\n")
    }
}

fn read(settings: &Settings) -> Result<Migrations, Failure> {
    let directory = &settings.migrations;
    if !directory.is_dir() {
        let failure = Failure::usage("there is no such directory of migrations");
        let hint = "name it with -m, LIMOSA_MIGRATIONS or limosa.toml; `limosa new` makes one";
        return Err(failure.in_file(directory, None).hint(hint));
    }
    let reader = Reader::new().language(settings.language);
    Ok(reader.read_dir(directory)?)
}
