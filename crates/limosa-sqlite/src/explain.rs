//! Which indexes a query would use.

use limosa_core::migrator::Result;
use rusqlite::Connection;

use crate::error::database_error;

/// The names of the indexes in the query's plan, in order.
pub(crate) fn indexes(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let names = strings(
        connection,
        "SELECT name FROM main.sqlite_schema WHERE type = 'index'",
        0,
    )?;
    let plan = strings(connection, &format!("EXPLAIN QUERY PLAN {sql}"), 3)?;
    let mut used = Vec::new();
    for line in &plan {
        let found = names.iter().filter(|name| uses(line, name));
        // Of `a` and `a (b)` the longer one is meant.
        if let Some(name) = found.max_by_key(|name| name.len())
            && !used.contains(name)
        {
            used.push(name.clone());
        }
    }
    Ok(used)
}

/// Whether a line of a plan (`SEARCH t USING INDEX name (a=?)`) uses this index.
fn uses(line: &str, name: &str) -> bool {
    let Some((_, rest)) = line.split_once(" INDEX ") else {
        return false;
    };
    rest.strip_prefix(name)
        .is_some_and(|end| end.is_empty() || end.starts_with(" ("))
}

fn strings(connection: &Connection, sql: &str, column: usize) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql).map_err(database_error)?;
    let rows = statement
        .query_map([], |row| row.get(column))
        .map_err(database_error)?;
    rows.collect::<rusqlite::Result<_>>()
        .map_err(database_error)
}
