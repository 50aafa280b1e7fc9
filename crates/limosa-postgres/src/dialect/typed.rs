//! What a database without types means, said for one that has them.
//!
//! `flag = 1` of a column that is a boolean here is `flag = true`. Other constants need nothing: a
//! quoted one is read by the type of what it stands beside. A word that is no column of the tables in
//! sight is refused: `SQLite` takes a name in double quotes for a string then ("Double-quoted String
//! Literals Are Accepted"), and a tree no longer tells which quotes a name had.

mod shown;
mod truth;

use limosa_core::expr::{Body, Cte, Expr, Part, Query, Relation, With};
use limosa_core::operation::{Assignment, Insert, Operation, Source, TableChange};
use limosa_core::schema::{Column, Constraint, Definition, Index, Schema, Table, Visible};

use super::{Compiled, FACTS, refuse};

pub(super) use shown::shown;
use truth::truths;

/// Columns that every table has, manual section 5.6.
const SYSTEM: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// An operation with its conditions so.
pub(super) fn operation(of: &Operation, before: &Schema) -> Compiled<Operation> {
    let mut own = of.clone();
    match &mut own {
        Operation::CreateTable { table: own, .. } => *own = table(own)?.into(),
        Operation::AlterTable {
            table: name,
            change,
            ..
        } => {
            if let Some(known) = before.table(name) {
                self::change(change, known)?;
            }
        }
        Operation::CreateIndex {
            table: name, index, ..
        } => {
            if let Some(known) = before.table(name) {
                indexed(index, &one(known))?;
            }
        }
        Operation::CreateView { view, .. } => {
            if let Definition::Query(query) = &mut view.query {
                self::query(query, &Visible::new(before))?;
            }
        }
        Operation::Insert(own) => insert(own, before)?,
        Operation::Update(own) => {
            let visible = common(&mut own.with, before)?
                .with(&own.from, &|_, _| None)
                .changed(&own.table, own.alias.as_deref());
            relations(&mut own.from, &visible)?;
            assigned(&mut own.set, &visible)?;
            passed(&mut own.filter, &visible)?;
        }
        Operation::Delete(own) => {
            let visible = common(&mut own.with, before)?
                .with(&own.using, &|_, _| None)
                .changed(&own.table, own.alias.as_deref());
            relations(&mut own.using, &visible)?;
            passed(&mut own.filter, &visible)?;
        }
        _ => {}
    }
    Ok(own)
}

fn one(table: &Table) -> Visible<'_> {
    Visible::one(table, FACTS.case)
}

fn table(of: &Table) -> Compiled<Table> {
    let visible = one(of);
    let mut own = of.clone();
    for column in &mut own.columns {
        if let Some(generated) = &mut column.generated {
            pass(&mut generated.expr, &visible)?;
        }
    }
    for constraint in &mut own.constraints {
        checked(constraint, &visible)?;
    }
    for index in &mut own.indexes {
        indexed(index, &visible)?;
    }
    Ok(own)
}

fn change(of: &mut TableChange, known: &Table) -> Compiled<()> {
    match of {
        TableChange::AddColumn {
            column,
            constraints,
            ..
        } => {
            let mut after = known.clone();
            after.columns.push(Column::clone(column));
            let visible = one(&after);
            if let Some(generated) = &mut column.generated {
                pass(&mut generated.expr, &visible)?;
            }
            constraints
                .iter_mut()
                .try_for_each(|own| checked(own, &visible))
        }
        TableChange::AddConstraint { constraint, .. } => checked(constraint, &one(known)),
        TableChange::SetGenerated {
            generated: Some(generated),
            ..
        } => pass(&mut generated.expr, &one(known)),
        _ => Ok(()),
    }
}

fn checked(of: &mut Constraint, visible: &Visible<'_>) -> Compiled<()> {
    match of {
        Constraint::Check(check) => pass(&mut check.expr, visible),
        _ => Ok(()),
    }
}

fn indexed(of: &mut Index, visible: &Visible<'_>) -> Compiled<()> {
    for key in &mut of.keys {
        pass(&mut key.expr, visible)?;
    }
    passed(&mut of.predicate, visible)
}

