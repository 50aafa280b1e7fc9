//! Rows that are put into tables by hand, and looked for again.

use std::collections::{BTreeMap, BTreeSet};

use limosa_core::datatype::DataType;
use limosa_core::dialect::Dialect;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Constraint, Schema, Table};
use limosa_core::shared::Shared;
use limosa_tests::On;

use crate::site::Site;

/// For each table that got a row, by its present name: its key column.
pub(crate) type Kept = BTreeMap<String, String>;

/// Puts a row into each table, unless one of the operations to come will not have the NULL in it.
pub(crate) async fn put(site: &Site, model: &Schema, to_come: &[Operation]) -> Kept {
    let refused = refused(to_come);
    let session = site.on.session().await;
    let dialect: &dyn Dialect = session.dialect();
    let mut kept = Kept::new();
    let takes = |table: &&Shared<Table>| !refused.contains(&table.name.name);
    for table in model.tables.iter().filter(takes) {
        let key = table.columns[0].name.clone();
        let mut names = vec![quoted(&key)];
        let mut values = vec!["4711".to_owned()];
        for column in table.columns[1..].iter().filter(|one| is_required(one)) {
            names.push(quoted(&column.name));
            values.push(literal(column, model, dialect));
        }
        let words = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            quoted(&table.name.name),
            names.join(", "),
            values.join(", ")
        );
        site.on.execute(&words).await;
        kept.insert(table.name.name.clone(), key);
    }
    kept
}

/// Whether a change may not suit the rows that are there.
fn may_refuse(change: &TableChange) -> bool {
    match change {
        TableChange::SetNullable { nullable, .. } => !nullable,
        TableChange::AddConstraint { constraint, .. } => {
            matches!(**constraint, Constraint::ForeignKey(_))
        }
        _ => false,
    }
}

/// The tables, by their present names, of which a column will not accept NULL any more, or will refer
/// to rows that nobody has put.
fn refused(to_come: &[Operation]) -> BTreeSet<String> {
    let mut refused = BTreeSet::new();
    for operation in to_come.iter().rev() {
        match operation {
            Operation::AlterTable { table, change, .. } if may_refuse(change) => {
                refused.insert(table.name.clone());
            }
            Operation::RenameTable { from, to, .. } if refused.contains(to) => {
                refused.insert(from.name.clone());
            }
            _ => {}
        }
    }
    refused
}

/// Follows the operations from where the rows were put, and counts them.
pub(crate) async fn are_kept(site: &Site, mut kept: Kept, operations: &[Operation]) {
    for operation in operations {
        match operation {
            Operation::RenameTable { from, to, .. } => {
                if let Some(key) = kept.remove(&from.name) {
                    kept.insert(to.clone(), key);
                }
            }
            Operation::DropTable { name, .. } => {
                kept.remove(&name.name);
            }
            Operation::AlterTable {
                table,
                change: TableChange::RenameColumn { from, to },
                ..
            } => {
                if let Some(key) = kept.get_mut(&table.name).filter(|key| *key == from) {
                    key.clone_from(to);
                }
            }
            _ => {}
        }
    }
    for (table, key) in kept {
        let words = format!(
            "SELECT count(*) FROM {} WHERE {} = 4711",
            quoted(&table),
            quoted(&key)
        );
        assert_eq!(site.on.value(&words).await, "1", "{table}");
    }
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn is_required(column: &Column) -> bool {
    !column.nullable && column.default.is_none()
}

fn literal(column: &Column, model: &Schema, dialect: &dyn Dialect) -> String {
    let bytes = || match dialect.facts().id {
        "sqlite" => "x'00'".to_owned(),
        _ => "'\\x00'".to_owned(),
    };
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match &column.data_type {
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Real
        | DataType::Double
        | DataType::Numeric(_) => "7".to_owned(),
        DataType::Boolean => "true".to_owned(),
        DataType::Bytes => bytes(),
        DataType::Date => text("2024-02-29"),
        DataType::Time { .. } => text("03:04:05"),
        DataType::Timestamp { .. } => text("2024-02-29 03:04:05"),
        DataType::Interval => text("3 days"),
        DataType::Uuid => text("00000000-0000-4000-8000-000000000001"),
        DataType::Json | DataType::Jsonb | DataType::Array(_) => text("{}"),
        DataType::Enum(name) => text(&model.enum_type(name).expect("it is there").labels[0]),
        _ => text("x"),
    }
}

/// All values of a table's column in the order of its key, in words that no database has for itself.
pub(crate) async fn values(on: &On, table: &Table, column: &Column) -> Vec<Option<String>> {
    let name = quoted(&column.name);
    let shown = match (on, &column.data_type) {
        (On::Postgres(_), DataType::Bytes) => format!("encode({name}, 'hex')"),
        (On::Sqlite(_), DataType::Bytes) => format!("lower(hex({name}))"),
        (On::Postgres(_), DataType::Boolean) => format!("{name}::integer"),
        _ => name.clone(),
    };
    let shown = if column.data_type == DataType::Bytes {
        format!("CASE WHEN {name} IS NULL THEN NULL ELSE {shown} END")
    } else {
        shown
    };
    let words = format!(
        "SELECT {shown} FROM {} ORDER BY {}",
        quoted(&table.name.name),
        quoted(&table.columns[0].name)
    );
    let values = on.column(&words).await;
    let plain = |value: String| canonical(&column.data_type, value);
    values.into_iter().map(|value| value.map(plain)).collect()
}

fn canonical(data_type: &DataType, value: String) -> String {
    match data_type {
        DataType::Real | DataType::Double | DataType::Numeric(_) => {
            let number: f64 = value.parse().expect("a number");
            number.to_string()
        }
        _ => value,
    }
}
