//! What constraints must refuse.

use super::bench::{Bench, TRIAL, takes_values};
use super::row::Row;
use super::{Stop, TrialOutcome, limits};
use crate::datatype::DataType;
use crate::diff::show_constraint;
use crate::error::DatabaseError;
use crate::expr::Expr;
use crate::schema::{Constraint, Deferrable, Key, Table};

/// Something that must be refused.
struct Offence {
    object: String,
    what: &'static str,
    /// The columns that make it one, with their values; or why it cannot be made.
    values: Result<Vec<(String, Expr)>, String>,
    tolerated: Tolerated,
}

/// Whether accepting it is worth a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tolerated {
    No,
    /// `SQLite` accepts NULL in the columns of a key, unless they say NOT NULL ("CREATE TABLE",
    /// section 3.5).
    NullInKey,
}

/// Offers everything that a table must refuse. `base` is the row that is there, or why there is none.
pub(super) async fn all(
    bench: &mut Bench<'_>,
    table: &Table,
    base: Result<&Row, &String>,
) -> Result<(), DatabaseError> {
    let mut offences = nulls(table);
    offences.extend(labels(table));
    for constraint in &table.constraints {
        let object = match constraint.name() {
            Some(name) => format!("constraint {name}"),
            None => format!("constraint {}", show_constraint(constraint, bench.dialect)),
        };
        offences.extend(offence(bench, table, constraint, base.ok(), &object));
    }
    for index in table.indexes.iter().filter(|index| index.unique) {
        let columns: Option<Vec<String>> = index
            .keys
            .iter()
            .map(|key| match &key.expr {
                Expr::Column(path) => path.last().cloned(),
                _ => None,
            })
            .collect();
        let values = match columns.filter(|_| index.predicate.is_none()) {
            Some(columns) => same_key(&columns, base.ok()),
            None => Err("it is partial, or over an expression".to_owned()),
        };
        offences.push(Offence {
            object: format!("index {}", index.name),
            what: "a second row of the same key is refused",
            values,
            tolerated: Tolerated::No,
        });
    }
    for offence in offences {
        let values = base.map_err(Clone::clone).and(offence.values);
        let outcome = match values {
            Err(why) => TrialOutcome::Skipped { why },
            Ok(values) => match offer(bench, table, values, offence.tolerated).await {
                Ok(outcome) => outcome,
                Err(Stop::Cannot(why)) => TrialOutcome::Skipped { why },
                Err(Stop::Lost(error)) => return Err(error),
            },
        };
        bench.record(table, offence.object, offence.what, outcome);
    }
    Ok(())
}

/// Writes a new row with these values in a savepoint of its own.
async fn offer(
    bench: &mut Bench<'_>,
    table: &Table,
    values: Vec<(String, Expr)>,
    tolerated: Tolerated,
) -> Result<TrialOutcome, Stop> {
    bench.enter(TRIAL).await.map_err(Stop::Lost)?;
    let written = match bench.make(table, Vec::new(), Vec::new()).await {
        Ok(mut row) => {
            for (column, value) in values {
                row.set(&column, value);
            }
            bench.insert(table, &row).await
        }
        Err(stop) => Err(stop),
    };
    if !matches!(written, Err(Stop::Lost(_))) {
        bench.leave(TRIAL).await.map_err(Stop::Lost)?;
    }
    Ok(match (written?, tolerated) {
        (Err(_), _) => TrialOutcome::Passed,
        (Ok(()), Tolerated::No) => TrialOutcome::Failed {
            why: "it was accepted".to_owned(),
        },
        (Ok(()), Tolerated::NullInKey) => TrialOutcome::Skipped {
            why: "this database accepts NULL here, or numbers the column".to_owned(),
        },
    })
}

fn nulls(table: &Table) -> Vec<Offence> {
    let columns = table
        .columns
        .iter()
        .filter(|column| takes_values(column) && !column.nullable);
    columns
        .map(|column| Offence {
            object: format!("column {}", column.name),
            what: "NULL is refused",
            values: Ok(vec![(column.name.clone(), Expr::Null)]),
            tolerated: if table.primary_key().contains(&column.name) {
                Tolerated::NullInKey
            } else {
                Tolerated::No
            },
        })
        .collect()
}

fn labels(table: &Table) -> Vec<Offence> {
    let is_enum = |column: &&crate::schema::Column| matches!(column.data_type, DataType::Enum(_));
    let columns = table.columns.iter().filter(is_enum);
    columns
        .map(|column| Offence {
            object: format!("column {}", column.name),
            what: "a label that its type does not have is refused",
            values: Ok(vec![(
                column.name.clone(),
                Expr::String("~limosa~".to_owned()),
            )]),
            tolerated: Tolerated::No,
        })
        .collect()
}

fn offence(
    bench: &mut Bench<'_>,
    table: &Table,
    constraint: &Constraint,
    base: Option<&Row>,
    object: &str,
) -> Vec<Offence> {
    let one = |what, values| {
        vec![Offence {
            object: object.to_owned(),
            what,
            values,
            tolerated: Tolerated::No,
        }]
    };
    match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => one(
            "a second row of the same key is refused",
            key_values(key, base),
        ),
        Constraint::ForeignKey(key) => {
            let values = match key.deferrable {
                Deferrable::InitiallyDeferred => Err("it is checked only at commit".to_owned()),
                _ => orphan(bench, table, &key.columns),
            };
            one("a reference to no row is refused", values)
        }
        Constraint::Check(check) => {
            let what = "a row that breaks it is refused";
            let Some(limits) = limits::of(check).filter(|limits| !limits.is_empty()) else {
                return one(
                    what,
                    Err("it is too involved to violate on purpose".to_owned()),
                );
            };
            limits
                .iter()
                .flat_map(|limit| {
                    let what = limit.refusal();
                    let value = limit
                        .outside()
                        .ok_or_else(|| "no value outside is known".to_owned());
                    one(
                        what,
                        value.map(|value| vec![(limit.column().to_owned(), value)]),
                    )
                })
                .collect()
        }
    }
}

fn key_values(key: &Key, base: Option<&Row>) -> Result<Vec<(String, Expr)>, String> {
    if !key.on_conflict.refuses() {
        return Err(format!("it says ON CONFLICT {}", key.on_conflict.as_sql()));
    }
    match key.deferrable {
        Deferrable::InitiallyDeferred => Err("it is checked only at commit".to_owned()),
        _ => same_key(&key.columns, base),
    }
}

fn same_key(columns: &[String], base: Option<&Row>) -> Result<Vec<(String, Expr)>, String> {
    let value = |column: &String| match base.and_then(|row| row.get(column)) {
        Some(value) if *value != Expr::Null => Ok((column.clone(), value.clone())),
        _ => Err(format!(
            "the database numbers column {column}, or it is NULL"
        )),
    };
    columns.iter().map(value).collect()
}

fn orphan(
    bench: &mut Bench<'_>,
    table: &Table,
    columns: &[String],
) -> Result<Vec<(String, Expr)>, String> {
    let case = bench.schema.case;
    let mut value = |name: &String| {
        let column = table.column(name, case)?;
        Some((name.clone(), bench.unheard_of(column)?))
    };
    let values: Option<Vec<_>> = columns.iter().map(&mut value).collect();
    values.ok_or_else(|| "no value is known that no row has".to_owned())
}
