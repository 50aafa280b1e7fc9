//! Whether each index can serve its column.

use super::TrialOutcome;
use super::bench::Bench;
use super::value;
use crate::error::DatabaseError;
use crate::expr::{Expr, render};
use crate::schema::{Index, Table};

/// Asks the database about each index.
pub(super) async fn all(bench: &mut Bench<'_>, table: &Table) -> Result<(), DatabaseError> {
    for index in &table.indexes {
        let outcome = match query(bench, table, index) {
            _ if !index.valid => TrialOutcome::Failed {
                why: "it is INVALID: the database does not use it".to_owned(),
            },
            Err(why) => TrialOutcome::Skipped { why },
            Ok(sql) => served(bench, &sql, &index.name).await?,
        };
        let outcome = match outcome {
            // A plan does not always name the key that it goes by (`SQLite`'s rowid).
            TrialOutcome::Failed { .. } if index.valid && begins_as_key(table, index) => {
                TrialOutcome::Skipped {
                    why: "the database prefers the primary key".to_owned(),
                }
            }
            other => other,
        };
        bench.record(
            table,
            format!("index {}", index.name),
            "can serve its column",
            outcome,
        );
    }
    Ok(())
}

/// Whether an index begins with the column that the primary key begins with.
fn begins_as_key(table: &Table, index: &Index) -> bool {
    let first = index.keys.first().map(|key| &key.expr);
    let key = table.primary_key().first();
    matches!((first, key), (Some(own), Some(key)) if *own == Expr::column(key))
}

async fn served(
    bench: &mut Bench<'_>,
    sql: &str,
    name: &str,
) -> Result<TrialOutcome, DatabaseError> {
    let used = bench.session.explain(sql).await?;
    let case = bench.schema.case;
    Ok(if used.iter().any(|own| case.same(own, name)) {
        TrialOutcome::Passed
    } else if used.is_empty() {
        TrialOutcome::Failed {
            why: format!("the database does not use it for {sql}"),
        }
    } else {
        TrialOutcome::Skipped {
            why: format!("the database prefers {}", used.join(", ")),
        }
    })
}

/// A query that the index should serve; or why none is known.
fn query(bench: &Bench<'_>, table: &Table, index: &Index) -> Result<String, String> {
    if let Some(method) = index.method.as_deref().filter(|method| *method != "hash") {
        return Err(format!(
            "no query is known that tries an index of method {method}"
        ));
    }
    let Some(first) = index.keys.first() else {
        return Err("it has no key".to_owned());
    };
    let dialect = bench.dialect;
    let words = |expr: &Expr| render(expr, dialect).map_err(|error| error.to_string());
    let name = dialect
        .object(&table.name)
        .map_err(|error| error.to_string())?;
    let mut filter = Vec::new();
    let mut order = String::new();
    match (&first.expr, bare_column(table, &first.expr, bench)) {
        (_, Some(value)) => filter.push(words(&Expr::binary(first.expr.clone(), "=", value))?),
        (expr, None) => order = format!(" ORDER BY {} LIMIT 1", words(expr)?),
    }
    if let Some(predicate) = &index.predicate {
        filter.push(format!("({})", words(predicate)?));
    }
    let filter = if filter.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", filter.join(" AND "))
    };
    Ok(format!("SELECT * FROM {name}{filter}{order}"))
}

/// A value to look for, if the key is a column of a type that has a value.
fn bare_column(table: &Table, expr: &Expr, bench: &Bench<'_>) -> Option<Expr> {
    let Expr::Column(path) = expr else {
        return None;
    };
    let column = table.column(path.last()?, bench.schema.case)?;
    let made = value::make(&column.data_type, 1, bench.schema);
    made.sure.then_some(made.value)
}
