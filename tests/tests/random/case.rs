//! Random migrations: a random sequence of operations, cut at random, in Rust and in SQL.

use std::fmt;

use limosa_core::checksum::Checksum;
use limosa_core::dialect::Dialect;
use limosa_core::migration::{Accepts, Migration, Migrations, Script, Statement, TransactionMode};
use limosa_core::name::Case as Names;
use limosa_core::operation::{Effect, Operation, Sql};
use limosa_core::schema::Schema;
use limosa_postgres::PostgresDialect;
use limosa_sql::{Language, Text};
use limosa_testkit::strategy::{Reach, operations};
use proptest::collection::vec;
use proptest::prelude::*;

/// A sequence of operations and the migrations that it was cut into.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) operations: Vec<Operation>,
    pub(crate) list: Vec<Migration>,
    /// For each migration how many operations are done behind it.
    pub(crate) ends: Vec<usize>,
    /// A random number for whatever a law wants to choose.
    pub(crate) pick: usize,
}

/// What the operations may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All.
    Any,
    /// Without changes of rows, of which no catalog tells.
    Schema,
}

/// How one operation is put into migrations.
#[derive(Clone, Copy, Debug)]
struct Put {
    /// Whether a migration ends behind it.
    ends: bool,
    /// Whether it is written as SQL.
    written: bool,
    /// Whether a statement follows of which nobody knows what it does.
    unknown: bool,
}

/// Random migrations of about so many operations.
pub(crate) fn cases(
    reach: Reach,
    kind: Kind,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Case> {
    let unknown = if kind == Kind::Any { 0.08 } else { 0.0 };
    let bools = (
        prop::bool::weighted(0.4),
        any::<bool>(),
        prop::bool::weighted(unknown),
    );
    let put = bools.prop_map(|(ends, written, unknown)| Put {
        ends,
        written,
        unknown,
    });
    let puts = vec(put, length.end);
    (operations(reach, length), puts, any::<usize>()).prop_map(
        move |(mut operations, puts, pick)| {
            operations.retain(|operation| kind == Kind::Any || !operation.changes_rows());
            Case::new(operations, &puts, pick)
        },
    )
}

impl Case {
    fn new(operations: Vec<Operation>, puts: &[Put], pick: usize) -> Self {
        let mut schema = Schema::empty(Names::Sensitive, None);
        let (mut list, mut ends, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for (at, operation) in operations.iter().enumerate() {
            let put = puts[at % puts.len()];
            open.extend(statements(operation, &schema, put));
            if put.unknown {
                open.push(verbatim("SELECT 1", Effect::Unknown));
            }
            schema.apply(operation).expect("the strategy is valid");
            if put.ends || at + 1 == operations.len() {
                list.push(migration(list.len() + 1, std::mem::take(&mut open)));
                ends.push(at + 1);
            }
        }
        Self {
            operations,
            list,
            ends,
            pick,
        }
    }

    pub(crate) fn migrations(&self) -> Migrations {
        Migrations::new(self.list.clone()).expect("the versions differ")
    }

    /// The first so many of the migrations.
    pub(crate) fn first(&self, count: usize) -> Migrations {
        Migrations::new(self.list[..count].to_vec()).expect("the versions differ")
    }

    /// A random number below `sides`; `salt` gives another one.
    pub(crate) fn below(&self, sides: usize, salt: usize) -> usize {
        let mixed = self
            .pick
            .wrapping_add(salt)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 20) % sides.max(1)
    }

    /// What the model predicts behind the first so many operations.
    pub(crate) fn predicted(&self, empty: &Schema, count: usize) -> Schema {
        let mut schema = empty.clone();
        for operation in &self.operations[..count] {
            schema.apply(operation).expect("the strategy is valid");
        }
        schema
    }
}

/// A statement that the model does not know, for any database.
pub(crate) fn verbatim(text: &str, effect: Effect) -> Statement {
    Statement::built(Operation::Sql(
        Sql {
            dialect: None,
            summary: "something".to_owned(),
            effect,
            text: text.to_owned(),
        }
        .into(),
    ))
}

/// The migration of a version.
pub(crate) fn migration(version: usize, mut up: Vec<Statement>) -> Migration {
    for statement in &mut up {
        // A numeric of any length.
        statement.accepts = Accepts::Loss;
    }
    let checksum = up.iter().fold(Checksum::EMPTY, |sum, statement| {
        sum.bytes(format!("{:?}", statement.operations).as_bytes())
    });
    let script = Script {
        only: None,
        path: None,
        up,
        down: None,
        transaction: TransactionMode::WherePossible,
        checksum,
    };
    Migration {
        version: format!("{version:04}").as_str().into(),
        name: "random".to_owned(),
        scripts: vec![script],
    }
}

/// The operation as it was built, or as its SQL for `PostgreSQL` is read back.
fn statements(operation: &Operation, before: &Schema, put: Put) -> Vec<Statement> {
    let built = vec![Statement::built(operation.clone())];
    if !put.written {
        return built;
    }
    let completed = before.complete(operation);
    let words = PostgresDialect
        .compile(&completed, before)
        .unwrap_or_else(|unsupported| panic!("{unsupported}: {operation:?}"));
    if words.is_empty() {
        return built;
    }
    let text = words.join(";\n");
    let read = Text::read(&text, Language::Postgres);
    read.unwrap_or_else(|error| panic!("{error}\n{text}"))
        .statements
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut schema = Schema::empty(Names::Sensitive, None);
        let mut operations = self.operations.iter();
        let mut done = 0;
        for (migration, end) in self.list.iter().zip(&self.ends) {
            writeln!(f, "-- {}", migration.version)?;
            for operation in operations.by_ref().take(end - done) {
                let words = PostgresDialect.compile(&schema.complete(operation), &schema);
                writeln!(f, "{};", words.unwrap_or_default().join(";\n"))?;
                let _ = schema.apply(operation);
            }
            done = *end;
            let texts = migration.scripts[0].up.iter();
            let written: Vec<bool> = texts.map(|one| one.text.is_some()).collect();
            writeln!(f, "-- as SQL: {written:?}")?;
        }
        write!(f, "-- pick {}", self.pick)
    }
}
