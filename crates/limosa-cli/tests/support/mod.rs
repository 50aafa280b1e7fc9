//! The real binary in a directory of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A working directory with the repository's migrations, and the URL of a database.
pub(crate) struct Place {
    directory: tempfile::TempDir,
    pub(crate) url: String,
}

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new(url: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let place = Self {
            directory,
            url: url.to_owned(),
        };
        copy(&repository_migrations(), &place.path("migrations"));
        place
    }

    /// A place whose database is the file `a.db` in it, which is not there yet.
    pub(crate) fn sqlite() -> Self {
        Self::new("sqlite:a.db")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("create directories");
        std::fs::write(path, text).expect("write a file");
    }

    /// The binary with these words, without the caller's configuration.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limosa"));
        command.current_dir(self.directory.path());
        for name in [
            "DATABASE_URL",
            "DIRECT_URL",
            "LIMOSA_DIRECT_URL",
            "LIMOSA_MIGRATIONS",
            "CONFIRM_ROLLBACK",
            "CONFIRM_RESTORE",
            "LIMOSA_BACKUP",
            "LIMOSA_BACKUP_DIRECTORY",
            "LIMOSA_PG_DUMP",
            "RUST_LOG",
        ] {
            command.env_remove(name);
        }
        command.args(words.split_whitespace());
        command
    }

    /// Runs it on the place's database.
    pub(crate) fn run(&self, words: &str) -> Ran {
        finish(self.command(words).args(["-d", &self.url]))
    }

    /// Runs it and checks how it ends.
    #[track_caller]
    pub(crate) fn expect(&self, words: &str, exit: i32) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.exit, exit, "limosa {words}\n{}\n{}", ran.out, ran.err);
        ran
    }

    /// Runs it with `--json` and reads the one document.
    #[track_caller]
    pub(crate) fn json(&self, words: &str, exit: i32) -> Value {
        let ran = self.expect(&format!("{words} --json"), exit);
        let document: Value = serde_json::from_str(&ran.out).expect("one JSON document");
        assert_eq!(document["exit"], exit);
        document
    }
}

impl Ran {
    /// Each of these is in what it said to people.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.err.contains(part), "{part} in {}", self.err);
        }
    }
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    let output = command.output().expect("the binary runs");
    Ran {
        exit: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn repository_migrations() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("create a directory");
    for entry in std::fs::read_dir(from).expect("read a directory") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copy a file");
        }
    }
}
