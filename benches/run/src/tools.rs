//! The tools that are measured.

/// A database that tools run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Postgres,
    Sqlite,
}

impl Database {
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// As the programs' arguments, features and directories name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// A tool, in one of its ways.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// As the tables name it.
    pub title: &'static str,
    /// Its directory below `tools`.
    pub directory: &'static str,
    /// The features of the program that is measured.
    pub features: &'static str,
    /// What it runs on.
    pub databases: &'static [Database],
    /// The variable that makes the program do it in another than its usual way.
    pub variable: Option<&'static str>,
}

impl Tool {
    const fn new(title: &'static str, directory: &'static str) -> Self {
        Self {
            title,
            directory,
            features: "postgres sqlite",
            databases: &Database::ALL,
            variable: None,
        }
    }

    pub fn runs_on(&self, database: Database) -> bool {
        self.databases.contains(&database) && self.is_wanted()
    }

    /// Whether it is measured: `LIMOSA_BENCH_TOOLS` names the directories of some, `bare,limosa`.
    fn is_wanted(&self) -> bool {
        let named = std::env::var("LIMOSA_BENCH_TOOLS");
        named.map_or(true, |named| {
            named.split(',').any(|one| one == self.directory)
        })
    }
}

/// What the others are compared with.
pub const BARE: Tool = Tool::new("bare client", "bare");
const LIMOSA: Tool = Tool {
    features: "postgres sqlite directory",
    ..Tool::new("Limosa", "limosa")
};
const REFINERY: Tool = Tool::new("refinery", "refinery");

/// All of them.
pub const TOOLS: [Tool; 9] = [
    BARE,
    LIMOSA,
    Tool {
        title: "Limosa, files read at run time",
        variable: Some("LIMOSA_DIRECTORY"),
        ..LIMOSA
    },
    Tool::new("sqlx", "sqlx"),
    REFINERY,
    Tool {
        title: "refinery, grouped",
        variable: Some("REFINERY_GROUPED"),
        ..REFINERY
    },
    Tool::new("diesel_migrations", "diesel"),
    Tool::new("sea-orm-migration", "sea-orm"),
    Tool {
        features: "sqlite",
        databases: &[Database::Sqlite],
        ..Tool::new("rusqlite_migration", "rusqlite_migration")
    },
];

/// Each tool once.
pub fn programs() -> impl Iterator<Item = &'static Tool> {
    let own = TOOLS.iter().filter(|tool| tool.is_wanted());
    own.filter(|tool| tool.variable.is_none())
}

/// Those that run on a database, without the bare client.
pub fn others(database: Database) -> Vec<&'static Tool> {
    let others = TOOLS.iter().filter(|tool| tool.runs_on(database));
    others.filter(|tool| tool.title != BARE.title).collect()
}
