//! Where the database and the migrations are: arguments, then the environment, then `.env`, then
//! `limosa.toml`, then defaults.

mod backup;
mod dotenv;
mod file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use limosa_sql::Language;

use crate::args::Global;
use crate::failure::Failure;
pub(crate) use backup::{Backups, Wish};
use file::File;

const DATABASE_URL: &str = "DATABASE_URL";
/// The second one is what users of Prisma have set.
const DIRECT_URL: [&str; 2] = ["LIMOSA_DIRECT_URL", "DIRECT_URL"];
const MIGRATIONS: &str = "LIMOSA_MIGRATIONS";
const DEFAULT_URL: &str = "sqlite:limosa.db";
const DEFAULT_DIRECTORY: &str = "migrations";

/// What a command works on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The database. Never shown as it is.
    pub(crate) database_url: String,
    /// Where it is changed, if not there. Never shown as it is.
    pub(crate) direct_url: Option<String>,
    /// The directory of the migrations.
    pub(crate) migrations: PathBuf,
    /// The language of files that do not say which one they are in.
    pub(crate) language: Language,
    /// Its backups.
    pub(crate) backups: Backups,
}

impl Settings {
    /// Collects them from everywhere.
    pub(crate) fn collect(global: &Global) -> Result<Self, Failure> {
        let file = match &global.config {
            Some(path) => File::read(path)?,
            None => File::read_if_there(Path::new("limosa.toml"))?,
        };
        let dotenv = dotenv::read(Path::new(".env"))?;
        let variable = |name: &str| std::env::var(name).ok();
        Self::choose(global, variable, &dotenv, file)
    }

    fn choose(
        global: &Global,
        variable: impl Fn(&str) -> Option<String>,
        dotenv: &HashMap<String, String>,
        file: File,
    ) -> Result<Self, Failure> {
        let real = |name: &str| variable(name).filter(|value| !value.is_empty());
        // One that is set, if to nothing, hides that of `.env`.
        let aside = |name: &str| {
            let hidden = variable(name).is_some();
            let value = dotenv.get(name).filter(|value| !value.is_empty());
            value.filter(|_| !hidden).cloned()
        };
        let environment = |name: &str| real(name).or_else(|| aside(name));
        let backups = Backups::choose(&environment, &file)?;
        let database = [
            global.database_url.clone(),
            real(DATABASE_URL),
            aside(DATABASE_URL),
            file.database_url,
        ];
        let direct = [
            global.direct_url.clone(),
            DIRECT_URL.iter().find_map(|name| real(name)),
            DIRECT_URL.iter().find_map(|name| aside(name)),
            file.direct_url,
        ];
        let nearest = database.iter().position(Option::is_some);
        let migrations = global.migrations.clone();
        Ok(Self {
            backups,
            // One from farther away than the database is about another database.
            direct_url: direct
                .into_iter()
                .take(nearest.map_or(usize::MAX, |place| place + 1))
                .find_map(|url| url),
            database_url: database
                .into_iter()
                .find_map(|url| url)
                .unwrap_or_else(|| DEFAULT_URL.to_owned()),
            migrations: migrations
                .or_else(|| environment(MIGRATIONS).map(PathBuf::from))
                .or(file.migrations)
                .unwrap_or_else(|| DEFAULT_DIRECTORY.into()),
            language: file.language,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn global(url: Option<&str>) -> Global {
        Global {
            database_url: url.map(str::to_owned),
            direct_url: None,
            migrations: None,
            config: None,
            json: false,
            verbose: 0,
        }
    }

    fn file(url: Option<&str>) -> File {
        File {
            database_url: url.map(str::to_owned),
            ..File::default()
        }
    }

    /// The URL in the arguments, the environment, `.env` and the file.
    #[track_caller]
    fn check(sources: [Option<&str>; 4], expected: &str) {
        let [argument, variable, dotenv, in_file] = sources;
        let variable = |name: &str| (name == DATABASE_URL).then_some(variable?.to_owned());
        let dotenv = dotenv
            .map(|url| (DATABASE_URL.to_owned(), url.to_owned()))
            .into_iter()
            .collect();
        let settings = Settings::choose(&global(argument), variable, &dotenv, file(in_file));
        let settings = settings.expect("nothing is wrong");
        assert_eq!(settings.database_url, expected);
        assert_eq!(settings.migrations, Path::new("migrations"));
    }

    #[test]
    fn the_nearest_source_wins() {
        check([Some("a"), Some("b"), Some("c"), Some("d")], "a");
        check([None, Some("b"), Some("c"), Some("d")], "b");
        check([None, Some(""), Some("c"), Some("d")], "d");
        check([None, None, Some("c"), Some("d")], "c");
        check([None, None, None, Some("d")], "d");
        check([None, None, None, None], "sqlite:limosa.db");
    }

    /// Where the database is named, and the direct URL at each source.
    #[track_caller]
    fn check_direct(place: usize, direct: [Option<&str>; 4], expected: Option<&str>) {
        let at = |number: usize| (number == place).then_some("x");
        let [argument, variable, dotenv, in_file] = direct;
        let global = Global {
            direct_url: argument.map(str::to_owned),
            ..global(at(0))
        };
        let real = |name: &str| match name {
            DATABASE_URL => at(1).map(str::to_owned),
            "DIRECT_URL" => variable.map(str::to_owned),
            _ => None,
        };
        let pairs = [(DATABASE_URL, at(2)), ("LIMOSA_DIRECT_URL", dotenv)];
        let dotenv = pairs
            .into_iter()
            .filter_map(|(name, url)| Some((name.to_owned(), url?.to_owned())));
        let file = File {
            direct_url: in_file.map(str::to_owned),
            ..file(at(3))
        };
        let settings = Settings::choose(&global, real, &dotenv.collect(), file);
        let settings = settings.expect("nothing is wrong");
        assert_eq!(settings.direct_url.as_deref(), expected);
    }

    #[test]
    fn a_direct_url_from_farther_away_is_about_another_database() {
        let all = [Some("a"), Some("b"), Some("c"), Some("d")];
        check_direct(3, all, Some("a"));
        check_direct(3, [None, Some("b"), Some("c"), Some("d")], Some("b"));
        check_direct(3, [None, None, None, Some("d")], Some("d"));
        check_direct(2, [None, None, Some("c"), Some("d")], Some("c"));
        check_direct(2, [None, None, None, Some("d")], None);
        check_direct(1, [None, None, Some("c"), Some("d")], None);
        check_direct(0, [None, Some("b"), Some("c"), Some("d")], None);
        check_direct(0, all, Some("a"));
        check_direct(9, [None, None, Some("c"), Some("d")], Some("c"));
        check_direct(9, [None; 4], None);
    }
}
