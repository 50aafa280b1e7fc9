//! Migration files in the layout of each tool.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::tool::{Layout, Tool};

/// A migration.
#[derive(Clone, Debug)]
pub struct File {
    pub version: usize,
    pub text: String,
    /// Whether the tool is told, in its own way, to run it outside a transaction.
    pub outside: bool,
}

impl File {
    pub fn new(version: usize, text: impl Into<String>) -> Self {
        let text = text.into();
        let outside = text.contains("CONCURRENTLY");
        Self {
            version,
            text,
            outside,
        }
    }

    pub fn outside(version: usize, text: &str) -> Self {
        Self {
            outside: true,
            ..Self::new(version, text)
        }
    }
}

/// Migrations of versions 1, 2, 3 ...
pub fn numbered(texts: &[&str]) -> Vec<File> {
    let texts = texts.iter().enumerate();
    texts.map(|(at, text)| File::new(at + 1, *text)).collect()
}

/// Writes them into a new directory.
pub fn write(tool: &Tool, files: &[File]) -> TempDir {
    let directory = TempDir::new().expect("a temporary directory");
    for file in files {
        put(tool, directory.path(), file, "step");
    }
    directory
}

/// Writes one more.
pub fn put(tool: &Tool, directory: &Path, file: &File, name: &str) {
    let File { version, text, .. } = file;
    match tool.layout {
        Layout::Bare => save(&directory.join(format!("{version:03}_{name}.sql")), text),
        Layout::Marked => {
            let mark = if file.outside {
                "-- no-transaction\n"
            } else {
                ""
            };
            let text = format!("{mark}{text}");
            save(&directory.join(format!("{version:03}_{name}.sql")), &text);
        }
        Layout::Flyway => save(&directory.join(format!("V{version:03}__{name}.sql")), text),
        Layout::Directories => {
            let one = directory.join(format!("{version:03}_{name}"));
            fs::create_dir(&one).expect("a directory can be made");
            save(&one.join("up.sql"), text);
            save(&one.join("down.sql"), "SELECT 1;\n");
            if file.outside {
                save(&one.join("metadata.toml"), "run_in_transaction = false\n");
            }
        }
    }
}

fn save(path: &Path, text: &str) {
    fs::write(path, text).expect("a file can be written");
}
