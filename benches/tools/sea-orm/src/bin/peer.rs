//! sea-orm-migration in the tests of benches/reliability: a migration executes the text of a file.

include!("../../../peer.rs");
include!("../../../runtime.rs");

use std::sync::OnceLock;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection};

static FILES: OnceLock<Vec<File>> = OnceLock::new();

#[derive(Clone)]
struct File {
    name: String,
    text: String,
}

impl MigrationName for File {
    fn name(&self) -> &str {
        &self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for File {
    fn use_transaction(&self) -> Option<bool> {
        self.text.starts_with("-- no-transaction").then_some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(&self.text).await.map(drop)
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let files = FILES.get().expect("they were read").iter();
        files.map(|file| Box::new(file.clone()) as Box<dyn MigrationTrait>).collect()
    }
}

fn read(directory: &std::path::Path) -> std::io::Result<Vec<File>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        files.push(File { name, text: std::fs::read_to_string(&path)? });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn main() {
    let task = Task::given();
    let files = read(&task.directory).unwrap_or_else(|error| fail(error));
    let _ = FILES.set(files);
    block_on(run(&task));
}

async fn run(task: &Task) {
    let url = match task.postgres {
        true => task.target.clone(),
        false => format!("sqlite://{}?mode=rwc", task.target),
    };
    let mut options = ConnectOptions::new(url);
    if task.pool.is_some() {
        options.max_connections(1);
    }
    let connected = Database::connect(options).await;
    let connection = connected.unwrap_or_else(|error| fail(error));
    ready();
    match task.pool {
        Some(time) => pool(&connection, time).await,
        None => finish(Migrator::up(&connection, None).await),
    }
}

async fn pool(pool: &DatabaseConnection, time: Option<std::time::Duration>) {
    say_run(within(time, Migrator::up(pool, None)).await);
    say_visit(pool.execute_unprepared(VISIT).await.map(drop));
}
