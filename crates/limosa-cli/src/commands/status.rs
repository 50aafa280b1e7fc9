//! `status`: a table of all migrations.

use limosa_core::checksum::Checksum;
use limosa_core::journal::{Entry, Journal, State};
use limosa_core::migration::Head;
use limosa_core::version::Version;
use serde::Serialize;

use super::Work;
use crate::answer::Answer;
use crate::args::Global;
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::table::{Cell, table};
use crate::render::{BAD, FAINT, FOUND, GOOD, STRONG, WARN, count, paint, time};

/// One migration.
#[derive(Debug, Serialize)]
struct Row {
    version: String,
    name: String,
    state: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<Entry>,
}

/// Where a migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// Its steps were executed, or some of them.
    Applied,
    /// All its steps were found to be there.
    Adopted,
    /// It is under way, or its process died; the next run goes on.
    Started,
    Pending,
    RolledBack,
    /// It is pending below one that is applied.
    OutOfOrder,
    /// It was changed after it was applied.
    Changed,
    /// It is applied, and its files are gone.
    Gone,
}

pub(super) async fn run(global: &Global) -> Result<Answer, Failure> {
    let mut work = Work::open(global, Purpose::Look).await?;
    let session = work.session.migrator.as_mut();
    let id = session.dialect().facts().id;
    let journal = session.journal().await?.unwrap_or_default();
    let rows = rows(&work.migrations.heads(id), &journal);
    let exit = rows
        .iter()
        .map(|row| row.state.exit())
        .max()
        .unwrap_or(Exit::Done);
    let text = format!("{}\n{}\n{}", work.connected(), shown(&rows), summary(&rows));
    Ok(Answer::new(exit, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("migrations", &rows))
}

fn rows(heads: &[Head], journal: &Journal) -> Vec<Row> {
    let applied = journal
        .entries
        .iter()
        .filter(|entry| entry.state == State::Applied);
    let highest = applied.map(|entry| &entry.version).max();
    let mut rows: Vec<Row> = heads
        .iter()
        .map(|head| {
            let entry = journal.entry(&head.version);
            let late = highest.is_some_and(|highest| head.version < *highest);
            row(
                &head.version,
                &head.name,
                standing(head, entry, late),
                entry,
            )
        })
        .collect();
    let is_gone = |entry: &&Entry| {
        entry.state != State::RolledBack && heads.iter().all(|head| head.version != entry.version)
    };
    let gone = journal.entries.iter().filter(is_gone);
    rows.extend(gone.map(|entry| row(&entry.version, &entry.name, Standing::Gone, Some(entry))));
    rows.sort_by_key(|row| Version::new(row.version.clone()));
    rows
}

fn row(version: &Version, name: &str, state: Standing, entry: Option<&Entry>) -> Row {
    Row {
        version: version.to_string(),
        name: name.to_owned(),
        state,
        journal: entry.cloned(),
    }
}

fn standing(head: &Head, entry: Option<&Entry>, late: bool) -> Standing {
    let open = if late {
        Standing::OutOfOrder
    } else {
        Standing::Pending
    };
    let Some(entry) = entry else { return open };
    // That of one that is only begun is of the statements that are done.
    let changed =
        entry.state == State::Applied && head.checksum.unwrap_or(Checksum::EMPTY) != entry.checksum;
    match entry.state {
        State::RolledBack if late => Standing::OutOfOrder,
        State::RolledBack => Standing::RolledBack,
        // Its checksum is of the statements that are done.
        State::Started | State::RollingBack => Standing::Started,
        _ if changed => Standing::Changed,
        State::Applied if entry.steps > 0 && entry.adopted == entry.steps => Standing::Adopted,
        State::Applied => Standing::Applied,
    }
}

impl Standing {
    fn exit(self) -> Exit {
        match self {
            Self::Applied | Self::Adopted | Self::Gone => Exit::Done,
            Self::Started | Self::Pending | Self::RolledBack => Exit::Pending,
            Self::OutOfOrder | Self::Changed => Exit::Drift,
        }
    }

    fn cell(self) -> Cell {
        let (style, word) = match self {
            Self::Applied => (GOOD, "applied"),
            Self::Adopted => (FOUND, "applied"),
            Self::Started => (WARN, "started"),
            Self::Pending => (WARN, "pending"),
            Self::RolledBack => (WARN, "rolled back"),
            Self::OutOfOrder => (BAD, "out of order"),
            Self::Changed => (BAD, "changed"),
            Self::Gone => (WARN, "files gone"),
        };
        Cell::styled(style, word)
    }
}

fn shown(rows: &[Row]) -> String {
    let cells: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
    table(
        &["VERSION", "NAME", "STATE", "WHEN", "TOOK", "STEPS"],
        &cells,
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    let mut cells = vec![
        Cell::styled(STRONG, row.version.clone()),
        Cell::new(row.name.clone()),
        row.state.cell(),
    ];
    if let Some(entry) = &row.journal {
        let finished = entry.finished_at;
        let took = finished.map(|finished| time::span(finished - entry.started_at));
        cells.push(Cell::new(time::point(finished.unwrap_or(entry.started_at))));
        cells.push(Cell::new(took.unwrap_or_default()));
        let accepted = entry.accepted.as_ref().map(|one| {
            let when = time::point(one.at);
            format!(", change accepted by {} {when}", one.by)
        });
        let steps = steps(entry) + &accepted.unwrap_or_default();
        cells.push(Cell::styled(FAINT, steps));
    }
    cells
}

fn steps(entry: &Entry) -> String {
    match entry.state {
        State::RolledBack => String::new(),
        State::Started => format!("{} of {} done", entry.done, entry.steps),
        State::RollingBack => format!("{} of {} undone", entry.done, entry.steps),
        State::Applied => match (entry.steps - entry.adopted.min(entry.steps), entry.adopted) {
            (0, 0) => "none".to_owned(),
            (executed, 0) => format!("{executed} executed"),
            (0, adopted) => format!("{adopted} adopted"),
            (executed, adopted) => format!("{executed} executed, {adopted} adopted"),
        },
    }
}

fn summary(rows: &[Row]) -> String {
    let number = |exit: Exit| rows.iter().filter(|row| row.state.exit() == exit).count();
    let mut text = format!("{} applied", number(Exit::Done));
    for (number, style, word) in [
        (number(Exit::Pending), WARN, "pending"),
        (number(Exit::Drift), BAD, "in conflict with the journal"),
    ] {
        if number > 0 {
            text = format!("{text}, {}", paint(style, format!("{number} {word}")));
        }
    }
    format!("{} of {}.\n", text, count(rows.len(), "migration"))
}
