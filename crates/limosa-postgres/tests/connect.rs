//! Ways to connect, and what is said when it fails.

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::migrator::Migrator;
use limosa_postgres::Postgres;
use limosa_testkit::postgres::{Options, Server};

async fn refused(url: &str) -> DatabaseError {
    let error = Postgres::connect(url).await.expect_err(url);
    let kinds = [Kind::Connection, Kind::Address];
    assert!(kinds.contains(&error.kind), "{error}");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("geheim"), "{told}");
    error
}

#[track_caller]
fn check(error: &DatabaseError, message: &str, hint: &str) {
    assert!(error.message.contains(message), "{error}");
    assert!(
        error.hint.as_deref().unwrap_or_default().contains(hint),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_failure_says_what_to_do() {
    let server = Server::start_with(Options::default().password("right")).await;
    let port = server.port();
    let url = |rest: &str| format!("postgres://postgres:{rest}");
    let host = format!("127.0.0.1:{port}");
    Postgres::connect(&url(&format!("right@{host}/postgres")))
        .await
        .expect("the right password");
    let error = refused(&url(&format!("geheim@{host}/postgres"))).await;
    check(
        &error,
        "password authentication failed",
        "password is wrong",
    );
    let error = refused(&format!("postgres://postgres@{host}/postgres")).await;
    check(&error, "password", "asks for a password");
    let error = refused(&url(&format!("right@{host}/nowhere"))).await;
    check(&error, "\"nowhere\" does not exist", "create the database");
    let error = refused(&url("geheim@127.0.0.1:1/postgres")).await;
    check(&error, "127.0.0.1:1", "no server listens");
    let error = refused(&url("geheim@no-such-host.invalid/postgres")).await;
    check(&error, "no-such-host.invalid", "host name is not known");
    let error = refused("postgres://postgres@/postgres?host=/no/such/directory").await;
    check(&error, "/no/such/directory", "no such socket");
}

#[tokio::test]
async fn a_socket_will_do() {
    let server = Server::shared().await;
    let directory = server.socket_directory().display();
    let url = format!(
        "postgres://postgres@/postgres?host={directory}&port={}",
        server.port()
    );
    let mut session = Postgres::connect(&url).await.expect("connect");
    let found = session.server().await.expect("a server");
    assert!(found.product.starts_with("PostgreSQL 1"), "{found:?}");
    assert_eq!(found.database, "postgres");
    assert_eq!(found.role.as_deref(), Some("postgres"));
    assert_eq!(found.default_schema.as_deref(), Some("public"));
    assert!(found.writable && found.may_create);
    let name = session.query("SHOW application_name").await.expect("a row");
    assert_eq!(name, [[Some("limosa".to_owned())]]);
}

#[tokio::test]
async fn a_session_that_ended_says_so() {
    let database = Server::shared().await.database().await;
    let mut session = Postgres::connect(&database.url()).await.expect("connect");
    let process = session
        .query("SELECT pg_backend_pid()")
        .await
        .expect("a row");
    let process = process[0][0].clone().expect("a number");
    let other = database.client().await;
    other
        .execute(&format!("SELECT pg_terminate_backend({process})"), &[])
        .await
        .expect("terminated");
    for _ in 0..2 {
        let error = session.journal().await.expect_err("no session");
        assert!(error.is_connection_lost(), "{error:?}");
    }
}

#[tokio::test]
async fn encryption_is_refused_clearly() {
    // The throw-away server offers none.
    let url = Server::shared().await.url("postgres");
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = refused(&format!("{url}?sslmode={mode}")).await;
        assert!(error.hint.is_some(), "{error:?}");
    }
    Postgres::connect(&format!("{url}?sslmode=prefer"))
        .await
        .expect("unencrypted");
    refused(&format!("{url}?sslmode=geheim")).await;
}

#[cfg(feature = "tls")]
mod tls {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// An authority and a certificate that it signed for a host name.
    fn certify(directory: &Path, host: &str) {
        let script = format!(
            "set -e; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
               -subj /CN=authority -keyout ca.key -out ca.pem
             openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={host} \
               -keyout server.key -out server.csr
             printf 'subjectAltName=DNS:{host}' > names
             openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
               -extfile names -out server.pem
             chmod 644 server.pem; chmod 600 server.key"
        );
        let made = Command::new("sh")
            .arg("-c")
            .arg(script)
            .current_dir(directory)
            .output();
        let made = made.expect("a shell");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
    }

    #[tokio::test]
    async fn certificates_are_verified_as_asked() {
        let server = Server::start().await;
        let client = server.client().await;
        let directory = server.socket_directory().join("tls");
        std::fs::create_dir(&directory).expect("a directory");
        certify(&directory, "localhost");
        // The server reads its key from a file that it made itself.
        for name in ["server.key", "server.pem"] {
            let path = directory.join(name);
            let text = std::fs::read_to_string(&path).expect("a file");
            client
                .batch_execute(&format!(
                    "CREATE TEMP TABLE IF NOT EXISTS one (line text); TRUNCATE one;
                     INSERT INTO one SELECT unnest(string_to_array('{}', E'\\n'));
                     COPY one TO PROGRAM 'umask 077; cat > {name}'",
                    text.trim_end()
                ))
                .await
                .expect("a copy");
        }
        for set in [
            "ALTER SYSTEM SET ssl_cert_file = 'server.pem'",
            "ALTER SYSTEM SET ssl_key_file = 'server.key'",
            "ALTER SYSTEM SET ssl = on",
            "SELECT pg_reload_conf()",
        ] {
            client.batch_execute(set).await.expect("set");
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;

        let roots = directory.join("ca.pem");
        let named = server.url("postgres").replace("127.0.0.1", "localhost");
        let numbered = server.url("postgres");
        let with =
            |url: &str, mode: &str| format!("{url}?sslmode={mode}&sslrootcert={}", roots.display());
        for url in [
            format!("{numbered}?sslmode=require"),
            format!("{numbered}?sslmode=prefer"),
            with(&numbered, "verify-ca"),
            with(&named, "verify-full"),
        ] {
            let mut session = Postgres::connect(&url).await.expect(&url);
            let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            let encrypted = session.query(sql).await.expect("a row");
            assert_eq!(encrypted[0][0].as_deref(), Some("t"), "{url}");
        }
        let error = refused(&with(&numbered, "verify-full")).await;
        assert!(error.message.contains("certificate"), "{error}");
        let error = refused(&format!(
            "{numbered}?sslmode=verify-ca&sslrootcert={}",
            directory.join("server.csr").display()
        ))
        .await;
        assert!(
            error.message.contains("sslrootcert") || error.message.contains("authority"),
            "{error}"
        );
        std::fs::remove_file(directory.join("ca.pem")).expect("removed");
        certify(&directory, "localhost");
        let error = refused(&with(&named, "verify-ca")).await;
        assert!(error.message.contains("certificate"), "{error}");
    }
}
