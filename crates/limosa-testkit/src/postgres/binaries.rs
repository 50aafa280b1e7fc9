//! Where the server's binaries are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const MISSING: &str = "no PostgreSQL server binaries (initdb, postgres) on this machine: run \
    ./scripts/test, which installs them, or set LIMOSA_TEST_PG_BIN to their directory";

/// The directory of `initdb` and `postgres`: the one that `LIMOSA_TEST_PG_BIN` names, else the newest
/// of Debian's places, else what `PATH` has.
pub(super) fn directory() -> PathBuf {
    if let Some(named) = env::var_os("LIMOSA_TEST_PG_BIN") {
        let named = PathBuf::from(named);
        assert!(
            is_complete(&named),
            "LIMOSA_TEST_PG_BIN={} has no initdb and postgres",
            named.display()
        );
        return named;
    }
    newest(Path::new("/usr/lib/postgresql"))
        .or_else(on_path)
        .expect(MISSING)
}

fn newest(root: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(root).ok()?.flatten();
    versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path(),
            ))
        })
        .map(|(version, path)| (version, path.join("bin")))
        .filter(|(_, bin)| is_complete(bin))
        .max()
        .map(|(_, bin)| bin)
}

fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find(|bin| is_complete(bin))
}

fn is_complete(bin: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|name| bin.join(name).is_file())
}
