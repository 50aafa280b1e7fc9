//! Connection settings from a URL or from `key=value` pairs.
//!
//! `tokio_postgres` reads most of them; what it does not know of libpq's parameters is taken out
//! before. No error quotes the text: a password may stand anywhere in it.

use std::fmt;
use std::path::{Path, PathBuf};

use limosa_core::error::DatabaseError;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::environment::Environment;
use super::{failure, passfile};

/// Where Debian's and most other builds of libpq look for a server on this machine.
const SOCKETS: &str = "/var/run/postgresql";

/// How a connection is encrypted, libpq's `sslmode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Not at all.
    Disable,
    /// If the server can.
    #[default]
    Prefer,
    /// Or not connected at all; the server's certificate is not looked at.
    Require,
    /// With a certificate that a known authority has signed.
    VerifyCa,
    /// With such a certificate for this very host.
    VerifyFull,
}

/// What to connect to, and how.
pub(super) struct Settings {
    /// What `tokio_postgres` needs.
    pub(super) config: Config,
    /// How it is encrypted.
    pub(super) mode: Mode,
    /// `sslrootcert`: a file of trusted authorities; none for the platform's.
    pub(super) roots: Option<PathBuf>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("mode", &self.mode)
            .field("roots", &self.roots)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads a URL or `key=value` pairs, filled up from the environment.
    pub(super) fn read(text: &str, from: &impl Environment) -> Result<Self, DatabaseError> {
        let (text, mut taken) = if is_url(text) {
            split_url(text)
        } else {
            split_pairs(text)
        };
        taken.fill(from);
        let mut config: Config = text.parse().map_err(|_| unreadable())?;
        complete(&mut config, from)?;
        if config.get_password().is_none()
            && let Some(password) = passfile::password(taken.passwords.as_deref(), &config, from)
        {
            config.password(password);
        }
        let mode = taken.mode()?;
        config.ssl_mode(match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        Ok(Self {
            config,
            mode,
            roots: taken.roots.map(PathBuf::from),
        })
    }
}

/// The parameters that are not `tokio_postgres`'s.
#[derive(Debug, Default)]
struct Taken {
    mode: Option<String>,
    roots: Option<String>,
    passwords: Option<String>,
}

impl Taken {
    /// Takes a parameter; false if it is `tokio_postgres`'s.
    fn take(&mut self, key: &str, value: &str) -> bool {
        match key {
            "sslmode" => self.mode = Some(value.to_owned()),
            "sslrootcert" => self.roots = Some(value.to_owned()),
            "passfile" => self.passwords = Some(value.to_owned()),
            // About features of libpq's own that make no difference to what is connected to.
            "sslcompression"
            | "sslsni"
            | "gssencmode"
            | "gsslib"
            | "krbsrvname"
            | "client_encoding"
            | "fallback_application_name"
            | "requirepeer" => {}
            _ => return false,
        }
        true
    }

    fn fill(&mut self, from: &impl Environment) {
        let Self {
            mode,
            roots,
            passwords,
        } = self;
        *mode = mode.take().or_else(|| from.variable("PGSSLMODE"));
        *roots = roots.take().or_else(|| from.variable("PGSSLROOTCERT"));
        *passwords = passwords.take().or_else(|| from.variable("PGPASSFILE"));
    }

    fn mode(&self) -> Result<Mode, DatabaseError> {
        match self.mode.as_deref() {
            None => Ok(Mode::default()),
            Some("disable") => Ok(Mode::Disable),
            Some("allow" | "prefer") => Ok(Mode::Prefer),
            Some("require") => Ok(Mode::Require),
            Some("verify-ca") => Ok(Mode::VerifyCa),
            Some("verify-full") => Ok(Mode::VerifyFull),
            Some(_) => Err(failure::misnamed("sslmode is none of libpq's")
                .with_hint("say disable, prefer, require, verify-ca or verify-full")),
        }
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

fn split_url(text: &str) -> (String, Taken) {
    let mut taken = Taken::default();
    // A password may hold question marks.
    let host = text.find('@').unwrap_or_default();
    let Some(mark) = text[host..].find('?').map(|at| host + at) else {
        return (text.to_owned(), taken);
    };
    let (address, query) = (&text[..mark], &text[mark + 1..]);
    let left: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            !taken.take(key, &decoded(value))
        })
        .collect();
    let text = if left.is_empty() {
        address.to_owned()
    } else {
        format!("{address}?{}", left.join("&"))
    };
    (text, taken)
}

/// Without `%41` and the like; what is no such thing stays.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        let encoded = digits.filter(|_| *first == b'%');
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `key = 'value'` pairs; those that are not taken are put together again.
fn split_pairs(text: &str) -> (String, Taken) {
    let (mut taken, mut left) = (Taken::default(), String::new());
    let mut rest = text.trim_start();
    while let Some((key, tail)) = rest.split_once('=') {
        let tail = tail.trim_start();
        let length = value_length(tail);
        let (raw, key) = (&tail[..length], key.trim());
        if !taken.take(key, raw.trim_matches('\'')) {
            left.extend([key, "=", raw, " "]);
        }
        rest = tail[length..].trim_start();
    }
    left.push_str(rest);
    (left, taken)
}

/// How long the value at the front is, in bytes, quotes included.
fn value_length(text: &str) -> usize {
    let quoted = text.starts_with('\'');
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\'' if quoted && at > 0 => return at + 1,
            c if !quoted && c.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// What the text left out, as libpq fills it in.
fn complete(config: &mut Config, from: &impl Environment) -> Result<(), DatabaseError> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        let host = from.variable("PGHOST").unwrap_or_else(default_host);
        config.host(host);
    }
    if let (true, Some(port)) = (config.get_ports().is_empty(), from.variable("PGPORT")) {
        config.port(port.parse().map_err(|_| unreadable())?);
    }
    if let (None, Some(user)) = (config.get_user(), from.variable("PGUSER")) {
        config.user(user);
    }
    if let (None, Some(database)) = (config.get_dbname(), from.variable("PGDATABASE")) {
        config.dbname(database);
    }
    if let (None, Some(password)) = (config.get_password(), from.variable("PGPASSWORD")) {
        config.password(password);
    }
    if let (None, Some(options)) = (config.get_options(), from.variable("PGOPTIONS")) {
        config.options(options);
    }
    if config.get_application_name().is_none() {
        let name = from.variable("PGAPPNAME");
        config.application_name(name.unwrap_or_else(|| "limosa".to_owned()));
    }
    Ok(())
}

