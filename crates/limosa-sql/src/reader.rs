//! Directories of migrations.

use std::fs;
use std::path::{Path, PathBuf};

use limosa_core::migration::{Down, Migration, Migrations, Script, TransactionMode};

use crate::error::ReadError;
use crate::language::Language;
use crate::layout::{self, Files, Found};
use crate::script::Text;

/// Reads migrations from files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    language: Language,
}

/// The migrations of a directory whose files are Postgres SQL unless they say otherwise.
///
/// # Errors
/// See [`Reader::read_dir`].
pub fn read_dir(path: impl AsRef<Path>) -> Result<Migrations, ReadError> {
    Reader::new().read_dir(path)
}

impl Reader {
    /// A reader of Postgres SQL.
    pub fn new() -> Self {
        Self::default()
    }

    /// The language of files that neither by their name nor by a directive say which one it is.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The migrations of a directory, in order.
    ///
    /// # Errors
    /// A directory that is missing or holds no migration, a `.sql` file that fits no layout, two
    /// migrations of one version, and everything that [`Text::read`] refuses.
    pub fn read_dir(self, path: impl AsRef<Path>) -> Result<Migrations, ReadError> {
        let path = path.as_ref();
        let migrations = self.migrations(path)?;
        Migrations::new(migrations).map_err(|error| ReadError::new(error.to_string()).in_file(path))
    }

    /// As [`Reader::read_dir`], as a plain list.
    ///
    /// # Errors
    /// See [`Reader::read_dir`].
    pub fn migrations(self, path: impl AsRef<Path>) -> Result<Vec<Migration>, ReadError> {
        let found = layout::find(path.as_ref())?;
        found.iter().map(|found| self.migration(found)).collect()
    }

    fn migration(self, found: &Found) -> Result<Migration, ReadError> {
        let scripts = found.files.iter().map(|files| self.script(files));
        Ok(Migration {
            version: found.version.clone(),
            name: found.name.clone(),
            scripts: scripts.collect::<Result<_, _>>()?,
        })
    }

    fn script(self, files: &Files) -> Result<Script, ReadError> {
        let up = self.text(&files.up, files.up_language)?;
        let mut transaction = up.transaction;
        let mut down = up.down.clone().map(|statements| Down {
            path: Some(files.up.display().to_string()),
            statements,
        });
        if let Some((path, language)) = &files.down {
            let text = self.text(path, *language)?;
            if text.transaction == TransactionMode::Never {
                transaction = TransactionMode::Never;
            }
            down = Some(Down {
                path: Some(path.display().to_string()),
                statements: text.statements,
            });
        }
        if files.no_transaction {
            transaction = TransactionMode::Never;
        }
        Ok(Script {
            only: files.only.map(|language| language.id().to_owned()),
            path: Some(files.up.display().to_string()),
            checksum: up.checksum(),
            up: up.statements,
            down,
            transaction,
        })
    }

    fn text(self, path: &PathBuf, language: Option<Language>) -> Result<Text, ReadError> {
        let bytes = fs::read(path)
            .map_err(|error| ReadError::new(format!("cannot read it: {error}")).in_file(path))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let lines = error.as_bytes()[..valid]
                .iter()
                .filter(|byte| **byte == b'\n');
            ReadError::new("the text is not UTF-8")
                .hint("save the file as UTF-8; `file` or `iconv` tell what it is")
                .in_file(path)
                .on_line(
                    u32::try_from(lines.count())
                        .unwrap_or(u32::MAX)
                        .saturating_add(1),
                )
        })?;
        Text::read(&text, language.unwrap_or(self.language)).map_err(|error| error.in_file(path))
    }
}
