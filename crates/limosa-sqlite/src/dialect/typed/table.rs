//! Expressions that stand in a table's definition: checks, generated columns, unique keys and
//! predicates of indexes.
//!
//! What the catalog shows has been written out before, so writing it out again must change nothing.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::name::Case;
use limosa_core::schema::{Check, Constraint, Generated, Index, IndexKey, Table};

use super::super::translate::type_for_people;
use super::super::{kind, names, unsupported};
use super::infer::type_of;
use super::{Scope, Typed, condition, value};

/// A table as its author wrote it.
pub(in super::super) fn written(table: &Table) -> Typed<Table> {
    each(table, &|expr, to| out(expr, to, table))
}

/// A table of which it is not known who wrote it: what cannot be written out stays.
pub(in super::super) fn shown(table: &Table) -> Table {
    each(table, &|expr, to| Ok(out_or_as_is(expr, to, table))).unwrap_or_else(|_| table.clone())
}

/// The same of an index.
pub(in super::super) fn shown_index(of: &Index, table: &Table) -> Index {
    let out: Out<'_> = &|expr, to| Ok(out_or_as_is(expr, to, table));
    of_index(of, table, out).unwrap_or_else(|_| of.clone())
}

/// A table after a change: what is as it was before stays, whoever wrote it. What the change itself says is
/// written out, in whatever words; and what reads a column that has another type now, if it can be.
pub(in super::super) fn changed(before: &Table, after: &Table, said: &[&Expr]) -> Typed<Table> {
    let old = expressions(before);
    let is_retyped = |name: &String| {
        let types = [before, after].map(|table| names::column(table, name));
        matches!(types, [Some(a), Some(b)] if a.data_type != b.data_type)
    };
    each(after, &|expr, to| {
        if said.contains(&expr) || !old.contains(&expr) {
            return out(expr, to, after);
        }
        Ok(if expr.columns().iter().any(is_retyped) {
            out_or_as_is(expr, to, after)
        } else {
            expr.clone()
        })
    })
}

/// An index as its author wrote it.
pub(in super::super) fn index(of: &Index, table: &Table) -> Typed<Index> {
    of_index(of, table, &|expr, to| out(expr, to, table))
}

/// An expression, and the type of the column that it is for.
type Out<'o> = &'o dyn Fn(&Expr, Option<&DataType>) -> Typed<Expr>;

fn out(expr: &Expr, to: Option<&DataType>, table: &Table) -> Typed<Expr> {
    let (expr, scope) = (bare(expr, table), Scope::standing(table));
    match to {
        Some(of) => {
            refuse_misfit(&expr, of, &scope)?;
            value(&expr, to, &scope)
        }
        None => condition(&expr, &scope),
    }
}

/// A generated column takes what an assignment would convert.
fn refuse_misfit(expr: &Expr, to: &DataType, scope: &Scope<'_>) -> Typed<()> {
    match type_of(expr, scope) {
        Some(from) if !kind::takes(to, &from) => {
            let (to, from) = (type_for_people(to), type_for_people(&from));
            Err(unsupported(
                format!("generate a column of {to}"),
                format!("the expression is of type {from}; cast it to what is meant"),
            ))
        }
        _ => Ok(()),
    }
}

fn out_or_as_is(expr: &Expr, to: Option<&DataType>, table: &Table) -> Expr {
    out(expr, to, table).unwrap_or_else(|_| expr.clone())
}

/// Generated columns and indexes take no table in front of a column.
fn bare(expr: &Expr, table: &Table) -> Expr {
    let mut own = expr.clone();
    own.remove_qualifier(&table.name.name, Case::Insensitive);
    own
}

fn each(table: &Table, out: Out<'_>) -> Typed<Table> {
    let mut own = table.clone();
    for column in &mut own.columns {
        if let Some(Generated { expr, .. }) = &mut column.generated {
            *expr = out(expr, Some(&column.data_type))?;
        }
    }
    for constraint in &mut own.constraints {
        if let Constraint::Check(Check { expr, .. }) = constraint {
            *expr = out(expr, None)?;
        }
    }
    for index in &mut own.indexes {
        *index = of_index(index, table, out)?;
    }
    Ok(own)
}

/// The keys of an index that is not unique say only what is found fast: a query finds it by its words.
fn of_index(of: &Index, table: &Table, out: Out<'_>) -> Typed<Index> {
    let mut own = of.clone();
    for IndexKey { expr, .. } in &mut own.keys {
        *expr = if of.unique {
            out(expr, None)?
        } else {
            bare(expr, table)
        };
    }
    if let Some(predicate) = &mut own.predicate {
        *predicate = out(predicate, None)?;
    }
    Ok(own)
}

/// All that stands there.
pub(in super::super) fn expressions(table: &Table) -> Vec<&Expr> {
    let generated = table
        .columns
        .iter()
        .filter_map(|own| own.generated.as_ref());
    let checks = table.constraints.iter().filter_map(|own| match own {
        Constraint::Check(check) => Some(&check.expr),
        _ => None,
    });
    let indexed = table
        .indexes
        .iter()
        .flat_map(|own| own.keys.iter().map(|key| &key.expr).chain(&own.predicate));
    generated
        .map(|own| &own.expr)
        .chain(checks)
        .chain(indexed)
        .collect()
}
