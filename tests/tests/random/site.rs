//! A database that is emptied for each case.

use limosa_core::dialect::{Dialect, Transaction};
use limosa_core::error::Failure;
use limosa_core::expr::Expr;
use limosa_core::journal::State;
use limosa_core::migration::Migrations;
use limosa_core::migrator::{Command, Foreign, Migrator};
use limosa_core::operation::Operation;
use limosa_core::report::Report;
use limosa_core::schema::Schema;
use limosa_testkit::conformance::differences;
use limosa_tests::{On, tally};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::case::Case;
use crate::rows;

/// A database and the session of the case.
pub(crate) struct Site {
    pub(crate) on: On,
    /// The schema of the empty database.
    pub(crate) empty: Schema,
    /// How often it was emptied.
    resets: usize,
}

/// After so many cases a new database is cheaper: nobody vacuums the catalog.
const RESETS: usize = 30;

/// Which databases a law is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Sqlite,
}

impl Site {
    pub(crate) async fn new(kind: Kind) -> Self {
        let on = match kind {
            Kind::Postgres => On::postgres().await,
            Kind::Sqlite => On::sqlite(),
        };
        let empty = on.schema().await;
        Self {
            on,
            empty,
            resets: 0,
        }
    }

    /// Empties the database.
    pub(crate) async fn reset(&mut self) {
        self.resets += 1;
        match &self.on {
            On::Postgres(_) if self.resets.is_multiple_of(RESETS) => {
                self.on = On::postgres().await;
            }
            On::Postgres(_) => {
                let words = "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public";
                self.on.execute(words).await;
            }
            On::Sqlite(_) => self.on = On::sqlite(),
        }
    }

    pub(crate) async fn schema(&self) -> Schema {
        self.on.schema().await
    }

    pub(crate) async fn run(&self, migrations: &Migrations) -> Result<Report, Failure> {
        self.on.run(migrations).await
    }

    /// The versions that are applied.
    pub(crate) async fn applied(&self) -> Vec<String> {
        let journal = self.on.session().await.journal().await.expect("readable");
        let entries = journal.unwrap_or_default().entries.into_iter();
        let applied = entries.filter(|entry| entry.state == State::Applied);
        applied
            .inspect(|entry| assert_eq!(entry.steps, entry.done, "{entry:?}"))
            .map(|entry| entry.version.to_string())
            .collect()
    }

    /// Executes operations without Limosa's engine. Returns the model behind them.
    pub(crate) async fn by_hand(&self, operations: &[Operation], start: &Schema) -> Schema {
        let mut session = self.on.session().await;
        let mut model = start.clone();
        for operation in operations {
            execute(session.as_mut(), operation, &model)
                .await
                .unwrap_or_else(|error| panic!("{error}: {operation:?}"));
            model.apply(operation).expect("the strategy is valid");
        }
        model
    }

    /// The model and the catalog agree, and all migrations are recorded.
    pub(crate) async fn is_complete(&self, case: &Case) {
        let model = case.predicted(&self.empty, case.operations.len());
        self.is_like(&model).await;
        let all: Vec<String> = case
            .list
            .iter()
            .map(|one| one.version.to_string())
            .collect();
        assert_eq!(self.applied().await, all);
    }

    /// The model and the catalog agree.
    pub(crate) async fn is_like(&self, model: &Schema) {
        let found = self.schema().await;
        let session = self.on.session().await;
        let differences = differences(model, &found, session.dialect());
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

/// Executes one operation; nothing of it stays if it fails.
pub(crate) async fn execute(
    session: &mut dyn Migrator,
    operation: &Operation,
    before: &Schema,
) -> Result<(), String> {
    let dialect: &dyn Dialect = session.dialect();
    let completed = before.complete(operation);
    let compiled = dialect
        .compile_all(&[&completed], before)
        .map_err(|unsupported| unsupported.to_string())?;
    let statements = compiled.statements.iter();
    let mut commands: Vec<_> = statements.map(|one| Command::Execute(one)).collect();
    if dialect.transaction(&completed) != Transaction::Outside {
        let foreign = match compiled.transaction {
            Transaction::WithoutForeignKeys => Foreign::Off,
            _ => Foreign::Enforced,
        };
        commands.insert(0, Command::Begin(foreign));
        commands.push(Command::Commit);
    }
    let result = session.run(&commands).await;
    if result.is_err() {
        session
            .run(&[Command::Rollback])
            .await
            .map_err(|failed| failed.to_string())?;
    }
    result.map(|_| ()).map_err(|failed| failed.to_string())
}

/// All rows of all tables, but for what tells the time.
pub(crate) async fn data(site: &Site, case: &Case) -> Vec<Vec<Option<String>>> {
    let model = case.predicted(&site.empty, case.operations.len());
    let mut all = Vec::new();
    for table in &model.tables {
        for column in &table.columns {
            if column.default != Some(Expr::Now) {
                all.push(rows::values(&site.on, table, column).await);
            }
        }
    }
    all
}

/// How many cases to run: `PROPTEST_CASES`, else the few of the short form.
pub(crate) fn count(short: u32) -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.map_or(short, |text| text.parse().expect("a number"))
}

/// Holds a law to random cases, one database for all of them.
pub(crate) fn hold<S, F>(strategy: S, short: u32, law: F)
where
    S: proptest::strategy::Strategy,
    F: AsyncFn(S::Value),
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        cases: count(short),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        runtime.block_on(law(case));
        Ok::<(), TestCaseError>(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let law = std::thread::current().name().unwrap_or("all").to_owned();
    tally::add("random", &law, count(short) as usize);
}
