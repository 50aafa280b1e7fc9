//! What `embed!` writes into the application.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use limosa_core::migration::Migration;

/// The whole expression, as source text. `types` is the path of `Migrations` and `Embedded`.
pub(crate) fn set(migrations: &[Migration], directory: &Path, types: &str) -> String {
    let mut source = format!("{{ {} {types}::Migrations::embedded(&[", tracked(directory));
    let mut sorted: Vec<_> = migrations.iter().collect();
    sorted.sort_by(|a, b| a.version.cmp(&b.version));
    for migration in sorted {
        source.push_str(&embedded(migration, types));
    }
    source.push_str("]) }");
    source
}

fn embedded(migration: &Migration, types: &str) -> String {
    let payload = postcard::to_stdvec(migration).expect("migrations always encode");
    let mut checksums = String::new();
    for script in &migration.scripts {
        let only = script.only.as_deref().unwrap_or_default();
        let _ = write!(checksums, "({only:?}, {}u128),", script.checksum.0);
    }
    format!(
        "{types}::Embedded {{ version: {:?}, name: {:?}, checksums: &[{checksums}], payload: b\"{}\" }},",
        migration.version.as_str(),
        migration.name,
        payload.escape_ascii(),
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
