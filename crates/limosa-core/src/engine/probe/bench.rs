//! The workbench: makes rows up, writes them inside savepoints, and keeps the record.

use std::future::Future;
use std::pin::Pin;

use super::value::{self, Made};
use super::{Stop, Trial, TrialOutcome, limits};
use crate::dialect::Dialect;
use crate::diff::show_expr;
use crate::error::DatabaseError;
use crate::expr::{Expr, render};
use crate::migrator::{Command, Migrator};
use crate::name::ObjectName;
use crate::operation::{Insert, Operation, Source};
use crate::schema::{Column, Constraint, ForeignKey, Identity, Schema, Table};

/// The savepoint around everything that is tried on a table.
pub(super) const TABLE: u32 = 1;
/// The savepoint around one trial.
pub(super) const TRIAL: u32 = 2;

/// A row that was made up.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) values: Vec<(String, Expr)>,
    /// The columns that others decide: rows that refer to it, or rows that it refers to.
    bound: Vec<String>,
    /// Why the database may refuse it although nothing is wrong.
    doubts: Vec<String>,
}

impl Row {
    pub(super) fn get(&self, column: &str) -> Option<&Expr> {
        let found = self.values.iter().find(|(name, _)| name == column);
        found.map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, column: &str, value: Expr) {
        match self.values.iter_mut().find(|(name, _)| name == column) {
            Some((_, old)) => *old = value,
            None => self.values.push((column.to_owned(), value)),
        }
    }

    fn bind(&mut self, column: &str, value: Expr) {
        self.set(column, value);
        if !self.is_bound(column) {
            self.bound.push(column.to_owned());
        }
    }

