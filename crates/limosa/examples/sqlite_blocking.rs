//! A program without an async runtime: migrations on its own `rusqlite` connection.
//!
//! ```text
//! cargo run -p limosa --example sqlite_blocking --features sqlite -- notes.db
//! ```

use limosa::sqlite::block_on;
use limosa::{Migrations, Runner};
use rusqlite::Connection;

/// The same files as on `PostgreSQL`: `bigserial` becomes a numbered key, the concurrent index a plain
/// one.
static MIGRATIONS: Migrations = limosa::embed!("migrations");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or(":memory:".to_owned());
    let mut connection = Connection::open(path)?;
    let report = block_on(Runner::new(&MIGRATIONS).run_on(&mut connection))?;
    for ran in &report.migrations {
        println!("{} {}", ran.version, ran.name);
        for statement in ran.steps.iter().flat_map(|step| &step.statements) {
            println!("  {statement}");
        }
    }
    connection.execute("INSERT INTO notes (body) VALUES ('hello')", [])?;
    let notes: i64 = connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?;
    println!("{notes} notes");
    Ok(())
}
