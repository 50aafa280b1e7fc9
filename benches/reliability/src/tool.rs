//! The tools, and what must be known of each: how it wants its files, and where it keeps its journal.

use std::path::PathBuf;
use std::process::Command;

use crate::place::Kind;

/// A tool, with its defaults.
#[derive(Debug)]
pub struct Tool {
    /// As the tables name it.
    pub title: &'static str,
    /// Its directory below `benches/tools`.
    pub directory: &'static str,
    /// The features of its program.
    features: &'static str,
    /// How it wants its files.
    pub layout: Layout,
    /// Its table, and what of that does not tell the time.
    journal: (&'static str, &'static [&'static str]),
}

/// How migrations are laid out, and how it is said that one is not for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `001_name.sql`; nothing is said.
    Bare,
    /// `001_name.sql`, and a first line.
    Marked,
    /// `V001__name.sql`; nothing can be said.
    Flyway,
    /// `001_name/up.sql`, and a file beside it.
    Directories,
}

pub const TOOLS: [Tool; 5] = [
    Tool {
        title: "Limosa",
        directory: "limosa",
        features: "postgres sqlite directory pool",
        layout: Layout::Bare,
        journal: (
            "limosa_journal",
            &[
                "version", "name", "checksum", "state", "steps", "done", "adopted",
            ],
        ),
    },
    Tool {
        title: "sqlx",
        directory: "sqlx",
        features: "postgres sqlite",
        layout: Layout::Marked,
        journal: ("_sqlx_migrations", &["version", "description", "success"]),
    },
    Tool {
        title: "refinery",
        directory: "refinery",
        features: "postgres sqlite pool",
        layout: Layout::Flyway,
        journal: ("refinery_schema_history", &["version", "name", "checksum"]),
    },
    Tool {
        title: "diesel_migrations",
        directory: "diesel",
        features: "postgres sqlite pool",
        layout: Layout::Directories,
        journal: ("__diesel_schema_migrations", &["version"]),
    },
    Tool {
        title: "sea-orm-migration",
        directory: "sea-orm",
        features: "postgres sqlite",
        layout: Layout::Marked,
        journal: ("seaql_migrations", &["version"]),
    },
];

impl Tool {
    pub fn program(&self) -> PathBuf {
        target().join(self.directory).join("debug/peer")
    }

    /// Builds its program, in a workspace of its own: the tools want different versions of
    /// libsqlite3-sys, of which only one can be linked.
    pub fn build(&self) {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args([
                "build",
                "--quiet",
                "--bin",
                "peer",
                "--features",
                self.features,
            ])
            .arg("--target-dir")
            .arg(target().join(self.directory))
            .current_dir(self.workspace());
        let status = command.status().expect("cargo can be started");
        assert!(status.success(), "{} does not build", self.title);
    }

    /// A query of its journal, in one order.
    pub fn journal(&self, kind: Kind) -> String {
        let (table, columns) = self.journal;
        let text = match kind {
            Kind::Postgres => |column: &&str| format!("{column}::text"),
            Kind::Sqlite => |column: &&str| format!("CAST({column} AS TEXT)"),
        };
        let columns: Vec<String> = columns.iter().map(text).collect();
        format!(
            "SELECT {} FROM {table} ORDER BY 1",
            columns.join(" || ' ' || ")
        )
    }

    /// The versions of what it is made of, from its lock file.
    pub fn versions(&self) -> String {
        let lock = std::fs::read_to_string(self.workspace().join("Cargo.lock")).unwrap_or_default();
        let of = |name: &&str| {
            let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
            Some(format!("{name} {}", rest.split('"').next()?))
        };
        let parts = [
            "limosa",
            "sqlx",
            "refinery",
            "diesel_migrations",
            "sea-orm-migration",
        ];
        let drivers = [
            "tokio-postgres",
            "deadpool-postgres",
            "diesel",
            "libsqlite3-sys",
        ];
        let found: Vec<String> = parts.iter().chain(&drivers).filter_map(of).collect();
        format!("{}: {}", self.title, found.join(", "))
    }

    fn workspace(&self) -> PathBuf {
        benches().join("tools").join(self.directory)
    }
}

fn benches() -> PathBuf {
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("it lies in benches").to_owned()
}

fn target() -> PathBuf {
    benches().join("target/peers")
}
