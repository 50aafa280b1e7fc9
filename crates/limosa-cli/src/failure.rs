//! Why a command failed: collected from wherever it comes, told to people or to machines.
//!
//! Nothing here shows a URL that was not redacted.

mod document;
mod snippet;

use std::path::Path;

use limosa_core::dialect::Transaction;
use limosa_core::diff::Difference;
use limosa_core::error::{self, DatabaseError, Error, StepError};
use limosa_core::plan::Conflict;
use limosa_core::report::Report;
use limosa_sql::ReadError;

use crate::answer::Format;
use crate::backup::Kept;
use crate::exit::Exit;
use crate::redact::redact;
use crate::render::time;

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failure(Box<Account>);

/// What there is to tell.
#[derive(Debug)]
struct Account {
    exit: Exit,
    message: String,
    details: Vec<String>,
    hints: Vec<String>,
    place: Option<Place>,
    /// The database's own code.
    code: Option<String>,
    conflicts: Vec<Conflict>,
    differences: Vec<Difference>,
    losses: Vec<String>,
    database: Option<String>,
    report: Option<Box<Report>>,
    backup: Option<Box<Kept>>,
}

/// Where in a file.
#[derive(Debug)]
struct Place {
    path: String,
    line: Option<u32>,
    statement: Option<Executed>,
}

/// The statement that a database refused.
#[derive(Debug)]
struct Executed {
    text: String,
    /// In characters from 0.
    position: Option<usize>,
    /// The line on which the step begins.
    line: u32,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self(Box::new(Account {
            exit,
            message: message.into(),
            details: Vec::new(),
            hints: Vec::new(),
            place: None,
            code: None,
            conflicts: Vec::new(),
            differences: Vec::new(),
            losses: Vec::new(),
            database: None,
            report: None,
            backup: None,
        }))
    }

    /// Something that fits nowhere else.
    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// Wrong arguments or configuration.
    pub(crate) fn usage(message: &str) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted")
            .hint("what was committed is kept; `limosa migrate` goes on from there")
    }

    /// What a database said.
    pub(crate) fn database(error: DatabaseError) -> Self {
        let mut failure = Self::new(Exit::of_database(&error), error.message);
        failure.0.code = error.code;
        failure.0.details.extend(error.detail);
        failure.0.hints.extend(error.hint);
        failure
    }

    /// Whether the database itself is what is broken: not one, or malformed (`SQLITE_NOTADB`,
    /// `SQLITE_CORRUPT`).
    pub(crate) fn is_damage(&self) -> bool {
        let number = self.0.code.as_ref().and_then(|code| {
            let number = code.strip_prefix("SQLite ")?;
            number.parse::<i32>().ok()
        });
        number.is_some_and(|number| matches!(number & 0xff, 11 | 26))
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds further facts.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.details.push(detail.into());
        self
    }

    /// Adds which database it is about.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.0.database = Some(redact(url));
        self
    }

    /// Adds the file, and the line from 1.
    pub(crate) fn in_file(mut self, path: &Path, line: Option<u32>) -> Self {
        self.0.place = Some(Place {
            path: path.display().to_string(),
            line,
            statement: None,
        });
        self
    }

    /// Adds what was done all the same.
    pub(crate) fn with_report(mut self, report: Box<Report>) -> Self {
        self.0.report = Some(report);
        self
    }

    /// Adds the backup that was made before it failed.
    pub(crate) fn with_backup(mut self, backup: Option<Kept>) -> Self {
        self.0.backup = backup.map(Box::new);
        self
    }

    /// Tells it and returns the status to exit with.
    pub(crate) fn print(self, format: Format, command: &str) -> Exit {
        match format {
            Format::Json => document::print(&self.0, command),
            Format::Text => snippet::print(&self.0),
        }
        self.0.exit
    }

    fn step(error: StepError) -> Self {
        let (line, exact_line) = (error.line, error.exact_line());
        let position = error.error.position;
        let hint = after(error.transaction);
        let mut failure = Self::database(error.error);
        failure.0.message = format!("{}: {}", error.step, failure.0.message);
        match error.path {
            Some(path) => {
                failure.0.place = Some(Place {
                    path,
                    line: Some(exact_line),
                    statement: Some(Executed {
                        text: error.statement,
                        position,
                        line,
                    }),
                });
            }
            None => failure.0.details.push(error.statement),
        }
        failure.hint(hint)
    }
}

/// What became of a statement that failed.
fn after(transaction: Transaction) -> &'static str {
    match transaction {
        Transaction::Outside => {
            "it was in no transaction: what stands before it is done and recorded; put it right, and the \
             next run goes on with it"
        }
        _ => "its transaction was rolled back; put it right, and run it again",
    }
}

/// What stays of a run that was refused: nothing, in nearly all cases. The notes say the rest.
fn kept(report: &Report) -> &'static str {
    if report.is_untouched() {
        "nothing was changed"
    } else {
        "what was done before is kept"
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let mut failure = Self::other(error.reason());
        if let Some(path) = error.path() {
            failure = failure.in_file(path, error.line());
        }
        failure.0.hints.extend(error.help().map(str::to_owned));
        failure
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::database(error)
    }
}

impl From<Error> for Failure {
    /// An error of what changes nothing.
    fn from(error: Error) -> Self {
        Self::of(error, &Report::default())
    }
}

impl From<error::Failure> for Failure {
    fn from(failure: error::Failure) -> Self {
        Self::of(failure.error, &failure.report).with_report(failure.report)
    }
}

impl Failure {
    /// An error of a run that has done what its report says.
    pub(crate) fn of(error: Error, report: &Report) -> Self {
        let exit = Exit::of(&error);
        match error {
            Error::Database(error) => Self::database(error),
            Error::Step(error) => Self::step(*error),
            Error::Conflicts(conflicts) => {
                let message = "the database and the migrations do not fit";
                let mut failure = Self::new(exit, format!("{message}; {}", kept(report)));
                failure.0.conflicts = conflicts;
                failure
            }
            Error::NotKept(conflicts) => {
                let message = "rows would have been lost or altered; it was rolled back";
                let mut failure = Self::new(exit, message);
                failure.0.conflicts = conflicts;
                failure
            }
            Error::NotVerified {
                differences,
                transaction,
            } => {
                let fate = match transaction {
                    Transaction::Outside => "it was in no transaction, and stays",
                    _ => "it was rolled back",
                };
                let message = "the catalog does not show what was executed";
                let mut failure = Self::new(exit, format!("{message}; {fate}"));
                failure.0.differences = differences;
                failure
            }
            Error::NeedsConsent(losses) => {
                let message = "this would lose data for good; nothing was changed";
                let mut failure = Self::new(exit, message);
                failure.0.losses = losses.iter().map(ToString::to_string).collect();
                failure.hint("say --confirm (or CONFIRM_ROLLBACK=yes) to agree; have a backup")
            }
            Error::Locked { holder, waited } => {
                let since = holder.as_ref().and_then(|holder| holder.since);
                let message = Error::Locked { holder, waited }.to_string();
                let failure = Self::new(exit, message);
                match since {
                    Some(since) => {
                        failure.detail(format!("it has the lock since {}", time::point(since)))
                    }
                    None => failure,
                }
            }
            Error::Precaution(mut error) => {
                error.message = format!("{}; {}", error.message, kept(report));
                Self::database(error)
            }
            other => Self::new(exit, other.to_string()),
        }
    }
}
