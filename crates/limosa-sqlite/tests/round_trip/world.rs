//! A database, and beside it the model that must say the same.

use std::fmt::Write as _;

use limosa_core::dialect::Dialect;
use limosa_core::diff::Comparison;
use limosa_core::migrator::{Command, Migrator, Scope};
use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::Operation;
use limosa_core::schema::Schema;
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use rusqlite::Connection;

use crate::common::run;

/// A database and what the model says about it.
pub(crate) struct World {
    model: Schema,
    pub(crate) session: Sqlite<Connection>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            model: Schema::empty(Case::Insensitive, Some("main".into())),
            session: Sqlite::in_memory().unwrap(),
        }
    }

    /// Does an operation to the database and the model, and compares them.
    #[track_caller]
    pub(crate) fn go(&mut self, operation: &Operation) -> &mut Self {
        let statements = SqliteDialect
            .compile(operation, &self.model)
            .unwrap_or_else(|error| panic!("{operation:?}: {error}"));
        for statement in &statements {
            run(&mut self.session, &[Command::Execute(statement)])
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        self.model.apply(operation).unwrap();
        self.compare();
        self
    }

    /// Executes text as its author wrote it, and compares with the operation that says the same.
    #[track_caller]
    pub(crate) fn go_as_written(&mut self, text: &str, operation: &Operation) -> &mut Self {
        run(&mut self.session, &[Command::Execute(text)]).unwrap();
        self.model.apply(operation).unwrap();
        self.compare();
        self
    }

    #[track_caller]
    pub(crate) fn compare(&mut self) {
        let found = block_on(self.session.inspect(&Scope::default())).unwrap();
        let comparison = Comparison::new(&SqliteDialect);
        let mut differences = String::new();
        for expected in &self.model.tables {
            let local = ObjectName::new(expected.name.name.clone());
            let Some(table) = found.table(&local) else {
                panic!("{} is not there", expected.name);
            };
            for difference in comparison.tables(expected, table, &self.model) {
                writeln!(differences, "{difference}").unwrap();
            }
            for table in [expected, table] {
                let once = SqliteDialect.normalise(table, &self.model);
                let twice = SqliteDialect.normalise(&once, &self.model);
                assert_eq!(once, twice, "normalising is idempotent");
            }
        }
        assert_eq!(differences, "");
        assert_eq!(found.tables.len(), self.model.tables.len());
        assert_eq!(found.views.len(), self.model.views.len());
        assert_eq!(found.triggers.len(), self.model.triggers.len());
    }
}
