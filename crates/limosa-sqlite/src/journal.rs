//! The journal's table.

use limosa_core::checksum::Checksum;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::journal::{self, Acceptance, Entry, FORMAT, Journal, Recorded, State, TABLE};
use limosa_core::migrator::Result;
use limosa_core::version::Version;
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use crate::error::database_error;

const CREATE: &str = include_str!("journal/create.sql");
const READ: &str = include_str!("journal/read.sql");
const RECORDED: &str = "SELECT version, checksum, state, format FROM main.limosa_journal";
const RECORD: &str = include_str!("journal/record.sql");
/// The same for a table without a row: to read the other one takes longer than to write ten rows.
const FILL: &str = "INSERT OR REPLACE INTO main.limosa_journal
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

/// What the journal's table was found to be when it was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Table {
    /// There already, or nothing is known.
    #[default]
    There,
    /// Made by the open transaction, without a row.
    New,
}

/// Creates the table unless it is there.
pub(crate) fn create(connection: &Connection) -> Result<Table> {
    if connection.execute_batch(CREATE).is_ok() {
        return Ok(Table::New);
    }
    let unless = CREATE.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
    let made = connection.execute_batch(&unless);
    made.map(|()| Table::There).map_err(database_error)
}

/// All rows in the order of versions; none if there is no table.
pub(crate) fn read(connection: &Connection) -> Result<Option<Journal>> {
    let mut statement = match connection.prepare(READ) {
        Ok(statement) => statement,
        Err(error) => return missing(connection, error),
    };
    let mut rows = statement.query([]).map_err(database_error)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(database_error)? {
        entries.push(entry(row)?);
    }
    Journal::of(entries).map(Some)
}

/// What the journal says in short.
pub(crate) enum Short {
    /// All rows.
    Rows(Vec<Recorded>),
    /// There is no table.
    Missing,
    /// A row is not understood, and must be read in full to say why.
    Unclear,
}

/// All rows in short.
pub(crate) fn recorded(connection: &Connection) -> Result<Short> {
    match connection.prepare(RECORDED) {
        Ok(statement) => Ok(understood(statement).map_or(Short::Unclear, Short::Rows)),
        Err(error) => missing(connection, error).map(|_: Option<()>| Short::Missing),
    }
}

fn understood(mut statement: Statement<'_>) -> Option<Vec<Recorded>> {
    let mut rows = statement.query([]).ok()?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().ok()? {
        let text = |at: usize| row.get_ref(at).ok()?.as_str().ok();
        let one = Recorded::of(text(0)?, text(1)?, text(2)?, row.get(3).ok()?);
        all.push(one?);
    }
    Some(all)
}

/// What a failure to read the journal means: that there is none, or an error.
fn missing<T>(connection: &Connection, error: rusqlite::Error) -> Result<Option<T>> {
    if is_missing(&error) {
        return nothing_else(connection).map(|()| None);
    }
    Err(not_a_journal(error))
}

/// Refuses an index of the table's name: with it there, the table cannot be made.
fn nothing_else(connection: &Connection) -> Result<()> {
    let found: Option<String> = connection
        .query_row(
            "SELECT type FROM main.sqlite_schema WHERE name = ?1",
            [TABLE],
            |row| row.get(0),
        )
        .optional()
        .map_err(database_error)?;
    match found {
        Some(kind) => Err(journal::foreign(&format!("it is the name of an {kind}"))),
        None => Ok(()),
    }
}

fn is_missing(error: &rusqlite::Error) -> bool {
    let missing = |message: &str| message == format!("no such table: main.{TABLE}");
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => missing(msg),
        rusqlite::Error::SqliteFailure(_, Some(message)) => missing(message),
        _ => false,
    }
}

