//! sea-orm-migration with three migrations of one statement.

include!("../migrator.rs");

#[cfg(feature = "postgres")]
migrator!(Migrator, "../../../../target/migrations/postgres-3/list.rs");
#[cfg(feature = "sqlite")]
migrator!(Migrator, "../../../../target/migrations/sqlite-3/list.rs");

fn main() {
    let target = std::env::args().nth(1).expect("a target");
    let url = if cfg!(feature = "sqlite") { format!("sqlite://{target}?mode=rwc") } else { target };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let connection = Database::connect(url).await.expect("connects");
        Migrator::up(&connection, None).await.expect("applies");
    });
}
