//! Migrations written in Rust instead of SQL, and what each of the two databases would be told.
//!
//! ```text
//! cargo run -p limosa --example builder --features sqlite
//! ```

use limosa::datatype::DataType;
use limosa::expr::Expr;
use limosa::operation::{Operation, TableChange};
use limosa::schema::{Column, Constraint, Index, Key, Table};
use limosa::shared::List;
use limosa::sqlite::{Sqlite, block_on};
use limosa::{Migration, Migrations, Runner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let migrations = Migrations::new(vec![create_notes(), pin_notes()])?;
    let runner = Runner::new(&migrations);
    let mut session = Sqlite::in_memory()?;

    let plan = block_on(runner.plan(&mut session))?;
    for (migration, step) in plan.steps() {
        println!("{}: {}", migration.name, step.summary);
        println!("  {}", step.statements.join(";\n  "));
    }

    let report = block_on(runner.run(&mut session))?;
    println!("{} migrations are done", report.migrations.len());
    for evidence in block_on(runner.verify(&mut session))? {
        println!(
            "{}: {}",
            evidence.object,
            evidence.found.unwrap_or_default()
        );
    }
    Ok(())
}

fn create_notes() -> Migration {
    let mut table = Table::new("notes".into());
    table.columns = vec![
        Column {
            nullable: false,
            ..Column::new("id", DataType::Uuid)
        },
        Column {
            nullable: false,
            default: Some(Expr::String(String::new())),
            ..Column::new("body", DataType::Text)
        },
        Column {
            nullable: false,
            default: Some(Expr::Now),
            ..Column::new("written_at", DataType::TIMESTAMPTZ)
        },
    ]
    .into();
    let key = Key::new(Some("notes_pkey".to_owned()), vec!["id".to_owned()]);
    table.constraints = vec![Constraint::PrimaryKey(key)].into();
    Migration::builder("1", "create_notes")
        .up(Operation::CreateTable {
            table: table.into(),
            if_not_exists: false,
        })
        .build()
}

fn pin_notes() -> Migration {
    let pinned = Column {
        nullable: false,
        default: Some(Expr::Bool(false)),
        ..Column::new("pinned", DataType::Boolean)
    };
    Migration::builder("2", "pin_notes")
        .up(Operation::AlterTable {
            table: "notes".into(),
            if_exists: false,
            change: TableChange::AddColumn {
                column: pinned.into(),
                constraints: List::new(),
                if_not_exists: false,
            },
        })
        .up(Operation::CreateIndex {
            table: "notes".into(),
            index: Index {
                predicate: Some(Expr::column("pinned")),
                ..Index::on_columns("notes_pinned_idx", ["written_at"])
            }
            .into(),
            if_not_exists: false,
            // Where the database can; otherwise it is a plain build.
            concurrently: true,
        })
        .build()
}
