//! The contract of a dialect: what a database's SQL can say, as pure functions.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::datatype::DataType;
use crate::expr::{Lexicon, Render};
use crate::name::{Case, ObjectName};
use crate::operation::Operation;
use crate::schema::{Schema, Table};
use crate::shared::List;

/// A database's SQL: facts as data, and pure functions from the model to its words and back.
///
/// A dialect has no session, never blocks, and never panics on any input. What its database cannot do
/// it returns as [`Unsupported`] with a reason for people: never a silent downgrade.
pub trait Dialect: Render + Debug + Send + Sync {
    /// The facts. MUST be the same at every call.
    fn facts(&self) -> &Facts;

    /// The SQL of one operation, given the schema before it.
    ///
    /// MUST be deterministic, and MUST name every object such that the operation's effect on the
    /// model ([`Schema::apply`]) is what the database then holds. `IF [NOT] EXISTS` of the operation
    /// need not be repeated: the plan has already looked.
    fn compile(&self, operation: &Operation, before: &Schema) -> Result<Vec<String>, Unsupported>;

    /// What is to be done for operations that are executed one right behind the other.
    ///
    /// A dialect that gains by doing several of them at once overrides this. The effect of all of them
    /// MUST be the same as of one by one.
    fn compile_all(
        &self,
        operations: &[&Operation],
        before: &Schema,
    ) -> Result<Compiled, Unsupported> {
        if let [only] = operations {
            return self.compile(only, before).map(Compiled::from);
        }
        let mut schema = before.clone();
        let mut all = Compiled::default();
        for operation in operations {
            all.statements.extend(self.compile(operation, &schema)?);
            schema.apply(operation).map_err(|misfit| Unsupported {
                product: self.facts().product,
                what: "do one after the other".to_owned(),
                reason: misfit.to_string(),
            })?;
        }
        Ok(all)
    }

    /// Whether doing two operations at once, the second right behind the first, can be less work than
    /// one by one.
    fn joins(&self, _first: &Operation, _second: &Operation) -> bool {
        false
    }

    /// Finds the columns of enum types where those live in the model alone: the catalog shows them as
    /// something else. `schema` holds the types.
    fn recognise(&self, _schema: &mut Schema) {}

    /// Among the operations of one migration, those of its author that only together mean what they
    /// do: a table's rebuild, made by hand.
    fn rebuilds(&self, _operations: &[&Operation], _before: &Schema) -> Vec<ByHand> {
        Vec::new()
    }

    /// Whether this operation, or the author's own text for it, can be in a transaction.
    fn transaction(&self, operation: &Operation) -> Transaction;

    /// Whether all that an operation does ends with the session (`PRAGMA page_size = 8192`, which the next
    /// `VACUUM` heeds): a later run that goes on behind it has to say it again.
    fn ends_with_session(&self, _operation: &Operation) -> bool {
        false
    }

    /// The tables (or indexes of them) that exist before an operation and that it locks against other sessions' reads or
    /// writes until its transaction ends. Empty where locking is not by table.
    fn locks(&self, operation: &Operation) -> Vec<ObjectName>;

    /// What rows would lose by an operation that somebody wrote for another database (`language` is its
    /// dialect's identifier, or empty), without this database refusing them: the digits of a number
    /// that it rounds, the time of a moment in a column of dates.
    ///
    /// The plan refuses what is found here unless its author accepts it. A database that keeps all that
    /// it takes has nothing to say.
    fn narrowed(&self, _operation: &Operation, _language: &str, _before: &Schema) -> Vec<Narrowed> {
        Vec::new()
    }

    /// The spelling of a type.
    fn type_name(&self, data_type: &DataType) -> Result<String, Unsupported>;

    /// The type that a spelling means; [`DataType::Other`] for what the model does not know.
    fn parse_type(&self, name: &str) -> DataType;

    /// The table as inspection would show it, had this dialect created it from `table`.
    ///
    /// Both sides of every comparison pass through it: types become what this database holds for
    /// them, expressions their normal form, names that the database makes up are filled in.
    /// MUST be idempotent. `schema` is where enum types are looked up.
    fn normalise(&self, table: &Table, schema: &Schema) -> Table;
}

