//! Which file says which way for which dialect.

use std::path::PathBuf;

use super::Files;
use crate::error::ReadError;
use crate::language::Language;

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// The files of a migration that are found so far.
#[derive(Debug, Default)]
pub(super) struct Slots {
    files: Vec<(Way, Option<Language>, PathBuf)>,
    pub(super) no_transaction: bool,
}

impl Slots {
    pub(super) fn holds(&self, way: Way, only: Option<Language>) -> bool {
        self.get(way, only).is_some()
    }

    /// Whether any file says the way up.
    pub(super) fn lead_up(&self) -> bool {
        self.files.iter().any(|(way, ..)| *way == Way::Up)
    }

    pub(super) fn put(&mut self, way: Way, only: Option<Language>, path: PathBuf) {
        self.files.push((way, only, path));
    }

    fn get(&self, way: Way, only: Option<Language>) -> Option<&PathBuf> {
        let found = self
            .files
            .iter()
            .find(|(is, of, _)| (*is, *of) == (way, only));
        found.map(|(_, _, path)| path)
    }

    /// The dialect's own file, else the general one, each with the language of its name.
    fn serves(&self, way: Way, only: Option<Language>) -> Option<(PathBuf, Option<Language>)> {
        let own = self.get(way, only).map(|path| (path.clone(), only));
        own.or_else(|| Some((self.get(way, None)?.clone(), None)))
    }

    /// One script for all, and one for each dialect that has a file of its own.
    pub(super) fn scripts(&self) -> Result<Vec<Files>, ReadError> {
        let dialects = Language::ALL.into_iter().map(Some);
        let mut scripts = Vec::new();
        for only in std::iter::once(None).chain(dialects) {
            if !self.holds(Way::Up, only) && !self.holds(Way::Down, only) {
                continue;
            }
            let Some((up, up_language)) = self.serves(Way::Up, only) else {
                if only.is_none() && self.lead_up() {
                    continue;
                }
                return Err(self.without_up(only));
            };
            scripts.push(Files {
                only,
                up,
                up_language,
                down: self.serves(Way::Down, only),
                no_transaction: self.no_transaction,
            });
        }
        Ok(scripts)
    }

    fn without_up(&self, only: Option<Language>) -> ReadError {
        let error = ReadError::new("a way back without a way there")
            .hint("add the file that it undoes, or remove this one");
        match self.get(Way::Down, only) {
            Some(path) => error.in_file(path),
            None => error,
        }
    }
}
