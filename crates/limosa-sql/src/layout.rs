//! Directory layouts: Limosa's own and those of other tools.
//!
//! | layout | files |
//! |---|---|
//! | Limosa, Prisma | `<version>_<name>/migration.sql`, `down.sql` |
//! | diesel | `<version>_<name>/up.sql`, `down.sql` |
//! | sqlx, golang-migrate | `<version>_<name>.up.sql`, `.down.sql` |
//! | flat; dbmate, goose, tern with sections | `<version>_<name>.sql` |
//! | Flyway, refinery | `V<version>__<name>.sql`, `U<version>__<name>.sql` |
//!
//! In each, a dialect before or behind the direction (`up.sqlite.sql`, `x.sqlite.up.sql`) makes the file
//! that dialect's alone; the file without one serves the others.

mod duplicate;
mod name;
mod nested;
mod slot;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use limosa_core::version::Version;

use crate::error::ReadError;
use crate::language::Language;
use duplicate::Duplicate;
use name::Stem;
use slot::{Slots, Way};

/// The files of one migration.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) version: Version,
    pub(crate) name: String,
    /// One for each dialect that has files of its own, and one for the others.
    pub(crate) files: Vec<Files>,
}

/// The files of one script.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) only: Option<Language>,
    pub(crate) up: PathBuf,
    pub(crate) up_language: Option<Language>,
    pub(crate) down: Option<(PathBuf, Option<Language>)>,
    pub(crate) no_transaction: bool,
}

/// A migration whose files are being collected.
struct Draft {
    name: String,
    first: PathBuf,
    /// Whether it is a directory, which no other entry may add to.
    closed: bool,
    slots: Slots,
}

/// The migrations of a directory, in order.
pub(crate) fn find(directory: &Path) -> Result<Vec<Found>, ReadError> {
    let entries = entries(directory)?;
    let stems: Vec<&str> = entries.iter().filter_map(|path| file_name(path)).collect();
    let mut drafts: BTreeMap<Version, Draft> = BTreeMap::new();
    let mut twice = Vec::new();
    for path in &entries {
        if path.is_dir() {
            if let Some((version, draft)) = nested::read(path)? {
                twice.extend(add_directory(&mut drafts, version, draft));
            }
        } else if is_sql(path) {
            twice.extend(add_file(&mut drafts, path, &stems)?);
        }
    }
    if let [first, others @ ..] = &twice[..] {
        return Err(first.refusal(others));
    }
    if drafts.is_empty() {
        return Err(ReadError::new("no migration here")
            .in_file(directory)
            .hint("`limosa new NAME` makes one"));
    }
    drafts
        .into_iter()
        .map(|(version, draft)| {
            Ok(Found {
                version,
                name: draft.name,
                files: draft.slots.scripts()?,
            })
        })
        .collect()
}

/// Entries in the order of their names, without hidden ones.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let refuse = |error: std::io::Error| {
        ReadError::new(format!("cannot read it: {error}")).in_file(directory)
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        if file_name(&path).is_some_and(|name| !name.starts_with('.')) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn add_directory(
    drafts: &mut BTreeMap<Version, Draft>,
    version: Version,
    draft: Draft,
) -> Option<Duplicate> {
    if let Some(other) = drafts.get(&version) {
        return Some(Duplicate::new(version, &other.first, &draft.first));
    }
    drafts.insert(version, draft);
    None
}

fn add_file(
    drafts: &mut BTreeMap<Version, Draft>,
    path: &Path,
    names: &[&str],
) -> Result<Option<Duplicate>, ReadError> {
    let stem = name::file(file_name(path).unwrap_or_default(), names)
        .map_err(|error| error.in_file(path))?;
    let Some(Stem {
        version,
        name,
        way,
        only,
        no_transaction,
    }) = stem
    else {
        return Ok(None);
    };
    let draft = drafts.entry(version.clone()).or_insert_with(|| Draft {
        name: name.clone(),
        first: path.to_owned(),
        closed: false,
        slots: Slots::default(),
    });
    // golang-migrate knows a way back by its version alone: it may be called otherwise.
    if way == Way::Up && !draft.slots.lead_up() {
        draft.name.clone_from(&name);
    }
    let is_another = way == Way::Up && draft.name != name;
    if draft.closed || is_another || draft.slots.holds(way, only) {
        return Ok(Some(Duplicate::new(version, &draft.first, path)));
    }
    draft.slots.put(way, only, path.to_owned());
    draft.slots.no_transaction |= no_transaction || flyway_outside_transaction(path);
    Ok(None)
}

/// Flyway's script configuration, `<file>.conf`.
fn flyway_outside_transaction(path: &Path) -> bool {
    let mut conf = path.as_os_str().to_owned();
    conf.push(".conf");
    setting_is_false(Path::new(&conf), "executeInTransaction")
}

/// Whether a file of `key = value` lines sets a key to false.
fn setting_is_false(path: &Path, key: &str) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_once('=')
            .is_some_and(|(name, value)| name.trim() == key && value.trim() == "false")
    })
}

fn file_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn is_sql(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}
