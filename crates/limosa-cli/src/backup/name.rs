//! Where backups are, and what they are called: the database, the time in UTC, the version.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use limosa_core::journal::Journal;

/// The directory, unless something else is said.
pub(crate) const DIRECTORY: &str = "limosa-backups";
const BEFORE_RESTORE: &str = "-before-restore";
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// What a version becomes of a database that has none.
const NO_VERSION: &str = "none";

/// Where the backups of a database are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Home {
    /// The directory.
    pub(crate) directory: PathBuf,
    /// What the names begin with.
    stem: String,
}

/// What a backup is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Somebody asked for it, or a run takes place.
    Backup,
    /// Another one is being restored over what this one keeps.
    Restore,
}

impl Home {
    /// The home of a database of this name.
    pub(crate) fn new(directory: PathBuf, database: &str) -> Self {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let stem: String = database
            .chars()
            .map(|c| if plain(c) { c } else { '_' })
            .take(64)
            .collect();
        let stem = stem.trim_start_matches('.').to_owned();
        Self {
            directory,
            stem: if stem.is_empty() { "_".into() } else { stem },
        }
    }

    /// The same in another directory.
    pub(crate) fn moved(self, directory: &Path) -> Self {
        let directory = directory.to_owned();
        Self { directory, ..self }
    }

    /// A name that no file has yet.
    pub(crate) fn name(
        &self,
        journal: Option<&Journal>,
        occasion: Occasion,
        ending: &str,
    ) -> PathBuf {
        let version = journal.and_then(last_applied);
        let begin = self.begin(Timestamp::now(), version.as_deref(), occasion);
        let names = (1..).map(|number| match number {
            1 => format!("{begin}{ending}"),
            _ => format!("{begin}-{number}{ending}"),
        });
        let mut paths = names.map(|name| self.directory.join(name));
        let free = paths.find(|path| path.symlink_metadata().is_err());
        free.expect("there are more numbers than files")
    }

    fn begin(&self, time: Timestamp, version: Option<&str>, occasion: Occasion) -> String {
        let time = time.to_zoned(TimeZone::UTC).strftime(TIME);
        let version = version.unwrap_or(NO_VERSION);
        let why = match occasion {
            Occasion::Backup => "",
            Occasion::Restore => BEFORE_RESTORE,
        };
        format!("{}-{time}-{version}{why}", self.stem)
    }

    /// Makes the directory, for its owner alone, unless it is there.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.directory)
    }

    /// The backup that was made last, if there is any.
    pub(crate) fn last(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(&self.directory).ok()?.flatten();
        let dated = files.filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            // The name has no parts of seconds.
            let written = file.metadata().and_then(|found| found.modified()).ok();
            Some((self.time(&name)?.to_owned(), written, file.path()))
        });
        dated.max().map(|(_, _, path)| path)
    }

    /// The time in a name, if it is one of this database's backups.
    fn time<'n>(&self, name: &'n str) -> Option<&'n str> {
        let rest = name.strip_prefix(&self.stem)?.strip_prefix('-')?;
        let (time, rest) = rest.split_once('-')?;
        let is_time = time.len() == 16
            && time.bytes().enumerate().all(|(at, byte)| match at {
                8 => byte == b'T',
                15 => byte == b'Z',
                _ => byte.is_ascii_digit(),
            });
        (is_time && !rest.contains("-unfinished")).then_some(time)
    }
}

fn last_applied(journal: &Journal) -> Option<String> {
    let applied = journal
        .entries
        .iter()
        .filter(|entry| journal.is_applied(&entry.version));
    let version = applied.map(|entry| &entry.version).max()?;
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '_'
        }
    };
    Some(version.as_str().chars().map(plain).take(64).collect())
}

/// A path as it is best read: from here, where it lies below.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok());
    below.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(database: &str, version: Option<&str>, expected: &str) {
        let home = Home::new("d".into(), database);
        let time = Timestamp::from_second(1_754_352_000).expect("a time");
        assert_eq!(home.begin(time, version, Occasion::Backup), expected);
    }

    #[test]
    fn names() {
        check("shop", Some("3"), "shop-20250805T000000Z-3");
        check("shop", None, "shop-20250805T000000Z-none");
        check("../a b/c'\"", Some("1.2"), "_a_b_c__-20250805T000000Z-1.2");
        check("größe", None, "größe-20250805T000000Z-none");
        check("", None, "_-20250805T000000Z-none");
    }

    #[test]
    fn the_last_one() {
        let directory = tempfile::tempdir().expect("a directory");
        let home = Home::new(directory.path().to_owned(), "shop");
        assert_eq!(home.last(), None);
        for name in [
            "shop-20250805T000000Z-3.dump",
            "shop-20250806T000000Z-2-2.dump",
            "shop-20250807T000000Z-2.db-unfinished-7",
            "shop2-20250808T000000Z-3.dump",
            "shop-notes.txt",
        ] {
            std::fs::write(home.directory.join(name), "").expect("a file");
        }
        let last = home.last().expect("one");
        assert!(last.ends_with("shop-20250806T000000Z-2-2.dump"), "{last:?}");
    }
}
