//! An application that migrates at start-up, on the pool it already has.
//!
//! ```text
//! DATABASE_URL=postgres://localhost/notes \
//!     cargo run -p limosa --example postgres_pool --features postgres
//! ```
//!
//! Many replicas may start at once: one of them migrates, the others wait and find nothing to do.

use std::time::Duration;

use deadpool_postgres::{Manager, Pool};
use limosa::{Event, Migrations, Outcome, Runner};
use tokio_postgres::NoTls;

/// Read and parsed when this program is compiled; it links no SQL parser.
static MIGRATIONS: Migrations = limosa::embed!("migrations");

type Error = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let pool = pool()?;
    migrate(&pool).await?;
    serve(&pool).await
}

fn pool() -> Result<Pool, Error> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let manager = Manager::new(url.parse()?, NoTls);
    Ok(Pool::builder(manager).max_size(4).build()?)
}

/// Takes one connection out of the pool for the run, and gives it back clean.
async fn migrate(pool: &Pool) -> Result<(), limosa::Failure> {
    let report = Runner::new(&MIGRATIONS)
        .lock_wait(Duration::from_secs(30))
        .on_event(|event| {
            if let Event::Waiting { waited, .. } = event {
                println!("another replica is migrating, waited {waited:?} so far");
            }
        })
        .run_on(pool)
        .await?;
    match report.outcome {
        Outcome::UpToDate => println!("nothing was pending"),
        _ => println!("{} migrations are done", report.migrations.len()),
    }
    Ok(())
}

async fn serve(pool: &Pool) -> Result<(), Error> {
    let row = pool
        .get()
        .await?
        .query_one("SELECT count(*) FROM notes WHERE pinned", &[])
        .await?;
    println!("{} notes are pinned", row.get::<_, i64>(0));
    Ok(())
}
