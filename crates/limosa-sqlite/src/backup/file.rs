//! A file that has its name only once it is complete.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;

use super::contents::beside;

/// A new file under a name that nobody takes for a backup; removed unless it is finished.
pub(super) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Makes an empty file in the directory of another one that must not be there, readable by its
    /// owner alone.
    pub(super) fn beside(to: &Path) -> Result<Self> {
        if to.symlink_metadata().is_ok() {
            return Err(refused(to, &"there is such a file already, and it is kept"));
        }
        let suffix = format!("-unfinished-{}", std::process::id());
        let path = beside(to, &suffix);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|error| refused(to, &error))?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the disk has it. No connection may have it open.
    pub(super) fn sync(&self) -> Result<()> {
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(|error| refused(&self.path, &error))
    }

    /// Gives it its name, unless another file has got it meanwhile.
    pub(super) fn finish(self, to: &Path) -> Result<()> {
        // A rename would replace a file that is there; a second name does not.
        match std::fs::hard_link(&self.path, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(refused(to, &"there is such a file already, and it is kept"));
            }
            // A file system without second names.
            Err(_) if to.symlink_metadata().is_err() => {
                std::fs::rename(&self.path, to).map_err(|error| refused(to, &error))?;
            }
            Err(error) => return Err(refused(to, &error)),
        }
        sync_directory(to);
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Waits until the disk has the file's name, where a directory can be synced.
pub(super) fn sync_directory(of: &Path) {
    let parent = of.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = File::open(parent.unwrap_or(Path::new(".")));
    let _ = directory.and_then(|directory| directory.sync_all());
}

pub(super) fn refused(path: &Path, why: &dyn std::fmt::Display) -> DatabaseError {
    let message = format!("cannot write {}: {why}", path.display());
    DatabaseError::new(Kind::Other, message)
}
