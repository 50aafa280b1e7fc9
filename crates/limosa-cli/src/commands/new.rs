//! `new`: a new migration directory.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::answer::Answer;
use crate::args::Global;
use crate::config::Settings;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{GOOD, paint};

pub(super) fn run(global: &Global, name: &str) -> Result<Answer, Failure> {
    let settings = Settings::collect(global)?;
    let name = sanitise(name);
    if name.is_empty() {
        let failure = Failure::usage("the name has no letter and no digit in it");
        return Err(failure.hint("say what the migration does: `limosa new add last_error`"));
    }
    let taken = directories(&settings.migrations);
    if let Some((_, path)) = taken.iter().find(|(_, path)| ends_with(path, &name)) {
        let message = format!("there is a migration of this name: {}", path.display());
        return Err(Failure::other(message)
            .hint("take another name; versions make the order, names tell them apart"));
    }
    let version = version(Timestamp::now());
    if let Some((_, path)) = taken.iter().find(|(own, _)| *own == version) {
        let message = format!("there is a migration of this version: {}", path.display());
        return Err(Failure::other(message).hint("try again in a second"));
    }
    let file = write(&settings.migrations, &version, &name)?;
    let text = format!("{} {}\n", paint(GOOD, "Made"), file.display());
    Ok(Answer::new(Exit::Done, text)
        .with("version", version)
        .with("name", name)
        .with("path", file))
}

fn write(directory: &Path, version: &str, name: &str) -> Result<PathBuf, Failure> {
    let directory = directory.join(format!("{version}_{name}"));
    let file = directory.join("migration.sql");
    fs::create_dir_all(&directory)
        .and_then(|()| fs::write(&file, content(name)))
        .map_err(|error| {
            Failure::other(format!("cannot write it: {error}")).in_file(&file, None)
        })?;
    Ok(file)
}

/// `20250805120000` in UTC.
fn version(now: Timestamp) -> String {
    now.strftime("%Y%m%d%H%M%S").to_string()
}

/// Lower case, with one underscore for everything that is neither a letter nor a digit.
fn sanitise(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// The entries of a directory with what stands before their first underscore.
fn directories(directory: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (version, _) = name.split_once('_')?;
        Some((version.to_owned(), entry.path()))
    });
    named.collect()
}

fn ends_with(path: &Path, name: &str) -> bool {
    let own = path
        .file_name()
        .and_then(|own| own.to_str())
        .unwrap_or_default();
    let stem = own.split('.').next().unwrap_or_default();
    stem.split_once('_').is_some_and(|(_, own)| own == name)
}

fn content(name: &str) -> String {
    format!(
        "-- {}
--
-- Write PostgreSQL's SQL; Limosa carries it out on SQLite too, in SQLite's words.
-- A database that needs its own wording gets migration.sqlite.sql or migration.postgres.sql beside this
-- file. To undo it, Limosa computes the inverse; write down.sql where you know better.
--
--   -- limosa: only postgres     above a statement: it is for this database alone
--   -- limosa: no transaction    anywhere: nothing of this file runs in a transaction
--
-- `limosa plan` shows what will be executed.

",
        name.replace('_', " ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(sanitise(name), expected);
    }

    #[test]
    fn names_become_file_names() {
        check("add last_error", "add_last_error");
        check("  Add: a/b ../c ", "add_a_b_c");
        check("größe", "größe");
        check("../..", "");
    }

    #[test]
    fn versions_are_utc() {
        let time = Timestamp::from_second(1_754_352_061).expect("a time");
        assert_eq!(version(time), "20250805000101");
    }

    #[test]
    fn a_new_file_has_no_statement_yet() {
        let pieces = limosa_sql::Text::read(&content("x"), limosa_sql::Language::Postgres);
        assert_eq!(pieces.expect("a readable file").statements, []);
    }
}
