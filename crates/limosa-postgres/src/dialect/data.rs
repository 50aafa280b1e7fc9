//! Changes of rows.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Relation, With, render_with};
use limosa_core::operation::{Assignment, Conflict, Delete, Insert, Source, Update};

use limosa_core::schema::{Column, Schema, Table};

use super::{Compiled, FACTS, PostgresDialect, render, text};

/// `INSERT`.
pub(super) fn insert(insert: &Insert, before: &Schema) -> Compiled {
    let known = before.table(&insert.table);
    let table = text::object(&insert.table)?;
    let columns = match insert.columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", text::names(columns)?),
    };
    let source = match &insert.source {
        Source::Values(rows) => format!("VALUES {}", tuples(rows, &targets(insert, known))?),
        Source::Query(query) => text::query(query)?,
        Source::Defaults => "DEFAULT VALUES".to_owned(),
    };
    let conflict = match &insert.on_conflict {
        Some(conflict) => on_conflict(conflict, known)?,
        None => String::new(),
    };
    Ok(vec![format!(
        "{}INSERT INTO {table}{columns} {source}{conflict}",
        with(&insert.with)?
    )])
}

/// `UPDATE`.
pub(super) fn update(update: &Update, before: &Schema) -> Compiled {
    let known = before.table(&update.table);
    let table = aliased(&text::object(&update.table)?, update.alias.as_deref())?;
    let set = assignments(&update.set, known)?;
    let from = relations(" FROM ", &update.from)?;
    let filter = filter(update.filter.as_ref())?;
    let with = with(&update.with)?;
    Ok(vec![format!(
        "{with}UPDATE {table} SET {set}{from}{filter}"
    )])
}

/// `DELETE`.
pub(super) fn delete(delete: &Delete) -> Compiled {
    let table = aliased(&text::object(&delete.table)?, delete.alias.as_deref())?;
    let using = relations(" USING ", &delete.using)?;
    let filter = filter(delete.filter.as_ref())?;
    let with = with(&delete.with)?;
    Ok(vec![format!("{with}DELETE FROM {table}{using}{filter}")])
}

fn with(of: &With) -> Compiled<String> {
    text::without_zero(render_with(of, &PostgresDialect)?)
}

/// The columns that values go to, as far as they are known.
pub(super) fn targets<'a>(insert: &Insert, table: Option<&'a Table>) -> Vec<Option<&'a Column>> {
    let Some(table) = table else {
        return Vec::new();
    };
    if insert.columns.is_empty() {
        return table.columns.iter().map(Some).collect();
    }
    let find = |name: &String| table.column(name, FACTS.case);
    insert.columns.iter().map(find).collect()
}

/// A value as a column of this type takes it: `SQLite` has numbers for booleans.
pub(super) fn for_type(value: &Expr, to: Option<&DataType>) -> Expr {
    match (value, to) {
        (Expr::Number(digit), Some(DataType::Boolean)) if digit == "0" || digit == "1" => {
            Expr::Bool(digit == "1")
        }
        _ => value.clone(),
    }
}

fn tuples(rows: &[Vec<Option<Expr>>], columns: &[Option<&Column>]) -> Compiled<String> {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| tuple(row, columns))
        .collect::<Result<_, _>>()?;
    Ok(rows.join(", "))
}

fn tuple(row: &[Option<Expr>], columns: &[Option<&Column>]) -> Compiled<String> {
    let values: Vec<String> = row
        .iter()
        .enumerate()
        .map(|(at, one)| value(one.as_ref(), columns.get(at).copied().flatten()))
        .collect::<Result<_, _>>()?;
    Ok(format!("({})", values.join(", ")))
}

fn value(expr: Option<&Expr>, column: Option<&Column>) -> Compiled<String> {
    let to = column.map(|column| &column.data_type);
    match expr {
        None => Ok("DEFAULT".to_owned()),
        Some(expr) => text::expression(&for_type(expr, to)),
    }
}

fn on_conflict(conflict: &Conflict, table: Option<&Table>) -> Compiled<String> {
    let target = match (&conflict.constraint, conflict.columns.as_slice()) {
        (Some(constraint), _) => format!(" ON CONSTRAINT {}", text::name(constraint)?),
        (None, []) => String::new(),
        (None, columns) => format!(" ({})", text::names(columns)?),
    };
    if conflict.update.is_empty() {
        return Ok(format!(" ON CONFLICT{target} DO NOTHING"));
    }
    let set = assignments(&conflict.update, table)?;
    let filter = filter(conflict.filter.as_ref())?;
    Ok(format!(" ON CONFLICT{target} DO UPDATE SET {set}{filter}"))
}

fn assignments(all: &[Assignment], table: Option<&Table>) -> Compiled<String> {
    let all: Vec<String> = all
        .iter()
        .map(|one| assignment(one, table))
        .collect::<Result<_, _>>()?;
    Ok(all.join(", "))
}

fn assignment(one: &Assignment, table: Option<&Table>) -> Compiled<String> {
    let known = table.and_then(|table| table.column(&one.column, FACTS.case));
    let column = text::name(&one.column)?;
    Ok(format!("{column} = {}", value(one.value.as_ref(), known)?))
}

fn relations(word: &str, all: &[Relation]) -> Compiled<String> {
    if all.is_empty() {
        return Ok(String::new());
    }
    let all: Vec<String> = all.iter().map(render::relation).collect::<Result<_, _>>()?;
    Ok(format!("{word}{}", all.join(", ")))
}

fn filter(filter: Option<&Expr>) -> Compiled<String> {
    match filter {
        Some(expr) => Ok(format!(" WHERE {}", text::expression(expr)?)),
        None => Ok(String::new()),
    }
}

fn aliased(table: &str, alias: Option<&str>) -> Compiled<String> {
    match alias {
        Some(alias) => Ok(format!("{table} AS {}", text::name(alias)?)),
        None => Ok(table.to_owned()),
    }
}
