//! The schema as the catalog has it.
//!
//! Columns come from the pragmas; what no pragma tells (checks, names and deferral of constraints,
//! collations, expressions) from the statements that the catalog keeps. Virtual tables and the
//! tables behind them are left out, and so are Limosa's own.

mod index;
pub(crate) mod reader;
pub(crate) mod statement;
mod table;
mod view;

use std::collections::HashMap;

use limosa_core::migrator::Result;
use limosa_core::name::{Case, ObjectName};
use limosa_core::schema::{References, Schema, Table, Trigger};
use rusqlite::Connection;

use crate::dialect::{DEFAULT_SCHEMA, ID};
use crate::error::database_error;
use table::{ColumnRow, TableRow};

/// A row of the catalog.
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

/// Everything that the model knows.
pub(crate) fn schema(connection: &Connection) -> Result<Schema> {
    let objects = objects(connection).map_err(database_error)?;
    let mut schema = empty();
    if objects.is_empty() {
        return Ok(schema);
    }
    let tables = tables(connection).map_err(database_error)?;
    let mut columns = columns(connection).map_err(database_error)?;
    let mut places = HashMap::new();
    for object in objects.iter().filter(|object| object.kind == "table") {
        let Some(row) = tables.get(&object.name) else {
            continue;
        };
        let columns = columns.remove(&object.name).unwrap_or_default();
        places.insert(object.name.to_ascii_lowercase(), schema.tables.len());
        schema
            .tables
            .push(table::read(&object.name, &object.sql, row, columns).into());
    }
    for object in objects {
        let place = places.get(&object.table.to_ascii_lowercase());
        let table = place.map(|at| &mut *schema.tables[*at]);
        match object.kind.as_str() {
            "index" => push_index(table, &object),
            "view" => schema
                .views
                .push(view::read(&object.name, &object.sql).into()),
            "trigger" => schema.triggers.push(trigger(object)),
            _ => {}
        }
    }
    Ok(schema)
}

/// The schema of a database in which there is nothing at all; none if there is something.
pub(crate) fn nothing(connection: &Connection) -> Result<Option<Schema>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema)";
    let there: bool = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(database_error)?;
    Ok((!there).then(empty))
}

fn empty() -> Schema {
    let mut schema = Schema::empty(Case::Insensitive, Some(DEFAULT_SCHEMA.to_owned()));
    schema.references = References::Loose;
    // What a file written for PostgreSQL calls its default schema.
    schema.default_aliases = vec!["public".to_owned()];
    schema
}

fn push_index(table: Option<&mut Table>, object: &Object) {
    if let Some(table) = table {
        table.indexes.push(index::read(&object.name, &object.sql));
    }
}

fn trigger(object: Object) -> Trigger {
    Trigger {
        name: object.name,
        table: ObjectName::new(object.table),
        dialect: ID.to_owned(),
        text: object.sql,
    }
}

fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection.prepare(include_str!("inspect/objects.sql"))?;
    let rows = statement.query_map([], |row| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        })
    })?;
    rows.collect()
}

fn tables(connection: &Connection) -> rusqlite::Result<HashMap<String, TableRow>> {
    let mut statement = connection.prepare(include_str!("inspect/tables.sql"))?;
    let rows = statement.query_map([], |row| {
        let flags = TableRow {
            without_rowid: row.get(1)?,
            strict: row.get(2)?,
        };
        Ok((row.get(0)?, flags))
    })?;
    rows.collect()
}

fn columns(connection: &Connection) -> rusqlite::Result<HashMap<String, Vec<ColumnRow>>> {
    let mut statement = connection.prepare(include_str!("inspect/columns.sql"))?;
    let mut rows = statement.query([])?;
    let mut all = HashMap::new();
    let (mut table, mut own) = (String::new(), Vec::new());
    while let Some(row) = rows.next()? {
        // The rows of a table stand together.
        let next = row.get_ref(0)?.as_str()?;
        if next != table {
            all.insert(std::mem::replace(&mut table, next.to_owned()), own);
            own = Vec::new();
        }
        let column = ColumnRow {
            name: row.get(1)?,
            declared_type: row.get(2)?,
            not_null: row.get(3)?,
            default: row.get(4)?,
            in_key: row.get(5)?,
            hidden: row.get(6)?,
        };
        own.push(column);
    }
    all.insert(table, own);
    Ok(all)
}