/// A table of that name that cannot be read is somebody else's.
fn not_a_journal(error: rusqlite::Error) -> DatabaseError {
    let error = database_error(error);
    if error.kind == Kind::Other && error.message.starts_with("no such column") {
        return journal::unreadable(error);
    }
    error
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    // The format comes first: of a newer journal nothing else can be relied on.
    let format: u32 = get(row, 11)?;
    let written_by: String = get(row, 10)?;
    if format > FORMAT {
        return Err(journal::too_new(&written_by, format));
    }
    let version: String = get(row, 0)?;
    let checksum: String = get(row, 2)?;
    let state: String = get(row, 3)?;
    let invalid = |field: &str| journal::invalid(&version, field);
    Ok(Entry {
        name: get(row, 1)?,
        checksum: Checksum::parse(&checksum).ok_or_else(|| invalid("checksum"))?,
        state: State::parse(&state).ok_or_else(|| invalid("state"))?,
        steps: get(row, 4)?,
        done: get(row, 5)?,
        adopted: get(row, 6)?,
        started_at: get(row, 7)?,
        finished_at: get(row, 8)?,
        applied_by: get(row, 9)?,
        written_by,
        format,
        accepted: acceptance(row)?,
        wordings: Entry::parse_wordings(&get::<Option<String>>(row, 14)?.unwrap_or_default()),
        version: Version::new(version),
    })
}

fn acceptance(row: &Row<'_>) -> Result<Option<Acceptance>> {
    let at: Option<i64> = get(row, 12)?;
    at.map(|at| {
        Ok(Acceptance {
            at,
            by: get(row, 13)?,
        })
    })
    .transpose()
}

/// A field; an error names the row, as far as it has a version, and the column.
fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, at: usize) -> Result<T> {
    row.get(at).map_err(|_| {
        let version: String = row.get(0).unwrap_or_default();
        let column = row.as_ref().column_name(at).unwrap_or_default();
        journal::invalid(&version, column)
    })
}

/// Writes rows, replacing rows of the same versions. A row without text keeps the one that is there.
pub(crate) fn record(
    connection: &Connection,
    rows: &[(Entry, Option<String>)],
    table: Table,
) -> Result<()> {
    let sql = match table {
        Table::There => RECORD,
        Table::New => FILL,
    };
    let mut statement = connection.prepare(sql).map_err(database_error)?;
    let user = user();
    let stated_or_own = |name: &str| match name {
        "" => user.clone(),
        stated => stated.to_owned(),
    };
    for (entry, source) in rows {
        let accepted = entry.accepted.as_ref();
        statement
            .execute(params![
                entry.version.as_str(),
                entry.name,
                entry.checksum.to_string(),
                entry.state.as_str(),
                entry.steps,
                entry.done,
                entry.adopted,
                entry.started_at,
                entry.finished_at,
                stated_or_own(&entry.applied_by),
                entry.written_by,
                entry.format,
                source,
                accepted.map(|one| one.at),
                accepted.map(|one| stated_or_own(&one.by)),
                entry.wordings_text(),
            ])
            .map_err(database_error)?;
    }
    Ok(())
}

/// The user of this process: there are no roles.
fn user() -> String {
    let names = ["USER", "LOGNAME", "USERNAME"];
    let found = names.iter().find_map(|name| std::env::var(name).ok());
    found.unwrap_or_else(|| "unknown".to_owned())
}

/// Forgets the row of a version.
pub(crate) fn forget(connection: &Connection, version: &str) -> Result<()> {
    connection
        .execute(
            "DELETE FROM main.limosa_journal WHERE version = ?1",
            [version],
        )
        .map(drop)
        .map_err(database_error)
}

/// The statements recorded for a version.
pub(crate) fn text(connection: &Connection, version: &str) -> Result<Option<String>> {
    let found = connection
        .query_row(
            "SELECT source FROM main.limosa_journal WHERE version = ?1",
            [version],
            |row| row.get(0),
        )
        .optional();
    match found {
        Ok(text) => Ok(text.flatten()),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(database_error(error)),
    }
}

/// A figure that is another one after anybody's write to the journal, at little cost.
pub(crate) fn fingerprint(connection: &Connection) -> Result<Option<String>> {
    let read = connection.query_row(include_str!("journal/fingerprint.sql"), [], |row| {
        row.get(0)
    });
    match read {
        Ok(figure) => Ok(Some(figure)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(not_a_journal(error)),
    }
}
