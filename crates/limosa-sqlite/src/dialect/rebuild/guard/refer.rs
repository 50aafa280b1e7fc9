//! Rows that refer to what is not there, or will not be any more.

use limosa_core::dialect::{Fate, Guard, Unsupported};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Constraint, ForeignKey, Table};

use super::super::super::{names, quoted};
use super::super::Change;
use super::SHOWN;
use super::image::image;

/// The foreign keys of other tables to this one, that were there before.
pub(super) fn referring<'a>(change: &'a Change<'_>) -> Vec<(&'a Table, &'a ForeignKey)> {
    let others = change.result.tables.iter().map(|table| &**table);
    let others = others.filter(|other| !names::same(&other.name, &change.after.name));
    let keys = others.flat_map(|other| other.constraints.iter().map(move |own| (other, own)));
    keys.filter_map(|(other, own)| match own {
        Constraint::ForeignKey(key) if names::same(&key.table, &change.after.name) => {
            Some((other, key))
        }
        _ => None,
    })
    .collect()
}

/// Rows that refer to nothing.
pub(super) fn foreign_key(change: &Change<'_>, key: &ForeignKey) -> Result<Guard, Unsupported> {
    let own = names::same(&key.table, &change.before.name);
    let parent = names::table(change.result, &key.table);
    let references = parent.map_or(key.references.as_slice(), |parent| key.referred(parent));
    let others = if own {
        image(change)?
    } else {
        names::object(&key.table)?
    };
    let from = unmatched(&image(change)?, &others, key, references);
    let mut tables: Vec<ObjectName> = vec![change.before.name.clone()];
    if !own {
        tables.push(key.table.clone());
    }
    Ok(unmatched_guard(
        change.before,
        key,
        tables,
        "child.\"limosa key\"",
        &from,
    ))
}

/// Rows of another table that refer to what will not be there any more.
pub(super) fn orphans(
    change: &Change<'_>,
    child: &Table,
    key: &ForeignKey,
    references: &[String],
) -> Result<Guard, Unsupported> {
    let from = unmatched(
        &names::object(&child.name)?,
        &image(change)?,
        key,
        references,
    );
    let tables = vec![change.before.name.clone(), child.name.clone()];
    Ok(unmatched_guard(child, key, tables, "'a row'", &from))
}

/// The rows of one query that refer to none of another.
fn unmatched(children: &str, parents: &str, key: &ForeignKey, references: &[String]) -> String {
    let present = key
        .columns
        .iter()
        .map(|name| format!("child.{} IS NOT NULL", quoted(name)));
    let present: Vec<String> = present.collect();
    let equal = key.columns.iter().zip(references);
    let equal: Vec<String> = equal
        .map(|(own, other)| format!("parent.{} = child.{}", quoted(other), quoted(own)))
        .collect();
    format!(
        "{children} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {parents} AS parent WHERE {})",
        present.join(" AND "),
        equal.join(" AND ")
    )
}

fn unmatched_guard(
    child: &Table,
    key: &ForeignKey,
    tables: Vec<ObjectName>,
    who: &str,
    from: &str,
) -> Guard {
    let shown = key
        .columns
        .iter()
        .map(|name| format!("quote(child.{})", quoted(name)));
    let shown: Vec<String> = shown.collect();
    Guard {
        tables,
        what: format!(
            "rows of {} refer by {} to rows of {} that are not there",
            child.name,
            key.columns.join(", "),
            key.table
        ),
        count: format!("SELECT count(*) FROM {from}"),
        sample: format!(
            "SELECT {who} || ' refers to ' || {} FROM {from} LIMIT {SHOWN}",
            shown.join(" || ', ' || ")
        ),
        fate: Fate::Taken,
    }
}
