//! A transaction without foreign keys: what was so before it, and must be so behind it.

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Result;
use rusqlite::Connection;
use rusqlite::types::FromSql;

use super::digest;
use super::orphans::Orphans;
use crate::dialect::quoted;
use crate::error::database_error;

/// What was so when the transaction began.
#[derive(Debug)]
pub(crate) struct Apart {
    /// Whether the owner's session enforced foreign keys.
    enforced: bool,
    /// The owner's `legacy_alter_table`.
    legacy: bool,
    before: Option<Before>,
}

#[derive(Debug)]
struct Before {
    orphans: Orphans,
    alive: Vec<Object>,
    /// The triggers of those tables: they go along when one gets another name.
    triggers: Vec<String>,
    /// The tables with statistics.
    counted: Vec<String>,
    /// Triggers that only this connection has.
    own_triggers: Vec<String>,
}

/// A view, or a table with triggers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    name: String,
    is_view: bool,
}

impl Apart {
    /// Switches foreign keys off. Within a transaction the pragma does nothing ("PRAGMA Statements",
    /// `foreign_keys`).
    pub(super) fn enter(connection: &Connection) -> Result<Self> {
        refuse_hidden_tables(connection)?;
        let apart = Self {
            enforced: setting(connection, "foreign_keys")?,
            legacy: setting(connection, "legacy_alter_table")?,
            before: None,
        };
        digest::register(connection).map_err(database_error)?;
        execute(connection, "PRAGMA foreign_keys = OFF")?;
        Ok(apart)
    }

    /// Looks at what statements may change unseen, once nobody else can write any more.
    pub(super) fn look(&mut self, connection: &Connection) -> Result<()> {
        let alive = alive(connection)?;
        self.before = Some(Before {
            orphans: Orphans::begin(connection)?,
            triggers: triggers(connection, |table| {
                alive.iter().any(|own| own.name == table)
            })?,
            alive,
            counted: counted(connection)?,
            own_triggers: own_triggers(connection)?,
        });
        Ok(())
    }

    /// Looks at what a statement may change, right before it does.
    pub(super) fn about_to(&mut self, connection: &Connection, sql: &str) -> Result<()> {
        match &mut self.before {
            Some(before) => before.orphans.about_to(connection, sql),
            None => Ok(()),
        }
    }

    /// Refuses what would be broken, and brings the statistics back of tables that have lost theirs.
    pub(super) fn check(&self, connection: &Connection) -> Result<()> {
        let Some(before) = &self.before else {
            return Ok(());
        };
        before.orphans.check(connection)?;
        for object in &before.alive {
            still_works(connection, object)?;
        }
        for name in renamed(connection, before)? {
            let is_view = false;
            still_works(connection, &Object { name, is_view })?;
        }
        let triggers = own_triggers(connection)?;
        if let Some(lost) = before
            .own_triggers
            .iter()
            .find(|own| !triggers.contains(own))
        {
            return Err(refusal(format!(
                "the temporary trigger {lost} of this connection would be lost with its table"
            )));
        }
        count_again(connection, &before.counted)
    }

    /// Gives the owner's settings back.
    pub(super) fn leave(&self, connection: &Connection) {
        digest::remove(connection);
        let word = |on| if on { "ON" } else { "OFF" };
        // There is nothing to be done about a failure: the connection is gone.
        let _ = connection.execute_batch(&format!(
            "PRAGMA foreign_keys = {}; PRAGMA legacy_alter_table = {}",
            word(self.enforced),
            word(self.legacy),
        ));
    }
}

pub(super) fn refusal(message: String) -> DatabaseError {
    DatabaseError::new(Kind::Other, message)
}

fn execute(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(database_error)
}

fn setting<T: FromSql>(connection: &Connection, name: &str) -> Result<T> {
    connection
        .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
        .map_err(database_error)
}

pub(super) fn strings(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    read().map_err(database_error)
}

/// A name means the temporary table first. The library's own tables are called by their schema.
fn refuse_hidden_tables(connection: &Connection) -> Result<()> {
    let hidden = "SELECT name FROM temp.sqlite_schema WHERE type IN ('table', 'view') AND lower(name) IN \
                  (SELECT lower(name) FROM main.sqlite_schema) AND lower(name) NOT LIKE 'sqlite!_%' ESCAPE '!'";
    match strings(connection, hidden)?.first() {
        None => Ok(()),
        Some(name) => Err(refusal(format!(
            "the temporary table {name} of this connection hides one of the database"
        ))
        .with_hint("drop it, or migrate on another connection")),
    }
}

