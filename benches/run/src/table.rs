//! What is printed.

use std::fs;
use std::process::Command;

use crate::Places;
use crate::database::Databases;
use crate::tools::programs;

/// A table in Markdown.
pub fn print(title: &str, head: &[&str], rows: &[Vec<String>]) {
    println!(
        "\n**{title}**\n\n| {} |\n|{}",
        head.join(" | "),
        "---|".repeat(head.len())
    );
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
}

/// What was measured where.
pub async fn heading(places: &Places, databases: &Databases) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let server = databases.query("postgres", "SHOW server_version").await;
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let versions: Vec<String> = programs()
        .filter_map(|tool| versions(places, tool.directory))
        .collect();
    format!(
        "PostgreSQL {server}; {}; {cores} cores.\n\n{}",
        compiler.unwrap_or_default(),
        versions.join("; ")
    )
}

/// The versions of what a tool is made of, from its lock file.
fn versions(places: &Places, directory: &str) -> Option<String> {
    let lock = fs::read_to_string(places.tools.join(directory).join("Cargo.lock")).ok()?;
    let of = |name: &str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        Some(format!("{name} {}", rest.split('"').next()?))
    };
    let parts = [
        "limosa",
        "sqlx",
        "refinery",
        "diesel_migrations",
        "sea-orm-migration",
        "rusqlite_migration",
    ];
    let drivers = ["tokio-postgres", "rusqlite", "libsqlite3-sys"];
    let found: Vec<String> = parts.into_iter().chain(drivers).filter_map(of).collect();
    Some(format!("{directory}: {}", found.join(", ")))
}
