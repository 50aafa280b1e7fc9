//! Commands as messages of the simple query protocol.
//!
//! One message carries as many commands as can share one (manual section 55.2.2.1 "Multiple
//! Statements in a Simple Query"): whole transactions, one after the other. Outside a transaction the
//! server would make one of several statements in a message, so there each statement goes alone.
//! Nothing here talks to a server.

mod progress;
mod trace;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::expr::Render;
use limosa_core::migrator::{Command, Foreign, Limits};

use crate::PostgresDialect;
use crate::journal;
use crate::lock::Lease;

pub(crate) use progress::{Failure, Progress};
use trace::{Number, may_outlive};

/// What is known of a session's settings and transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    /// Whether a transaction is open.
    pub(crate) open: bool,
    /// Whether `lock_timeout` may differ from the session's own.
    pub(crate) lock_limited: bool,
    /// Whether `statement_timeout` may differ from the session's own.
    pub(crate) statement_limited: bool,
    /// The `lock_timeout` that the session's owner had set in it, in milliseconds.
    pub(crate) own_lock: Option<u64>,
    /// Likewise the `statement_timeout`.
    pub(crate) own_statement: Option<u64>,
    /// Whether a statement may have left something behind that outlives its transaction.
    pub(crate) traced: bool,
    /// Whether the open transaction was begun before anybody asked for it.
    pub(crate) ahead: bool,
    /// Where the table of the lock is, given that this session has the lease.
    pub(crate) table: LockTable,
    /// Whether the open transaction, or the one that ended last, gives the lease back.
    pub(crate) given_back: bool,
}

/// Where the table of the lock is, for a session that has the lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LockTable {
    /// In the database.
    #[default]
    Made,
    /// In the open transaction: it comes and goes with that, and the lease with it.
    Making,
    /// Nowhere: the next transaction makes it, with the lease.
    Unmade,
}

/// Where a message goes, and by whose right.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    /// The schema of the journal.
    pub(crate) schema: Option<&'a str>,
    /// The lease that this session has.
    pub(crate) lease: Option<&'a Lease>,
}

/// A text to send, and which part of it is which command.
#[derive(Debug)]
pub(crate) struct Message {
    /// The text.
    pub(crate) sql: String,
    /// Its commands, in order.
    pub(crate) parts: Vec<Part>,
    /// Whether the server makes one transaction of it: then all of it fails together.
    pub(crate) together: bool,
}

/// One command in a message.
#[derive(Debug)]
pub(crate) struct Part {
    /// Where its text starts, in characters.
    start: usize,
    /// How its end is recognised.
    end: End,
    /// Whether the text is the author's, so that a position in it means something.
    is_authors: bool,
    /// Whether a transaction ends with it, even if it fails.
    ends_transaction: bool,
    /// Whether a transaction begins with it, even if the lease turns out to be lost.
    begins_transaction: bool,
    /// Whether it reads the clock.
    is_clock: bool,
    /// The condition of the session behind it.
    pub(crate) after: Condition,
}

/// How the end of a command is recognised in the server's answers.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// After so many completed statements.
    Completed(usize),
    /// After a `SELECT` whose only column has this name: the text may hold any number of statements.
    Mark(String),
    /// With the message.
    Message,
}

