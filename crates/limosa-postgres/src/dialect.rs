//! The SQL of `PostgreSQL`: facts, and where each kind of change is put into words.

mod column;
mod constraint;
mod data;
mod default;
mod enums;
mod index;
mod lock;
mod narrowed;
mod normalise;
mod render;
mod setting;
mod table;
mod text;
mod transaction;
mod typed;
mod types;
mod view;

use limosa_core::datatype::DataType;
use limosa_core::dialect::{Dialect, Facts, Narrowed, Savepoints, Transaction, Unsupported};
use limosa_core::expr::Lexicon;
use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::{Operation, Sql};
use limosa_core::schema::{Schema, Table};

/// The SQL of `PostgreSQL` 13 and later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PostgresDialect;

/// `NAMEDATALEN - 1`, manual section 4.1.1: the server cuts longer identifiers off in silence.
const IDENTIFIER_BYTES: usize = 63;

static FACTS: Facts = Facts {
    id: "postgres",
    product: "PostgreSQL",
    lexicon: Lexicon::POSTGRES,
    case: Case::Sensitive,
    identifier_bytes: Some(IDENTIFIER_BYTES),
    enum_types: true,
    comments: true,
    trigger_text: false,
    concurrent_index: true,
    table_locks: true,
    constraint_names: true,
    savepoints: Savepoints::Cheap,
};

type Compiled<T = Vec<String>> = Result<T, Unsupported>;

impl Dialect for PostgresDialect {
    fn facts(&self) -> &Facts {
        &FACTS
    }

    fn compile(&self, operation: &Operation, before: &Schema) -> Compiled {
        let operation = &typed::operation(operation, before)?;
        match operation {
            Operation::CreateTable { table, .. } => table::create(table),
            Operation::DropTable { name, cascade, .. } => table::drop(name, *cascade),
            Operation::RenameTable { from, to, mentions } => {
                table::rename(from, to, *mentions, before)
            }
            Operation::AlterTable { table, change, .. } => table::alter(table, change, before),
            Operation::CreateIndex {
                table,
                index,
                concurrently,
                ..
            } => index::create(table, index, index::Build::of(*concurrently)),
            Operation::DropIndex {
                name,
                concurrently,
                cascade,
                ..
            } => index::drop(name, index::Build::of(*concurrently), *cascade),
            Operation::RenameIndex { from, to, .. } => index::rename(from, to),
            Operation::CreateEnum { .. }
            | Operation::AddEnumLabel { .. }
            | Operation::RenameEnumLabel { .. }
            | Operation::RenameEnum { .. }
            | Operation::DropEnum { .. } => enums::compile(operation),
            Operation::CreateView { .. }
            | Operation::DropView { .. }
            | Operation::CreateTrigger { .. }
            | Operation::DropTrigger { .. } => view::compile(operation),
            Operation::Comment { on, text } => text::comment(on, text.as_deref()),
            Operation::Insert(insert) => data::insert(insert, before),
            Operation::Update(update) => data::update(update, before),
            Operation::Delete(delete) => data::delete(delete),
            Operation::Sql(sql) => verbatim(sql),
        }
    }

    fn transaction(&self, operation: &Operation) -> Transaction {
        transaction::of(operation)
    }

    fn ends_with_session(&self, operation: &Operation) -> bool {
        matches!(operation, Operation::Sql(sql) if setting::ends_with_session(&sql.text))
    }

    fn locks(&self, operation: &Operation) -> Vec<ObjectName> {
        lock::of(operation)
    }

    fn narrowed(&self, operation: &Operation, language: &str, before: &Schema) -> Vec<Narrowed> {
        narrowed::of(operation, language, before)
    }

    fn type_name(&self, data_type: &DataType) -> Compiled<String> {
        types::spell(data_type)
    }

    fn parse_type(&self, name: &str) -> DataType {
        types::read(name)
    }

    fn normalise(&self, table: &Table, schema: &Schema) -> Table {
        normalise::table(table, schema)
    }
}

fn verbatim(sql: &Sql) -> Compiled {
    match sql.dialect.as_deref() {
        None => Ok(vec![sql.text.clone()]),
        Some(dialect) if dialect == FACTS.id => Ok(vec![sql.text.clone()]),
        Some(dialect) => Err(refuse(
            format!("run {}", sql.summary),
            format!(
                "the statement is written for {dialect}; give this database its own file, or mark \
                 the statement as one for {dialect} only"
            ),
        )),
    }
}

/// What this database cannot do, and why.
fn refuse(what: impl Into<String>, reason: impl Into<String>) -> Unsupported {
    Unsupported {
        product: FACTS.product,
        what: what.into(),
        reason: reason.into(),
    }
}
