//! The same connection for a client program: `pg_dump`, `psql`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use limosa_core::error::DatabaseError;
use tokio_postgres::config::Host;

use super::environment::{Environment, Process};
use super::url::{Mode, Settings};

/// Where distributions keep the authorities that they trust.
const BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// The environment variables of libpq (manual section 34.15) that lead a client program to where
/// [`Postgres::connect`](crate::Postgres::connect) connects; none means that the variable must not be
/// set. Nothing needs to stand on a command line, which everybody on the machine can read.
///
/// # Errors
/// The URL cannot be read. The error does not quote it.
pub fn client_variables(url: &str) -> Result<Vec<(&'static str, Option<OsString>)>, DatabaseError> {
    let settings = Settings::read(url, &Process)?;
    Ok(variables(&settings, &Process))
}

fn variables(
    settings: &Settings,
    from: &impl Environment,
) -> Vec<(&'static str, Option<OsString>)> {
    let config = &settings.config;
    let text = |value: Option<&str>| value.map(OsString::from);
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let ports = if ports.is_empty() {
        "5432".to_owned()
    } else {
        ports.join(",")
    };
    let addresses: Vec<String> = config
        .get_hostaddrs()
        .iter()
        .map(ToString::to_string)
        .collect();
    let seconds = config
        .get_connect_timeout()
        .map(std::time::Duration::as_secs);
    vec![
        // A service would be read before any of the following (manual section 34.17).
        ("PGSERVICE", None),
        ("PGHOST", hosts(config.get_hosts())),
        (
            "PGHOSTADDR",
            (!addresses.is_empty()).then(|| addresses.join(",").into()),
        ),
        ("PGPORT", Some(ports.into())),
        ("PGUSER", text(config.get_user())),
        (
            "PGDATABASE",
            text(config.get_dbname().or(config.get_user())),
        ),
        ("PGPASSWORD", config.get_password().map(password)),
        ("PGOPTIONS", text(config.get_options())),
        ("PGSSLMODE", Some(mode(settings.mode).into())),
        ("PGSSLROOTCERT", roots(settings, from)),
        (
            "PGCONNECT_TIMEOUT",
            seconds.map(|seconds| seconds.to_string().into()),
        ),
        ("PGAPPNAME", Some("limosa".into())),
    ]
}

fn hosts(hosts: &[Host]) -> Option<OsString> {
    let mut all = OsString::new();
    for host in hosts {
        if !all.is_empty() {
            all.push(",");
        }
        match host {
            Host::Tcp(name) => all.push(name),
            #[cfg(unix)]
            Host::Unix(path) => all.push(path),
        }
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(unix)]
fn password(bytes: &[u8]) -> OsString {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn password(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Disable => "disable",
        Mode::Prefer => "prefer",
        Mode::Require => "require",
        Mode::VerifyCa => "verify-ca",
        Mode::VerifyFull => "verify-full",
    }
}

/// libpq knows the platform's authorities by name from version 16 on; their file works for all.
fn roots(settings: &Settings, from: &impl Environment) -> Option<OsString> {
    let named = settings.roots.as_ref();
    if let Some(path) = named.filter(|path| path.as_os_str() != "system") {
        return Some(path.clone().into());
    }
    if !matches!(settings.mode, Mode::VerifyCa | Mode::VerifyFull) {
        return None;
    }
    let own = from.variable("SSL_CERT_FILE").map(PathBuf::from);
    let known = BUNDLES.iter().map(PathBuf::from);
    own.into_iter()
        .chain(known)
        .find(|path| Path::is_file(path))
        .map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Environment for Nothing {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[track_caller]
    fn check(url: &str, name: &str, expected: Option<&str>) {
        let settings = Settings::read(url, &Nothing).expect("a readable URL");
        let all = variables(&settings, &Nothing);
        let (_, value) = all
            .iter()
            .find(|(one, _)| *one == name)
            .expect("it is either set or taken away");
        assert_eq!(value.as_deref(), expected.map(AsRef::as_ref), "{url}");
    }

    #[test]
    fn a_url_as_variables() {
        check("postgres://h/d", "PGHOST", Some("h"));
        check("postgres://h/d", "PGPORT", Some("5432"));
        check("postgres://h:1,i:2/d", "PGHOST", Some("h,i"));
        check("postgres://h:1,i:2/d", "PGPORT", Some("1,2"));
        check("postgres:///d?host=/tmp/a%20b", "PGHOST", Some("/tmp/a b"));
        check("postgres://h/a%20b'%22c", "PGDATABASE", Some("a b'\"c"));
        check("postgres://u@h", "PGDATABASE", Some("u"));
        check(
            "postgres://u:p%40%2F%3F%27@h/d",
            "PGPASSWORD",
            Some("p@/?'"),
        );
        check("postgres://u@h/d", "PGPASSWORD", None);
        check(
            "postgres://h/d?sslmode=verify-ca",
            "PGSSLMODE",
            Some("verify-ca"),
        );
        check(
            "postgres://h/d?sslmode=verify-full&sslrootcert=/a.pem",
            "PGSSLROOTCERT",
            Some("/a.pem"),
        );
        check(
            "postgres://h/d?connect_timeout=3",
            "PGCONNECT_TIMEOUT",
            Some("3"),
        );
        check("postgres://h/d", "PGSERVICE", None);
        check("host=h dbname='a b'", "PGDATABASE", Some("a b"));
    }
}
