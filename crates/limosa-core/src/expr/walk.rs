//! What an expression or a query directly consists of.

use super::{Body, Expr, Query, Relation, Select};
use crate::name::ObjectName;

/// A part of an expression or a query.
pub enum Part<'a> {
    /// An expression.
    Expr(&'a mut Expr),
    /// A query.
    Query(&'a mut Query),
    /// A table or view that is read, and its alias.
    Table(&'a mut ObjectName, Option<&'a str>),
}

/// What is called with each part.
type Visit<'v> = &'v mut dyn FnMut(Part<'_>);

impl Expr {
    /// Visits the direct parts, from left to right.
    pub fn parts(&mut self, visit: Visit<'_>) {
        match self {
            Self::Unary(_, inner)
            | Self::Is(inner, ..)
            | Self::Cast(inner, _)
            | Self::Collate(inner, _) => visit(Part::Expr(inner)),
            Self::Binary(left, _, right)
            | Self::Quantified(left, _, _, right)
            | Self::Subscript(left, right) => {
                visit(Part::Expr(left));
                visit(Part::Expr(right));
            }
            Self::In(inner, items, _) => {
                visit(Part::Expr(inner));
                all(items, visit);
            }
            Self::InQuery(inner, query, _) => {
                visit(Part::Expr(inner));
                visit(Part::Query(query));
            }
            Self::Between(inner, low, high, _) => {
                for part in [inner, low, high] {
                    visit(Part::Expr(part));
                }
            }
            Self::Case(operand, branches, last) => {
                all(operand.iter_mut().map(AsMut::as_mut), visit);
                for (when, then) in branches {
                    visit(Part::Expr(when));
                    visit(Part::Expr(then));
                }
                all(last.iter_mut().map(AsMut::as_mut), visit);
            }
            Self::Call(call) => {
                all(&mut call.args, visit);
                all(call.filter.iter_mut().map(AsMut::as_mut), visit);
            }
            Self::Exists(query) | Self::Subquery(query) => visit(Part::Query(query)),
            Self::Array(items) | Self::Row(items) => all(items, visit),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Bytes(_)
            | Self::Column(_)
            | Self::Star(_)
            | Self::Now
            | Self::Today
            | Self::TimeOfDay
            | Self::Verbatim { .. } => {}
        }
    }
}

impl Query {
    /// Visits the direct parts, from left to right.
    pub(super) fn parts(&mut self, visit: Visit<'_>) {
        for cte in &mut self.with {
            visit(Part::Query(&mut cte.query));
        }
        self.body.parts(visit);
        all(self.order_by.iter_mut().map(|key| &mut key.expr), visit);
        all(&mut self.limit, visit);
        all(&mut self.offset, visit);
    }
}

impl Body {
    fn parts(&mut self, visit: Visit<'_>) {
        match self {
            Self::Select(select) => select.parts(visit),
            Self::Values(rows) => all(rows.iter_mut().flatten(), visit),
            Self::Set(left, _, _, right) => {
                left.parts(visit);
                right.parts(visit);
            }
            Self::Query(query) => visit(Part::Query(query)),
        }
    }
}

impl Select {
    pub(super) fn parts(&mut self, visit: Visit<'_>) {
        all(self.columns.iter_mut().map(|(expr, _)| expr), visit);
        for relation in &mut self.from {
            relation.parts(visit);
        }
        all(&mut self.filter, visit);
        all(&mut self.group_by, visit);
        all(&mut self.having, visit);
    }
}

impl Relation {
    fn parts(&mut self, visit: Visit<'_>) {
        match self {
            Self::Table(name, alias) => visit(Part::Table(name, alias.as_deref())),
            Self::Query(query, _) => visit(Part::Query(query)),
            Self::Join(join) => {
                join.left.parts(visit);
                join.right.parts(visit);
                all(&mut join.on, visit);
            }
        }
    }
}

fn all<'a>(items: impl IntoIterator<Item = &'a mut Expr>, visit: Visit<'_>) {
    for item in items {
        visit(Part::Expr(item));
    }
}
