//! The workbench: makes rows up, writes them inside savepoints, and keeps the record.

use std::future::Future;
use std::pin::Pin;

use super::refer::foreign_keys;
use super::row::Row;
use super::value::{self, Made};
use super::{Stop, Trial, TrialOutcome, limits};
use crate::dialect::Dialect;
use crate::error::DatabaseError;
use crate::expr::{Expr, render};
use crate::migrator::{Command, Migrator};
use crate::name::ObjectName;
use crate::operation::{Insert, Operation, Source};
use crate::schema::{Column, Constraint, Identity, Schema, Table};

/// The savepoint around everything that is tried on a table.
pub(super) const TABLE: u32 = 1;
/// The savepoint around one trial.
pub(super) const TRIAL: u32 = 2;

pub(super) struct Bench<'a> {
    pub(super) session: &'a mut dyn Migrator,
    pub(super) schema: &'a Schema,
    pub(super) dialect: &'static dyn Dialect,
    number: u32,
    trials: Vec<Trial>,
}

type Making<'b> = Pin<Box<dyn Future<Output = Result<Row, Stop>> + Send + 'b>>;

impl<'a> Bench<'a> {
    pub(super) fn new(session: &'a mut dyn Migrator, schema: &'a Schema) -> Self {
        Self {
            dialect: session.dialect(),
            session,
            schema,
            number: 0,
            trials: Vec::new(),
        }
    }

    pub(super) fn into_trials(self) -> Vec<Trial> {
        self.trials
    }

    pub(super) fn record(
        &mut self,
        table: &Table,
        object: String,
        what: &str,
        outcome: TrialOutcome,
    ) {
        self.trials.push(Trial {
            table: table.name.to_string(),
            object,
            what: what.to_owned(),
            outcome,
        });
    }

    pub(super) async fn enter(&mut self, savepoint: u32) -> Result<(), DatabaseError> {
        self.run(&[Command::Savepoint(savepoint)]).await
    }

    pub(super) async fn leave(&mut self, savepoint: u32) -> Result<(), DatabaseError> {
        self.run(&[Command::RollbackTo(savepoint), Command::Release(savepoint)])
            .await
    }

