//! Views can be read, tables be written: so every name that a trigger, a view, a check or a key says is there.

use rusqlite::Connection;

use super::draw::quoted;

/// Prepares a statement of each kind. All of them worked at the beginning.
#[track_caller]
pub(super) fn check(connection: &Connection, told: &str) {
    let try_it = |sql: &str| {
        let prepared = connection.prepare(sql).map(drop);
        prepared.unwrap_or_else(|error| panic!("{sql}: {error}\n{told}"));
    };
    for name in names(connection, "view") {
        try_it(&format!("SELECT * FROM {}", quoted(&name)));
    }
    for name in names(connection, "table") {
        let table = quoted(&name);
        let sql = "SELECT name FROM pragma_table_info(?1)";
        let mut statement = connection.prepare(sql).expect("readable");
        let columns = statement.query_map([&name], |row| row.get::<_, String>(0));
        let columns = columns.expect("columns");
        let columns: Vec<String> = columns.map(|name| quoted(&name.expect("a name"))).collect();
        try_it(&format!("INSERT INTO {table} DEFAULT VALUES"));
        try_it(&format!("DELETE FROM {table}"));
        let same: Vec<String> = columns.iter().map(|own| format!("{own} = {own}")).collect();
        if !same.is_empty() {
            try_it(&format!("UPDATE {table} SET {}", same.join(", ")));
        }
    }
}

fn names(connection: &Connection, kind: &str) -> Vec<String> {
    let sql =
        "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
    let mut statement = connection.prepare(sql).expect("readable");
    let rows = statement.query_map([kind], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a name")).collect()
}
