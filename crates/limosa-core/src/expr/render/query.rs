//! The spelling of queries.

use super::Writer;
use crate::dialect::Unsupported;
use crate::expr::{Body, Cte, Expr, Join, JoinKind, Ordering, Query, Relation, Select, SetOp};

type Text = Result<String, Unsupported>;

impl Writer<'_> {
    pub(super) fn query(&self, query: &Query) -> Text {
        let mut text = self.with(&query.with, query.recursive)?;
        text += &self.body(&query.body)?;
        if !query.order_by.is_empty() {
            let keys: Result<Vec<_>, _> = query.order_by.iter().map(|key| self.key(key)).collect();
            text += &format!(" ORDER BY {}", keys?.join(", "));
        }
        let unlimited = query.offset.as_ref().and_then(|_| self.0.unlimited());
        match (&query.limit, unlimited) {
            (Some(limit), _) => text += &format!(" LIMIT {}", self.expr(limit)?),
            (None, Some(unlimited)) => text += &format!(" LIMIT {unlimited}"),
            (None, None) => {}
        }
        if let Some(offset) = &query.offset {
            text += &format!(" OFFSET {}", self.expr(offset)?);
        }
        Ok(text)
    }

    /// `WITH ... ` with the blank behind it, or nothing.
    pub(super) fn with(&self, items: &[Cte], recursive: bool) -> Text {
        if items.is_empty() {
            return Ok(String::new());
        }
        let tables: Result<Vec<_>, _> = items.iter().map(|table| self.cte(table)).collect();
        let recursive = if recursive { "RECURSIVE " } else { "" };
        Ok(format!("WITH {recursive}{} ", tables?.join(", ")))
    }

    fn cte(&self, cte: &Cte) -> Text {
        let columns = match cte.columns.as_slice() {
            [] => String::new(),
            columns => format!(" ({})", self.names(columns)),
        };
        let name = self.0.identifier(&cte.name);
        Ok(format!("{name}{columns} AS ({})", self.query(&cte.query)?))
    }

    fn key(&self, key: &Ordering) -> Text {
        let mut text = self.expr(&key.expr)?;
        if key.descending {
            text += " DESC";
        }
        match key.nulls_first {
            Some(true) => text += " NULLS FIRST",
            Some(false) => text += " NULLS LAST",
            None => {}
        }
        Ok(text)
    }

    fn body(&self, body: &Body) -> Text {
        match body {
            Body::Select(select) => self.select(select),
            Body::Values(rows) => self.values(rows),
            Body::Query(query) => Ok(self.0.operand(&self.query(query)?)),
            Body::Set(left, operator, all, right) => self.set(left, *operator, *all, right),
        }
    }

    fn values(&self, rows: &[Vec<Expr>]) -> Text {
        let rows: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| Ok(format!("({})", self.list(row)?)))
            .collect();
        Ok(format!("VALUES {}", rows?.join(", ")))
    }

    fn set(&self, left: &Body, operator: SetOp, all: bool, right: &Body) -> Text {
        let word = match operator {
            SetOp::Union => "UNION",
            SetOp::Intersect => "INTERSECT",
            SetOp::Except => "EXCEPT",
        };
        let all = if all { " ALL" } else { "" };
        let mut first = self.body(left)?;
        if loosens(left, operator) {
            first = self.0.operand(&first);
        }
        let mut second = self.body(right)?;
        if matches!(right, Body::Set(..)) {
            second = self.0.operand(&second);
        }
        Ok(format!("{first} {word}{all} {second}"))
    }

    fn select(&self, select: &Select) -> Text {
        let mut text = "SELECT".to_owned();
        if select.distinct {
            text += " DISTINCT";
        }
        let columns: Result<Vec<_>, _> = select
            .columns
            .iter()
            .map(|(expr, alias)| self.aliased(self.expr(expr)?, alias.as_deref()))
            .collect();
        for (word, items) in [
            (" ", columns?.join(", ")),
            (" FROM ", self.relations(&select.from)?),
            (" WHERE ", self.optional(select.filter.as_ref())?),
            (" GROUP BY ", self.list(&select.group_by)?),
            (" HAVING ", self.optional(select.having.as_ref())?),
        ] {
            if !items.is_empty() {
                text += word;
                text += &items;
            }
        }
        Ok(text)
    }

    fn optional(&self, expr: Option<&Expr>) -> Text {
        expr.map_or_else(|| Ok(String::new()), |expr| self.expr(expr))
    }

    #[expect(clippy::unnecessary_wraps, reason = "chains with what may be refused")]
    fn aliased(&self, text: String, alias: Option<&str>) -> Text {
        Ok(match alias {
            Some(alias) => format!("{text} AS {}", self.0.identifier(alias)),
            None => text,
        })
    }

    fn relations(&self, relations: &[Relation]) -> Text {
        let items: Result<Vec<_>, _> = relations.iter().map(|item| self.relation(item)).collect();
        Ok(items?.join(", "))
    }

    fn relation(&self, relation: &Relation) -> Text {
        match relation {
            Relation::Table(name, alias) => self.aliased(self.0.object(name)?, alias.as_deref()),
            Relation::Query(query, alias) => {
                self.aliased(format!("({})", self.query(query)?), alias.as_deref())
            }
            Relation::Join(join) => self.join(join),
        }
    }

    fn join(&self, join: &Join) -> Text {
        let word = match join.kind {
            JoinKind::Inner => "JOIN",
            JoinKind::Left => "LEFT JOIN",
            JoinKind::Right => "RIGHT JOIN",
            JoinKind::Full => "FULL JOIN",
            JoinKind::Cross => "CROSS JOIN",
        };
        let mut right = self.relation(&join.right)?;
        if matches!(join.right, Relation::Join(_)) {
            right = format!("({right})");
        }
        let mut text = format!("{} {word} {right}", self.relation(&join.left)?);
        if let Some(on) = &join.on {
            text += &format!(" ON {}", self.expr(on)?);
        }
        if !join.using.is_empty() {
            text += &format!(" USING ({})", self.names(&join.using));
        }
        Ok(text)
    }
}

/// `INTERSECT` binds tighter than the other set operators in the standard.
fn loosens(left: &Body, operator: SetOp) -> bool {
    let intersect = operator == SetOp::Intersect;
    intersect && matches!(left, Body::Set(_, SetOp::Union | SetOp::Except, ..))
}
