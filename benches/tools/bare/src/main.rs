//! The floor: a bare client that sends all statements as one batch, and records nothing.
//!
//! With the count 0 it sends a lone `SELECT`, to compare a start with; with `fingerprint` as the third
//! argument it prints what the database holds, to see that all tools made the same.

include!("../../common.rs");
include!("../../runtime.rs");

type List = &'static [(&'static str, &'static str)];
const POSTGRES: [List; 3] = [
    include!("../../../target/migrations/postgres-1/list.rs"),
    include!("../../../target/migrations/postgres-100/list.rs"),
    include!("../../../target/migrations/postgres-1000/list.rs"),
];
const SQLITE: [List; 3] = [
    include!("../../../target/migrations/sqlite-1/list.rs"),
    include!("../../../target/migrations/sqlite-100/list.rs"),
    include!("../../../target/migrations/sqlite-1000/list.rs"),
];

fn main() {
    if std::env::args().nth(3).as_deref() == Some("fingerprint") {
        let target = std::env::args().nth(2).expect("a file");
        return fingerprint(&target).unwrap_or_else(|error| fail(error));
    }
    let arguments = arguments();
    let mut laps = Laps::start();
    let sets = if arguments.postgres { POSTGRES } else { SQLITE };
    let batch = match arguments.count {
        0 => "SELECT 1".to_owned(),
        1 => whole(sets[0]),
        100 => whole(sets[1]),
        _ => whole(sets[2]),
    };
    laps.lap();
    if arguments.postgres {
        block_on(postgres(&arguments.target, &batch, &mut laps)).unwrap_or_else(|error| fail(error));
    } else {
        sqlite(&arguments.target, &batch, &mut laps).unwrap_or_else(|error| fail(error));
    }
    laps.print();
}

fn whole(list: List) -> String {
    let statements: String = list.iter().map(|(_, sql)| *sql).collect();
    format!("BEGIN;\n{statements}COMMIT;\n")
}

async fn postgres(url: &str, batch: &str, laps: &mut Laps) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    laps.lap();
    client.simple_query(batch).await?;
    laps.lap();
    Ok(())
}

fn sqlite(path: &str, batch: &str, laps: &mut Laps) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    laps.lap();
    connection.execute_batch(batch)?;
    laps.lap();
    Ok(())
}

/// The statements of all objects of the migrations, and how many rows each table has.
fn fingerprint(path: &str) -> rusqlite::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    let objects = "SELECT type, name, sql FROM sqlite_schema
                   WHERE tbl_name GLOB '*_[0-9][0-9][0-9][0-9]' ORDER BY name";
    let mut statement = connection.prepare(objects)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        println!("{kind} {name} {:?}", row.get::<_, Option<String>>(2)?);
        if kind == "table" {
            let count = format!("SELECT count(*) FROM {name}");
            println!("{}", connection.query_row(&count, [], |row| row.get::<_, i64>(0))?);
        }
    }
    Ok(())
}
