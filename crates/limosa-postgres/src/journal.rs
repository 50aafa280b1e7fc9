//! The journal's table: how it is made, read and written.

pub(crate) mod clock;

use std::collections::HashMap;

use limosa_core::checksum::Checksum;
use limosa_core::error::{DatabaseError, Kind};
use limosa_core::expr::Render;
use limosa_core::journal::{self, Acceptance, Entry, FORMAT, Journal, Recorded, State, TABLE};
use limosa_core::version::Version;
use tokio_postgres::SimpleQueryRow;

use crate::PostgresDialect;
use crate::batch::qualified;
use crate::session::Rows;
use crate::template::filled;

/// Asks where the journal is, and for its rows in short.
pub(crate) const RECORDED: &str = concat!(
    include_str!("journal/place.sql"),
    "SELECT version, checksum, state, format FROM limosa_journal"
);

/// Asks where the journal is, and for its rows.
pub(crate) fn read_all() -> String {
    include_str!("journal/place.sql").to_owned() + &read_in(None)
}

/// Asks for the rows of the journal of a schema, or of that where its name leads.
pub(crate) fn read_in(schema: Option<&str>) -> String {
    let journal = qualified(schema, TABLE);
    filled(include_str!("journal/read.sql"), &[("journal", &journal)])
}

/// `CREATE TABLE IF NOT EXISTS`.
pub(crate) fn create(schema: Option<&str>) -> String {
    let journal = qualified(schema, TABLE);
    filled(include_str!("journal/create.sql"), &[("journal", &journal)])
}

/// Writes rows; a row of the same version is replaced, but for a text that is not given.
pub(crate) fn record(rows: &[(Entry, Option<String>)], schema: Option<&str>) -> String {
    let numbered = rows.iter().enumerate();
    let last: HashMap<&Version, usize> = numbered
        .clone()
        .map(|(number, (entry, _))| (&entry.version, number))
        .collect();
    let values: Vec<String> = numbered
        .filter(|(number, (entry, _))| last[&entry.version] == *number)
        .map(|(_, (entry, source))| values(entry, source.as_deref()))
        .collect();
    let journal = qualified(schema, TABLE);
    filled(
        include_str!("journal/record.sql"),
        &[("journal", &journal), ("rows", &values.join(", "))],
    )
}

/// Forgets a row.
pub(crate) fn forget(version: &str, schema: Option<&str>) -> String {
    let (journal, version) = (qualified(schema, TABLE), literal(version));
    format!("DELETE FROM {journal} WHERE version OPERATOR(pg_catalog.=) {version}")
}

/// Reads the text of one row.
pub(crate) fn source(version: &str, schema: Option<&str>) -> String {
    let (journal, version) = (qualified(schema, TABLE), literal(version));
    format!("SELECT source FROM {journal} WHERE version OPERATOR(pg_catalog.=) {version}")
}

fn values(entry: &Entry, source: Option<&str>) -> String {
    let accepted = entry.accepted.as_ref();
    let fields = [
        literal(entry.version.as_str()),
        literal(&entry.name),
        literal(&entry.checksum.to_string()),
        literal(entry.state.as_str()),
        entry.steps.to_string(),
        entry.done.to_string(),
        entry.adopted.to_string(),
        instant(Some(entry.started_at)),
        instant(entry.finished_at),
        role(&entry.applied_by),
        literal(&entry.written_by),
        entry.format.to_string(),
        source.map_or_else(|| "NULL".to_owned(), literal),
        instant(accepted.map(|one| one.at)),
        accepted.map_or_else(|| "NULL".to_owned(), |one| role(&one.by)),
        (entry.wordings_text()).map_or_else(|| "NULL".to_owned(), |text| literal(&text)),
    ];
    format!("({})", fields.join(", "))
}

/// Who ran it; unless it is stated, the role that the statement runs as.
fn role(stated: &str) -> String {
    match stated {
        "" => "current_user::pg_catalog.text".to_owned(),
        stated => literal(stated),
    }
}

/// A zero byte can be in no text of this database, nor in a message to it.
fn literal(text: &str) -> String {
    PostgresDialect.string(&text.replace('\0', "\u{fffd}"))
}

/// Exact, unlike `to_timestamp`, which takes seconds as a floating-point number; before version 15 an
/// interval's text may not hold so many microseconds.
fn instant(microseconds: Option<i64>) -> String {
    microseconds.map_or_else(
        || "NULL::pg_catalog.timestamptz".to_owned(),
        |time| {
            format!(
                "'epoch'::pg_catalog.timestamptz OPERATOR(pg_catalog.+) \
                 ({time}::double precision OPERATOR(pg_catalog.*) '1 microsecond'::interval)"
            )
        },
    )
}

/// Where the journal is, as the first statement of [`RECORDED`] and [`read_all`] answers.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The default schema.
    pub(crate) schema: Option<String>,
    /// Where the journal's name leads.
    leads: Leads,
}

