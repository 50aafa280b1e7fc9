//! The SQL of a statement on this database: the author's own words where they were written for it,
//! else the dialect's.

use crate::dialect::{Basis, Compiled, Dialect, Transaction};
use crate::migration::Statement;
use crate::operation::{Operation, Sql};
use crate::schema::Schema;
use crate::shared::Shared;

/// Whether the author's text is in this database's language.
pub(super) fn is_native(statement: &Statement, dialect: &dyn Dialect) -> bool {
    statement.text.is_some() && statement.language == dialect.facts().id
}

/// What is to be done for operations that all are to be executed, one after the other.
pub(super) fn compile(
    operations: &[Shared<Operation>],
    before: &Schema,
    dialect: &dyn Dialect,
) -> Result<Compiled, String> {
    let mut schema = std::borrow::Cow::Borrowed(before);
    let mut all = Compiled::default();
    let mut rest = operations;
    while let Some(first) = rest.first() {
        let known = rest.iter().take_while(|one| !is_sql(one)).count();
        let (now, later) = rest.split_at(known.max(1));
        rest = later;
        let made = match &**first {
            Operation::Sql(sql) => Compiled::from(vec![own_words(sql, dialect)?]),
            _ => dialect
                .compile_all(&now.iter().map(Shared::as_ref).collect::<Vec<_>>(), &schema)
                .map_err(|unsupported| unsupported.to_string())?,
        };
        all = joined(all, made);
        if !rest.is_empty() {
            for operation in now {
                schema
                    .to_mut()
                    .apply(operation)
                    .map_err(|misfit| misfit.to_string())?;
            }
        }
    }
    Ok(all)
}

/// Both, one behind the other. What is asked about rows is asked before the first statement: with
/// several parts, only the first one's questions can be.
fn joined(first: Compiled, second: Compiled) -> Compiled {
    if first == Compiled::default() {
        return second;
    }
    Compiled {
        statements: first
            .statements
            .into_iter()
            .chain(second.statements)
            .collect(),
        transaction: stricter(first.transaction, second.transaction),
        basis: if second.basis == Basis::Catalog {
            second.basis
        } else {
            first.basis
        },
        guards: first.guards,
        keeps: first.keeps,
    }
}

/// The transaction that suits both.
pub(super) fn stricter(a: Transaction, b: Transaction) -> Transaction {
    let rank = |transaction| match transaction {
        Transaction::Inside => 0,
        Transaction::Last => 1,
        Transaction::WithoutForeignKeys => 2,
        Transaction::Outside => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

fn is_sql(operation: &Operation) -> bool {
    matches!(operation, Operation::Sql(_))
}

fn own_words(sql: &Sql, dialect: &dyn Dialect) -> Result<String, String> {
    match &sql.dialect {
        Some(only) if only != dialect.facts().id => Err(foreign(&sql.summary, only, dialect)),
        _ => Ok(sql.text.clone()),
    }
}

fn foreign(summary: &str, only: &str, dialect: &dyn Dialect) -> String {
    let id = dialect.facts().id;
    format!(
        "`{summary}` is carried in the words of {only}, the language of its file; give {} its own wording \
         in migration.{id}.sql, or say `-- limosa: only {only}` in front of it; if the file is in the \
         language of {id}, say `-- limosa: dialect {id}` at its top",
        dialect.facts().product
    )
}
