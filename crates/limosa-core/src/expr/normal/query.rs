//! What `pg_get_viewdef` adds to a query.

use crate::expr::walk::Part;
use crate::expr::{Body, Expr, Query, Relation, Select};

/// Removes aliases and qualifiers that say nothing.
pub(super) fn tidy(query: &mut Query) {
    if let Some(name) = tidy_body(&mut query.body) {
        for key in &mut query.order_by {
            unqualify(Part::Expr(&mut key.expr), &name);
        }
    }
}

/// The name of the only relation, if there is just one.
fn tidy_body(body: &mut Body) -> Option<String> {
    match body {
        Body::Select(select) => {
            aliases(select);
            let name = single_source(select)?;
            select.parts(&mut |part| unqualify(part, &name));
            Some(name)
        }
        Body::Set(left, _, _, right) => {
            tidy_body(left);
            tidy_body(right);
            None
        }
        Body::Values(_) | Body::Query(_) => None,
    }
}

/// An alias that the column would have anyway.
fn aliases(select: &mut Select) {
    for (expr, alias) in &mut select.columns {
        let own = match expr {
            Expr::Column(path) => path.last().cloned(),
            Expr::Call(call) => Some(call.name.clone()),
            _ => Some("?column?".to_owned()),
        };
        alias.take_if(|alias| Some(&*alias) == own.as_ref());
    }
}

/// The name by which columns of the only relation are qualified.
fn single_source(select: &Select) -> Option<String> {
    match select.from.as_slice() {
        [Relation::Table(name, alias)] => Some(alias.clone().unwrap_or_else(|| name.name.clone())),
        [Relation::Query(_, alias)] => alias.clone(),
        _ => None,
    }
}

/// Removes a qualifier outside of subqueries, where it may be needed.
fn unqualify(part: Part<'_>, name: &str) {
    match part {
        Part::Expr(Expr::Column(path)) if path.len() == 2 && path[0] == name => {
            path.remove(0);
        }
        Part::Expr(expr) => expr.parts(&mut |part| unqualify(part, name)),
        Part::Query(_) | Part::Table(..) => {}
    }
}
