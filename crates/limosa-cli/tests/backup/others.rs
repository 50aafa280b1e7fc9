//! Others that are at work in the database meanwhile.

use limosa_testkit::postgres::{Server, connect};
use serde_json::Value;

use crate::path;
use crate::postgres::{execute, filled_server, state};

/// While a writer goes on, both tables have the same rows at every moment, and so in the backup.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_of_one_moment_while_others_write() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    execute(&place.url, "CREATE TABLE p (n int); CREATE TABLE q (n int)").await;
    let url = place.url.clone();
    let writer = tokio::spawn(async move {
        let client = connect(&url).await;
        for number in 0.. {
            let sql = format!(
                "BEGIN; INSERT INTO p VALUES ({number}); INSERT INTO q VALUES ({number}); COMMIT"
            );
            client.batch_execute(&sql).await.expect("write");
        }
    });
    for _ in 0..3 {
        let made = place.json("backup", 0)["backup"].clone();
        let rows: Vec<&Value> = made["tables"]
            .as_array()
            .expect("tables")
            .iter()
            .filter(|table| {
                ["public.p", "public.q"]
                    .iter()
                    .any(|name| table["name"] == *name)
            })
            .map(|table| &table["rows"])
            .collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0], rows[1]);
    }
    assert!(!writer.is_finished(), "nobody held it up for good");
    writer.abort();
}

/// A session that holds a lock on a table: the restoring gives way, and nothing was changed.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_gives_way_to_others() {
    let database = Server::shared().await.database().await;
    let place = filled_server(&database).await;
    let file = path(&place.json("backup", 0)["backup"]);
    execute(&place.url, "DELETE FROM environments").await;
    let before = state(&place.url).await;
    let reader = connect(&place.url).await;
    reader
        .batch_execute("BEGIN; SELECT * FROM environments")
        .await
        .expect("a lock");
    let refused = place.expect(&format!("restore {file} --confirm --lock-timeout 0.3"), 1);
    refused.says(&["other sessions are at work"]);
    reader.batch_execute("COMMIT").await.expect("an end");
    assert_eq!(state(&place.url).await, before);
    place.expect(&format!("restore {file} --confirm"), 0);
}
