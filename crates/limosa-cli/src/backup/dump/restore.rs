//! Bringing a dump back: one transaction of `psql`, which Limosa alone can commit.
//!
//! `psql` and `pg_restore` commit what they have when their input ends early (`--single-transaction`
//! of half a script), and `--clean` leaves behind what was made since the backup. So the transaction
//! is written around the script here: everything is dropped in it, the script runs, the rows are
//! counted, and the word to commit is sent last. If this process is killed, the input ends without
//! that word, and the server rolls back.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use limosa_core::error::DatabaseError;

use super::super::cancel::{Wanted, blocking};
use super::super::{Job, Kept, Progress, Table, failed, recorded};
use super::script::{self, Line, Script};
use super::{Programs, refused};

/// Drops what the database holds, but what extensions made and the table of the lock.
const DROP: &str = include_str!("drop.sql");
/// Rows between two words about the progress.
const EVERY: u64 = 10_000;

/// Replaces what is in the database by a dump that was looked at.
pub(in crate::backup) async fn restore(
    programs: &Programs,
    job: &mut Job<'_>,
    from: &Path,
    kept: &Kept,
) -> Result<(), DatabaseError> {
    let schema = job.session.server().await?.default_schema;
    let work = Work {
        programs: programs.clone(),
        path: from.to_owned(),
        tables: kept.tables.clone(),
        begin: begin(schema.as_deref().unwrap_or("public"), job.patience),
        progress: job.progress.clone(),
    };
    blocking(move |wanted| work.run(&wanted)).await?;
    let journal = job.session.journal().await?;
    if journal.as_ref().map(recorded) == kept.journal {
        Ok(())
    } else {
        Err(failed("the journal is not the one of the backup"))
    }
}

struct Work {
    programs: Programs,
    path: std::path::PathBuf,
    tables: Vec<Table>,
    begin: String,
    progress: Progress,
}

impl Work {
    fn run(&self, wanted: &Wanted) -> Result<(), DatabaseError> {
        let mut errors = tempfile::tempfile().map_err(|error| failed(error.to_string()))?;
        let mut psql = self.start(&errors)?;
        let fed = self.feed(&mut psql, wanted);
        // Its input is closed: without the last word it rolls back.
        let status = psql
            .wait()
            .map_err(|error| failed(format!("psql is lost: {error}")))?;
        match fed {
            Err(Fed::Failed(error)) => Err(error),
            Ok(()) if status.success() => Ok(()),
            // It has stopped reading, or to the last word it said no: what it said is the reason.
            Ok(()) | Err(Fed::Unheard) => Err(explained(refused("psql", status, &mut errors))),
        }
    }

    fn start(&self, errors: &File) -> Result<Child, DatabaseError> {
        let told = errors
            .try_clone()
            .map_err(|error| failed(error.to_string()))?;
        self.programs
            .psql
            .blocking(&self.programs.variables)
            .args(["--no-psqlrc", "--quiet", "--no-password"])
            .args(["--set=ON_ERROR_STOP=1", "--file=-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(told)
            .spawn()
            .map_err(|error| failed(format!("cannot run psql: {error}")))
    }

    /// Everything, and the word to commit last.
    fn feed(&self, psql: &mut Child, wanted: &Wanted) -> Result<(), Fed> {
        let pipe = psql.stdin.take().expect("it was piped");
        let mut pipe = BufWriter::with_capacity(64 * 1024, pipe);
        pipe.write_all(self.begin.as_bytes())?;
        let (mut script, mut unheard, mut told) = (Script::default(), false, 0);
        let read = script::read(&self.programs, &self.path, |line| {
            if script.line(line) == Line::Run && pipe.write_all(line).is_err() {
                unheard = true;
                return Err(failed("psql has stopped"));
            }
            let rows: u64 = script.tables.last().map_or(0, |table| table.rows);
            if rows / EVERY != told {
                told = rows / EVERY;
                let table = script.tables.last().map_or("", |table| &table.name);
                (self.progress)(format!("restoring {table}: {rows} rows"));
            }
            if wanted.is_wanted() {
                Ok(())
            } else {
                Err(failed("restoring was broken off"))
            }
        });
        match read {
            Err(_) if unheard => return Err(Fed::Unheard),
            Err(error) => return Err(Fed::Failed(error)),
            Ok(_) => {}
        }
        script.complete().map_err(Fed::Failed)?;
        if script.tables != self.tables {
            let what = "the backup was changed while it was restored";
            return Err(Fed::Failed(failed(what)));
        }
        pipe.write_all(counted(&self.tables).as_bytes())?;
        // No setting of the script's may outlive it in a process of a pooler's.
        pipe.write_all(b"RESET ALL;\nCOMMIT;\n")?;
        pipe.flush()?;
        Ok(())
    }
}

/// Why not everything was fed.
enum Fed {
    /// Nobody reads any more.
    Unheard,
    Failed(DatabaseError),
}

impl From<std::io::Error> for Fed {
    fn from(_: std::io::Error) -> Self {
        Self::Unheard
    }
}

/// The beginning of the transaction. While it is open the row of the lock is locked, so that the lock
/// holds however long it takes.
fn begin(schema: &str, patience: Duration) -> String {
    let schema = schema.replace('"', "\"\"");
    let patience = patience.as_millis().clamp(1, 1_000_000_000);
    format!(
        "BEGIN;\nSET LOCAL client_min_messages = error;\nSET LOCAL lock_timeout = {patience};\n\
         SELECT id FROM \"{schema}\".limosa_lock FOR UPDATE;\n{DROP}\n"
    )
}

/// Refuses to commit tables that have not the rows that the dump has.
fn counted(tables: &[Table]) -> String {
    let mut sql = String::new();
    for table in tables {
        let (name, rows) = (&table.name, table.rows);
        let message = format!("{name} has not its {rows} rows").replace('\'', "''");
        sql.push_str(&format!(
            "DO $limosa$BEGIN IF (SELECT pg_catalog.count(*) FROM ONLY {name}) <> {rows} THEN \
             RAISE EXCEPTION USING MESSAGE = '{message}'; END IF; END$limosa$;\n"
        ));
    }
    sql
}

fn explained(error: DatabaseError) -> DatabaseError {
    let said = format!(
        "{} {}",
        error.message,
        error.detail.as_deref().unwrap_or_default()
    );
    if said.contains("lock timeout") {
        error.with_hint("other sessions are at work in this database: end them, and try again")
    } else if said.contains("must be owner") || said.contains("permission denied") {
        error.with_hint(
            "restoring needs a role that owns what is in the database, and in the backup",
        )
    } else {
        error
    }
}
