//! Running `pg_dump`, `pg_restore` and `psql`.

mod program;
mod restore;
mod script;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use limosa_core::error::DatabaseError;
use limosa_core::migrator::{Command, Foreign};
use tempfile::NamedTempFile;

use super::cancel::{Wanted, blocking};
use super::{Job, Kept, Lock, Recorded, failed};
use crate::args::backup::DumpFormat;
use crate::render::size;

use program::Encoding;
pub(super) use program::Programs;
pub(super) use restore::restore;
use script::Script;

const TICK: Duration = Duration::from_millis(200);
/// Between two signs of life of a session that has the lock: a third of a lease behind a pooler.
const SIGN: Duration = Duration::from_secs(5);
/// The table of the lock: it is about now, not about then.
const LOCK_TABLE: &str = "--exclude-table=*.limosa_lock";

/// Makes a dump.
pub(super) async fn make(
    programs: &Programs,
    job: &mut Job<'_>,
    to: &Path,
    format: DumpFormat,
) -> Result<Kept, DatabaseError> {
    let file = unfinished(to)?;
    let mut errors = tempfile::tempfile().map_err(|error| unwritable(to, &error))?;
    let mut command = programs.dump.command(&programs.variables);
    command
        .arg("--no-password")
        .arg(LOCK_TABLE)
        .arg(format!("--lock-wait-timeout={}", job.patience.as_millis()))
        .args(encoding(programs))
        .args(arguments(format))
        .stdout(handle(file.as_file(), to)?)
        .stderr(handle(&errors, to)?);
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("cannot run pg_dump: {error}")))?;
    let status = wait(&mut child, job, file.as_file()).await?;
    if !status.success() {
        return Err(refused("pg_dump", status, &mut errors));
    }
    file.as_file()
        .sync_all()
        .map_err(|error| unwritable(to, &error))?;
    (job.progress)("verifying the backup".to_owned());
    let mut kept = look(programs, job, file.path()).await?;
    finish(file, to)?;
    to.clone_into(&mut kept.path);
    Ok(kept)
}

fn arguments(format: DumpFormat) -> &'static [&'static str] {
    match format {
        DumpFormat::Custom => &["--format=custom"],
        DumpFormat::Plain => &["--format=plain"],
        DumpFormat::Gzip => &["--format=plain", "--compress=6"],
    }
}

/// Names are looked for in the script.
fn encoding(programs: &Programs) -> Option<&'static str> {
    (programs.encoding == Encoding::Known).then_some("--encoding=UTF8")
}

/// A file that its owner alone can read, under a name that nobody takes for a backup.
fn unfinished(to: &Path) -> Result<NamedTempFile, DatabaseError> {
    if to.symlink_metadata().is_ok() {
        return Err(taken(to));
    }
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let prefix = to.file_name().unwrap_or_default().to_owned();
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix("-unfinished")
        .tempfile_in(parent.unwrap_or(Path::new(".")))
        .map_err(|error| unwritable(to, &error))
}

fn finish(file: NamedTempFile, to: &Path) -> Result<(), DatabaseError> {
    file.persist_noclobber(to)
        .map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(to),
            _ => unwritable(to, &error.error),
        })?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = File::open(parent.unwrap_or(Path::new(".")));
    // Not every system can sync a directory.
    let _ = directory.and_then(|directory| directory.sync_all());
    Ok(())
}

fn taken(to: &Path) -> DatabaseError {
    unwritable(to, &"there is such a file already, and it is kept")
}

fn unwritable(to: &Path, why: &dyn std::fmt::Display) -> DatabaseError {
    failed(format!("cannot write {}: {why}", to.display()))
}

fn handle(file: &File, to: &Path) -> Result<Stdio, DatabaseError> {
    let file = file.try_clone().map_err(|error| unwritable(to, &error))?;
    Ok(Stdio::from(file))
}

/// Waits for the end, tells how far it is, and keeps the session's lock.
async fn wait(
    child: &mut tokio::process::Child,
    job: &mut Job<'_>,
    file: &File,
) -> Result<ExitStatus, DatabaseError> {
    let mut signed = Instant::now();
    loop {
        tokio::select! {
            status = child.wait() => {
                return status.map_err(|error| failed(format!("pg_dump is lost: {error}")));
            }
            () = tokio::time::sleep(TICK) => {}
        }
        let written = file.metadata().map_or(0, |found| found.len());
        (job.progress)(format!("backing up: {}", size(written)));
        if job.lock == Lock::Held && signed.elapsed() > SIGN {
            signed = Instant::now();
            // An empty transaction renews a lease, and fails if it is lost.
            let sign = [Command::Begin(Foreign::Enforced), Command::Commit];
            let ran = job.session.run(&sign).await;
            ran.map_err(|interrupted| interrupted.error)?;
        }
    }
}

/// What a program said when it failed.
fn refused(name: &str, status: ExitStatus, errors: &mut File) -> DatabaseError {
    let mut said = Vec::new();
    let _ = errors.rewind();
    let _ = errors.take(64 * 1024).read_to_end(&mut said);
    let said = String::from_utf8_lossy(&said);
    let said = said.trim();
    let first = said
        .lines()
        .find(|line| line.contains("error:") || line.contains("ERROR:"))
        .or_else(|| said.lines().next());
    let why = match first {
        Some(line) => line.trim_start_matches(&format!("{name}: ")).to_owned(),
        None => status.to_string(),
    };
    let mut error = failed(format!("{name} failed: {why}"));
    error.detail = (said.lines().count() > 1).then(|| said.to_owned());
    if said.contains("permission denied") {
        error = error.with_hint("a backup needs a role that may read everything in the database");
    }
    error
}

/// Reads all of a dump: whether it is complete and sound, and what it holds.
pub(super) async fn look(
    programs: &Programs,
    job: &mut Job<'_>,
    from: &Path,
) -> Result<Kept, DatabaseError> {
    let server = job.session.server().await?;
    let schema = server.default_schema.unwrap_or_default();
    let (reader, path) = (programs.clone(), from.to_owned());
    let (script, format, bytes) =
        blocking(move |wanted| scan(&reader, &path, &wanted).map_err(|error| at(error, &path)))
            .await?;
    Ok(Kept {
        path: from.to_owned(),
        format,
        bytes,
        journal: script.journal(&schema),
        tables: script.tables,
    })
}

fn scan(
    programs: &Programs,
    path: &Path,
    wanted: &Wanted,
) -> Result<(Script, &'static str, u64), DatabaseError> {
    let mut script = Script::default();
    let format = script::read(programs, path, |line| {
        script.line(line);
        if wanted.is_wanted() {
            Ok(())
        } else {
            Err(failed("reading it was broken off"))
        }
    })?;
    script.complete()?;
    let found = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    Ok((script, format, found.len()))
}

fn at(mut error: DatabaseError, path: &Path) -> DatabaseError {
    error.message = format!("{} is no sound backup: {}", path.display(), error.message);
    error
}

/// A row of the journal from its fields.
fn recorded(columns: &[String], fields: &[String]) -> Option<Recorded> {
    let field = |name: &str| {
        let at = columns.iter().position(|column| column == name)?;
        fields.get(at).cloned()
    };
    Some(Recorded {
        version: field("version")?,
        checksum: field("checksum")?,
        state: field("state")?,
    })
}
