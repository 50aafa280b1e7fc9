//! A walk from operation to operation, in a database and in the model at once.

use limosa_core::dialect::{Transaction, Unsupported};
use limosa_core::migrator::{Command, Foreign, Migrator, Scope};
use limosa_core::operation::Operation;
use limosa_core::schema::Schema;

use super::Setup;
use super::compare::differences;

/// A session and what the model says that its database holds.
pub struct Walk {
    /// The session.
    pub session: Box<dyn Migrator>,
    /// The prediction.
    pub model: Schema,
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Database and model did it, and agree.
    Done,
    /// The dialect cannot; nothing was changed.
    Refused(Unsupported),
}

impl Walk {
    /// A walk that begins with what the database holds.
    ///
    /// # Panics
    /// It cannot be inspected.
    pub async fn start(setup: &dyn Setup) -> Self {
        let mut session = setup.session().await;
        let model = inspect(&mut *session).await;
        Self { session, model }
    }

    /// Compiles, runs and predicts an operation, and compares.
    ///
    /// # Panics
    /// The database refuses what the dialect compiled, or the catalog shows something else than the
    /// model predicts.
    pub async fn may(&mut self, operation: &Operation) -> Outcome {
        let completed = self.model.complete(operation);
        let statements = match self.session.dialect().compile(&completed, &self.model) {
            Ok(statements) => statements,
            Err(unsupported) => {
                assert!(!unsupported.what.is_empty() && !unsupported.reason.is_empty());
                return Outcome::Refused(unsupported);
            }
        };
        let transaction = self.session.dialect().transaction(&completed);
        execute(&mut *self.session, transaction, &statements).await;
        if let Err(misfit) = self.model.apply(operation) {
            panic!("{misfit}: {operation:?}");
        }
        self.compare(&statements).await;
        Outcome::Done
    }

    /// Likewise, for an operation that every database can do.
    ///
    /// # Panics
    /// Likewise, and if the dialect refuses it.
    pub async fn must(&mut self, operation: &Operation) {
        if let Outcome::Refused(unsupported) = self.may(operation).await {
            panic!("{unsupported}: {operation:?}");
        }
    }

    /// Several operations that every database can do.
    pub async fn must_all(&mut self, operations: &[Operation]) {
        for operation in operations {
            self.must(operation).await;
        }
    }

    async fn compare(&mut self, statements: &[String]) {
        let found = inspect(&mut *self.session).await;
        let differences = differences(&self.model, &found, self.session.dialect());
        let (all, sql) = (differences.join("\n"), statements.join(";\n"));
        assert!(differences.is_empty(), "{all}\nafter\n{sql}");
    }
}

/// What the catalog says.
///
/// # Panics
/// It cannot be read.
pub(super) async fn inspect(session: &mut dyn Migrator) -> Schema {
    let schema = session.inspect(&Scope::default()).await;
    schema.expect("inspect")
}

/// Runs commands that must succeed.
pub(super) async fn run(session: &mut dyn Migrator, commands: &[Command<'_>]) -> Vec<i64> {
    match session.run(commands).await {
        Ok(clock) => clock,
        Err(interrupted) => panic!(
            "{} failed after {} of {commands:#?}",
            interrupted.error, interrupted.done
        ),
    }
}

async fn execute(session: &mut dyn Migrator, transaction: Transaction, statements: &[String]) {
    let foreign = match transaction {
        Transaction::Outside => None,
        Transaction::Inside | Transaction::Last => Some(Foreign::Enforced),
        Transaction::WithoutForeignKeys => Some(Foreign::Off),
    };
    let mut commands: Vec<_> = statements.iter().map(|one| Command::Execute(one)).collect();
    if let Some(foreign) = foreign {
        commands.insert(0, Command::Begin(foreign));
        commands.push(Command::Commit);
    }
    run(session, &commands).await;
}
