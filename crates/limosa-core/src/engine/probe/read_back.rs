//! Whether a row reads back as it was written.

use super::bench::Bench;
use super::row::Row;
use super::{Stop, TrialOutcome, value};
use crate::diff::show_expr;
use crate::error::DatabaseError;
use crate::expr::Expr;
use crate::schema::Table;

impl Bench<'_> {
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
}
