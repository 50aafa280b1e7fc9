//! Who connects, and by which way: names, passwords, rights, and a pooler in between.

use limosa_testkit::pgbouncer::PgBouncer;
use limosa_testkit::postgres::{Options, Server};

use crate::postgres::{MORE, execute, state};
use crate::programs::{client_programs, program};
use crate::support::Place;
use crate::{ROWS, backups, path, refuses, run};

/// A password and a name that mean something to shells, URLs and conninfo strings.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_odd_names_and_passwords() {
    let server = Server::start_with(Options::new().password("geheim77")).await;
    let name = "a b'c\"d=e/ü?%25 -x";
    let quoted = name.replace('"', "\"\"");
    let secret = "p@s:s/w?o r'd\"=&%20$HOME\\";
    let client = server.client().await;
    for sql in [
        format!("CREATE DATABASE \"{quoted}\""),
        format!(
            "CREATE ROLE \"o'x y\" SUPERUSER LOGIN PASSWORD '{}'",
            secret.replace('\'', "''")
        ),
    ] {
        client.batch_execute(&sql).await.expect("execute");
    }
    let encoded = |text: &str| {
        let byte = |byte: u8| format!("%{byte:02x}");
        text.bytes().map(byte).collect::<String>()
    };
    let url = format!(
        "postgres://{}:{}@127.0.0.1:{}/{}",
        encoded("o'x y"),
        encoded(secret),
        server.port(),
        encoded(name)
    );
    let place = Place::new(&url);
    place.expect("migrate", 0);
    // A wrapper that keeps what every child was called with.
    let real = client_programs();
    for tool in ["pg_dump", "psql", "pg_restore"] {
        let script = format!(
            "echo \"$0 $*\" >> \"$(dirname \"$0\")/seen\"; exec {}/{tool} \"$@\"",
            real.display()
        );
        program(&place, &format!("tools/{tool}"), &script);
    }
    let variables = [
        (
            "LIMOSA_PG_DUMP",
            place
                .path("tools/pg_dump")
                .to_str()
                .expect("UTF-8")
                .to_owned(),
        ),
        // None of these may lead anywhere else.
        ("PGSERVICE", "nowhere".to_owned()),
        ("PGHOSTADDR", "192.0.2.1".to_owned()),
        ("PGDATABASE", "postgres".to_owned()),
        ("PGPASSWORD", "wrong".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let made = run(&place, "backup -v -v", &variables, 0);
    let file = &backups(&place)[0];
    assert!(file.starts_with("a_b_c_d_e_ü__25__x-"), "{file}");
    let words = format!("restore limosa-backups/{file} --confirm");
    let restored = run(&place, &words, &variables, 0);
    let seen =
        std::fs::read_to_string(place.path("tools/seen")).expect("what they were called with");
    assert!(seen.contains("pg_dump") && seen.contains("psql"), "{seen}");
    for told in [&made.out, &made.err, &restored.out, &restored.err, &seen] {
        assert!(
            !told.contains("p@s") && !told.contains(&encoded(secret)[..12]),
            "{told}"
        );
    }
    place.expect("check", 0);
    // The wrong password is told, and not shown.
    let wrong = Place::new(&url.replace(&encoded(secret), "geheim78"));
    let refused = wrong.expect("backup", 1);
    assert!(!refused.err.contains("geheim78"), "{}", refused.err);
}

/// A role that owns the database and nothing else: enough to back up and to restore.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_its_owner_needs_no_more_rights() {
    let server = Server::start().await;
    let client = server.client().await;
    for sql in ["CREATE ROLE plain LOGIN", "CREATE DATABASE own OWNER plain"] {
        client.batch_execute(sql).await.expect("execute");
    }
    let place = Place::new(&server.url("own").replace("postgres@", "plain@"));
    place.expect("migrate", 0);
    execute(&place.url, ROWS).await;
    execute(
        &place.url,
        &MORE.replace(
            "CREATE SCHEMA other",
            "CREATE SCHEMA other; CREATE TABLE other.also (a int)",
        ),
    )
    .await;
    let before = state(&server.url("own")).await;
    let file = path(&place.json("backup", 0)["backup"]);
    place.expect("rollback --confirm", 0);
    place.expect(&format!("restore {file} --confirm"), 0);
    assert_eq!(state(&server.url("own")).await, before);
    // What it may not read cannot be kept aside, so it is not dropped.
    let foreign = server.url("own");
    execute(&foreign, "CREATE TABLE theirs (a int)").await;
    refuses(&place, &file, "may read everything");
    assert!(state(&foreign).await.contains("theirs"));
    execute(&foreign, "GRANT SELECT ON theirs TO plain").await;
    let version = "SELECT current_setting('server_version_num')::int >= 150000";
    let owns_public = client.query_one(version, &[]).await.expect("an answer");
    if owns_public.get(0) {
        place.expect(&format!("restore {file} --confirm"), 0);
        assert_eq!(state(&foreign).await, before);
    } else {
        // Until version 14 the schema "public" is a superuser's, and so is what others made in it.
        refuses(&place, &file, "a role that owns");
        assert!(state(&foreign).await.contains("theirs"));
    }
}

/// `pg_dump` would leave settings behind in a pooler's server processes.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_behind_a_pooler_only_the_direct_url_will_do() {
    let server = Server::shared().await;
    let database = server.database().await;
    let pooler = PgBouncer::start(server, 2).await;
    let place = Place::new(&pooler.url(&database));
    place.expect("migrate", 0);
    let refused = place.expect("backup", 1);
    refused.says(&["pooler", "--direct-url"]);
    place.expect("rollback --confirm --backup", 1);
    let warned = place.expect("rollback --confirm", 0);
    assert!(warned.out.contains("no backup was made"), "{}", warned.out);
    assert_eq!(backups(&place).len(), 0);
    place.expect("migrate", 0);
    let direct = database.url();
    place.expect(
        &format!("rollback --confirm --backup --direct-url {direct}"),
        0,
    );
    let file = format!("limosa-backups/{}", backups(&place)[0]);
    place.expect(&format!("restore {file} --confirm"), 1);
    place.expect(
        &format!("restore {file} --confirm --direct-url {direct}"),
        0,
    );
    place.expect("check", 0);
}