fn insert(of: &mut Insert, before: &Schema) -> Compiled<()> {
    let visible = common(&mut of.with, before)?;
    match &mut of.source {
        Source::Query(own) => query(own, &visible)?,
        Source::Values(rows) => {
            for value in rows.iter_mut().flatten().flatten() {
                pass(value, &visible)?;
            }
        }
        Source::Defaults => {}
    }
    if let Some(conflict) = &mut of.on_conflict {
        let target = visible
            .changed(&of.table, None)
            .changed(&of.table, Some("excluded"));
        assigned(&mut conflict.update, &target)?;
        passed(&mut conflict.filter, &target)?;
    }
    Ok(())
}

/// What is seen behind a `WITH`.
fn common<'a>(of: &mut With, before: &'a Schema) -> Compiled<Visible<'a>> {
    with(&mut of.items, Visible::new(before))
}

/// Each may read itself, if it says `RECURSIVE`; if not, its name is hidden from itself all the same:
/// less is known then, and nothing wrong.
fn with<'a>(all: &mut [Cte], mut visible: Visible<'a>) -> Compiled<Visible<'a>> {
    for cte in all {
        visible.define(&cte.name, None);
        query(&mut cte.query, &visible)?;
    }
    Ok(visible)
}

fn assigned(set: &mut [Assignment], visible: &Visible<'_>) -> Compiled<()> {
    let mut values = set.iter_mut().filter_map(|one| one.value.as_mut());
    values.try_for_each(|value| pass(value, visible))
}

fn query(of: &mut Query, outer: &Visible<'_>) -> Compiled<()> {
    let visible = with(&mut of.with, outer.clone())?;
    body(&mut of.body, &visible)
}

fn body(of: &mut Body, outer: &Visible<'_>) -> Compiled<()> {
    match of {
        Body::Select(select) => {
            let visible = outer.with(&select.from, &|_, _| None);
            relations(&mut select.from, &visible)?;
            for (value, _) in &mut select.columns {
                pass(value, &visible)?;
            }
            passed(&mut select.filter, &visible)
        }
        Body::Values(rows) => {
            let mut values = rows.iter_mut().flatten();
            values.try_for_each(|value| pass(value, outer))
        }
        Body::Set(left, _, _, right) => {
            body(left, outer)?;
            body(right, outer)
        }
        Body::Query(inner) => query(inner, outer),
    }
}

fn relations(all: &mut [Relation], visible: &Visible<'_>) -> Compiled<()> {
    all.iter_mut().try_for_each(|one| relation(one, visible))
}

fn relation(of: &mut Relation, visible: &Visible<'_>) -> Compiled<()> {
    match of {
        Relation::Table(..) => Ok(()),
        Relation::Query(inner, _) => query(inner, visible),
        Relation::Join(join) => {
            relation(&mut join.left, visible)?;
            relation(&mut join.right, visible)?;
            passed(&mut join.on, visible)
        }
    }
}

fn passed(expr: &mut Option<Expr>, visible: &Visible<'_>) -> Compiled<()> {
    expr.iter_mut().try_for_each(|own| pass(own, visible))
}

fn pass(expr: &mut Expr, visible: &Visible<'_>) -> Compiled<()> {
    truths(expr, visible);
    if let Expr::Column(path) = expr {
        return known(path, visible);
    }
    let mut outcome = Ok(());
    expr.parts(&mut |part| {
        if outcome.is_ok() {
            outcome = match part {
                Part::Expr(inner) => pass(inner, visible),
                Part::Query(inner) => query(inner, visible),
                Part::Table(..) => Ok(()),
            };
        }
    });
    outcome
}

fn known(path: &[String], visible: &Visible<'_>) -> Compiled<()> {
    let [name] = path else {
        return Ok(());
    };
    let is_known = visible.count() == 0 || SYSTEM.contains(&name.as_str()) || !visible.lacks(path);
    if is_known {
        return Ok(());
    }
    Err(refuse(
        format!("read {name:?} as a column"),
        "no table in sight has one of this name; if it is a string, which SQLite takes in double \
         quotes too, write it in single quotes",
    ))
}
