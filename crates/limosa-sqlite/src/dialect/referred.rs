//! What foreign keys refer to: columns that a key or a unique index holds.
//!
//! Without one, every change of a row is an error ("SQLite Foreign Key Support", section 3): a table that
//! loses it is left unusable.

use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::schema::{Constraint, ForeignKey, Index, Schema, Table};

use super::{names, unsupported};

/// Refuses a schema in which foreign keys refer to no key any more, in a table that changes.
pub(super) fn refuse_loss(
    before: (&Table, &Schema),
    after: (&Table, &Schema),
) -> Result<(), Unsupported> {
    for (child, key) in keys_to(after.0, after.1) {
        if holds(after.0, key) || !was_held(before, child, key) {
            continue;
        }
        return Err(unsupported(
            format!("take away what {} refers to", child.name),
            format!(
                "the foreign key ({}) would refer to no key of {}; drop it first",
                key.columns.join(", "),
                after.0.name
            ),
        ));
    }
    Ok(())
}

/// The foreign keys that refer to a table, with the tables that have them.
fn keys_to<'a>(
    table: &'a Table,
    schema: &'a Schema,
) -> impl Iterator<Item = (&'a Table, &'a ForeignKey)> {
    schema
        .tables
        .iter()
        .map(|child| &**child)
        .flat_map(move |child| {
            let own = child.constraints.iter().filter_map(|own| match own {
                Constraint::ForeignKey(key) if names::same(&key.table, &table.name) => Some(key),
                _ => None,
            });
            own.map(move |key| (child, key))
        })
}

/// Whether the key was there before, and found what it refers to: one that never did is not made worse.
fn was_held((table, schema): (&Table, &Schema), child: &Table, key: &ForeignKey) -> bool {
    keys_to(table, schema).any(|(other, own)| {
        let same = names::same(&other.name, &child.name)
            && own.columns.len() == key.columns.len()
            && (own.columns.iter()).all(|column| names::contains(&key.columns, column));
        same && holds(table, own)
    })
}

/// Whether the columns that a foreign key refers to are a key of the table.
fn holds(table: &Table, key: &ForeignKey) -> bool {
    let references = key.referred(table);
    let is_whole = |columns: &[String]| {
        columns.len() == references.len()
            && references.iter().all(|own| names::contains(columns, own))
    };
    !references.is_empty()
        && references.len() == key.columns.len()
        && (is_whole(table.primary_key())
            || table
                .constraints
                .iter()
                .any(|own| matches!(own, Constraint::Unique(unique) if is_whole(&unique.columns)))
            || table
                .indexes
                .iter()
                .any(|index| is_whole(&columns_of(index))))
}

/// The columns of a unique index over whole columns of all rows; none of another.
fn columns_of(index: &Index) -> Vec<String> {
    if !index.unique || index.predicate.is_some() {
        return Vec::new();
    }
    let column = |expr: &Expr| match expr {
        Expr::Column(path) => path.last().cloned(),
        _ => None,
    };
    let columns: Option<Vec<String>> = index.keys.iter().map(|key| column(&key.expr)).collect();
    columns.unwrap_or_default()
}