/// The first message that some commands need; it carries at least one, at most `limit` of them.
pub(crate) fn message(
    commands: &[Command<'_>],
    before: &Condition,
    place: Place<'_>,
    limit: usize,
) -> Result<Message, DatabaseError> {
    let count = extent(commands, before.open).min(limit).max(1);
    let mut message = Message {
        sql: place.lease.map(Lease::mark).unwrap_or_default(),
        parts: Vec::with_capacity(count),
        together: !before.open && !matches!(commands[0], Command::Begin(_)),
    };
    let (mut condition, mut characters) = (before.clone(), message.sql.chars().count());
    for (number, command) in commands[..count].iter().enumerate() {
        let (text, statements) = words(command, &mut condition, place)?;
        let end = match (command, count) {
            (_, 1) => End::Message,
            (Command::Execute(text), _) if is_plain(text) => End::Completed(1),
            (Command::Execute(_), _) => End::Mark(format!("limosa_{number}")),
            _ => End::Completed(statements),
        };
        let start = characters;
        let from = message.sql.len();
        message.sql.push_str(&text);
        if !text.is_empty() && count > 1 {
            // On a line of its own: the text may end in a comment.
            message.sql.push_str("\n;\n");
        }
        if let End::Mark(mark) = &end {
            message.sql.extend(["SELECT 1 AS ", mark, ";\n"]);
        }
        characters += message.sql[from..].chars().count();
        message.parts.push(Part {
            start,
            end,
            is_authors: matches!(command, Command::Execute(_)),
            ends_transaction: matches!(command, Command::Commit | Command::Rollback),
            begins_transaction: matches!(command, Command::Begin(_)),
            is_clock: matches!(command, Command::Clock),
            after: condition.clone(),
        });
    }
    Ok(message)
}

/// How many commands can share a message.
fn extent(commands: &[Command<'_>], open: bool) -> usize {
    if open || matches!(commands[0], Command::Begin(_)) {
        transactions(commands, open)
    } else {
        commands
            .iter()
            .take_while(|command| is_harmless(command))
            .count()
    }
}

/// The commands of one or more whole transactions, without what follows the last one.
fn transactions(commands: &[Command<'_>], mut open: bool) -> usize {
    for (number, command) in commands.iter().enumerate() {
        match command {
            Command::Begin(_) => open = true,
            _ if !open => return number,
            Command::Commit | Command::Rollback => open = false,
            _ => {}
        }
    }
    commands.len()
}

/// Whether it means the same in a transaction that the server makes of a message.
fn is_harmless(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::Limit(_)
            | Command::CreateJournal
            | Command::Record(_)
            | Command::Forget(_)
            | Command::Clock
    )
}

/// Whether a text is exactly one statement, as far as can be told without reading it.
fn is_plain(text: &str) -> bool {
    !text.contains(';')
        && text
            .trim_start()
            .starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A command's text, and how many statements it is.
fn words(
    command: &Command<'_>,
    condition: &mut Condition,
    Place { schema, lease }: Place<'_>,
) -> Result<(String, usize), DatabaseError> {
    let text = match command {
        Command::Begin(Foreign::Enforced) => return Ok(begin(condition, lease)),
        Command::Begin(Foreign::Off) => {
            let why = "foreign keys cannot be switched off on PostgreSQL";
            return Err(DatabaseError::new(Kind::Other, why));
        }
        Command::Commit => return Ok(committed(condition, lease)),
        Command::Rollback => ended(Way::Rollback, condition),
        Command::Savepoint(number) => format!("SAVEPOINT limosa_{number}"),
        Command::Release(number) => format!("RELEASE SAVEPOINT limosa_{number}"),
        Command::RollbackTo(number) => {
            // It may bring back a limit that was taken away since.
            (condition.lock_limited, condition.statement_limited) = (true, true);
            condition.given_back = false;
            format!("ROLLBACK TO SAVEPOINT limosa_{number}")
        }
        Command::Limit(limits) => return Ok(limit(*limits, condition)),
        Command::Execute(text) => {
            let number = if is_plain(text) {
                Number::One
            } else {
                Number::Any
            };
            condition.traced |= may_outlive(text, number);
            (*text).to_owned()
        }
        Command::CreateJournal => journal::create(schema),
        Command::Record(rows) if rows.is_empty() => return Ok((String::new(), 0)),
        Command::Record(rows) => journal::record(rows, schema),
        Command::Forget(version) => journal::forget(version, schema),
        Command::Unlock => {
            let Some(lease) = lease.filter(|_| condition.open) else {
                return Ok((String::new(), 0));
            };
            condition.given_back = true;
            if condition.table == LockTable::Making {
                return Ok((String::new(), 0));
            }
            lease.give_back()
        }
        Command::Clock => journal::clock::ASK.to_owned(),
    };
    Ok((text, 1))
}

/// What every transaction of ours begins with.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// The beginning of a transaction, and how many statements it is: whoever has the lease proves it, or makes
/// it with its table.
fn begin(condition: &mut Condition, lease: Option<&Lease>) -> (String, usize) {
    if std::mem::take(&mut condition.ahead) {
        return (String::new(), 0);
    }
    condition.open = true;
    match (lease, condition.table) {
        (None, _) => (BEGIN.to_owned(), 1),
        (Some(lease), LockTable::Unmade) => {
            condition.table = LockTable::Making;
            let (create, statements) = lease.create();
            (format!("{BEGIN};\n{create}"), 1 + statements)
        }
        (Some(lease), _) => (format!("{BEGIN};\n{}", lease.fence()), 2),
    }
}

/// The end of a transaction, and how many statements it is: who has made the table of the lock and is not done
/// has the lease from now on.
fn committed(condition: &mut Condition, lease: Option<&Lease>) -> (String, usize) {
    let making = condition.table == LockTable::Making && !condition.given_back;
    let commit = ended(Way::Commit, condition);
    match lease.filter(|_| making) {
        Some(lease) => (format!("{};\n{commit}", lease.claim()), 2),
        None => (commit, 1),
    }
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Commit,
    Rollback,
}

fn ended(way: Way, condition: &mut Condition) -> String {
    if condition.open {
        // SET LOCAL ends with the transaction.
        *condition = Condition {
            traced: condition.traced,
            own_lock: condition.own_lock,
            own_statement: condition.own_statement,
            table: condition.table.behind(way),
            given_back: condition.given_back && way == Way::Commit,
            ..Condition::default()
        };
    }
    match way {
        Way::Commit => "COMMIT".to_owned(),
        Way::Rollback => "ROLLBACK".to_owned(),
    }
}

impl LockTable {
    /// Where it is behind a transaction that could not be committed.
    pub(crate) fn lost(self) -> Self {
        self.behind(Way::Rollback)
    }

    /// Where it is behind a transaction that ends like this.
    fn behind(self, way: Way) -> Self {
        match (self, way) {
            (Self::Making, Way::Commit) => Self::Made,
            (Self::Making, Way::Rollback) => Self::Unmade,
            (other, _) => other,
        }
    }
}

/// `SET LOCAL` in a transaction; outside one the session's setting, which [`reset`] takes back.
fn limit(limits: Limits, condition: &mut Condition) -> (String, usize) {
    let scope = if condition.open { "SET LOCAL" } else { "SET" };
    let mut all = Vec::new();
    let mut one = |name: &str, value: Option<std::time::Duration>, limited: &mut bool, own| {
        if let Some(value) = value {
            *limited = true;
            let milliseconds = value.as_millis().clamp(1, i32::MAX as u128);
            all.push(format!("{scope} {name} = {milliseconds}"));
        } else if std::mem::take(limited) {
            all.push(put_back(scope, name, own));
        }
    };
    let (own_lock, own_statement) = (condition.own_lock, condition.own_statement);
    one(
        "lock_timeout",
        limits.lock,
        &mut condition.lock_limited,
        own_lock,
    );
    one(
        "statement_timeout",
        limits.statement,
        &mut condition.statement_limited,
        own_statement,
    );
    (all.join(";\n"), all.len())
}

/// The owner's setting of before, else the role's.
fn put_back(scope: &str, name: &str, own: Option<u64>) -> String {
    match own {
        Some(own) => format!("{scope} {name} = {own}"),
        None => format!("{scope} {name} TO DEFAULT"),
    }
}

/// What brings a session back to a clean condition, if it is not in one.
pub(crate) fn reset(condition: &Condition) -> String {
    let mut all = String::new();
    if condition.open {
        all.push_str("ROLLBACK;");
    }
    if condition.lock_limited {
        all.push_str(&put_back("SET", "lock_timeout", condition.own_lock));
        all.push(';');
    }
    if condition.statement_limited {
        all.push_str(&put_back(
            "SET",
            "statement_timeout",
            condition.own_statement,
        ));
        all.push(';');
    }
    all
}

/// A quoted name, in the schema given or else where the search path leads.
pub(crate) fn qualified(schema: Option<&str>, name: &str) -> String {
    let name = PostgresDialect.identifier(name);
    match schema {
        Some(schema) => format!("{}.{name}", PostgresDialect.identifier(schema)),
        None => name,
    }
}
