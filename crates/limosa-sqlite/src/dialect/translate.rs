//! Expressions and queries as this dialect has to say them: the same tree, other nodes.
//!
//! The neutral meaning is Postgres': `LIKE` minds case, a cast converts. What has no counterpart is
//! refused, here or when rendering.

mod cast;
mod like;

use limosa_core::dialect::Unsupported;
use limosa_core::expr::{
    Body, Call, Cte, Expr, Join, Lexicon, Negated, Ordering, Query, Relation, Select, With,
};
use limosa_core::shared::Shared;

use super::{names, render, unsupported};

pub(super) use cast::{boolean, type_for_people};

type Translated<T> = Result<T, Unsupported>;

/// An expression.
pub(super) fn expr(expr: &Expr) -> Translated<Expr> {
    Ok(match expr {
        Expr::Column(path) => Expr::Column(column(path)),
        Expr::Call(call) => function(call)?,
        Expr::Unary(operator, inner) => Expr::Unary(operator.clone(), boxed(inner)?),
        Expr::Binary(left, operator, zone) if operator == "AT TIME ZONE" && is_utc(zone) => {
            // Moments are kept in UTC, without a zone.
            self::expr(left)?
        }
        Expr::Binary(left, operator, right) => {
            like::binary(self::expr(left)?, operator, self::expr(right)?)
        }
        Expr::Is(inner, word, negated) => Expr::Is(boxed(inner)?, word.clone(), *negated),
        Expr::In(inner, items, negated) => Expr::In(boxed(inner)?, exprs(items)?.into(), *negated),
        Expr::InQuery(inner, of, negated) => {
            Expr::InQuery(boxed(inner)?, Shared::new(query(of)?), *negated)
        }
        Expr::Quantified(left, operator, how, right) => {
            Expr::Quantified(boxed(left)?, operator.clone(), *how, boxed(right)?)
        }
        Expr::Between(inner, low, high, negated) => {
            Expr::Between(boxed(inner)?, boxed(low)?, boxed(high)?, *negated)
        }
        Expr::Case(operand, branches, otherwise) => Expr::Case(
            operand.as_deref().map(boxed).transpose()?,
            branches.iter().map(pair).collect::<Translated<_>>()?,
            otherwise.as_deref().map(boxed).transpose()?,
        ),
        Expr::Cast(inner, data_type) => cast::cast(self::expr(inner)?, data_type)?,
        Expr::Collate(inner, name) => match collation(name)? {
            Some(own) => Expr::Collate(boxed(inner)?, own),
            None => self::expr(inner)?,
        },
        Expr::Exists(of) => Expr::Exists(Shared::new(query(of)?)),
        Expr::Subquery(of) => Expr::Subquery(Shared::new(query(of)?)),
        Expr::Array(items) if items.is_empty() => Expr::String("[]".into()),
        Expr::Row(items) => Expr::Row(exprs(items)?.into()),
        other => other.clone(),
    })
}

fn boxed(inner: &Expr) -> Translated<Shared<Expr>> {
    expr(inner).map(Shared::new)
}

fn exprs(items: &[Expr]) -> Translated<Vec<Expr>> {
    items.iter().map(expr).collect()
}

fn pair((when, then): &(Expr, Expr)) -> Translated<(Expr, Expr)> {
    Ok((expr(when)?, expr(then)?))
}

/// A column's path without the default schema.
fn column(path: &[String]) -> Vec<String> {
    path[path.len().saturating_sub(2)..].to_vec()
}

fn function(call: &Call) -> Translated<Expr> {
    let name = call.name.rsplit('.').next().unwrap_or_default();
    match (name, call.args.as_slice()) {
        ("gen_random_uuid" | "uuid_generate_v4", []) => {
            return Ok(Expr::parse(render::RANDOM_UUID, &Lexicon::SQLITE));
        }
        (
            "now"
            | "transaction_timestamp"
            | "statement_timestamp"
            | "clock_timestamp"
            | "localtimestamp",
            [],
        ) => return Ok(Expr::Now),
        ("timezone", [zone, moment]) if is_utc(zone) => return expr(moment),
        // An array is its JSON here.
        ("array_to_json", [array]) => return expr(array),
        ("encode", [bytes, Expr::String(form)]) if form == "hex" => {
            let bytes = expr(bytes)?;
            let digits = Expr::call("hex", vec![bytes.clone()]);
            // The digits of NULL are an empty text.
            let known = Expr::Is(Shared::new(bytes), "NULL".into(), Negated::Yes);
            let shown = Expr::call("lower", vec![digits]);
            return Ok(Expr::Case(None, vec![(known, shown)].into(), None));
        }
        ("position", [part, whole]) => {
            return Ok(Expr::call("instr", vec![expr(whole)?, expr(part)?]));
        }
        _ => {}
    }
    let filter = call.filter.as_deref().map(boxed).transpose()?;
    Ok(Expr::Call(Call {
        name: name.to_owned(),
        args: exprs(&call.args)?.into(),
        distinct: call.distinct,
        filter,
    }))
}

