//! What a made-up row refers to: the row itself, a row that is there, or one that is made up for it.

use super::Stop;
use super::bench::Bench;
use super::row::Row;
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::schema::{Constraint, ForeignKey, Table};

impl Bench<'_> {
    /// Gives a row something to refer to.
    pub(super) async fn refer(
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
        let pairs: Vec<(&String, &String)> = key.columns.iter().zip(key.referred(parent)).collect();
        if parent.name == table.name {
            for (own, theirs) in pairs {
                let value = row.get(theirs).cloned().unwrap_or(Expr::Null);
                row.set(own, value);
            }
            return Ok(());
        }
        if path.contains(&parent.name) {
            return self.leave_open(table, key, row);
        }
        // A column may be in several keys: what one of them has decided holds for the others.
        let decided = pairs.iter().filter(|(own, _)| row.is_bound(own));
        let decided: Vec<(String, Expr)> = decided
            .filter_map(|(own, theirs)| Some(((*theirs).clone(), row.get(own)?.clone())))
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
        for (own, column) in pairs {
            let value = match theirs.get(column) {
                Some(value) => value.clone(),
                None => self.highest(parent, column).await?,
            };
            row.bind(own, value);
        }
        Ok(())
    }

    /// Refers to no row, where tables refer to each other in a circle.
    fn leave_open(&self, table: &Table, key: &ForeignKey, row: &mut Row) -> Result<(), Stop> {
        let nullable = |name: &&String| {
            let column = table.column(name, self.schema.case);
            column.is_some_and(|column| column.nullable) && !row.is_bound(name)
        };
        let Some(name) = key.columns.iter().find(nullable) else {
            return Err(Stop::Cannot(format!(
                "tables refer to each other and to {} without NULL",
                key.table
            )));
        };
        row.bind(name, Expr::Null);
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
    pub(super) async fn highest(&mut self, table: &Table, column: &str) -> Result<Expr, Stop> {
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
}

/// The foreign keys of a table: those of many columns first, since they decide more; last those to the table itself,
/// which repeat what the others have decided.
pub(super) fn foreign_keys(table: &Table) -> Vec<&ForeignKey> {
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
