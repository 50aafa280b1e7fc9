//! Copying the rows.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::schema::{Column, Table};

use super::super::{names, quoted};
use super::Change;
use super::origin::{Origin, text};

/// The names by which a rowid can be called ("Rowid Tables"), as far as no column has them.
const ROWIDS: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// `INSERT INTO new SELECT FROM old`.
///
/// `OR ABORT` overrides what the table says `ON CONFLICT`: no row is left out in silence. The rows come
/// in the order of the old table, whatever index could give them too.
pub(super) fn rows(change: &Change<'_>) -> Result<String, Unsupported> {
    let mut targets = Vec::new();
    let mut sources = Vec::new();
    // A column that is the rowid comes later and counts.
    if let Some(rowid) = rowid(change) {
        targets.push(rowid.to_owned());
        sources.push(rowid.to_owned());
    }
    for column in &change.after.columns {
        if column.generated.is_some() {
            continue;
        }
        if let Some(source) = source(change, column) {
            targets.push(quoted(&column.name));
            sources.push(source);
        }
    }
    let (old, new) = (names::object(&change.before.name)?, quoted(&change.name));
    if targets.is_empty() {
        return Ok(format!("INSERT OR ABORT INTO {new} SELECT * FROM {old}"));
    }
    Ok(format!(
        "INSERT OR ABORT INTO {new} ({}) SELECT {} FROM {old} NOT INDEXED",
        targets.join(", "),
        sources.join(", ")
    ))
}

/// What a column's values are; none for what the database makes up.
pub(super) fn source(change: &Change<'_>, column: &Column) -> Option<String> {
    match change.origins.get(&column.name) {
        Origin::Column(name) => Some(converted(change, name, column)),
        Origin::Reckoned(value) | Origin::Added(value) => Some(value.clone()),
        Origin::Nothing => None,
    }
}

/// The old value. A strict table takes no value of another class: it is cast there.
fn converted(change: &Change<'_>, name: &str, column: &Column) -> String {
    let own = quoted(name);
    let retyped = names::column(change.before, name)
        .is_some_and(|before| before.data_type != column.data_type);
    if !(retyped && change.after.storage.strict) {
        return own;
    }
    match super::super::types::strict(&column.data_type).as_deref() {
        Ok("ANY") | Err(_) => own,
        Ok(class) => format!("CAST({own} AS {class})"),
    }
}

/// By which name the rowids of the old table can be read and those of the new one written.
pub(super) fn rowid(change: &Change<'_>) -> Option<&'static str> {
    rowid_names(change.before).find(|name| rowid_names(change.after).any(|own| own == *name))
}

/// The names by which the rowids of a table can be called.
pub(super) fn rowid_names(table: &Table) -> impl Iterator<Item = &'static str> {
    let free = |name: &&str| !table.storage.without_rowid && names::column(table, name).is_none();
    ROWIDS.into_iter().filter(free)
}

/// Whether rows have the same rowid afterwards.
pub(super) fn keeps_rowid(change: &Change<'_>) -> bool {
    let key = |table: &Table| -> Vec<(String, DataType)> {
        let columns = table
            .primary_key()
            .iter()
            .filter_map(|name| names::column(table, name));
        columns
            .map(|own| (own.name.to_ascii_lowercase(), own.data_type.clone()))
            .collect()
    };
    key(change.before) == key(change.after)
}

/// Keeps the numbers of an AUTOINCREMENT table going on from where they are. Without its schema the name means
/// the list of the temporary tables, where there is one.
pub(super) fn high_water_mark(change: &Change<'_>) -> Vec<String> {
    let numbered = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    if !(numbered(change.before) && numbered(change.after)) {
        return Vec::new();
    }
    let (old, new) = (text(&change.before.name.name), text(&change.name));
    vec![
        format!("DELETE FROM main.sqlite_sequence WHERE name = {new}"),
        format!(
            "INSERT INTO main.sqlite_sequence (name, seq) SELECT {new}, seq FROM main.sqlite_sequence \
             WHERE name = {old} COLLATE NOCASE"
        ),
    ]
}
