//! Changes of rows.

use limosa_core::expr::{Expr, Relation, render_query};
use limosa_core::operation::{Assignment, Conflict, Delete, Insert, Source, Update};

use super::{Compiled, PostgresDialect, render, text};

/// `INSERT`.
pub(super) fn insert(insert: &Insert) -> Compiled {
    let table = text::object(&insert.table)?;
    let columns = match insert.columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", text::names(columns)?),
    };
    let source = match &insert.source {
        Source::Values(rows) => format!("VALUES {}", tuples(rows)?),
        Source::Query(query) => render_query(query, &PostgresDialect)?,
        Source::Defaults => "DEFAULT VALUES".to_owned(),
    };
    let conflict = match &insert.on_conflict {
        Some(conflict) => on_conflict(conflict)?,
        None => String::new(),
    };
    Ok(vec![format!(
        "INSERT INTO {table}{columns} {source}{conflict}"
    )])
}

/// `UPDATE`.
pub(super) fn update(update: &Update) -> Compiled {
    let table = aliased(&text::object(&update.table)?, update.alias.as_deref())?;
    let set = assignments(&update.set)?;
    let from = relations(" FROM ", &update.from)?;
    let filter = filter(update.filter.as_ref())?;
    Ok(vec![format!("UPDATE {table} SET {set}{from}{filter}")])
}

/// `DELETE`.
pub(super) fn delete(delete: &Delete) -> Compiled {
    let table = aliased(&text::object(&delete.table)?, delete.alias.as_deref())?;
    let using = relations(" USING ", &delete.using)?;
    let filter = filter(delete.filter.as_ref())?;
    Ok(vec![format!("DELETE FROM {table}{using}{filter}")])
}

fn tuples(rows: &[Vec<Option<Expr>>]) -> Compiled<String> {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| tuple(row))
        .collect::<Result<_, _>>()?;
    Ok(rows.join(", "))
}

fn tuple(row: &[Option<Expr>]) -> Compiled<String> {
    let values: Vec<String> = row
        .iter()
        .map(|one| value(one.as_ref()))
        .collect::<Result<_, _>>()?;
    Ok(format!("({})", values.join(", ")))
}

fn value(expr: Option<&Expr>) -> Compiled<String> {
    expr.map_or_else(|| Ok("DEFAULT".to_owned()), text::expression)
}

fn on_conflict(conflict: &Conflict) -> Compiled<String> {
    let target = match conflict.columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", text::names(columns)?),
    };
    if conflict.update.is_empty() {
        return Ok(format!(" ON CONFLICT{target} DO NOTHING"));
    }
    let set = assignments(&conflict.update)?;
    let filter = filter(conflict.filter.as_ref())?;
    Ok(format!(" ON CONFLICT{target} DO UPDATE SET {set}{filter}"))
}

fn assignments(all: &[Assignment]) -> Compiled<String> {
    let all: Vec<String> = all.iter().map(assignment).collect::<Result<_, _>>()?;
    Ok(all.join(", "))
}

fn assignment(one: &Assignment) -> Compiled<String> {
    let column = text::name(&one.column)?;
    Ok(format!("{column} = {}", value(one.value.as_ref())?))
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