/// Where the journal's name leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Leads {
    /// To the table of the default schema.
    There,
    /// The default schema has no such table.
    #[default]
    Elsewhere,
    /// To a temporary table that hides it.
    Astray,
}

impl Place {
    fn read(rows: Option<&Rows>) -> Self {
        let Some(row) = rows.and_then(|rows| rows.first()) else {
            return Self::default();
        };
        let leads = match row.get(1) {
            Some("t") => Leads::There,
            Some(_) => Leads::Astray,
            None => Leads::Elsewhere,
        };
        let schema = row.get(0).map(str::to_owned);
        Self { schema, leads }
    }
}

/// The place, and the rows behind it; none without a journal there.
pub(crate) fn found(
    mut sets: Vec<Rows>,
    answered: Result<(), DatabaseError>,
) -> (Place, Result<Option<Rows>, DatabaseError>) {
    let place = Place::read(sets.first());
    let rows = match (place.leads, answered) {
        (_, Err(error)) if error.is_connection_lost() => Err(error),
        (Leads::Astray, _) => Err(hidden()),
        (Leads::Elsewhere, Ok(())) => Ok(None),
        (Leads::Elsewhere, Err(_)) if !sets.is_empty() => Ok(None),
        (Leads::Elsewhere | Leads::There, Err(error)) => failure(error).map(|()| None),
        (Leads::There, Ok(())) => Ok(sets.pop()),
    };
    (place, rows)
}

/// The journal in short; none if a row is not understood, and it must be read in full to say why.
pub(crate) fn recorded(rows: &Rows) -> Option<Vec<Recorded>> {
    let one = |row: &SimpleQueryRow| {
        let format = row.get(3)?.parse().ok()?;
        Recorded::of(row.get(0)?, row.get(1)?, row.get(2)?, format)
    };
    rows.iter().map(one).collect()
}

/// The journal.
pub(crate) fn read(rows: &Rows) -> Result<Journal, DatabaseError> {
    let entries: Result<_, DatabaseError> = rows.iter().map(entry).collect();
    Journal::of(entries?)
}

fn entry(row: &SimpleQueryRow) -> Result<Entry, DatabaseError> {
    // The format comes first: of a newer journal nothing else can be relied on.
    let format: u32 = parsed(row, 11)?;
    let written_by = text(row, 10)?.to_owned();
    if format > FORMAT {
        return Err(journal::too_new(&written_by, format));
    }
    Ok(Entry {
        version: Version::new(text(row, 0)?),
        name: text(row, 1)?.to_owned(),
        checksum: Checksum::parse(text(row, 2)?).ok_or_else(|| invalid(row, 2))?,
        state: State::parse(text(row, 3)?).ok_or_else(|| invalid(row, 3))?,
        steps: parsed(row, 4)?,
        done: parsed(row, 5)?,
        adopted: parsed(row, 6)?,
        started_at: parsed(row, 7)?,
        finished_at: match row.get(8) {
            Some(_) => Some(parsed(row, 8)?),
            None => None,
        },
        applied_by: text(row, 9)?.to_owned(),
        written_by,
        format,
        accepted: acceptance(row)?,
        wordings: Entry::parse_wordings(row.get(14).unwrap_or_default()),
    })
}

fn acceptance(row: &SimpleQueryRow) -> Result<Option<Acceptance>, DatabaseError> {
    if row.get(12).is_none() {
        return Ok(None);
    }
    let (at, by) = (parsed(row, 12)?, text(row, 13)?.to_owned());
    Ok(Some(Acceptance { at, by }))
}

fn text(row: &SimpleQueryRow, column: usize) -> Result<&str, DatabaseError> {
    row.get(column).ok_or_else(|| invalid(row, column))
}

fn parsed<T: std::str::FromStr>(row: &SimpleQueryRow, column: usize) -> Result<T, DatabaseError> {
    let text = text(row, column)?;
    text.parse().map_err(|_| invalid(row, column))
}

/// Names the row, as far as it has a version, and the column.
fn invalid(row: &SimpleQueryRow, column: usize) -> DatabaseError {
    let name = row.columns().get(column).map_or("field", |one| one.name());
    journal::invalid(row.get(0).unwrap_or_default(), name)
}

/// The default schema has the table, and its name leads to another one: only `pg_temp` comes before.
fn hidden() -> DatabaseError {
    let message = format!("a temporary table {TABLE} hides the journal");
    DatabaseError::new(Kind::Journal, message).with_hint("drop it, or use another session")
}

/// What a failure to read the journal means: that there is none, or an error.
pub(crate) fn failure(error: DatabaseError) -> Result<(), DatabaseError> {
    match error.code.as_deref() {
        // No such table, no such schema; and without any schema on the path there is no name to format.
        Some("42P01" | "3F000" | "22004") => Ok(()),
        // Columns, types or values that the query cannot do with; 22003 is a time that is infinite.
        Some("42703" | "42804" | "42883" | "42846" | "22P02" | "42809" | "22003") => {
            Err(journal::unreadable(error))
        }
        _ => Err(error),
    }
}
