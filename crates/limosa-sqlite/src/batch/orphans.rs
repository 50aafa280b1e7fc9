//! Rows that refer to nothing: a transaction without foreign keys must not make any.
//!
//! Some may have been there before, and dangle on. So a table is looked at before the first statement
//! that may change its rows, its parents' rows, or what a key of its refers to, and again before the
//! commit. A table that no statement comes near is not read at all. A statement that is not understood
//! may change any.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use limosa_core::migrator::Result;
use rusqlite::Connection;

use super::apart::{refusal, strings};
use super::touches::{Touches, touches};
use crate::error::database_error;

/// What was so before, of the tables that may change. Names are in lower case.
#[derive(Debug)]
pub(super) struct Orphans {
    /// The tables when the transaction began.
    tables: BTreeSet<String>,
    looked: BTreeMap<String, Dangling>,
}

/// The rows of a table that refer to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Dangling {
    count: u64,
    /// Of their rowids.
    hash: u64,
    /// Why they cannot be told, where a key refers to no key.
    broken: bool,
}

impl Orphans {
    /// None was looked at.
    pub(super) fn begin(connection: &Connection) -> Result<Self> {
        Ok(Self {
            tables: tables(connection)?,
            looked: BTreeMap::new(),
        })
    }

    /// Looks at the tables that a statement may change something for.
    pub(super) fn about_to(&mut self, connection: &Connection, sql: &str) -> Result<()> {
        let near = match touches(sql) {
            Touches::Nothing => return Ok(()),
            Touches::Tables(names) if !fires(connection, &names)? => near(connection, &names)?,
            Touches::Tables(_) | Touches::Any => all(connection)?,
        };
        for table in near {
            // One that this transaction has made had none when it began, whatever its rows refer to by now.
            let is_new = !self.tables.contains(&table);
            if let Entry::Vacant(place) = self.looked.entry(table) {
                let found = if is_new {
                    Dangling::default()
                } else {
                    dangling(connection, place.key())
                };
                place.insert(found);
            }
        }
        Ok(())
    }

    /// Refuses new ones.
    pub(super) fn check(&self, connection: &Connection) -> Result<()> {
        let now = tables(connection)?;
        let new = now.difference(&self.tables);
        let looked = self.looked.keys().filter(|table| now.contains(*table));
        let after: BTreeSet<&String> = new.chain(looked).collect();
        let after = after
            .into_iter()
            .map(|table| (table.clone(), dangling(connection, table)));
        let is_any = |(_, found): &(String, Dangling)| *found != Dangling::default();
        let before = self.looked.clone().into_iter().filter(is_any).collect();
        compare(&before, &after.filter(is_any).collect(), &self.tables)
    }
}

fn tables(connection: &Connection) -> Result<BTreeSet<String>> {
    let sql = "SELECT lower(name) FROM main.sqlite_schema WHERE type = 'table'";
    Ok(strings(connection, sql)?.into_iter().collect())
}

/// The tables with foreign keys.
fn all(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT lower(s.name) FROM main.sqlite_schema AS s, pragma_foreign_key_list(s.name) \
               WHERE s.type = 'table'";
    strings(connection, sql)
}

/// These tables, and those that refer to them.
fn near(connection: &Connection, names: &[String]) -> Result<Vec<String>> {
    let mut near: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let read = |name: &String| -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT DISTINCT lower(s.name) FROM main.sqlite_schema AS s, \
                   pragma_foreign_key_list(s.name) AS f \
                   WHERE s.type = 'table' AND f.\"table\" = ?1 COLLATE NOCASE";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([name], |row| row.get(0))?;
        rows.collect()
    };
    for name in names {
        near.extend(read(name).map_err(database_error)?);
    }
    Ok(near)
}

/// Whether a trigger may do anything else, anywhere.
fn fires(connection: &Connection, names: &[String]) -> Result<bool> {
    let sql = "SELECT lower(tbl_name) FROM main.sqlite_schema WHERE type = 'trigger' UNION \
               SELECT lower(tbl_name) FROM temp.sqlite_schema WHERE type = 'trigger'";
    let watched = strings(connection, sql)?;
    let is_watched = |name: &String| watched.contains(&name.to_ascii_lowercase());
    Ok(names.iter().any(is_watched))
}

/// The rows of a table that refer to nothing.
fn dangling(connection: &Connection, table: &str) -> Dangling {
    dangling_of(connection, table).unwrap_or(Dangling {
        broken: true,
        ..Dangling::default()
    })
}

fn dangling_of(connection: &Connection, table: &str) -> rusqlite::Result<Dangling> {
    let mut statement =
        connection.prepare("SELECT rowid, parent FROM pragma_foreign_key_check(?1)")?;
    let mut rows = statement.query([table])?;
    let mut found = Dangling::default();
    while let Some(row) = rows.next()? {
        let (rowid, parent): (Option<i64>, String) = (row.get(0)?, row.get(1)?);
        let mut hasher = DefaultHasher::new();
        (rowid, parent.to_ascii_lowercase()).hash(&mut hasher);
        found.count += 1;
        found.hash = found.hash.wrapping_add(hasher.finish());
    }
    Ok(found)
}

