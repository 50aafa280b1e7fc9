//! The rows that were there at the beginning, followed through all changes.

use limosa_core::datatype::DataType;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Schema, Table};
use limosa_sqlite::SqliteDialect;
use limosa_testkit::conformance::differences;
use limosa_tests::On;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::draw::quoted;

/// The rows of all tables.
pub(super) struct Followed(Vec<Rows>);

/// The rows of one table as they were.
struct Rows {
    /// What it is called now.
    table: ObjectName,
    /// What its columns are called now; none for one that is gone, or has got new values.
    columns: Vec<Option<String>>,
    values: Vec<Vec<String>>,
}

impl Followed {
    pub(super) fn all(connection: &Connection, schema: &Schema) -> Self {
        let rows = schema.tables.iter().map(|table| {
            let own = table.columns.iter().filter(|own| own.generated.is_none());
            let columns: Vec<Option<String>> = own.map(|own| Some(own.name.clone())).collect();
            Rows {
                values: values(connection, &table.name, &columns),
                table: table.name.clone(),
                columns,
            }
        });
        Self(rows.collect())
    }

    pub(super) fn follow(&mut self, operation: &Operation) {
        let same = |a: &ObjectName, b: &ObjectName| a.name.eq_ignore_ascii_case(&b.name);
        match operation {
            Operation::DropTable { name, .. } => self.0.retain(|rows| !same(&rows.table, name)),
            Operation::RenameTable { from, to, .. } => {
                for rows in self.0.iter_mut().filter(|rows| same(&rows.table, from)) {
                    rows.table = from.sibling(to.clone());
                }
            }
            Operation::AlterTable { table, change, .. } => {
                for rows in self.0.iter_mut().filter(|rows| same(&rows.table, table)) {
                    rows.change(change);
                }
            }
            _ => {}
        }
    }

    /// They are there still.
    #[track_caller]
    pub(super) fn check(&self, connection: &Connection, told: &str) {
        for rows in &self.0 {
            let mut expected = rows.expected();
            let mut found = values(connection, &rows.table, &rows.columns);
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{}\n{told}", rows.table);
        }
    }
}

impl Rows {
    fn change(&mut self, change: &TableChange) {
        let mut now = |name: &str, then: Option<String>| {
            let is_it = |own: &&mut Option<String>| {
                own.as_ref()
                    .is_some_and(|own| own.eq_ignore_ascii_case(name))
            };
            if let Some(own) = self.columns.iter_mut().find(is_it) {
                *own = then;
            }
        };
        match change {
            TableChange::RenameColumn { from, to } => now(from, Some(to.clone())),
            TableChange::DropColumn { name, .. } => now(name, None),
            TableChange::SetType {
                column,
                using: Some(_),
                ..
            } => now(column, None),
            _ => {}
        }
    }

    fn expected(&self) -> Vec<Vec<String>> {
        let row = |values: &Vec<String>| -> Vec<String> {
            let pairs = values.iter().zip(&self.columns);
            pairs
                .filter(|(_, name)| name.is_some())
                .map(|(value, _)| value.clone())
                .collect()
        };
        self.values.iter().map(row).collect()
    }
}

fn values(
    connection: &Connection,
    table: &ObjectName,
    columns: &[Option<String>],
) -> Vec<Vec<String>> {
    let names: Vec<String> = columns.iter().flatten().map(|name| quoted(name)).collect();
    if names.is_empty() {
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let count = connection.query_row(&sql, [], |row| row.get::<_, i64>(0));
        return vec![Vec::new(); usize::try_from(count.expect(&sql)).expect("not negative")];
    }
    let sql = format!("SELECT {} FROM {}", names.join(", "), quoted(&table.name));
    let mut statement = connection
        .prepare(&sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut rows = statement.query([]).expect(&sql);
    let mut all = Vec::new();
    while let Some(row) = rows.next().expect(&sql) {
        let cells = (0..names.len()).map(|at| canonical(row.get_ref(at).expect(&sql)));
        all.push(cells.collect());
    }
    all
}

/// A value as it can be told apart whatever type its column has: numbers by their value.
fn canonical(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "nothing".to_owned(),
        ValueRef::Integer(number) => format!("number {number}"),
        ValueRef::Real(number) => real(number),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(number), _) => format!("number {number}"),
                (_, Ok(number)) => real(number),
                _ => format!("text {text}"),
            }
        }
        ValueRef::Blob(bytes) => format!("bytes {bytes:?}"),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "it was looked at before")]
fn real(number: f64) -> String {
    // 2^63 is no i64.
    if number.fract() == 0.0
        && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number)
    {
        return format!("number {}", number as i64);
    }
    format!("number {number}")
}

/// Both hold the same tables, with the same rows.
pub(super) async fn same(postgres: &On, sqlite: &On, told: &str) {
    let (one, other) = (postgres.schema().await, sqlite.schema().await);
    let found = differences(&one, &other, &SqliteDialect);
    assert!(found.is_empty(), "{}\n{told}", found.join("\n"));
    for table in &one.tables {
        let (a, b) = (rows(postgres, table).await, rows(sqlite, table).await);
        assert_eq!(a, b, "{}\n{told}", table.name);
    }
    for view in &one.views {
        let query = format!("SELECT count(*) FROM {}", quoted(&view.name.name));
        let (a, b) = (postgres.value(&query).await, sqlite.value(&query).await);
        assert_eq!(a, b, "{query}\n{told}");
    }
}

/// A table's rows, one text each.
async fn rows(on: &On, table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|own| !is_clock(own));
    let shown: Vec<String> = columns.map(|own| shown(on, own)).collect();
    if shown.is_empty() {
        return Vec::new();
    }
    let sql = format!(
        "SELECT {} FROM {}",
        shown.join(" || '|' || "),
        quoted(&table.name.name)
    );
    let mut all: Vec<String> = on.column(&sql).await.into_iter().flatten().collect();
    all.sort();
    all
}

/// Its values tell when the row was made.
fn is_clock(column: &Column) -> bool {
    column.default == Some(limosa_core::expr::Expr::Now)
}

fn shown(on: &On, column: &Column) -> String {
    let name = quoted(&column.name);
    let text = match (on, &column.data_type) {
        (On::Postgres(_), DataType::Boolean) => format!("({name}::integer)::text"),
        // Fractions are written in several ways.
        (On::Postgres(_), DataType::Double | DataType::Real | DataType::Numeric(_)) => {
            format!("round(({name})::numeric, 9)::text")
        }
        (On::Sqlite(_), DataType::Double | DataType::Real | DataType::Numeric(_)) => {
            format!("printf('%.9f', {name})")
        }
        (On::Postgres(_), _) => format!("({name})::text"),
        (On::Sqlite(_), _) => format!("CAST({name} AS TEXT)"),
    };
    format!("CASE WHEN {name} IS NULL THEN 'nothing' ELSE {text} END")
}
