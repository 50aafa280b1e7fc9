//! `SQLite`.

use limosa_sqlite::{Background, Location, Mode};

use super::{Backend, Opened, Opening, Purpose};
use crate::backup::Copies;

pub(super) const BACKEND: Backend = Backend {
    schemes: &["sqlite"],
    example: "sqlite:PATH",
    open,
    keeper: &Copies,
};

const MEMORY: &str = "sqlite::memory:";

fn open(url: &str, purpose: Purpose) -> Opening<'_> {
    Box::pin(async move {
        let missing = missing(url);
        let opened = match (purpose, &missing) {
            (Purpose::Change, _) => Background::open(url, Mode::Create).await?,
            // An empty database in memory stands for the file that is not there.
            (Purpose::Look, Some(_)) => Background::open(MEMORY, Mode::Create).await?,
            (Purpose::Look, None) if url == MEMORY => Background::open(url, Mode::Create).await?,
            (Purpose::Look, None) => Background::open(url, Mode::Existing).await?,
        };
        Ok(Opened {
            migrator: Box::new(opened),
            missing: missing.filter(|_| purpose == Purpose::Look),
        })
    })
}

/// The file, if it is not there although its directory is.
fn missing(url: &str) -> Option<String> {
    let Location::File(path) = Location::parse(url) else {
        return None;
    };
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let placed = directory.is_none_or(std::path::Path::is_dir);
    (placed && !path.as_os_str().is_empty() && !path.exists()).then(|| path.display().to_string())
}