/// What dangled before may dangle on; nothing else may. A table that got another name is compared with
/// those that are gone.
fn compare(
    before: &BTreeMap<String, Dangling>,
    after: &BTreeMap<String, Dangling>,
    old: &BTreeSet<String>,
) -> Result<()> {
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let mut gone: u64 = gone.map(|(_, found)| found.count).sum();
    for (table, now) in after {
        let fine = match before.get(table) {
            Some(then) => {
                now.broken == then.broken
                    && (now.count < then.count || (now.count, now.hash) == (then.count, then.hash))
            }
            None if now.broken || old.contains(table) => false,
            None => {
                let fits = now.count <= gone;
                gone = gone.saturating_sub(now.count);
                fits
            }
        };
        if !fine && now.broken {
            return Err(refusal(format!(
                "a foreign key of {table} would refer to what is no key, or not there"
            )));
        }
        if !fine {
            let new = now
                .count
                .saturating_sub(before.get(table).map_or(0, |then| then.count));
            return Err(refusal(format!(
                "rows of {table} would refer to rows that are not there ({} of them new)",
                new.max(1)
            ))
            .with_hint(
                "a copy must take all rows that others refer to; and a table that is renamed away takes \
                 the foreign keys of others along: create the new table under another name, drop the old \
                 one, and rename the new one",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); \
        CREATE TABLE C (p INTEGER REFERENCES P); CREATE TABLE d (c INTEGER REFERENCES c); \
        CREATE TABLE q (p INTEGER REFERENCES p2); CREATE TABLE p2 (id INTEGER PRIMARY KEY); \
        CREATE TABLE watched (a); CREATE TRIGGER t AFTER INSERT ON watched BEGIN DELETE FROM p2; END";

    /// The tables that are looked at for these statements, which are carried out.
    #[track_caller]
    fn check(statements: &[&str], expected: &[&str]) {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = OFF")
            .unwrap();
        connection.execute_batch(SHOP).unwrap();
        let mut orphans = Orphans::begin(&connection).unwrap();
        for sql in statements {
            orphans.about_to(&connection, sql).unwrap();
            connection.execute_batch(sql).unwrap();
        }
        let looked: Vec<&str> = orphans.looked.keys().map(String::as_str).collect();
        assert_eq!(looked, expected, "{statements:?}");
    }

    #[test]
    fn a_rebuild_looks_at_the_table_and_at_those_that_refer_to_it() {
        let rebuild = [
            "PRAGMA legacy_alter_table = ON",
            "CREATE TABLE limosa_new_p (id INTEGER PRIMARY KEY, a TEXT NOT NULL)",
            "INSERT OR ABORT INTO limosa_new_p (id, a) SELECT id, a FROM p NOT INDEXED",
            "DROP TABLE p",
            "ALTER TABLE limosa_new_p RENAME TO p",
            "CREATE INDEX i ON p (a)",
        ];
        check(&rebuild, &["c", "limosa_new_p", "p"]);
    }

    /// What dangles in a table that goes again is no licence for others.
    #[test]
    fn orphans_on_the_way_are_no_licence() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = OFF; CREATE TABLE p (id INTEGER PRIMARY KEY, q REFERENCES p); \
                 CREATE TABLE c (p REFERENCES p); CREATE TABLE d (p REFERENCES p); \
                 INSERT INTO p VALUES (1, NULL), (2, 1); INSERT INTO c VALUES (2); INSERT INTO d VALUES (9)",
            )
            .unwrap();
        let mut orphans = Orphans::begin(&connection).unwrap();
        for sql in [
            "PRAGMA legacy_alter_table = ON",
            "ALTER TABLE p RENAME TO old",
            "CREATE TABLE p (id INTEGER PRIMARY KEY, q REFERENCES p)",
            "INSERT INTO p SELECT * FROM old WHERE id = 1",
            "DROP TABLE old",
            "DROP TABLE d",
        ] {
            orphans.about_to(&connection, sql).unwrap();
            connection.execute_batch(sql).unwrap();
        }
        let error = orphans.check(&connection).unwrap_err();
        let expected = "rows of c would refer to rows that are not there (1 of them new)";
        assert_eq!(error.message, expected);
    }

    #[test]
    fn what_may_change_any_table_looks_at_all() {
        let all = ["c", "d", "q"];
        check(&["DELETE FROM p2"], &all);
        check(&["INSERT INTO watched VALUES (1)"], &all);
        check(&["INSERT INTO main.p2 VALUES (1)"], &all);
        check(&["SELECT 1"], &[]);
    }

    #[test]
    fn new_orphans_are_found_wherever_they_are() {
        for (sql, table) in [
            ("DROP TABLE p2", "q"),
            ("INSERT INTO C VALUES (7)", "c"),
            (
                "CREATE TABLE n (p INTEGER REFERENCES p); INSERT INTO n VALUES (7)",
                "n",
            ),
            ("UPDATE q SET p = 8", "q"),
            ("INSERT INTO watched VALUES (1)", "q"),
            ("ALTER TABLE p2 RENAME TO p3; DELETE FROM p3", "q"),
        ] {
            let connection = Connection::open_in_memory().unwrap();
            connection
                .execute_batch("PRAGMA foreign_keys = OFF")
                .unwrap();
            connection.execute_batch(SHOP).unwrap();
            connection
                .execute_batch("INSERT INTO p2 VALUES (1); INSERT INTO q VALUES (1)")
                .unwrap();
            let mut orphans = Orphans::begin(&connection).unwrap();
            for sql in sql.split("; ") {
                orphans.about_to(&connection, sql).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            let error = orphans.check(&connection).unwrap_err();
            let expected =
                format!("rows of {table} would refer to rows that are not there (1 of them new)");
            assert_eq!(error.message, expected, "{sql}");
        }
    }
}
