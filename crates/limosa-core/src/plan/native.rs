//! The SQL of a statement on this database: the author's own words where they were written for it,
//! else the dialect's.

use crate::dialect::Dialect;
use crate::migration::Statement;
use crate::operation::{Operation, Sql};
use crate::schema::Schema;

/// Whether the author's text is in this database's language.
pub(super) fn is_native(statement: &Statement, dialect: &dyn Dialect) -> bool {
    statement.text.is_some() && statement.language == dialect.facts().id
}

/// The dialect's SQL of operations that all are to be executed, one after the other.
pub(super) fn compile(
    operations: &[Operation],
    before: &Schema,
    dialect: &dyn Dialect,
) -> Result<Vec<String>, String> {
    if let [only] = operations {
        return compile_one(only, before, dialect);
    }
    let mut schema = before.clone();
    let mut statements = Vec::new();
    for operation in operations {
        statements.extend(compile_one(operation, &schema, dialect)?);
        schema
            .apply(operation)
            .map_err(|misfit| misfit.to_string())?;
    }
    Ok(statements)
}

fn compile_one(
    operation: &Operation,
    before: &Schema,
    dialect: &dyn Dialect,
) -> Result<Vec<String>, String> {
    if let Operation::Sql(Sql {
        dialect: only,
        text,
        summary,
        ..
    }) = operation
    {
        return match only {
            Some(only) if only != dialect.facts().id => Err(foreign(summary, only, dialect)),
            _ => Ok(vec![text.clone()]),
        };
    }
    dialect
        .compile(operation, before)
        .map_err(|unsupported| unsupported.to_string())
}

fn foreign(summary: &str, only: &str, dialect: &dyn Dialect) -> String {
    let id = dialect.facts().id;
    format!(
        "`{summary}` is known to {only} only; give {} its own wording in migration.{id}.sql, or say \
         `-- limosa: only {only}` in front of it",
        dialect.facts().product
    )
}