    async fn run(&mut self, commands: &[Command<'_>]) -> Result<(), DatabaseError> {
        let result = self.session.run(commands).await;
        result.map(|_| ()).map_err(|failed| failed.error)
    }

    /// Writes a new row of a table, and says so.
    pub(super) async fn write(&mut self, table: &Table) -> Result<Row, Stop> {
        let what = "a row is written";
        let object = "table".to_owned();
        let row = match self.make(table, Vec::new(), Vec::new()).await {
            Ok(row) => row,
            Err(Stop::Cannot(why)) => {
                let outcome = TrialOutcome::Skipped { why: why.clone() };
                self.record(table, object, what, outcome);
                return Err(Stop::Cannot(why));
            }
            Err(lost) => return Err(lost),
        };
        let Err(error) = self.insert(table, &row).await? else {
            self.record(table, object, what, TrialOutcome::Passed);
            return Ok(row);
        };
        let outcome = if row.doubts.is_empty() {
            TrialOutcome::Failed { why: error.clone() }
        } else {
            let why = format!(
                "no valid row could be made up ({}): {error}",
                row.doubts.join("; ")
            );
            TrialOutcome::Skipped { why }
        };
        self.record(table, object, what, outcome);
        Err(Stop::Cannot("no valid row could be made up".to_owned()))
    }

    /// Writes a row; inside, what the database has against it. Behind a refusal the transaction goes on.
    pub(super) async fn insert(
        &mut self,
        table: &Table,
        row: &Row,
    ) -> Result<Result<(), String>, Stop> {
        const WRITE: u32 = 9;
        let insert = Operation::Insert(
            Insert {
                with: crate::expr::With::default(),
                table: table.name.clone(),
                columns: row.values.iter().map(|(name, _)| name.clone()).collect(),
                source: Source::Values(
                    vec![
                        row.values
                            .iter()
                            .map(|(_, value)| Some(value.clone()))
                            .collect(),
                    ]
                    .into(),
                ),
                on_conflict: None,
            }
            .into(),
        );
        let compiled = self.dialect.compile(&insert, self.schema);
        let statements = compiled.map_err(|unsupported| Stop::Cannot(unsupported.to_string()))?;
        self.enter(WRITE).await.map_err(Stop::Lost)?;
        let commands: Vec<Command<'_>> =
            statements.iter().map(|sql| Command::Execute(sql)).collect();
        match self.run(&commands).await {
            Ok(()) => {
                self.run(&[Command::Release(WRITE)])
                    .await
                    .map_err(Stop::Lost)?;
                Ok(Ok(()))
            }
            Err(error) if error.is_connection_lost() => Err(Stop::Lost(error)),
            Err(error) => {
                self.leave(WRITE).await.map_err(Stop::Lost)?;
                Ok(Err(error.to_string()))
            }
        }
    }

    /// Makes a row up, and writes the rows that it refers to. `path` are the tables that wait for it, `wanted` the
    /// values that they need.
    pub(super) fn make<'b>(
        &'b mut self,
        table: &'b Table,
        path: Vec<ObjectName>,
        wanted: Vec<(String, Expr)>,
    ) -> Making<'b> {
        Box::pin(async move {
            let mut row = self.plain_row(table);
            for (column, value) in wanted {
                row.bind(&column, value);
            }
            for key in foreign_keys(table) {
                self.refer(table, key, &mut row, &path).await?;
            }
            for constraint in &table.constraints {
                if let Constraint::Check(check) = constraint
                    && limits::of(check).is_none()
                {
                    let name = check.name.as_deref().unwrap_or("a check");
                    row.doubts
                        .push(format!("{name} is too involved to satisfy on purpose"));
                }
            }
            if self.has_trigger(table) {
                row.doubts.push("a trigger has its own say".to_owned());
            }
            Ok(row)
        })
    }

    /// Whether anything may be done to the rows of a table as they are written.
    pub(super) fn has_trigger(&self, table: &Table) -> bool {
        let schema = self.schema;
        (schema.triggers.iter()).any(|trigger| schema.same_object(&trigger.table, &table.name))
    }

    /// A value for every column that takes one.
    fn plain_row(&mut self, table: &Table) -> Row {
        self.number += 1;
        let mut row = Row::default();
        for column in table.columns.iter().filter(|column| takes_values(column)) {
            let feeds = feeds_generated(table, &column.name);
            if feeds {
                let doubt = format!("column {} is reckoned with in a generated one", column.name);
                row.doubts.push(doubt);
            }
            let made = match limits::inside(table, &column.name, self.schema.case) {
                Some(value) => Made::fixed(value),
                None if feeds && !is_in_key(table, &column.name) => {
                    value::make_small(&column.data_type, self.number, self.schema)
                }
                None => value::make(&column.data_type, self.number, self.schema),
            };
            if !made.sure {
                row.doubts
                    .push(format!("no sure value is known for column {}", column.name));
            }
            if !made.fresh && is_in_key(table, &column.name) {
                row.doubts
                    .push(format!("column {} of a key has few values", column.name));
            }
            row.values.push((column.name.clone(), made.value));
        }
        row
    }

    /// `column = value` in the dialect's words.
    pub(super) fn equals(&self, column: &str, value: &Expr) -> Option<String> {
        let equals = Expr::binary(Expr::column(column), "=", value.clone());
        render(&equals, self.dialect).ok()
    }

    /// A value of a column's type that no row has; none if the type has few values.
    pub(super) fn unheard_of(&mut self, column: &Column) -> Option<Expr> {
        self.number += 1;
        let made = value::make(&column.data_type, self.number + 5_000, self.schema);
        (made.fresh && made.sure).then_some(made.value)
    }
}

/// Whether an `INSERT` may name the column.
pub(super) fn takes_values(column: &Column) -> bool {
    column.generated.is_none() && column.identity != Some(Identity::Always)
}

/// Whether a column is reckoned with in a generated one, which must not overflow.
fn feeds_generated(table: &Table, column: &str) -> bool {
    let generated = table
        .columns
        .iter()
        .filter_map(|own| own.generated.as_ref());
    generated
        .flat_map(|generated| generated.expr.columns())
        .any(|own| own.eq_ignore_ascii_case(column))
}

fn is_in_key(table: &Table, column: &str) -> bool {
    let in_constraint = table.constraints.iter().any(|constraint| match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns == [column],
        _ => false,
    });
    let in_index = table.indexes.iter().any(|index| {
        index.unique && matches!(&index.keys[..], [only] if only.expr == Expr::column(column))
    });
    in_constraint || in_index
}
