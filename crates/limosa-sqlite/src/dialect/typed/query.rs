//! Queries: each value by the type of the column that it goes to, each expression by what is seen where it stands.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Body, Cte, Expr, Query, Relation, Select, With};
use limosa_core::name::ObjectName;

use super::super::unsupported;
use super::{Scope, Typed, pass, value};

/// A query whose columns go to columns of these types.
pub(in super::super) fn query(
    of: &Query,
    to: &[Option<&DataType>],
    outer: &Scope<'_>,
) -> Typed<Query> {
    let mut own = of.clone();
    let mut scope = outer.inner();
    scope = with(&mut own.with, Recursive::said(own.recursive), scope)?;
    body(&mut own.body, to, &scope)?;
    let order = match &own.body {
        Body::Select(select) => scope.with(&select.from),
        _ => scope.inner(),
    };
    for key in &mut own.order_by {
        pass(&mut key.expr, &order)?;
    }
    Ok(own)
}

/// Whether common table expressions may read themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recursive {
    No,
    Yes,
}

impl Recursive {
    fn said(recursive: bool) -> Self {
        if recursive { Self::Yes } else { Self::No }
    }
}

/// `WITH` in front of a statement, written out, and what is seen behind it.
pub(in super::super) fn common<'a>(of: &With, scope: Scope<'a>) -> Typed<(With, Scope<'a>)> {
    let mut own = of.clone();
    let scope = with(&mut own.items, Recursive::said(of.recursive), scope)?;
    Ok((own, scope))
}

/// Without `RECURSIVE` a table of the same name can be read there; here the expression sees itself.
fn refuse_namesake(cte: &Cte) -> Typed<()> {
    let same = |read: &ObjectName| read.name.eq_ignore_ascii_case(&cte.name);
    if !cte.query.tables().iter().any(same) {
        return Ok(());
    }
    Err(unsupported(
        format!("read {} in a WITH of that name", cte.name),
        "a common table expression always sees itself; give it another name",
    ))
}

/// Common table expressions, and what is seen behind them.
fn with<'a>(all: &mut [Cte], recursive: Recursive, mut scope: Scope<'a>) -> Typed<Scope<'a>> {
    for cte in all {
        if recursive == Recursive::Yes {
            scope.hide(&cte.name);
            scope.define(cte);
            cte.query = query(&cte.query, &[], &scope)?;
        } else {
            refuse_namesake(cte)?;
            let own = query(&cte.query, &[], &scope)?;
            scope.define(cte);
            cte.query = own;
        }
    }
    Ok(scope)
}

fn body(of: &mut Body, to: &[Option<&DataType>], scope: &Scope<'_>) -> Typed<()> {
    match of {
        Body::Select(own) => select(own, to, scope),
        Body::Values(rows) => {
            for row in rows {
                for (at, item) in row.iter_mut().enumerate() {
                    *item = value(item, to.get(at).copied().flatten(), scope)?;
                }
            }
            Ok(())
        }
        Body::Set(left, _, _, right) => {
            body(left, to, scope)?;
            body(right, to, scope)
        }
        Body::Query(inner) => {
            **inner = query(inner, to, scope)?;
            Ok(())
        }
    }
}

fn select(own: &mut Select, to: &[Option<&DataType>], outer: &Scope<'_>) -> Typed<()> {
    let from = own.from.clone();
    let scope = outer.with(&from);
    for relation in &mut own.from {
        self::relation(relation, &scope)?;
    }
    let has_star = own
        .columns
        .iter()
        .any(|(item, _)| matches!(item, Expr::Star(_)));
    for (at, (item, _)) in own.columns.iter_mut().enumerate() {
        let to = to.get(at).copied().flatten().filter(|_| !has_star);
        *item = value(item, to, &scope)?;
    }
    let rest = own
        .filter
        .iter_mut()
        .chain(&mut own.group_by)
        .chain(&mut own.having);
    for expr in rest {
        pass(expr, &scope)?;
    }
    Ok(())
}

fn relation(of: &mut Relation, scope: &Scope<'_>) -> Typed<()> {
    match of {
        Relation::Table(..) => {}
        Relation::Query(inner, _) => **inner = query(inner, &[], scope)?,
        Relation::Join(join) => {
            relation(&mut join.left, scope)?;
            relation(&mut join.right, scope)?;
            if let Some(on) = &mut join.on {
                pass(on, scope)?;
            }
        }
    }
    Ok(())
}

/// Items of `FROM`, as they are written for this database.
pub(in super::super) fn relations(of: &[Relation], scope: &Scope<'_>) -> Typed<Vec<Relation>> {
    let mut own = of.to_vec();
    for one in &mut own {
        relation(one, scope)?;
    }
    Ok(own)
}
