//! What `embed!` writes into the application.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use limosa_core::migration::{Migration, Migrations};

/// The whole expression, as source text. `types` is the path of `Migrations`.
pub(crate) fn set(migrations: &[Migration], directory: &Path, types: &str) -> String {
    let mut sorted: Vec<_> = migrations.iter().collect();
    sorted.sort_by(|a, b| a.version.cmp(&b.version));
    let encoded = Migrations::encoded(&sorted);
    format!(
        "{{ {} {types}::Migrations::embedded(b\"{}\") }}",
        tracked(directory),
        encoded.escape_ascii(),
    )
}

/// Constants that nobody reads: through them the compiler learns of the files, and cargo of changes.
fn tracked(directory: &Path) -> String {
    let mut source = String::new();
    for path in files(directory) {
        if let Some(path) = path.to_str() {
            let _ = write!(source, "const _: &[u8] = ::core::include_bytes!({path:?});");
        }
    }
    source
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|end| end == "sql" || end == "toml" || end == "conf")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