    fn is_bound(&self, column: &str) -> bool {
        self.bound.iter().any(|own| own == column)
    }
}

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
    fn has_trigger(&self, table: &Table) -> bool {
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

    /// Gives a row something to refer to.
    async fn refer(
        &mut self,
        table: &Table,
        key: &ForeignKey,
        row: &mut Row,
        path: &[ObjectName],
    ) -> Result<(), Stop> {
        let cannot = |why: String| Err(Stop::Cannot(why));
        let schema = self.schema;
        let Some(parent) = schema.table(&key.table) else {
            return cannot(format!("table {} that it refers to is not here", key.table));
        };
        let references = referred(key, parent);
        if parent.name == table.name {
            for (own, theirs) in key.columns.iter().zip(references) {
                let value = row.get(theirs).cloned().unwrap_or(Expr::Null);
                row.set(own, value);
            }
            return Ok(());
        }
        if path.contains(&parent.name) {
            let nullable = |name: &&String| {
                let column = table.column(name, schema.case);
                column.is_some_and(|column| column.nullable) && !row.is_bound(name)
            };
            let Some(name) = key.columns.iter().find(nullable) else {
                return cannot(format!(
                    "tables refer to each other and to {} without NULL",
                    parent.name
                ));
            };
            row.bind(name, Expr::Null);
            return Ok(());
        }
        // A column may be in several keys: what one of them has decided holds for the others.
        let decided = key.columns.iter().zip(references);
        let decided: Vec<(String, Expr)> = decided
            .filter(|(own, _)| row.is_bound(own))
            .filter_map(|(own, theirs)| Some((theirs.clone(), row.get(own)?.clone())))
            .collect();
        if decided.iter().any(|(_, value)| *value == Expr::Null)
            || decided.len() == key.columns.len() && self.is_there(parent, &decided).await?
        {
            return Ok(());
        }
        let mut longer = path.to_vec();
        longer.push(table.name.clone());
        let theirs = self.make(parent, longer, decided).await?;
        if let Err(error) = self.insert(parent, &theirs).await? {
            return cannot(format!(
                "no row of {} could be made up: {error}",
                parent.name
            ));
        }
        for (own, column) in key.columns.iter().zip(references) {
            let value = match theirs.get(column) {
                Some(value) => value.clone(),
                None => self.highest(parent, column).await?,
            };
            row.bind(own, value);
        }
        Ok(())
    }

    /// Whether a table has a row with these values.
    async fn is_there(&mut self, table: &Table, values: &[(String, Expr)]) -> Result<bool, Stop> {
        let unsupported = |error: crate::dialect::Unsupported| Stop::Cannot(error.to_string());
        let name = self.dialect.object(&table.name).map_err(unsupported)?;
        let equal: Option<Vec<String>> = values
            .iter()
            .map(|(column, value)| self.equals(column, value))
            .collect();
        let Some(equal) = equal else {
            return Ok(false);
        };
        let sql = format!("SELECT 1 FROM {name} WHERE {} LIMIT 1", equal.join(" AND "));
        let rows = self.session.query(&sql).await.map_err(Stop::Lost)?;
        Ok(!rows.is_empty())
    }

    /// The value that the database gave to a numbered column just now.
    async fn highest(&mut self, table: &Table, column: &str) -> Result<Expr, Stop> {
        let unsupported = |error: crate::dialect::Unsupported| Stop::Cannot(error.to_string());
        let name = self.dialect.object(&table.name).map_err(unsupported)?;
        let sql = format!(
            "SELECT max({}) FROM {name}",
            self.dialect.identifier(column)
        );
        let rows = self.session.query(&sql).await.map_err(Stop::Lost)?;
        let cell = rows.into_iter().flatten().next().flatten();
        Ok(cell.map_or(Expr::Null, Expr::Number))
    }

    /// Reads the columns of a row back and compares them.
    pub(super) async fn read_back(
        &mut self,
        table: &Table,
        row: &Row,
    ) -> Result<(), DatabaseError> {
        let what = "is read back as it was written";
        let (Ok(name), Some(filter)) = (
            self.dialect.object(&table.name),
            self.key_filter(table, row).await?,
        ) else {
            let why = "the table has no key by which the row could be found".to_owned();
            let outcome = TrialOutcome::Skipped { why };
            self.record(table, "columns".to_owned(), what, outcome);
            return Ok(());
        };
        let columns: Vec<String> = row
            .values
            .iter()
            .map(|(name, _)| self.dialect.identifier(name))
            .collect();
        let sql = format!("SELECT {} FROM {name} WHERE {}", columns.join(", "), filter);
        let rows = self.session.query(&sql).await?;
        let Some(found) = rows.first() else {
            let why = "the row is not there".to_owned();
            self.record(
                table,
                "table".to_owned(),
                what,
                TrialOutcome::Failed { why },
            );
            return Ok(());
        };
        for ((name, value), shown) in row.values.iter().zip(found) {
            let Some(column) = table.column(name, self.schema.case) else {
                continue;
            };
            let outcome = if value::is_shown(&column.data_type, value, shown.as_deref()) {
                TrialOutcome::Passed
            } else {
                let shown = shown.as_deref().unwrap_or("NULL");
                let written = show_expr(Some(value), self.dialect);
                let why = format!("written {written}, read {shown}");
                if self.has_trigger(table) {
                    let why = format!("{why}: a trigger has its own say");
                    TrialOutcome::Skipped { why }
                } else {
                    TrialOutcome::Failed { why }
                }
            };
            self.record(table, format!("column {name}"), what, outcome);
        }
        Ok(())
    }

    /// What finds a row by its primary key; none if the table has none.
    async fn key_filter(
        &mut self,
        table: &Table,
        row: &Row,
    ) -> Result<Option<String>, DatabaseError> {
        let mut filter = Vec::new();
        for name in table.primary_key() {
            let value = match row.get(name) {
                Some(value) => value.clone(),
                None => match self.highest(table, name).await {
                    Ok(value) => value,
                    Err(Stop::Lost(error)) => return Err(error),
                    Err(Stop::Cannot(_)) => return Ok(None),
                },
            };
            if value == Expr::Null {
                return Ok(None);
            }
            filter.extend(self.equals(name, &value));
        }
        Ok((!filter.is_empty()).then(|| filter.join(" AND ")))
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

/// The foreign keys of a table: those of many columns first, since they decide more; last those to the table itself,
/// which repeat what the others have decided.
fn foreign_keys(table: &Table) -> Vec<&ForeignKey> {
    let keys = table.constraints.iter().filter_map(|one| match one {
        Constraint::ForeignKey(key) => Some(key),
        _ => None,
    });
    let mut keys: Vec<&ForeignKey> = keys.collect();
    let rank = |key: &ForeignKey| {
        let is_own = key.table.name == table.name.name;
        (usize::from(is_own), usize::MAX - key.columns.len())
    };
    crate::order::sort_by(&mut keys, |a, b| rank(a).cmp(&rank(b)));
    keys
}

/// The columns that a foreign key refers to.
fn referred<'t>(key: &'t ForeignKey, parent: &'t Table) -> &'t [String] {
    if key.references.is_empty() {
        parent.primary_key()
    } else {
        &key.references
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
