//! A pooler in between, and the way around it.

mod support;

use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::Server;
use support::{Place, finish};

const INDEX: &str = "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY a_id ON a (id);";

/// A role whose timeouts would cancel an index build: behind the pooler that cannot be helped.
#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_direct_session_goes_by_the_direct_url() {
    let server = Server::shared().await;
    let database = server.database().await;
    let hasty = "ALTER ROLE postgres IN DATABASE {} SET lock_timeout = '150ms'";
    let hasty = hasty.replace("{}", database.name());
    database
        .client()
        .await
        .batch_execute(&hasty)
        .await
        .expect("execute");
    let pooler = PgBouncer::start(server, 2).await;
    let place = Place::new(&pooler.url(&database));
    place.write("m/1_a/migration.sql", INDEX);

    let refused = place.expect("migrate -m m", 1);
    refused.says(&[
        "needs a direct session",
        "--direct-url",
        "LIMOSA_DIRECT_URL",
    ]);
    place.write(
        "limosa.toml",
        &format!("direct_url = '{}'\n", database.url()),
    );
    // The place's own URL is an argument: what is farther away is about another database.
    place.expect("migrate -m m", 1);
    let run = |words: &str| {
        let mut command = place.command(words);
        command.env("DATABASE_URL", &place.url);
        finish(command.env("DIRECT_URL", database.url()))
    };
    let ran = run("migrate -m m --json");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let port = |url: &str| url.rsplit_once(':').expect("a port").1.to_owned();
    assert!(ran.out.contains(&port(&database.url())), "{}", ran.out);
    let ran = run("check -m m --json");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(
        ran.out.contains(&port(&place.url)),
        "looking goes the usual way: {}",
        ran.out
    );
    assert_eq!(run("rollback -m m --confirm").exit, 0);
}

/// A URL that lies about must not lead to another database.
#[test]
fn a_direct_url_goes_with_its_database_url() {
    let place = Place::sqlite();
    place.write(
        ".env",
        "DATABASE_URL=sqlite:b.db\nLIMOSA_DIRECT_URL=sqlite:c.db\n",
    );
    place.expect("migrate", 0);
    assert!(place.path("a.db").exists() && !place.path("c.db").exists());
    assert_eq!(finish(&mut place.command("migrate")).exit, 0);
    assert!(place.path("c.db").exists() && !place.path("b.db").exists());
    place.expect("migrate --direct-url sqlite:d.db", 0);
    assert!(place.path("d.db").exists());
    assert_eq!(
        place.json("status --direct-url sqlite:d.db", 0)["database"],
        "sqlite:a.db"
    );
    place.expect("migrate --direct-url postgres://localhost/a", 2);
}
