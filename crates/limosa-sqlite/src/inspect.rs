//! The schema as the catalog has it.
//!
//! Columns come from the pragmas; what no pragma tells (checks, names and deferral of constraints,
//! collations, expressions) from the statements that the catalog keeps. Of virtual tables and the
//! tables behind them there are the names alone; Limosa's own are left out.

mod index;
pub(crate) mod reader;
pub(crate) mod statement;
mod table;
mod view;

use std::collections::{HashMap, HashSet};

use limosa_core::migrator::Result;
use limosa_core::name::{Case, ObjectName};
use limosa_core::schema::{References, Schema, Table, Trigger};
use rusqlite::Connection;

use crate::dialect::{DEFAULT_SCHEMA, ID, quoted};
use crate::error::database_error;
use table::ColumnRow;

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
    let ordinary = ordinary_tables(connection, &objects).map_err(database_error)?;
    let mut places = HashMap::new();
    for object in objects.iter().filter(|object| object.kind == "table") {
        if ordinary
            .as_ref()
            .is_some_and(|all| !all.contains(&object.name))
        {
            schema.other_tables.push(ObjectName::new(&*object.name));
            continue;
        }
        let columns = columns(connection, &object.name).map_err(database_error)?;
        places.insert(object.name.to_ascii_lowercase(), schema.tables.len());
        schema
            .tables
            .push(table::read(&object.name, &object.sql, columns).into());
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

/// The names of the tables that are neither virtual nor behind a virtual one; none if all are.
fn ordinary_tables(
    connection: &Connection,
    objects: &[Object],
) -> rusqlite::Result<Option<HashSet<String>>> {
    // Whatever its author wrote, the library keeps these words.
    let is_virtual = |object: &Object| object.sql.starts_with("CREATE VIRTUAL TABLE ");
    if !objects.iter().any(is_virtual) {
        return Ok(None);
    }
    let mut statement = connection.prepare(include_str!("inspect/tables.sql"))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect::<rusqlite::Result<_>>().map(Some)
}

/// The pragma by itself: as a table in a query it is a virtual one, which takes three times as long.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<ColumnRow>> {
    let sql = format!("PRAGMA main.table_xinfo({})", quoted(table));
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| {
        Ok(ColumnRow {
            name: row.get(1)?,
            declared_type: row.get(2)?,
            not_null: row.get(3)?,
            default: row.get(4)?,
            // Its place in the key, from 1.
            in_key: row.get::<_, i64>(5)? > 0,
            hidden: row.get(6)?,
        })
    })?;
    rows.collect()
}
