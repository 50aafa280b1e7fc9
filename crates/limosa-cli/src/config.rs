//! Where the database and the migrations are: arguments, then the environment, then `.env`, then
//! `limosa.toml`, then defaults.

mod dotenv;
mod file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use limosa_sql::Language;

use crate::args::Global;
use crate::failure::Failure;
use file::File;

const DATABASE_URL: &str = "DATABASE_URL";
const MIGRATIONS: &str = "LIMOSA_MIGRATIONS";
const DEFAULT_URL: &str = "sqlite:limosa.db";
const DEFAULT_DIRECTORY: &str = "migrations";

/// What a command works on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The database. Never shown as it is.
    pub(crate) database_url: String,
    /// The directory of the migrations.
    pub(crate) migrations: PathBuf,
    /// The language of files that do not say which one they are in.
    pub(crate) language: Language,
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
        Ok(Self::choose(global, variable, &dotenv, file))
    }

    fn choose(
        global: &Global,
        variable: impl Fn(&str) -> Option<String>,
        dotenv: &HashMap<String, String>,
        file: File,
    ) -> Self {
        let environment = |name: &str| {
            variable(name)
                .or_else(|| dotenv.get(name).cloned())
                .filter(|value| !value.is_empty())
        };
        let database_url = global.database_url.clone();
        let migrations = global.migrations.clone();
        Self {
            database_url: database_url
                .or_else(|| environment(DATABASE_URL))
                .or(file.database_url)
                .unwrap_or_else(|| DEFAULT_URL.to_owned()),
            migrations: migrations
                .or_else(|| environment(MIGRATIONS).map(PathBuf::from))
                .or(file.migrations)
                .unwrap_or_else(|| DEFAULT_DIRECTORY.into()),
            language: file.language,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn global(url: Option<&str>) -> Global {
        Global {
            database_url: url.map(str::to_owned),
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
}