/// What a database is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compiled {
    /// The statements in order.
    pub statements: Vec<String>,
    /// Whether they can be in a transaction.
    pub transaction: Transaction,
    /// What must hold before the first of them.
    pub guards: List<Guard>,
    /// What must be the same before the first and behind the last of them.
    pub keeps: List<Keep>,
    /// What they were made from.
    pub basis: Basis,
}

impl From<Vec<String>> for Compiled {
    fn from(statements: Vec<String>) -> Self {
        Self {
            statements,
            ..Self::default()
        }
    }
}

/// What statements were made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The model says it all.
    #[default]
    Model,
    /// The words of the catalog too: right before they are executed, they are made again from what it
    /// says then.
    Catalog,
}

/// A question about rows that must be answered by none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The tables whose rows are asked about.
    pub tables: Vec<ObjectName>,
    /// What is wrong with the rows: `rows of users have no age`.
    pub what: String,
    /// A query of one number: how many there are.
    pub count: String,
    /// A query of some of their keys, one a row.
    pub sample: String,
    /// What the statements make of such a row.
    pub fate: Fate,
}

/// What statements make of a row that must not be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// They take it. The question is asked again right before them.
    #[default]
    Taken,
    /// They fail, and the database is as it was before them when they are rolled back. When planning it
    /// is asked all the same, so that nothing is begun; behind them only if they failed, to say why.
    Refused,
}

/// Two queries that must have the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// What they tell: `the rows of users`.
    pub what: String,
    /// Asked before the statements.
    pub before: String,
    /// Asked behind them.
    pub after: String,
}

/// Values that a database would take and keep only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowed {
    /// What is narrowed: `t.amount (numeric)`.
    pub what: String,
    /// What becomes of the values, as a sentence about the database.
    pub reason: String,
    /// What to write instead, as a request.
    pub instead: String,
}

impl std::fmt::Display for Narrowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.reason)
    }
}

/// A table's rebuild as somebody wrote it by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The places of the operations, the first and the last.
    pub first: usize,
    /// See `first`.
    pub last: usize,
    /// The place of the one that drops the old table.
    pub drop: usize,
    /// What must be the same before and behind that one.
    pub keeps: List<Keep>,
}

/// Facts about a dialect, as data.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The identifier used in file names, directives, the journal and reports: `postgres`, `sqlite`.
    pub id: &'static str,
    /// The product's name for people: `PostgreSQL`, `SQLite`.
    pub product: &'static str,
    /// How its texts are read: quotes, comments, folding.
    pub lexicon: Lexicon,
    /// How its identifiers compare.
    pub case: Case,
    /// The longest identifier in bytes; none if there is no limit.
    pub identifier_bytes: Option<usize>,
    /// Whether enum types are objects of their own; if not, an enum column becomes text with a check.
    pub enum_types: bool,
    /// Whether comments on objects are kept.
    pub comments: bool,
    /// Whether the catalog keeps a trigger's text as it was written.
    pub trigger_text: bool,
    /// Whether a concurrent index build exists; if not, a plain one is run.
    pub concurrent_index: bool,
    /// Whether statements lock single tables, so that waiting for one keeps others from it; if not, the
    /// whole database is locked for a transaction that writes.
    pub table_locks: bool,
    /// Whether constraint names can be relied on after a round trip through the catalog.
    pub constraint_names: bool,
    /// What it costs to be able to undo one migration of a transaction.
    pub savepoints: Savepoints,
}

/// What a savepoint costs, and what becomes of a transaction that several migrations share when one of
/// them fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Savepoints {
    /// Next to nothing: each migration has one, and those before the one that failed are kept.
    #[default]
    Cheap,
    /// More than doing again, once, what came before a failure: the transaction is rolled back, and those
    /// migrations are run without the one that failed.
    Dear,
}

/// Whether a step can be in a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transaction {
    /// It can.
    #[default]
    Inside,
    /// It can, but what follows must not be in the same one (a new enum label must be committed
    /// before it is used).
    Last,
    /// It must not be in one (`CREATE INDEX CONCURRENTLY`, `VACUUM`).
    Outside,
    /// It must be in one that was begun with foreign keys off (a table rebuild on `SQLite`).
    WithoutForeignKeys,
}

/// "This database cannot": a value with a reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{product} cannot {what}: {reason}")]
pub struct Unsupported {
    /// The product's name.
    pub product: &'static str,
    /// What was asked for, as a verb phrase: `alter a column's type`.
    pub what: String,
    /// Why not, and what to do.
    pub reason: String,
}
