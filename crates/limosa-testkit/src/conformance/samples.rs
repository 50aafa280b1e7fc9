//! Small pieces that the cases put together.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Insert, Operation, Source, TableChange};
use limosa_core::schema::{Check, Column, Constraint, Index, Key, Table};

/// Starts of the operations that the cases are made of.
#[derive(Clone, Copy, Debug)]
pub struct Sample;

impl Sample {
    /// A table `name` with `id bigint PRIMARY KEY`, `label text` and `amount integer NOT NULL`.
    pub fn table(name: &str) -> Table {
        let mut table = Table::new(ObjectName::new(name));
        table.columns = vec![
            Self::required("id", DataType::BigInt),
            Column::new("label", DataType::Text),
            Self::required("amount", DataType::Integer),
        ]
        .into();
        let key = Key::new(None, vec!["id".to_owned()]);
        table.constraints = vec![Constraint::PrimaryKey(key)].into();
        table
    }

    /// A column that does not accept NULL.
    pub fn required(name: &str, data_type: DataType) -> Column {
        Column {
            nullable: false,
            ..Column::new(name, data_type)
        }
    }

    /// `CREATE TABLE`.
    pub fn create(table: Table) -> Operation {
        Operation::CreateTable {
            table: table.into(),
            if_not_exists: false,
        }
    }

    /// `ALTER TABLE`.
    pub fn alter(table: &str, change: TableChange) -> Operation {
        Operation::AlterTable {
            table: ObjectName::new(table),
            if_exists: false,
            change,
        }
    }

    /// `CREATE INDEX`.
    pub fn index(table: &str, index: Index) -> Operation {
        Operation::CreateIndex {
            table: ObjectName::new(table),
            index: index.into(),
            if_not_exists: false,
            concurrently: false,
        }
    }

    /// A check that a column is more than a number.
    pub fn check(name: Option<&str>, column: &str, more_than: u32) -> Constraint {
        let limit = Expr::Number(more_than.to_string());
        Constraint::Check(Check {
            name: name.map(str::to_owned),
            expr: Expr::binary(Expr::column(column), ">", limit),
            validated: true,
        })
    }

    /// A unique key.
    pub fn unique(name: Option<&str>, columns: &[&str]) -> Constraint {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Constraint::Unique(Key::new(name.map(str::to_owned), columns))
    }

    /// `INSERT INTO table (id, label, amount) VALUES (...)` for a [`Sample::table`].
    pub fn insert(table: &str, rows: &[(u32, Option<&str>, u32)]) -> Operation {
        let value = |row: &(u32, Option<&str>, u32)| {
            let label = row
                .1
                .map_or(Expr::Null, |text| Expr::String(text.to_owned()));
            let number = |number: u32| Expr::Number(number.to_string());
            vec![Some(number(row.0)), Some(label), Some(number(row.2))]
        };
        Operation::Insert(
            Insert {
                with: limosa_core::expr::With::default(),
                table: ObjectName::new(table),
                columns: ["id", "label", "amount"].map(str::to_owned).to_vec(),
                source: Source::Values(rows.iter().map(value).collect()),
                on_conflict: None,
            }
            .into(),
        )
    }
}
