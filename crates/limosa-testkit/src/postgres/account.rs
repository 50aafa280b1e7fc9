//! The user that a server runs as: `PostgreSQL` refuses to run as root.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user other than root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// The one that runs the test; its id.
    Own(u32),
    /// Another one, since root runs the test; its user and group ids.
    Other(u32, u32),
}

impl Account {
    /// The user to run a server as: one's own; for root `postgres`, or `nobody` without it.
    pub(crate) fn find() -> Self {
        match id(&["-u"]) {
            Some(0) => ["postgres", "nobody"]
                .iter()
                .find_map(|name| Some(Self::Other(id(&["-u", name])?, id(&["-g", name])?)))
                .expect("root runs the test, but there is no user postgres or nobody to run as"),
            Some(own) => Self::Own(own),
            None => panic!("`id -u` does not tell who runs the test"),
        }
    }

    /// A command as this user.
    pub(crate) fn command(self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Self::Other(user, group) = self {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives a file to this user.
    pub(crate) fn own(self, path: &Path) {
        if let Self::Other(user, group) = self {
            chown(path, Some(user), Some(group)).expect("root may give a file away");
        }
    }

    /// The user's id.
    pub(crate) fn user(self) -> u32 {
        match self {
            Self::Own(user) | Self::Other(user, _) => user,
        }
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().parse().ok()
}
