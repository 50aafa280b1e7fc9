//! Why migrations could not be read.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something in a migration file, or in the directory, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    path: Option<PathBuf>,
    line: Option<u32>,
    reason: String,
    hint: Option<String>,
}

impl ReadError {
    /// An error without a place.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            path: None,
            line: None,
            reason: reason.into(),
            hint: None,
        }
    }

    /// Adds the line, unless it is known already.
    pub(crate) fn on_line(mut self, line: u32) -> Self {
        self.line.get_or_insert(line);
        self
    }

    /// Counts the line from further up in the file.
    pub(crate) fn moved_down(mut self, lines: u32) -> Self {
        self.line = self.line.map(|line| line + lines);
        self
    }

    /// Adds the file, unless it is known already.
    pub(crate) fn in_file(mut self, path: impl AsRef<Path>) -> Self {
        self.path.get_or_insert_with(|| path.as_ref().to_owned());
        self
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The file or directory; none if the text came from elsewhere.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The line, from 1; none if the error is about the whole file or directory.
    pub fn line(&self) -> Option<u32> {
        self.line
    }

    /// What is wrong, in lower case and without a place.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}", path.display())?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        } else if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadError {}
