//! `limosa.toml`.

use std::path::{Path, PathBuf};

use limosa_sql::Language;
use serde::Deserialize;

use crate::args::backup::When;
use crate::failure::Failure;

/// What the file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    pub(super) database_url: Option<String>,
    pub(super) direct_url: Option<String>,
    pub(super) migrations: Option<PathBuf>,
    pub(super) language: Language,
    pub(super) backup: Option<When>,
    pub(super) backup_directory: Option<PathBuf>,
    pub(super) pg_dump: Option<PathBuf>,
}

/// The keys of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(alias = "database-url")]
    database_url: Option<String>,
    #[serde(alias = "direct-url")]
    direct_url: Option<String>,
    migrations: Option<PathBuf>,
    dialect: Option<String>,
    backup: Option<When>,
    backup_directory: Option<PathBuf>,
    pg_dump: Option<PathBuf>,
}

impl File {
    /// The file, or an empty one if there is none.
    pub(super) fn read_if_there(path: &Path) -> Result<Self, Failure> {
        if path.exists() {
            Self::read(path)
        } else {
            Ok(Self::default())
        }
    }

    /// The file. Its directory is where a relative path of Limosa's own begins.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(&format!("cannot read it: {error}")).in_file(path, None)
        })?;
        let mut file = Self::parse(&text)
            .map_err(|(message, line)| Failure::usage(&message).in_file(path, line))?;
        if let Some(directory) = path.parent() {
            let own = [&mut file.migrations, &mut file.backup_directory];
            for named in own.into_iter().flatten() {
                *named = directory.join(&named);
            }
        }
        Ok(file)
    }

    fn parse(text: &str) -> Result<Self, (String, Option<u32>)> {
        let keys: Keys = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, span.start));
            (error.message().trim().to_owned(), line)
        })?;
        let language = match keys.dialect.as_deref() {
            None => Language::default(),
            Some(name) => Language::from_name(name).ok_or_else(|| {
                let line = text.find("dialect").map(|at| line_of(text, at));
                ("dialect is neither postgres nor sqlite".to_owned(), line)
            })?,
        };
        Ok(Self {
            database_url: keys.database_url,
            direct_url: keys.direct_url,
            migrations: keys.migrations,
            language,
            backup: keys.backup,
            backup_directory: keys.backup_directory,
            pg_dump: keys.pg_dump,
        })
    }
}

fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.get(..offset).unwrap_or(text);
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<Option<&str>, Option<u32>>) {
        let parsed = File::parse(text);
        let shown = match &parsed {
            Ok(file) => Ok(file.database_url.as_deref()),
            Err((_, line)) => Err(*line),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn reads_files() {
        check("", Ok(None));
        check("database_url = 'sqlite:a.db'\n", Ok(Some("sqlite:a.db")));
        check("migrations = 'db'\ndialect = 'sqlite'", Ok(None));
        check("\ndatabase = 'sqlite:a.db'\n", Err(Some(2)));
        check("database_url = 'a'\n\nmigrations = 3\n", Err(Some(3)));
        check("database-url = 'a'\ndirect-url = 'b'", Ok(Some("a")));
        check("direct_url = 3", Err(Some(1)));
        check("dialect = 'mysql'\n", Err(Some(1)));
        check("backup = 'before-destructive'\npg_dump = '/x'", Ok(None));
        check("\nbackup = 'sometimes'\n", Err(Some(2)));
        check("database_url = ", Err(Some(1)));
    }
}
