//! A backup in the place of a database that cannot be opened any more.

use std::fs;
use std::io;
use std::path::Path;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;

use super::contents::{Contents, beside, verify};
use super::file::{Unfinished, refused, sync_directory};

/// Puts a backup in the place of a file that is damaged, and keeps that one under the name `aside`
/// with whatever belongs to it. No other connection may have the file open: it would go on with the
/// one that was set aside. For a database that can be opened there is [`restore`](super::restore).
///
/// Killed on the way, either file is there under the database's name, and the damaged one under
/// `aside` or its own.
///
/// # Errors
/// As [`verify`], before anything is changed; there is a file named `aside`; files cannot be written.
pub fn replace(path: &Path, from: &Path, aside: &Path) -> Result<Contents> {
    let contents = verify(from)?;
    let occupied = |suffix: &&str| beside(aside, suffix).symlink_metadata().is_ok();
    if ["", "-wal", "-journal"].iter().any(occupied) {
        return Err(refused(
            aside,
            &"there is such a file already, and it is kept",
        ));
    }
    let unfinished = Unfinished::beside(&beside(path, "-restored"))?;
    fs::copy(from, unfinished.path()).map_err(|error| refused(path, &error))?;
    unfinished.sync()?;
    if verify(unfinished.path())? != contents {
        let what = "the copy is not what the backup is";
        return Err(DatabaseError::new(Kind::Other, what));
    }
    second_name(path, aside).map_err(|error| refused(aside, &error))?;
    // A log that is left behind would be taken for one of the new file.
    for suffix in ["-wal", "-journal", "-shm"] {
        match fs::rename(beside(path, suffix), beside(aside, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(refused(aside, &error));
            }
            _ => {}
        }
    }
    fs::rename(unfinished.path(), path).map_err(|error| refused(path, &error))?;
    sync_directory(path);
    Ok(contents)
}

/// A second name, or a copy where the file system has none.
fn second_name(path: &Path, aside: &Path) -> io::Result<()> {
    fs::hard_link(path, aside).or_else(|_| fs::copy(path, aside).map(drop))
}