/// Whether a zone is the one that this database's clock reads.
fn is_utc(zone: &Expr) -> bool {
    matches!(zone, Expr::String(name) if name.eq_ignore_ascii_case("utc"))
}

/// A collation; none for the one that compares bytes, which is the default.
pub(super) fn collation(name: &str) -> Translated<Option<String>> {
    let base = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .trim_matches('"');
    match base.to_ascii_uppercase().as_str() {
        "C" | "POSIX" | "UCS_BASIC" | "DEFAULT" | "BINARY" => Ok(None),
        own @ ("NOCASE" | "RTRIM") => Ok(Some(own.to_owned())),
        _ => Err(unsupported(
            format!("use the collation {name}"),
            "it has BINARY, NOCASE and RTRIM, and no locales",
        )),
    }
}

/// A query.
pub(super) fn query(of: &Query) -> Translated<Query> {
    Ok(Query {
        with: of.with.iter().map(cte).collect::<Translated<_>>()?,
        recursive: of.recursive,
        body: body(&of.body)?,
        order_by: of
            .order_by
            .iter()
            .map(ordering)
            .collect::<Translated<_>>()?,
        limit: of.limit.as_ref().map(expr).transpose()?,
        offset: of.offset.as_ref().map(expr).transpose()?,
    })
}

/// `WITH` in front of a statement.
pub(super) fn with(of: &With) -> Translated<With> {
    Ok(With {
        items: of.items.iter().map(cte).collect::<Translated<_>>()?,
        recursive: of.recursive,
    })
}

fn cte(of: &Cte) -> Translated<Cte> {
    Ok(Cte {
        name: of.name.clone(),
        columns: of.columns.clone(),
        query: query(&of.query)?,
    })
}

fn ordering(of: &Ordering) -> Translated<Ordering> {
    Ok(Ordering {
        expr: expr(&of.expr)?,
        ..of.clone()
    })
}

fn body(of: &Body) -> Translated<Body> {
    Ok(match of {
        Body::Select(select) => Body::Select(Shared::new(self::select(select)?)),
        Body::Values(rows) => Body::Values(
            rows.iter()
                .map(|row| exprs(row))
                .collect::<Translated<_>>()?,
        ),
        Body::Set(left, operator, all, right) => Body::Set(
            Shared::new(body(left)?),
            *operator,
            *all,
            Shared::new(body(right)?),
        ),
        Body::Query(inner) => Body::Query(Shared::new(query(inner)?)),
    })
}

fn select(of: &Select) -> Translated<Select> {
    let columns = of
        .columns
        .iter()
        .map(|(value, alias)| Ok((expr(value)?, alias.clone())))
        .collect::<Translated<_>>()?;
    Ok(Select {
        distinct: of.distinct,
        columns,
        from: of.from.iter().map(relation).collect::<Translated<_>>()?,
        filter: of.filter.as_ref().map(expr).transpose()?,
        group_by: exprs(&of.group_by)?.into(),
        having: of.having.as_ref().map(expr).transpose()?,
    })
}

/// An item of `FROM`.
pub(super) fn relation(of: &Relation) -> Translated<Relation> {
    Ok(match of {
        Relation::Table(name, alias) => {
            names::object(name)?;
            Relation::Table(names::local(name), alias.clone())
        }
        Relation::Query(inner, alias) => Relation::Query(Shared::new(query(inner)?), alias.clone()),
        Relation::Join(join) => Relation::Join(Shared::new(Join {
            left: relation(&join.left)?,
            kind: join.kind,
            right: relation(&join.right)?,
            on: join.on.as_ref().map(expr).transpose()?,
            using: join.using.clone(),
        })),
    })
}
