//! `SQLite`'s SQL: facts, and pure functions from the model to its words.
//!
//! One file for each kind of change. Nothing here has a connection. What differs on purpose from a
//! word-for-word translation is written in `docs/sqlite.md`.

mod column;
mod constant;
mod constraint;
mod data;
mod enums;
mod index;
mod kind;
mod names;
mod narrowed;
mod normalise;
mod pragma;
mod readers;
mod rebuild;
mod referred;
mod render;
mod retyped;
mod table;
mod translate;
mod typed;
mod types;
mod version;
mod view;

use limosa_core::datatype::DataType;
use limosa_core::dialect::{self, Dialect, Facts, Savepoints, Transaction, Unsupported};
use limosa_core::expr::Lexicon;
use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::{Operation, Sql};
use limosa_core::schema::{Schema, Table, Trigger};

pub use names::DEFAULT_SCHEMA;
pub(crate) use names::quoted;
pub(crate) use normalise::on_conflict;

/// The dialect's identifier.
pub const ID: &str = "sqlite";
/// The product's name for people.
pub(crate) const PRODUCT: &str = "SQLite";

/// `SQLite`'s dialect, as of version 3.38 and later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SqliteDialect;

static FACTS: Facts = Facts {
    id: ID,
    product: PRODUCT,
    lexicon: Lexicon::SQLITE,
    case: Case::Insensitive,
    identifier_bytes: None,
    enum_types: false,
    comments: false,
    trigger_text: true,
    concurrent_index: false,
    table_locks: false,
    constraint_names: false,
    savepoints: Savepoints::Dear,
};

/// Statements, or why there are none.
type Compiled = Result<Vec<String>, Unsupported>;
/// The same; none where the table must be built anew.
type Native = Result<Option<Vec<String>>, Unsupported>;

impl Dialect for SqliteDialect {
    fn facts(&self) -> &Facts {
        &FACTS
    }

    fn compile(&self, operation: &Operation, before: &Schema) -> Compiled {
        let made = rebuild::compile_all(&[operation], before)?;
        Ok(made.statements)
    }

    fn compile_all(
        &self,
        operations: &[&Operation],
        before: &Schema,
    ) -> Result<dialect::Compiled, Unsupported> {
        rebuild::compile_all(operations, before)
    }

    fn joins(&self, first: &Operation, second: &Operation) -> bool {
        rebuild::joins(first, second)
    }

    fn recognise(&self, schema: &mut Schema) {
        enums::recognise(schema);
    }

    fn rebuilds(&self, operations: &[&Operation], before: &Schema) -> Vec<dialect::ByHand> {
        rebuild::by_hand(operations, before)
    }

    fn transaction(&self, operation: &Operation) -> Transaction {
        match operation {
            Operation::Sql(sql) => pragma::transaction(&sql.text),
            _ => Transaction::Inside,
        }
    }

    fn ends_with_session(&self, operation: &Operation) -> bool {
        matches!(operation, Operation::Sql(sql) if pragma::ends_with_session(&sql.text))
    }

    fn locks(&self, _: &Operation) -> Vec<ObjectName> {
        Vec::new()
    }

    fn narrowed(
        &self,
        operation: &Operation,
        _language: &str,
        _before: &Schema,
    ) -> Vec<dialect::Narrowed> {
        narrowed::of(operation)
    }

    fn type_name(&self, data_type: &DataType) -> Result<String, Unsupported> {
        types::spelling(data_type)
    }

    fn parse_type(&self, name: &str) -> DataType {
        types::parse(name)
    }

    fn normalise(&self, table: &Table, schema: &Schema) -> Table {
        normalise::table(table, schema)
    }
}

/// What this database does for an operation without a new copy of a table.
fn native(operation: &Operation, before: &Schema) -> Native {
    let statements = match operation {
        Operation::CreateTable { table, .. } => table::create(table, before),
        Operation::DropTable { name, cascade, .. } => return table::drop(name, *cascade, before),
        Operation::RenameTable { from, to, mentions } => table::rename(from, to, *mentions),
        Operation::AlterTable { table, change, .. } => return table::alter(table, change, before),
        Operation::CreateIndex { table, index, .. } => index::create(table, index, before),
        Operation::DropIndex { name, .. } => index::drop(name, before),
        Operation::RenameIndex { from, to, .. } => index::rename(from, to, before),
        Operation::CreateEnum { .. } | Operation::RenameEnum { .. } | Operation::Comment { .. } => {
            Ok(Vec::new())
        }
        Operation::AddEnumLabel { name, .. } | Operation::RenameEnumLabel { name, .. } => {
            return Ok((!enums::is_used(name, before)).then(Vec::new));
        }
        Operation::DropEnum { name, .. } => enums::drop(name, before),
        Operation::CreateView {
            view, or_replace, ..
        } => view::create(view, *or_replace, before),
        Operation::DropView { name, cascade, .. } => view::drop(name, *cascade, before),
        Operation::CreateTrigger {
            trigger,
            or_replace,
            ..
        } => create_trigger(trigger, *or_replace),
        Operation::DropTrigger { name, .. } => Ok(vec![format!("DROP TRIGGER {}", quoted(name))]),
        Operation::Insert(insert) => data::insert(insert, before),
        Operation::Update(update) => data::update(update, before),
        Operation::Delete(delete) => data::delete(delete, before),
        Operation::Sql(sql) => verbatim(sql),
    };
    statements.map(Some)
}

fn create_trigger(trigger: &Trigger, or_replace: bool) -> Compiled {
    if trigger.dialect != ID {
        return Err(unsupported(
            format!("create the trigger {}", trigger.name),
            format!(
                "its body is written for {}; give this migration a text of its own for sqlite",
                trigger.dialect
            ),
        ));
    }
    let replaced = or_replace.then(|| format!("DROP TRIGGER IF EXISTS {}", quoted(&trigger.name)));
    Ok(replaced.into_iter().chain([trigger.text.clone()]).collect())
}

fn verbatim(sql: &Sql) -> Compiled {
    match sql.dialect.as_deref() {
        None | Some(ID) => Ok(vec![sql.text.clone()]),
        Some(other) => Err(unsupported(
            format!("run this statement ({})", sql.summary),
            format!(
                "it is written for {other}; give this migration a text of its own for sqlite, or \
                 mark the statement as meant for {other} only"
            ),
        )),
    }
}

/// A refusal.
fn unsupported(what: impl Into<String>, reason: impl Into<String>) -> Unsupported {
    Unsupported {
        product: PRODUCT,
        what: what.into(),
        reason: reason.into(),
    }
}
