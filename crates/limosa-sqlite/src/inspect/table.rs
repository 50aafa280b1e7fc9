//! Tables: what the pragmas tell, and what the statement says.

use limosa_core::dialect::Dialect;
use limosa_core::expr::{Expr, Lexicon};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Column, Generated, Identity, Storage, Table, Written};

use super::statement::{self, ColumnSaid};
use crate::dialect::SqliteDialect;

/// A row of `PRAGMA table_xinfo`.
pub(super) struct ColumnRow {
    pub(super) name: String,
    pub(super) declared_type: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) in_key: bool,
    /// 2 for a virtual, 3 for a stored generated column.
    pub(super) hidden: i64,
}

/// The table without its indexes.
pub(super) fn read(name: &str, sql: &str, columns: Vec<ColumnRow>) -> Table {
    let mut said = statement::read(sql);
    let columns = columns
        .into_iter()
        .map(|row| {
            let said = said.columns.remove(&row.name.to_ascii_lowercase());
            column(row, said.unwrap_or_default())
        })
        .collect();
    Table {
        columns,
        constraints: said.constraints.into(),
        storage: Storage {
            strict: said.strict,
            without_rowid: said.without_rowid,
            options: None,
        },
        written: Written(Some(sql.to_owned())),
        ..Table::new(ObjectName::new(name))
    }
}

fn column(row: ColumnRow, said: ColumnSaid) -> Column {
    let is_generated = matches!(row.hidden, 2 | 3);
    let default = row.default.filter(|_| !is_generated);
    let data_type = SqliteDialect.parse_type(declared(&row.declared_type));
    Column {
        nullable: !row.not_null && !row.in_key,
        default: default
            .map(|text| Expr::parse(&text, &Lexicon::SQLITE).standing(&data_type))
            .filter(|value| *value != Expr::Null),
        generated: said
            .generated
            .filter(|_| is_generated)
            .map(|expr| Generated {
                expr,
                stored: row.hidden == 3,
            }),
        identity: said.autoincrement.then_some(Identity::Autoincrement),
        collation: said.collation,
        ..Column::new(row.name, data_type)
    }
}

/// The pragma takes `GENERATED ALWAYS` for the end of a generated column's type.
fn declared(text: &str) -> &str {
    let start = text.len().saturating_sub("GENERATED ALWAYS".len());
    match text.get(start..) {
        Some(end) if end.eq_ignore_ascii_case("GENERATED ALWAYS") => text[..start].trim_end(),
        _ => text,
    }
}
