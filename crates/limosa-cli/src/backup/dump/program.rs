//! Which programs: `pg_dump` refuses a server that is newer than itself, so that of several installed
//! ones the right one has to be found.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use limosa_core::error::DatabaseError;

use super::super::{Job, failed};

/// Where distributions put the programs of one version, as directories that have one for each.
const PLACES: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "bin"),
    ("/usr/lib64/postgresql", "bin"),
    ("/usr", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
];
/// How the names of these directories begin, if they are not numbers.
const NAMES: [&str; 2] = ["pgsql-", "postgresql@"];

/// The programs that fit a server, and how they reach it.
#[derive(Clone)]
pub(in crate::backup) struct Programs {
    pub(super) dump: Program,
    pub(super) restore: Program,
    pub(super) psql: Program,
    pub(super) variables: Vec<(&'static str, Option<OsString>)>,
    /// Whether the server knows in which encoding its texts are.
    pub(super) encoding: Encoding,
}

/// Whether texts of a database can be had as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// They can.
    Known,
    /// They are bytes, for all the server knows (`SQL_ASCII`).
    Unknown,
}

/// A program of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    path: PathBuf,
    major: u32,
}

impl Programs {
    /// The programs for the server of a session.
    pub(in crate::backup) async fn find(job: &mut Job<'_>) -> Result<Self, DatabaseError> {
        let sql = "SELECT pg_catalog.current_setting('server_version_num'), \
                   pg_catalog.current_setting('server_encoding')";
        let rows = job.session.query(sql).await?;
        let answer = |column: usize| rows.first().and_then(|row| row.get(column)?.clone());
        let number: u32 = answer(0).and_then(|text| text.parse().ok()).unwrap_or(0);
        let major = number / 10_000;
        let named = job.settings.pg_dump.clone();
        let variables = limosa_postgres::client_variables(job.url)?;
        let encoding = match answer(1).as_deref() {
            Some("SQL_ASCII") => Encoding::Unknown,
            _ => Encoding::Known,
        };
        super::blocking(move |_| {
            let dump = match named {
                Some(path) => named_dump(&path, major)?,
                None => search("pg_dump", None, major)?,
            };
            let beside = dump.path.parent().map(Path::to_owned);
            Ok(Self {
                restore: search("pg_restore", beside.as_deref(), dump.major)?,
                psql: search("psql", beside.as_deref(), major)?,
                dump,
                variables,
                encoding,
            })
        })
        .await
    }
}

impl Program {
    /// A command that reaches the server, and ends when nobody waits for it.
    pub(super) fn command(
        &self,
        variables: &[(&'static str, Option<OsString>)],
    ) -> tokio::process::Command {
        let mut command = tokio::process::Command::from(self.blocking(variables));
        command.kill_on_drop(true);
        command
    }

    /// A command that reaches the server, for a thread of its own.
    pub(super) fn blocking(
        &self,
        variables: &[(&'static str, Option<OsString>)],
    ) -> std::process::Command {
        let mut command = std::process::Command::new(&self.path);
        // Messages are looked into.
        command.env("LC_ALL", "C").env("PGCLIENTENCODING", "UTF8");
        for (name, value) in variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdin(Stdio::null());
        command
    }
}

fn named_dump(path: &Path, major: u32) -> Result<Program, DatabaseError> {
    let shown = path.display();
    let program = look(path).ok_or_else(|| {
        failed(format!(
            "{shown} cannot be run, or does not tell its version"
        ))
    })?;
    if program.major < major {
        return Err(too_old(&program, "pg_dump", major));
    }
    Ok(program)
}

/// The program of the same version as the server; else of the next higher one.
fn search(name: &str, beside: Option<&Path>, major: u32) -> Result<Program, DatabaseError> {
    let directories = beside.map(Path::to_owned).into_iter().chain(directories());
    let found: Vec<Program> = directories
        .map(|directory| directory.join(name))
        .filter(|path| path.is_file() && !is_wrapper(path))
        .filter_map(|path| look(&path))
        .collect();
    match best(&found, major) {
        Some(program) => Ok(program.clone()),
        None => Err(match found.iter().max_by_key(|program| program.major) {
            Some(newest) => too_old(newest, name, major),
            None => missing(name, major),
        }),
    }
}

/// The first of the lowest version that is high enough.
fn best(found: &[Program], major: u32) -> Option<&Program> {
    let fit = found.iter().filter(|program| program.major >= major);
    fit.min_by_key(|program| program.major)
}

fn missing(name: &str, major: u32) -> DatabaseError {
    failed(format!(
        "{name} was not found, neither on PATH nor where it is usually installed"
    ))
    .with_hint(format!(
        "install PostgreSQL's client programs of version {major} or later, or name one with \
             --pg-dump or LIMOSA_PG_DUMP"
    ))
}

fn too_old(program: &Program, name: &str, major: u32) -> DatabaseError {
    failed(format!(
        "{} is of version {}, and the server of version {major}: {name} must not be older",
        program.path.display(),
        program.major
    ))
    .with_hint(format!(
        "install PostgreSQL's client programs of version {major} or later, or name one with \
         --pg-dump or LIMOSA_PG_DUMP"
    ))
}

/// Debian's `pg_wrapper` chooses a version by itself; those that it chooses from are found anyway.
fn is_wrapper(path: &Path) -> bool {
    let real = path.canonicalize().ok();
    real.is_some_and(|real| real.file_name().is_some_and(|name| name == "pg_wrapper"))
}

fn directories() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for (place, below) in PLACES {
        let Ok(versions) = std::fs::read_dir(place) else {
            continue;
        };
        let names = versions.flatten().map(|one| one.path());
        let versions = names.filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.parse::<u32>().is_ok() || NAMES.iter().any(|begin| name.starts_with(begin))
        });
        all.extend(versions.map(|path| path.join(below)));
    }
    all
}

fn look(path: &Path) -> Option<Program> {
    let output = std::process::Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    Some(Program {
        path: path.to_owned(),
        major: major(&said)?,
    })
}

/// `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `... 18beta1`.
fn major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let end = version.find(|c: char| !c.is_ascii_digit());
    version[..end.unwrap_or(version.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.18 (Debian 1)\n"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 9.0.23\n"), Some(9));
        assert_eq!(major("psql (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("mysqldump 8.0"), None);
    }

    #[track_caller]
    fn check(majors: &[u32], server: u32, expected: Option<u32>) {
        let found: Vec<Program> = majors
            .iter()
            .map(|&major| Program {
                path: "pg_dump".into(),
                major,
            })
            .collect();
        assert_eq!(best(&found, server).map(|one| one.major), expected);
    }

    #[test]
    fn the_version_fits_the_server() {
        check(&[13, 17, 15, 16], 15, Some(15));
        check(&[13, 17, 18], 15, Some(17));
        check(&[13, 14], 15, None);
        check(&[], 15, None);
    }
}
