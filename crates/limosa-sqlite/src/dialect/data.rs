//! Changes of rows.

use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Expr, Relation, With};
use limosa_core::name::ObjectName;
use limosa_core::operation::{Assignment, Conflict, Delete, Insert, Source, Update};
use limosa_core::schema::{Column, Constraint, Schema, Table};
use limosa_core::shared::{List, Shared};

use super::typed::{self, Scope};
use super::{Compiled, SqliteDialect, column, names, quoted, render, translate, unsupported};

/// `INSERT INTO`.
pub(super) fn insert(insert: &Insert, before: &Schema) -> Compiled {
    let table = names::table(before, &insert.table);
    let (with, scope) = with(&insert.with, before)?;
    let conflict = match &insert.on_conflict {
        Some(conflict) => on_conflict(conflict, table, &scope.clone().target(&insert.table))?,
        None => String::new(),
    };
    Ok(vec![format!(
        "{with}INSERT INTO {}{} {}{conflict}",
        names::object(&insert.table)?,
        column_list(&insert.columns),
        source(insert, table, &scope)?,
    )])
}

/// `WITH` in front of a statement, and what is seen behind it.
fn with<'a>(of: &With, before: &'a Schema) -> Result<(String, Scope<'a>), Unsupported> {
    let (own, scope) = typed::common(of, Scope::new(before))?;
    let own = translate::with(&own)?;
    let text = limosa_core::expr::render_with(&own, &SqliteDialect)?;
    Ok((text, scope))
}

fn column_list(columns: &[String]) -> String {
    match columns {
        [] => String::new(),
        columns => format!(" ({})", names::list(columns)),
    }
}

fn source(
    insert: &Insert,
    table: Option<&Table>,
    scope: &Scope<'_>,
) -> Result<String, Unsupported> {
    match &insert.source {
        Source::Defaults => Ok("DEFAULT VALUES".into()),
        Source::Query(query) => {
            let columns = targets(insert, table);
            let types: Vec<_> = columns
                .iter()
                .map(|column| column.map(|column| &column.data_type))
                .collect();
            let query = render::query(&typed::query(query, &types, scope)?)?;
            // Without WHERE the parser takes ON CONFLICT for a join's ON ("UPSERT", section 2.2).
            Ok(match insert.on_conflict {
                Some(_) => format!("SELECT * FROM ({query}) WHERE TRUE"),
                None => query,
            })
        }
        Source::Values(rows) => {
            let columns = targets(insert, table);
            let rows: Result<Vec<String>, _> = rows
                .iter()
                .map(|values| row(values, &columns, scope))
                .collect();
            Ok(format!("VALUES {}", rows?.join(", ")))
        }
    }
}

/// The columns that values go to, as far as they are known.
fn targets<'a>(insert: &Insert, table: Option<&'a Table>) -> Vec<Option<&'a Column>> {
    let Some(table) = table else {
        return Vec::new();
    };
    if insert.columns.is_empty() {
        return table.columns.iter().map(Some).collect();
    }
    insert
        .columns
        .iter()
        .map(|name| names::column(table, name))
        .collect()
}

fn row(
    values: &[Option<Expr>],
    columns: &[Option<&Column>],
    scope: &Scope<'_>,
) -> Result<String, Unsupported> {
    let values: Result<Vec<String>, _> = values
        .iter()
        .enumerate()
        .map(|(at, given)| value(given.as_ref(), columns.get(at).copied().flatten(), scope))
        .collect();
    Ok(format!("({})", values?.join(", ")))
}

/// A value for a column. `DEFAULT` is no value here: the column's default stands in for it.
fn value(
    given: Option<&Expr>,
    target: Option<&Column>,
    scope: &Scope<'_>,
) -> Result<String, Unsupported> {
    match (given, target) {
        (Some(given), target) => {
            let to = target.map(|column| &column.data_type);
            render::expression(&typed::value(given, to, scope)?)
        }
        (None, Some(column)) => match &column.default {
            Some(default) => column::default_value(default, column),
            None => Ok("NULL".into()),
        },
        (None, None) => Err(unsupported(
            "write DEFAULT for a value",
            "it knows no such word there, and the table's definition is not known",
        )),
    }
}

fn on_conflict(
    conflict: &Conflict,
    table: Option<&Table>,
    scope: &Scope<'_>,
) -> Result<String, Unsupported> {
    let target = match &conflict.constraint {
        Some(name) => column_list(key(name, table)?),
        None => column_list(&conflict.columns),
    };
    if conflict.update.is_empty() {
        return Ok(format!(" ON CONFLICT{target} DO NOTHING"));
    }
    Ok(format!(
        " ON CONFLICT{target} DO UPDATE SET {}{}",
        assignments(&conflict.update, table, scope)?,
        condition(conflict.filter.as_ref(), scope)?
    ))
}

