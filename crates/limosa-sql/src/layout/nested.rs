//! A migration in a directory of its own.

use std::path::Path;

use limosa_core::version::Version;

use super::name::{self, Marks};
use super::slot::{Slots, Way};
use super::{Draft, entries, file_name, is_sql, setting_is_false};
use crate::error::ReadError;
use crate::language::Language;

/// The migration in a directory; none if the directory holds no SQL.
pub(super) fn read(directory: &Path) -> Result<Option<(Version, Draft)>, ReadError> {
    let entries = entries(directory)?;
    let files: Vec<_> = entries
        .iter()
        .filter(|path| path.is_file() && is_sql(path))
        .collect();
    if files.is_empty() {
        return Ok(None);
    }
    let directory_name = file_name(directory).unwrap_or_default();
    let (version, name) = name::versioned(directory_name).ok_or_else(|| {
        ReadError::new(format!("`{directory_name}` is no name of a migration"))
            .in_file(directory)
            .hint("expected <version>_<name>/migration.sql")
    })?;
    let mut slots = Slots::default();
    for file in files {
        let Some((way, only)) = role(file)? else {
            continue;
        };
        if slots.holds(way, only) {
            return Err(ReadError::new("a second file for the same purpose").in_file(file));
        }
        slots.put(way, only, file.clone());
    }
    slots.no_transaction = setting_is_false(&directory.join("metadata.toml"), "run_in_transaction");
    let draft = Draft {
        name,
        first: directory.to_owned(),
        closed: true,
        slots,
    };
    Ok(Some((version, draft)))
}

/// The way that a file goes, and the one dialect that it is for.
type Role = (Way, Option<Language>);

/// `migration.sql`, `up.sql` or `down.sql`; none for another database.
fn role(file: &Path) -> Result<Option<Role>, ReadError> {
    let name = file_name(file).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (stem, marks) = name::marks(stem);
    let way =
        match (stem, marks) {
            ("migration" | "up", Marks { way: None, .. }) => Way::Up,
            ("down", Marks { way: None, .. }) => Way::Down,
            ("migration", Marks { way: Some(way), .. }) => way,
            _ => {
                return Err(ReadError::new(format!("`{name}` is no file of a migration"))
                .in_file(file)
                .hint("expected migration.sql, up.sql or down.sql, or migration.<dialect>.sql"));
            }
        };
    Ok((!marks.foreign).then_some((way, marks.only)))
}