fn default_host() -> String {
    if Path::new(SOCKETS).is_dir() {
        SOCKETS.to_owned()
    } else {
        "localhost".to_owned()
    }
}

fn unreadable() -> DatabaseError {
    failure::misnamed("the connection URL cannot be read").with_hint(
        "write postgres://user:password@host:port/database?parameter=value, with special characters \
         of the user and the password percent-encoded",
    )
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    struct Nothing;

    impl Environment for Nothing {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
    }

    struct Everything;

    impl Environment for Everything {
        fn variable(&self, name: &str) -> Option<String> {
            match name {
                "PGPORT" => Some("7777".to_owned()),
                "PGSSLMODE" => Some("verify-ca".to_owned()),
                name => Some(format!("/{name}")),
            }
        }
    }

    #[track_caller]
    fn read(text: &str) -> Settings {
        Settings::read(text, &Nothing).expect("a readable text")
    }

    #[test]
    fn sslmode_is_taken_out() {
        #[track_caller]
        fn check(text: &str, mode: Mode) {
            let settings = read(text);
            assert_eq!(settings.mode, mode, "{text}");
            assert_eq!(settings.config.get_dbname(), Some("d"));
            assert_eq!(
                settings
                    .config
                    .get_connect_timeout()
                    .map(std::time::Duration::as_secs),
                Some(3)
            );
        }
        check("postgres://h/d?connect_timeout=3", Mode::Prefer);
        check(
            "postgres://h/d?sslmode=disable&connect_timeout=3",
            Mode::Disable,
        );
        check(
            "postgresql://h/d?connect_timeout=3&sslmode=verify-ca",
            Mode::VerifyCa,
        );
        check(
            "host=h dbname=d sslmode=verify-full connect_timeout=3",
            Mode::VerifyFull,
        );
        check(
            "host=h sslmode = 'require' dbname = 'd' connect_timeout=3",
            Mode::Require,
        );
    }

    #[test]
    fn files_and_sockets() {
        let settings = read("postgres:///d?host=/tmp/a%20b&port=5433&sslrootcert=/a%2Fb.pem");
        assert_eq!(settings.config.get_hosts(), [Host::Unix("/tmp/a b".into())]);
        assert_eq!(settings.config.get_ports(), [5433]);
        assert_eq!(settings.roots, Some("/a/b.pem".into()));
        let settings = read("postgres://u@%2Ftmp%2Fx/d");
        assert_eq!(settings.config.get_hosts(), [Host::Unix("/tmp/x".into())]);
    }

    #[test]
    fn the_environment_fills_up() {
        let settings = Settings::read("postgres://", &Everything).expect("a readable text");
        assert_eq!(settings.config.get_hosts(), [Host::Unix("/PGHOST".into())]);
        assert_eq!(settings.config.get_ports(), [7777]);
        assert_eq!(settings.config.get_user(), Some("/PGUSER"));
        assert_eq!(settings.config.get_password(), Some(&b"/PGPASSWORD"[..]));
        assert_eq!(settings.config.get_application_name(), Some("/PGAPPNAME"));
        assert_eq!(settings.mode, Mode::VerifyCa);
        assert_eq!(read("").config.get_application_name(), Some("limosa"));
    }

    #[test]
    fn no_error_quotes_the_text() {
        #[track_caller]
        fn check(text: &str) {
            let error = Settings::read(text, &Nothing).expect_err(text);
            let told = format!("{error} {error:?}");
            assert!(!told.contains("geheim"), "{told}");
        }
        check("postgres://u:ge@h?geheim=1@h/d");
        check("postgres://u:geheim@h:port/d");
        check("password=geheim sslmode=geheim");
        check("geheim");
    }
}