/// The views that can be read, and the tables with triggers that can be written.
pub(super) fn alive(connection: &Connection) -> Result<Vec<Object>> {
    let sql = "SELECT DISTINCT CASE type WHEN 'view' THEN name ELSE tbl_name END, type = 'view' \
               FROM main.sqlite_schema WHERE type IN ('view', 'trigger')";
    let read = || -> rusqlite::Result<Vec<Object>> {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(Object {
                name: row.get(0)?,
                is_view: row.get(1)?,
            })
        })?;
        rows.collect()
    };
    let mut all = read().map_err(database_error)?;
    all.retain(|object| attempt(connection, object).is_ok());
    Ok(all)
}

/// The triggers of some tables.
fn triggers(connection: &Connection, is_of: impl Fn(&str) -> bool) -> Result<Vec<String>> {
    let all = watched(connection)?.into_iter();
    Ok(all
        .filter(|(_, table)| is_of(table))
        .map(|(name, _)| name)
        .collect())
}

/// The tables that have one of the triggers now, and another name than before.
fn renamed(connection: &Connection, before: &Before) -> Result<Vec<String>> {
    let is_known = |table: &String| before.alive.iter().any(|own| own.name == *table);
    let all = watched(connection)?.into_iter();
    let mut tables: Vec<String> = all
        .filter(|(name, table)| before.triggers.contains(name) && !is_known(table))
        .map(|(_, table)| table)
        .collect();
    tables.dedup();
    Ok(tables)
}

/// The triggers with their tables.
fn watched(connection: &Connection) -> Result<Vec<(String, String)>> {
    let read = || -> rusqlite::Result<Vec<(String, String)>> {
        let sql = "SELECT name, tbl_name FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY 2";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    read().map_err(database_error)
}

/// Prepares what uses an object: that resolves every name in views and triggers, and does nothing.
pub(super) fn attempt(connection: &Connection, object: &Object) -> rusqlite::Result<()> {
    let name = quoted(&object.name);
    if object.is_view {
        return connection
            .prepare(&format!("SELECT * FROM {name}"))
            .map(drop);
    }
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let columns = statement.query_map([&object.name], |row| row.get::<_, String>(0))?;
    let columns: Vec<String> = columns.collect::<rusqlite::Result<_>>()?;
    let same: Vec<String> = columns
        .iter()
        .map(|column| format!("{0} = {0}", quoted(column)))
        .collect();
    for sql in [
        format!("INSERT INTO {name} DEFAULT VALUES"),
        format!("UPDATE {name} SET {}", same.join(", ")),
        format!("DELETE FROM {name}"),
    ] {
        connection.prepare(&sql)?;
    }
    Ok(())
}

pub(super) fn still_works(connection: &Connection, object: &Object) -> Result<()> {
    let kinds = if object.is_view {
        "'view'"
    } else {
        "'table', 'view'"
    };
    let sql =
        format!("SELECT count(*) FROM main.sqlite_schema WHERE type IN ({kinds}) AND name = ?1");
    let there: i64 = connection
        .query_row(&sql, [&object.name], |row| row.get(0))
        .map_err(database_error)?;
    if there == 0 {
        return Ok(());
    }
    attempt(connection, object).map_err(|error| {
        let what = if object.is_view {
            "the view"
        } else {
            "a trigger on"
        };
        let error = database_error(error);
        refusal(format!(
            "{what} {} would not work any more: {}",
            object.name, error.message
        ))
        .with_hint("drop it first, and create it again as it should be")
    })
}

fn counted(connection: &Connection) -> Result<Vec<String>> {
    let has = "SELECT name FROM main.sqlite_schema WHERE name = 'sqlite_stat1'";
    if strings(connection, has)?.is_empty() {
        return Ok(Vec::new());
    }
    strings(
        connection,
        "SELECT DISTINCT tbl FROM main.sqlite_stat1 WHERE tbl IN \
         (SELECT name FROM main.sqlite_schema WHERE type = 'table')",
    )
}

/// Statistics go with a table that is dropped.
fn count_again(connection: &Connection, before: &[String]) -> Result<()> {
    if before.is_empty() {
        return Ok(());
    }
    let now = counted(connection)?;
    for table in before.iter().filter(|table| !now.contains(table)) {
        let there = "SELECT name FROM main.sqlite_schema WHERE type = 'table'";
        if strings(connection, there)?.contains(table) {
            execute(connection, &format!("ANALYZE main.{}", quoted(table)))?;
        }
    }
    Ok(())
}

fn own_triggers(connection: &Connection) -> Result<Vec<String>> {
    strings(
        connection,
        "SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'",
    )
}
