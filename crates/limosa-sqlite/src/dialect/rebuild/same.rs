//! What is the same before and after.

use limosa_core::schema::{Column, Constraint, Schema, Table};

use super::super::normalise::physical;
use super::super::{column, enums, names, render};

/// Whether a table needs no new copy: but for its indexes, which need none.
pub(super) fn table(before: &Table, schema: &Schema, after: &Table, result: &Schema) -> bool {
    let columns = before.columns.len() == after.columns.len()
        && (before.columns.iter().zip(&after.columns)).all(|(a, b)| {
            a.name.eq_ignore_ascii_case(&b.name)
                && column::is_same(after, a, b)
                && a.collation == b.collation
        });
    let (old, new) = (constraints(before, schema), constraints(after, result));
    columns && missing(&old, &new).is_empty() && missing(&new, &old).is_empty()
}

/// The constraints of a table, those included that keep enum columns to their labels.
pub(super) fn constraints(table: &Table, schema: &Schema) -> Vec<Constraint> {
    let checks = table
        .columns
        .iter()
        .filter_map(|own| enums::check(own, schema));
    let checks = checks.map(Constraint::Check);
    table.constraints.iter().cloned().chain(checks).collect()
}

/// The constraints of `all` that `others` lacks.
pub(super) fn missing(all: &[Constraint], others: &[Constraint]) -> Vec<Constraint> {
    let mut left: Vec<&Constraint> = others.iter().collect();
    let mut found = Vec::new();
    for own in all {
        match left.iter().position(|other| in_words(own, other)) {
            Some(at) => {
                left.remove(at);
            }
            None => found.push(own.clone()),
        }
    }
    found
}

/// Whether two constraints are one, and said in the same words: `c / 2` and `CAST(c AS REAL) / 2` are two where
/// the column has become a numeric.
fn in_words(a: &Constraint, b: &Constraint) -> bool {
    constraint(a, b)
        && match (a, b) {
            (Constraint::Check(a), Constraint::Check(b)) => {
                a.expr == b.expr || render::expression(&a.expr) == render::expression(&b.expr)
            }
            _ => true,
        }
}

/// Whether two constraints are one.
pub(super) fn constraint(a: &Constraint, b: &Constraint) -> bool {
    let names = match (a.name(), b.name()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (None, None) => true,
        _ => false,
    };
    names
        && match (a, b) {
            (Constraint::Check(a), Constraint::Check(b)) => physical(&a.expr) == physical(&b.expr),
            (Constraint::ForeignKey(a), Constraint::ForeignKey(b)) => {
                same_list(&a.columns, &b.columns)
                    && same_list(&a.references, &b.references)
                    && names::same(&a.table, &b.table)
                    && (a.on_delete, a.on_update, a.deferrable)
                        == (b.on_delete, b.on_update, b.deferrable)
            }
            (Constraint::PrimaryKey(a), Constraint::PrimaryKey(b))
            | (Constraint::Unique(a), Constraint::Unique(b)) => same_list(&a.columns, &b.columns),
            _ => false,
        }
}

/// Whether two constraints say the same, whatever they are called.
pub(super) fn but_for_names(a: &Constraint, b: &Constraint) -> bool {
    let unnamed = |own: &Constraint| {
        let mut own = own.clone();
        *own.name_mut() = None;
        own
    };
    constraint(&unnamed(a), &unnamed(b))
}

fn same_list(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Whether a column's definition is the same, its place in a primary key included.
pub(super) fn column(before: &Table, a: &Column, after: &Table, b: &Column) -> bool {
    let key = |table: &Table, column: &Column| names::contains(table.primary_key(), &column.name);
    column::is_same(after, a, b)
        && a.collation == b.collation
        && a.nullable == b.nullable
        && key(before, a) == key(after, b)
}
