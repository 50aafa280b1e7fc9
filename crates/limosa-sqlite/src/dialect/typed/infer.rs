//! The type of an expression, as far as it is known.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Body, Call, Expr, Query, Select};
use limosa_core::schema::{Rows, Visible};

use super::Scope;

/// The type; none for a quoted constant, and for what is not known.
pub(super) fn type_of(expr: &Expr, scope: &Scope<'_>) -> Option<DataType> {
    Some(match expr {
        Expr::Column(path) => scope.column(path)?.clone(),
        Expr::Number(digits) if digits.contains(['.', 'e', 'E']) => DataType::Numeric(None),
        Expr::Number(_) => DataType::Integer,
        Expr::Bytes(_) => DataType::Bytes,
        Expr::Now => DataType::TIMESTAMPTZ,
        Expr::Today => DataType::Date,
        Expr::Cast(_, to) => to.clone(),
        Expr::Unary(operator, inner) if operator != "NOT" => return type_of(inner, scope),
        Expr::Collate(inner, _) => return type_of(inner, scope),
        Expr::Binary(left, operator, right) => return infix(left, operator, right, scope),
        Expr::Bool(_)
        | Expr::Unary(..)
        | Expr::Is(..)
        | Expr::In(..)
        | Expr::InQuery(..)
        | Expr::Quantified(..)
        | Expr::Between(..)
        | Expr::Exists(_) => DataType::Boolean,
        Expr::Case(_, branches, last) => {
            let values = branches.iter().map(|(_, then)| then);
            return first(values.chain(last.as_deref()), scope);
        }
        Expr::Call(call) => return result(call, scope),
        Expr::Subquery(query) => match &query.body {
            Body::Select(select) => {
                let [(only, _)] = select.columns.as_slice() else {
                    return None;
                };
                return type_of(only, &scope.with(&select.from));
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// The rows of a query that stands where a table could.
pub(super) fn rows_within(query: &Query, visible: &Visible<'_>) -> Option<Rows> {
    rows(query, &Scope::from(visible.clone()))
}

/// The rows of a query; none if some of its columns are not known.
pub(super) fn rows(query: &Query, outer: &Scope<'_>) -> Option<Rows> {
    let mut scope = outer.inner();
    for cte in &query.with {
        scope.define(cte);
    }
    rows_of_body(&query.body, &scope)
}

fn rows_of_body(body: &Body, scope: &Scope<'_>) -> Option<Rows> {
    match body {
        Body::Select(select) => rows_of_select(select, scope),
        Body::Values(rows) => {
            let first = rows.first()?.iter().zip(1..);
            Some(
                first
                    .map(|(own, at)| (format!("column{at}"), type_of(own, scope)))
                    .collect(),
            )
        }
        Body::Set(left, _, _, right) => {
            let mut rows = rows_of_body(left, scope)?;
            let others = rows_of_body(right, scope).unwrap_or_default();
            for ((_, own), (_, other)) in rows.iter_mut().zip(others) {
                *own = own.take().or(other);
            }
            Some(rows)
        }
        Body::Query(inner) => rows(inner, scope),
    }
}

fn rows_of_select(select: &Select, outer: &Scope<'_>) -> Option<Rows> {
    let scope = outer.with(&select.from);
    let count = scope.visible().count() - outer.visible().count();
    let mut all = Rows::new();
    for (value, alias) in &select.columns {
        match (value, alias) {
            (Expr::Star(of), _) => all.extend(scope.visible().rows(count, of.as_deref())?),
            (value, Some(alias)) => all.push((alias.clone(), type_of(value, &scope))),
            (value, None) => all.push((name_of(value), type_of(value, &scope))),
        }
    }
    Some(all)
}

/// The name of a column that was given none, where both databases agree on it.
fn name_of(value: &Expr) -> String {
    match value {
        Expr::Column(path) => path.last().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn first<'e>(values: impl Iterator<Item = &'e Expr>, scope: &Scope<'_>) -> Option<DataType> {
    let types: Vec<DataType> = values.filter_map(|value| type_of(value, scope)).collect();
    let wider = types.iter().find(|own| !own.is_integer());
    wider.or(types.first()).cloned()
}

fn infix(left: &Expr, operator: &str, right: &Expr, scope: &Scope<'_>) -> Option<DataType> {
    let types = || (type_of(left, scope), type_of(right, scope));
    Some(match operator {
        "+" | "-" | "*" | "/" | "%" => match types() {
            (Some(a), Some(b)) if a.is_integer() && b.is_integer() => DataType::BigInt,
            (Some(DataType::Double | DataType::Real), _)
            | (_, Some(DataType::Double | DataType::Real)) => DataType::Double,
            (Some(DataType::Numeric(_)), _) | (_, Some(DataType::Numeric(_))) => {
                DataType::Numeric(None)
            }
            (Some(moment @ DataType::Timestamp { .. }), _) => moment,
            _ => return None,
        },
        "||" => match types() {
            (Some(DataType::Jsonb), _) | (_, Some(DataType::Jsonb)) => DataType::Jsonb,
            (Some(own @ DataType::Array(_)), _) | (_, Some(own @ DataType::Array(_))) => own,
            _ => DataType::Text,
        },
        "->" => DataType::Jsonb,
        "->>" => DataType::Text,
        "AT TIME ZONE" => match types().0? {
            DataType::Timestamp { zoned, precision } => DataType::Timestamp {
                precision,
                zoned: !zoned,
            },
            _ => return None,
        },
        "&" | "|" | "<<" | ">>" | "#" => return None,
        _ => DataType::Boolean,
    })
}

fn result(call: &Call, scope: &Scope<'_>) -> Option<DataType> {
    let argument = || type_of(call.args.first()?, scope);
    Some(match call.name.trim_start_matches("pg_catalog.") {
        "length" | "char_length" | "character_length" | "octet_length" | "position" | "strpos"
        | "json_array_length" => DataType::Integer,
        "count" => DataType::BigInt,
        "lower" | "upper" | "trim" | "btrim" | "ltrim" | "rtrim" | "replace" | "concat"
        | "concat_ws" | "string_agg" => DataType::Text,
        "substr" | "substring" => match argument() {
            Some(DataType::Bytes) => DataType::Bytes,
            _ => DataType::Text,
        },
        "coalesce" | "nullif" | "greatest" | "least" => return first(call.args.iter(), scope),
        "min" | "max" | "abs" => return argument(),
        "sum" => match argument()? {
            DataType::SmallInt | DataType::Integer => DataType::BigInt,
            DataType::Real | DataType::Double => DataType::Double,
            _ => DataType::Numeric(None),
        },
        "avg" | "round" => match argument()? {
            DataType::Real | DataType::Double => DataType::Double,
            _ => DataType::Numeric(None),
        },
        "gen_random_uuid" | "uuid_generate_v4" => DataType::Uuid,
        "now" | "transaction_timestamp" | "statement_timestamp" | "clock_timestamp" => {
            DataType::TIMESTAMPTZ
        }
        "localtimestamp" => DataType::TIMESTAMP,
        _ => return None,
    })
}