/// The columns of the key that a constraint's name stands for, given or made up by Postgres.
fn key<'a>(name: &str, table: Option<&'a Table>) -> Result<&'a [String], Unsupported> {
    let found = table.and_then(|table| {
        let named = |constraint: &&Constraint| match constraint.name() {
            Some(own) => own.eq_ignore_ascii_case(name),
            None => conventional(constraint, table).is_some_and(|own| own == name),
        };
        table.constraints.iter().find(named)?.key()
    });
    let key = found.ok_or_else(|| {
        unsupported(
            format!("say ON CONFLICT ON CONSTRAINT {name}"),
            "it names the columns instead, and no key of this name is known",
        )
    })?;
    Ok(&key.columns)
}

/// The name that Postgres gives to a key without one.
fn conventional(constraint: &Constraint, table: &Table) -> Option<String> {
    let table = &table.name.name;
    match constraint {
        Constraint::PrimaryKey(_) => Some(format!("{table}_pkey")),
        Constraint::Unique(key) => Some(format!("{table}_{}_key", key.columns.join("_"))),
        _ => None,
    }
}

fn assignments(
    set: &[Assignment],
    table: Option<&Table>,
    scope: &Scope<'_>,
) -> Result<String, Unsupported> {
    let items: Result<Vec<String>, _> = set
        .iter()
        .map(|item| {
            let target = table.and_then(|table| names::column(table, &item.column));
            let value = value(item.value.as_ref(), target, scope)?;
            Ok(format!("{} = {value}", quoted(&item.column)))
        })
        .collect();
    Ok(items?.join(", "))
}

fn condition(filter: Option<&Expr>, scope: &Scope<'_>) -> Result<String, Unsupported> {
    Ok(match filter {
        Some(filter) => {
            let own = typed::condition(filter, scope)?;
            format!(" WHERE {}", render::expression(&own)?)
        }
        None => String::new(),
    })
}

fn target(table: &ObjectName, alias: Option<&String>) -> Result<String, Unsupported> {
    let name = names::object(table)?;
    Ok(match alias {
        Some(alias) => format!("{name} AS {}", quoted(alias)),
        None => name,
    })
}

/// `UPDATE`, with `FROM` where it has one (since 3.33).
pub(super) fn update(update: &Update, before: &Schema) -> Compiled {
    let table = names::table(before, &update.table);
    let (with, scope) = with(&update.with, before)?;
    let scope = scope
        .with(&update.from)
        .changed(&update.table, update.alias.as_deref());
    let from = match update.from.as_slice() {
        [] => String::new(),
        items => format!(" FROM {}", relations(items, &scope)?),
    };
    Ok(vec![format!(
        "{with}UPDATE {} SET {}{from}{}",
        target(&update.table, update.alias.as_ref())?,
        assignments(&update.set, table, &scope)?,
        condition(update.filter.as_ref(), &scope)?
    )])
}

/// `DELETE`. `USING` becomes `EXISTS`, which deletes the same rows.
pub(super) fn delete(delete: &Delete, before: &Schema) -> Compiled {
    let (with, scope) = with(&delete.with, before)?;
    let scope = scope
        .with(&delete.using)
        .changed(&delete.table, delete.alias.as_deref());
    let of = target(&delete.table, delete.alias.as_ref())?;
    let filter = condition(delete.filter.as_ref(), &scope)?;
    Ok(vec![match delete.using.as_slice() {
        [] => format!("{with}DELETE FROM {of}{filter}"),
        items => format!(
            "{with}DELETE FROM {of} WHERE EXISTS (SELECT 1 FROM {}{filter})",
            relations(items, &scope)?
        ),
    }])
}

/// Items of `FROM`, rendered by way of a query over them.
fn relations(items: &[Relation], scope: &Scope<'_>) -> Result<String, Unsupported> {
    use limosa_core::expr::{Body, Query, Select};
    let items = typed::relations(items, scope)?;
    let from: Result<Vec<Relation>, _> = items.iter().map(translate::relation).collect();
    let query = Query {
        with: List::new(),
        recursive: false,
        body: Body::Select(Shared::new(Select {
            columns: vec![(Expr::Number("1".into()), None)].into(),
            from: from?.into(),
            ..Select::default()
        })),
        order_by: List::new(),
        limit: None,
        offset: None,
    };
    let text = limosa_core::expr::render_query(&query, &SqliteDialect)?;
    let (_, items) = text
        .split_once("FROM ")
        .expect("a select from something says FROM");
    Ok(items.to_owned())
}
