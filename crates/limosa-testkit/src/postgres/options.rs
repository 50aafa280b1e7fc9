//! What may differ between throw-away servers.

use std::fmt;

/// How a server is started.
#[derive(Clone, Default)]
pub struct Options {
    pub(super) durable: Durability,
    pub(super) password: Option<String>,
    pub(super) settings: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Durability {
    #[default]
    None,
    Full,
}

impl Options {
    /// The usual ones: no fsync, everybody trusted, 200 sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes reach the disk: for tests that kill the server.
    #[must_use]
    pub fn durable(mut self) -> Self {
        self.durable = Durability::Full;
        self
    }

    /// Sessions over TCP need this password (SCRAM-SHA-256).
    ///
    /// # Panics
    /// It has other characters than ASCII letters and digits: it goes into URLs and SQL as it is.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        let plain = password.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(plain, "letters and digits only");
        self.password = Some(password.to_owned());
        self
    }

    /// A setting of the server, by its name in `postgresql.conf`.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// All settings but port and socket, the caller's last: they win.
    pub(super) fn all_settings(&self) -> Vec<String> {
        let on = match self.durable {
            Durability::None => "off",
            Durability::Full => "on",
        };
        let usual = [
            ("fsync", on),
            ("full_page_writes", on),
            ("listen_addresses", "127.0.0.1"),
            ("max_connections", "200"),
            ("shared_buffers", "16MB"),
            // In the data directory, where it is removed with everything else.
            ("dynamic_shared_memory_type", "mmap"),
            ("timezone", "UTC"),
            ("jit", "off"),
        ];
        // Hundreds of databases pass through one server: without a bound its log takes a gigabyte.
        let small = [("max_wal_size", "64MB"), ("min_wal_size", "32MB")];
        let small = small
            .into_iter()
            .filter(|_| self.durable == Durability::None);
        let usual = usual
            .into_iter()
            .chain(small)
            .map(|(name, value)| format!("{name}={value}"));
        let own = self.settings.iter();
        usual
            .chain(own.map(|(name, value)| format!("{name}={value}")))
            .collect()
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("durable", &self.durable)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("settings", &self.settings)
            .finish()
    }
}
