//! Versions that are used twice.

use std::path::{Path, PathBuf};

use limosa_core::version::Version;

use crate::error::ReadError;

/// A version, and two files or directories that have it.
#[derive(Debug)]
pub(super) struct Duplicate {
    version: Version,
    first: PathBuf,
    second: PathBuf,
}

impl Duplicate {
    pub(super) fn new(version: Version, first: &Path, second: &Path) -> Self {
        Self {
            version,
            first: first.to_owned(),
            second: second.to_owned(),
        }
    }

    /// The error: this one in full, and the versions of the others, so that all can be mended at once.
    pub(super) fn refusal(&self, others: &[Self]) -> ReadError {
        let (first, second) = (self.first.display(), self.second.display());
        let mut hint = "give one of them another version".to_owned();
        let mut versions: Vec<_> = others.iter().map(|one| one.version.to_string()).collect();
        versions.retain(|version| *version != self.version.to_string());
        versions.dedup();
        if !versions.is_empty() {
            hint += &format!("; used twice as well: {}", versions.join(", "));
        }
        let reason = format!(
            "version {} is used twice: {first} and {second}",
            self.version
        );
        ReadError::new(reason).in_file(&self.second).hint(hint)
    }
}
